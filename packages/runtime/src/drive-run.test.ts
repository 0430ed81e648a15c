import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  compile,
  contentHash,
  fold,
  type JsonValue,
  type RunEvent,
  type StepDefinition,
} from "@mycroft/engine";
import { type DirectGateway, driveRun } from "./drive-run.ts";
import type { AttemptRequest } from "./ports/gateway.ts";

const nothing = { kind: "const", value: null } as const;
const call = (name: string, extra: object = {}): StepDefinition => ({
  name,
  kind: "call",
  target: { kind: "function", name },
  input: nothing,
  ...extra,
});
const outputOf = (step: string) => ({ kind: "step", step, path: [] }) as const;

function planOf(steps: readonly StepDefinition[], output: object = nothing) {
  return compile({ name: "driven", input: {}, steps, output });
}

function gatewayOf(
  answer: (request: AttemptRequest) => JsonValue,
): DirectGateway & { readonly asked: AttemptRequest[] } {
  const asked: AttemptRequest[] = [];
  return {
    asked,
    execute: (request) => {
      asked.push(request);
      return { ok: true, output: answer(request), version: "1" };
    },
  };
}

const common = { input: null, asOf: "2010-02-26", runId: "r" } as const;
const midnight = Date.parse("2010-02-27") - 1;
const hour = 3_600_000;

describe("driveRun", () => {
  it("drives a run to its end; its events fold to the same state (E12)", async () => {
    const steps = [
      call("list"),
      {
        name: "each",
        kind: "map",
        over: outputOf("list"),
        maxItems: 10,
        steps: [call("double", { input: { kind: "item", of: "each", path: [] } })],
        output: outputOf("double"),
      } as const,
    ];
    const plan = planOf(steps, outputOf("each"));
    const events: RunEvent[] = [];
    const gateway = gatewayOf(({ target, input }) =>
      target.name === "list" ? [1, 2, 3] : 2 * Number(input),
    );
    const { result, endedAt } = await driveRun({
      ...common,
      plan,
      gateway,
      onEvent: (event) => events.push(event),
    });
    assert.deepEqual(result, { status: "succeeded", output: [2, 4, 6] });
    assert.equal(endedAt, midnight);
    assert.deepEqual(fold(plan, "r", events).result, result);
    assert.deepEqual(
      gateway.asked.map(({ task, asOf, idempotencyKey }) => [task, asOf, idempotencyKey]),
      ["list", "each[0]/double", "each[1]/double", "each[2]/double"].map((task) => [
        task,
        "2010-02-26",
        `r/${task}`,
      ]),
    );
  });

  it("takes answers at once and by and by alike", async () => {
    const plan = planOf([call("a"), call("b", { input: outputOf("a") })], outputOf("b"));
    const direct = gatewayOf(({ input }) => [input]);
    const waiting: DirectGateway = { execute: async (request, control) => direct.execute(request, control) };
    const record = async (gateway: DirectGateway) => {
      const events: RunEvent[] = [];
      await driveRun({ ...common, plan, gateway, onEvent: (event) => events.push(event) });
      return contentHash(events as unknown as JsonValue);
    };
    assert.equal(await record(direct), await record(waiting));
  });

  it("E3 retries after the delays of a live run, in virtual time, and fails with the last error", async () => {
    let calls = 0;
    const gateway: DirectGateway = {
      execute: () => {
        calls += 1;
        if (calls === 1) throw new Error("thrown");
        if (calls === 2) return Promise.reject(new Error("rejected"));
        return { ok: false, error: { code: "TASK_FAILED", message: "given", retryable: true }, version: "1" };
      },
    };
    const { result, endedAt } = await driveRun({
      ...common,
      plan: planOf([call("a")], outputOf("a")),
      gateway,
    });
    assert.equal(calls, 3);
    assert.ok(result.status === "failed" && result.error.message.endsWith("given"));
    assert.ok(endedAt > midnight + 500, "time went by");
  });

  it("sleeps, approvals and signals come to their deadlines in virtual time", async () => {
    const steps: StepDefinition[] = [
      { name: "nap", kind: "sleep", durationMs: { kind: "const", value: 5 * hour } },
      { name: "verdict", kind: "approve", input: nothing, timeoutMs: 2 * hour, default: "approve" },
      {
        name: "news",
        kind: "waitFor",
        signal: "news",
        timeoutMs: hour,
        default: { kind: "const", value: "none" },
      },
      { name: "ever", kind: "approve", input: nothing, onReject: "continue" },
    ];
    const parts = Object.fromEntries(["verdict", "news", "ever"].map((name) => [name, outputOf(name)]));
    const events: RunEvent[] = [];
    const plan = planOf(steps, { kind: "object", fields: parts });
    const gateway = gatewayOf(() => null);
    const { result, endedAt } = await driveRun({
      ...common,
      plan,
      gateway,
      onEvent: (event) => events.push(event),
    });
    assert.ok(result.status === "succeeded");
    const output = result.output as Record<string, { approved?: boolean; by?: string | null }>;
    assert.deepEqual(
      [output["verdict"]?.approved, output["news"], output["ever"]?.approved],
      [true, "none", false],
    );
    assert.equal(endedAt, midnight + 5 * hour);
    const fired = events.filter(({ type }) => type === "timerFired").map(({ at }) => at - midnight);
    assert.deepEqual(fired, [hour, 2 * hour, 5 * hour]);
  });

  it("a signal without a deadline, which nobody sends, is a failure, not an endless wait", async () => {
    const plan = planOf([{ name: "news", kind: "waitFor", signal: "news" }], outputOf("news"));
    const { result } = await driveRun({ ...common, plan, gateway: gatewayOf(() => null) });
    assert.ok(result.status === "failed" && result.error.code === "TASK_CANCELLED");
  });

  it("E7 drives child runs too, and needs their plans", async () => {
    const child = compile({ name: "child", input: {}, steps: [call("a")], output: outputOf("a") });
    const step = { name: "inner", kind: "run", workflow: "child", plan: child.hash, input: nothing } as const;
    const plan = planOf([step], outputOf("inner"));
    const gateway = gatewayOf(() => 7);
    const { result } = await driveRun({ ...common, plan, childPlans: [child], gateway });
    assert.deepEqual(result, { status: "succeeded", output: 7 });
    assert.match(gateway.asked[0]?.runId ?? "", /^r\./u);
    await assert.rejects(driveRun({ ...common, plan, gateway }), { code: "NOT_FOUND" });
  });

  it("E11 ends between two steps when its signal is aborted", async () => {
    const stop = new AbortController();
    const gateway = gatewayOf(() => {
      stop.abort();
      return null;
    });
    const plan = planOf([call("a"), call("b", { input: outputOf("a") })]);
    await assert.rejects(driveRun({ ...common, plan, gateway, signal: stop.signal }), { name: "AbortError" });
    assert.equal(gateway.asked.length, 1);
  });
});
