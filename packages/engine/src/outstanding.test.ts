/** E12: what is outstanding in a run are the commands that were first issued, whatever it waits for. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { outstanding } from "./commands.ts";
import { DrivenRun } from "./testing/driven-run.ts";
import {
  approve,
  call,
  childRun,
  constant,
  input,
  item,
  listOf,
  map,
  objectOf,
  outputOf,
  repeat,
  resolve,
  sleep,
  waitFor,
  workflow,
} from "./testing/steps.ts";
import type { StepDefinition } from "./workflow-definition.ts";

const retry = { maxAttempts: 3, initialDelayMs: 100, factor: 2, maxDelayMs: 9_000, jitter: 0.5 };
const given = objectOf({ x: input("x"), before: outputOf("before") });

/** Each waits in another way once `before` has succeeded. */
const waiting: Readonly<Record<string, StepDefinition>> = {
  "an attempt": call("s", { input: given }),
  "an attempt with all that can be stated": call("s", {
    input: given,
    heartbeatTimeoutMs: 5,
    cacheTtlMs: 6,
    pool: "gpu",
    priority: -3,
    timeoutMs: 7,
  }),
  "a policy": resolve("s", { input: given, trigger: "allSuccess", priority: 4 }),
  "a child run": childRun("s", { input: given }),
  "a verdict": approve("s", { input: given }),
  "a verdict, with a deadline": approve("s", { input: given, timeoutMs: 5_000 }),
  "a signal": waitFor("s", { key: outputOf("before") }),
  "a signal, with a deadline": waitFor("s", { key: outputOf("before"), timeoutMs: 5_000 }),
  "a time": sleep("s", { durationMs: constant(5_000), after: ["before"] }),
  "a moment": sleep("s", { until: constant("2026-01-31T21:00Z"), after: ["before"] }),
  "items of a map": map("s", {
    over: listOf(given, given),
    steps: [call("in", { input: item("s") }), sleep("nap")],
  }),
  "a round of a repeat": repeat("s", {
    initial: given,
    steps: [call("in", { input: item("s") }), childRun("child")],
  }),
};

describe("E12 what a run waits for is outstanding as it was first commanded", () => {
  for (const [name, step] of Object.entries(waiting)) {
    test(name, () => {
      const run = new DrivenRun(
        workflow([call("before"), step, call("beside")], constant(null), { timeoutMs: 60_000 }),
      );
      const [runTimer, , besides] = run.start({ x: 1 });
      const expected = [runTimer, ...run.succeed("before", "done"), besides];
      const inAnyOrder = new Set(expected);
      assert.deepEqual(new Set(outstanding(run.state)), inAnyOrder);
      run.now = 2_000;
      run.fire("due:nobody");
      run.succeed("nobody");
      run.signal("other");
      assert.deepEqual(new Set(outstanding(run.state)), inAnyOrder);
      assert.deepEqual(run.recovered(), outstanding(run.state));
      assert.equal(outstanding(run.state).length, expected.length);
    });
  }

  for (const step of [call("s", { retry, input: given }), childRun("s", { retry, input: given })]) {
    test(`the delay before another attempt, and that attempt: ${step.kind}`, () => {
      const run = new DrivenRun(workflow([call("before"), step]));
      run.start({ x: 1 });
      const [first] = run.succeed("before", "done");
      const timers = run.fail("s", { retryable: true });
      assert.deepEqual(outstanding(run.state), timers);
      assert.deepEqual(run.recovered(), timers);
      const [timer] = timers;
      assert.ok(timer?.type === "setTimer");
      run.now = timer.dueAt;
      const again = run.fire(timer.timer);
      assert.deepEqual(again, [{ ...first, attempt: 2 }]);
      assert.deepEqual(run.recovered(), again);
    });
  }

  test("nothing, before the run has started and after it has settled", () => {
    const run = new DrivenRun(workflow([waitFor("w", { timeoutMs: 5 })], constant(null), { timeoutMs: 9 }));
    assert.deepEqual(outstanding(run.state), []);
    run.start();
    assert.equal(outstanding(run.state).length, 2);
    run.signal("go");
    assert.deepEqual(outstanding(run.state), []);
  });

  test("a task with a need that is only waited for is not", () => {
    const run = DrivenRun.start(
      workflow([waitFor("w"), call("a", { after: ["w"] }), approve("b", { after: ["a"], timeoutMs: 5 })]),
    );
    assert.deepEqual(outstanding(run.state), []);
    assert.deepEqual(run.recovered(), []);
  });
});

describe("what a command says beyond the attempt", () => {
  test("is there only if the step states it", () => {
    const run = new DrivenRun(
      workflow([call("a"), call("b", { pool: "gpu" }), resolve("c", { cacheTtlMs: 9, priority: 0 })]),
    );
    const [a, b, c] = run.start();
    const base = { type: "startAttempt", attempt: 1, input: null, timeoutMs: 300_000 };
    const f = { kind: "function", name: "f" };
    assert.deepEqual(a, { ...base, task: "a", step: "a", target: f });
    assert.deepEqual(b, { ...base, task: "b", step: "b", target: f, pool: "gpu" });
    assert.deepEqual(c, {
      ...base,
      task: "c",
      step: "c",
      target: { kind: "policy", name: "pool" },
      cacheTtlMs: 9,
      priority: 0,
    });
  });
});
