/** E7: a run step has its attempts done by runs of another workflow. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  attemptCommand,
  attemptsUnderWay,
  childRunCommand,
  childRunsUnderWay,
  outstanding,
} from "./commands.ts";
import { DrivenRun } from "./testing/driven-run.ts";
import {
  call,
  childPlan,
  childRun,
  input,
  item,
  map,
  objectOf,
  outputOf,
  resolve,
  settled,
  workflow,
} from "./testing/steps.ts";

const retry = { maxAttempts: 3, initialDelayMs: 100, factor: 1, maxDelayMs: 100, jitter: 0 };
const parent = workflow(
  [childRun("study", { input: objectOf({ of: input("symbol") }), retry })],
  outputOf("study"),
);
const started = (attempt: number) => ({
  type: "startChildRun",
  task: "study",
  step: "study",
  attempt,
  workflow: "child",
  plan: childPlan,
  input: { of: "ACME" },
});

describe("E7 a child run", () => {
  test("is started with its workflow, its plan and its input, and nothing else is", () => {
    const run = new DrivenRun(parent);
    assert.deepEqual(run.start({ symbol: "ACME" }), [started(1)]);
    assert.equal(run.task("study").status, "running");
    assert.equal(run.task("study").kind, "run");
  });

  test("gives its output to the step", () => {
    const run = DrivenRun.start(parent, { symbol: "ACME" });
    run.succeed("study", { view: "up" });
    assert.deepEqual(run.state.result, { status: "succeeded", output: { view: "up" } });
  });

  test("that failed is tried again as another run, under the next token, when the policy says so", () => {
    const run = DrivenRun.start(parent, { symbol: "ACME" });
    assert.deepEqual(run.fail("study", { retryable: true }), [
      { type: "setTimer", timer: "retry:1:study", dueAt: 1_100 },
    ]);
    run.now = 1_100;
    assert.deepEqual(run.fire("retry:1:study"), [started(2)]);
    assert.deepEqual(run.succeed("study", "late", 1), []);
    assert.deepEqual(run.fail("study", {}, 1), []);
    assert.deepEqual([run.task("study").status, run.state.ignored], ["running", 2]);
    run.succeed("study", "real", 2);
    assert.deepEqual(run.state.result, { status: "succeeded", output: "real" });
  });

  test("is not tried again unless the step says so: its own steps are", () => {
    const run = DrivenRun.start(workflow([childRun("study")]));
    run.fail("study", { code: "X", retryable: true });
    assert.ok(run.state.result?.status === "failed");
    assert.equal(run.state.result.error.code, "X");
  });

  test("is cancelled with its parent, with the reason", () => {
    const run = DrivenRun.start(workflow([childRun("study"), call("a")]));
    assert.deepEqual(run.cancel().slice(0, 2), [
      { type: "cancelChildRun", task: "study", attempt: 1, reason: "enough" },
      { type: "cancelAttempt", task: "a", attempt: 1 },
    ]);
    assert.deepEqual(run.succeed("study"), []);
  });

  test("is cancelled when its parent times out", () => {
    const run = DrivenRun.start({ ...parent, timeoutMs: 50 }, { symbol: "ACME" });
    run.now = 1_050;
    assert.deepEqual(run.fire("run")[0], {
      type: "cancelChildRun",
      task: "study",
      attempt: 1,
      reason: "its run timed out",
    });
  });

  test("has no attempt that a worker could claim, and an attempt has no child run", () => {
    const run = DrivenRun.start(workflow([childRun("study"), call("a")]));
    assert.deepEqual([...attemptsUnderWay(run.state)], [{ task: "a", attempt: 1, timeoutMs: 300_000 }]);
    assert.deepEqual([...childRunsUnderWay(run.state)], [{ task: "study", attempt: 1 }]);
    assert.equal(attemptCommand(run.state, "study", 1), null);
    assert.equal(childRunCommand(run.state, "a", 1), null);
    assert.equal(attemptCommand(run.state, "a", 1)?.task, "a");
    assert.deepEqual(childRunCommand(run.state, "study", 1), { ...started(1), input: null });
    assert.equal(childRunCommand(run.state, "study", 2), null);
    run.succeed("study");
    assert.equal(childRunCommand(run.state, "study", 1), null);
    assert.deepEqual([...childRunsUnderWay(run.state)], []);
    run.cancel();
    assert.equal(attemptCommand(run.state, "a", 1), null);
    assert.deepEqual([...attemptsUnderWay(run.state)], []);
  });

  test("that failed is data for a step that runs however its needs settled", () => {
    const steps = [childRun("study"), resolve("r", { input: settled("study", "error", "code") })];
    const run = DrivenRun.start(workflow(steps));
    run.fail("study", { code: "RUN_CANCELLED" });
    assert.deepEqual(run.inputs(), { r: "RUN_CANCELLED" });
  });

  test("E5 runs once for each item of a map", () => {
    const run = DrivenRun.start(workflow([map("m", { steps: [childRun("study", { input: item("m") })] })]), [
      "A",
      "B",
    ]);
    assert.deepEqual(run.inputs(), { "m[0]/study": "A", "m[1]/study": "B" });
  });

  test("E12 is started again after a crash, with the same token", () => {
    const run = DrivenRun.start(parent, { symbol: "ACME" });
    assert.deepEqual(run.recovered(), [started(1)]);
    run.fail("study", { retryable: true });
    run.now = 1_100;
    run.fire("retry:1:study");
    assert.deepEqual(run.recovered(), [started(2)]);
    assert.deepEqual(outstanding(run.state), [started(2)]);
  });
});
