/** That rounds, child runs and waits do in a run what their author wrote: the SDK and the engine together. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { JsonValue } from "@mycroft/engine";
import { z } from "zod";
import { defineFunction, eq, optional, settled, workflow } from "./index.ts";
import { runThrough } from "./testing/run-through.ts";

const speech = z.object({ side: z.enum(["up", "down"]) });
type Speech = z.infer<typeof speech>;

const speak = defineFunction({
  name: "speak",
  version: "1",
  input: z.object({ heard: speech.nullable(), round: z.number() }),
  output: speech,
  run: () => ({ side: "up" as const }),
});

const note = defineFunction({
  name: "note",
  version: "1",
  input: z.object({ value: z.unknown() }),
  output: z.string(),
  run: () => "noted",
});

const nothing = z.object({});

describe("E6 repeat", () => {
  const debate = workflow({ name: "debate", input: nothing }, (w) =>
    w.repeat(
      "debate",
      { first: null as Speech | null, second: null as Speech | null },
      (r) => {
        const first = r.call("first", speak, { heard: r.previous.second, round: r.round });
        const second = r.call("second", speak, { heard: r.previous.first, round: r.round });
        return { output: { first, second }, until: eq(first.side, second.side) };
      },
      { maxRounds: 3 },
    ),
  );
  const saying = (...sides: readonly string[]) => {
    const answer = ({ step, input }: { readonly step: string; readonly input: JsonValue }) => {
      const { round } = input as { readonly round: number };
      return { side: step === "first" ? "up" : (sides[round] ?? "") };
    };
    return runThrough(debate, {}, { answer });
  };

  it("hands what a round gave to the next one, and its number", async () => {
    const { given, result } = await saying("down", "up");
    assert.deepEqual(
      [...given],
      [
        ["debate[0]/first", { heard: null, round: 0 }],
        ["debate[0]/second", { heard: null, round: 0 }],
        ["debate[1]/first", { heard: { side: "down" }, round: 1 }],
        ["debate[1]/second", { heard: { side: "up" }, round: 1 }],
      ],
    );
    assert.deepEqual(result, {
      status: "succeeded",
      output: { first: { side: "up" }, second: { side: "up" } },
    });
  });

  it("ends after its last round, whatever the condition says", async () => {
    const { given, result } = await saying("down", "down", "down", "up");
    assert.equal(given.size, 6);
    assert.deepEqual(result, {
      status: "succeeded",
      output: { first: { side: "up" }, second: { side: "down" } },
    });
  });

  it("ends on how a step settled", async () => {
    const persistent = workflow({ name: "persistent", input: nothing }, (w) =>
      w.repeat(
        "tries",
        "nothing yet",
        (r) => {
          const tried = r.call("try", note, { value: r.previous });
          const how = settled(tried);
          const noted = r.call("note", note, { value: [how, how.error.code] }, { trigger: "allDone" });
          return { output: noted, until: eq(how.status, "succeeded") };
        },
        { maxRounds: 9 },
      ),
    );
    const { given, result } = await runThrough(
      persistent,
      {},
      { answer: ({ step, task }) => (step === "note" || task.startsWith("tries[2]") ? task : undefined) },
    );
    const failed = { code: "AGENT_ANSWER_INVALID", message: "It failed.", retryable: false };
    assert.deepEqual(given.get("tries[0]/note"), {
      value: [{ status: "failed", error: failed }, "AGENT_ANSWER_INVALID"],
    });
    assert.deepEqual(given.get("tries[2]/note"), {
      value: [{ status: "succeeded", output: "tries[2]/try" }, null],
    });
    assert.deepEqual(result, { status: "succeeded", output: "tries[2]/note" });
  });
});

describe("E2 a condition on how a step settled", () => {
  it("holds or not, by status", async () => {
    const guarded = workflow({ name: "guarded", input: nothing }, (w) => {
      const first = w.call("first", note, { value: 1 });
      const when = eq(settled(first).status, "failed");
      const rescue = w.call("rescue", note, { value: 2 }, { trigger: "allDone", when });
      return settled(rescue).status;
    });
    const end = async (answer: string | undefined) => {
      const outside = { answer: ({ step }: { step: string }) => (step === "first" ? answer : "rescued") };
      return (await runThrough(guarded, {}, outside)).result;
    };
    assert.deepEqual(await end("fine"), { status: "succeeded", output: "skipped" });
    assert.deepEqual(await end(undefined), { status: "succeeded", output: "succeeded" });
  });
});

describe("E7 run", () => {
  it("gives the child what it takes, and goes on with what it gives", async () => {
    const child = workflow(
      {
        name: "child",
        input: z.object({
          day: z.string(),
          mode: z.enum(["fast", "full"]).default("full"),
          deep: z.object({ list: z.array(z.number()).default([1]), size: z.number().default(2) }),
        }),
      },
      (w) => ({ said: w.call("speak", speak, { heard: null, round: 0 }), day: w.input.day }),
    );
    const parent = workflow({ name: "parent", input: z.object({ day: z.string() }) }, (w) => {
      const run = w.run("child", child, { day: w.input.day, deep: { size: 3 } });
      return { side: run.said.side, day: run.day };
    });
    const ran: unknown[] = [];
    const { result } = await runThrough(
      parent,
      { day: "Monday" },
      {
        child: ({ workflow: name, plan, input }) => {
          ran.push({ name, plan, input });
          return { said: { side: "down" }, day: "Tuesday" };
        },
      },
    );
    const input = { day: "Monday", mode: "full", deep: { size: 3, list: [1] } };
    assert.deepEqual(ran, [{ name: "child", plan: child.plan.hash, input }]);
    assert.deepEqual(child.parseInput({ day: "Monday", deep: { size: 3 } }), input);
    assert.deepEqual(result, { status: "succeeded", output: { side: "down", day: "Tuesday" } });
  });
});

describe("E8 E9 waits", () => {
  const order = z.object({ order: z.string(), price: z.number() });
  const trade = workflow({ name: "trade", input: order }, (w) => {
    const verdict = w.approve("approve", { sell: w.input.order }, { timeoutMs: 1_000, onReject: "continue" });
    const filled = w.waitFor("filled", {
      signal: "order-filled",
      schema: z.object({ price: z.number() }),
      key: w.input.order,
      timeoutMs: 2_000,
      default: { price: w.input.price },
      when: eq(verdict.approved, true),
    });
    const settling = w.sleep("settling", { durationMs: 500 }, { after: [filled] });
    return { by: verdict.by, price: optional(filled).price, slept: optional(settling) };
  });
  const approved = {
    type: "approvalDecided",
    task: "approve",
    verdict: "approve",
    by: "ada",
    comment: "go",
  } as const;
  const signal = (key: string, price: number) =>
    ({ type: "signalReceived", signal: "order-filled", key, payload: { price } }) as const;

  it("go on with the verdict, and with the signal that has the key", async () => {
    const { result, settledAt } = await runThrough(
      trade,
      { order: "7", price: 1 },
      { events: [approved, signal("8", 5), signal("7", 6)] },
    );
    assert.deepEqual(result, { status: "succeeded", output: { by: "ada", price: 6, slept: null } });
    assert.equal(settledAt, 500);
  });

  it("go on with their defaults when the time is over", async () => {
    const { result, settledAt } = await runThrough(trade, { order: "7", price: 1 }, { events: [approved] });
    assert.deepEqual(result, { status: "succeeded", output: { by: "ada", price: 1, slept: null } });
    assert.equal(settledAt, 2_500);
    const rejected = await runThrough(trade, { order: "7", price: 1 }, {});
    assert.deepEqual(rejected.result, { status: "succeeded", output: { by: null } });
  });
});
