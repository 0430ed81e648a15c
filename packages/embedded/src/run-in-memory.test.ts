import assert from "node:assert/strict";
import { test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { abstain, defineAgent, defineFunction, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { runInMemory } from "./run-in-memory.ts";

const double = defineFunction({
  name: "double",
  version: "1",
  pure: true,
  input: z.object({ value: z.number(), by: z.string().optional() }),
  output: z.number(),
  run: ({ value }) => {
    if (value < 0) throw new MycroftError("INPUT_INVALID", "below zero");
    return 2 * value;
  },
});

const doubling = workflow({ name: "doubling", input: z.object({ value: z.number().default(21) }) }, (w) =>
  w.call("double", double, { value: w.input.value }),
);

test("a workflow runs to its end, with its output typed and its record at hand", async () => {
  const { output, record } = await runInMemory(doubling, {});
  const typed: number = output;
  assert.equal(typed, 42);
  assert.deepEqual(record.state.input, { value: 21 });
  assert.deepEqual(
    record.events.map(({ type }) => type),
    ["runStarted", "attemptSucceeded"],
  );
});

test("a run that fails rejects with its code, the task and the run", async () => {
  await assert.rejects(runInMemory(doubling, { value: -1 }), (thrown: unknown) => {
    assert.ok(thrown instanceof MycroftError);
    assert.equal(thrown.code, "INPUT_INVALID");
    assert.equal(thrown.details?.["task"], "double");
    assert.match(thrown.message, /^Run \S+ of doubling failed: .*below zero/);
    return true;
  });
});

test("P7 an input that does not fit is refused before anything starts", async () => {
  const wrong = { value: "many" } as unknown as { value: number };
  await assert.rejects(runInMemory(doubling, wrong), { code: "INPUT_INVALID" });
});

const asking = workflow({ name: "asking", input: z.object({ asOf: tradingDate }) }, (w) =>
  w.ask("views", ["oracle"], { subject: "AAPL", asOf: w.input.asOf }),
);

test("agents that are asked by name are brought along, and one that is missing is named", async () => {
  const oracle = defineAgent({
    name: "oracle",
    version: "1",
    capabilities: [],
    opinion: ({ asOf }) => abstain(`asked as of ${asOf}`),
  });
  const { output } = await runInMemory(asking, { asOf: "2010-02-26" }, { agents: [oracle] });
  const [view] = output;
  assert.equal(view?.type === "abstention" && view.reason, "asked as of 2010-02-26");
  await assert.rejects(runInMemory(asking, { asOf: "2010-02-26" }), { code: "PLAN_UNKNOWN_TARGET" });
});

test("P5 a run's day is its input's, unless another is given", async () => {
  const oracle = defineAgent({
    name: "oracle",
    version: "1",
    capabilities: [],
    opinion: () => abstain("no"),
  });
  const agents = [oracle];
  const { record } = await runInMemory(asking, { asOf: "2010-02-26" }, { agents });
  assert.equal(record.header.asOf, "2010-02-26");
  const earlier = await runInMemory(asking, { asOf: "2010-02-26" }, { agents, asOf: "2009-01-02" }).catch(
    (thrown: unknown) => thrown,
  );
  assert.ok(earlier instanceof MycroftError && earlier.code === "LOOK_AHEAD");
});
