/** E8: an approve step waits for a person's verdict, or for its deadline. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DrivenRun } from "./testing/driven-run.ts";
import {
  approve,
  call,
  constant,
  input,
  map,
  objectOf,
  outputOf,
  resolve,
  settled,
  waitFor,
  workflow,
} from "./testing/steps.ts";
import type { ApproveStep } from "./workflow-definition.ts";

const trade = (fields: Partial<ApproveStep> = {}) =>
  workflow([approve("trade", { input: objectOf({ buy: input("symbol") }), ...fields })], outputOf("trade"));
const started = (fields: Partial<ApproveStep> = {}) => DrivenRun.start(trade(fields), { symbol: "ACME" });

describe("E8 a verdict", () => {
  test("is waited for, without a command, and what it is about is shown", () => {
    const run = new DrivenRun(trade());
    assert.deepEqual(run.start({ symbol: "ACME" }), []);
    assert.equal(run.task("trade").status, "waitingForApproval");
    assert.deepEqual(run.task("trade").waitsFor, { kind: "approval", shown: { buy: "ACME" } });
    assert.equal("dueAt" in run.task("trade"), false);
  });

  test("that approves is the step's output, with who and why", () => {
    const run = started();
    run.decide("trade", "approve", "Go ahead.");
    const output = { approved: true, by: "Ada", comment: "Go ahead." };
    assert.deepEqual(run.state.result, { status: "succeeded", output });
    assert.equal(run.task("trade").waitsFor, undefined);
  });

  test("without a comment has null for one", () => {
    const run = started();
    run.decide("trade", "approve");
    assert.deepEqual(run.task("trade").output, { approved: true, by: "Ada", comment: null });
  });

  test("that rejects fails the step, with who and why", () => {
    const run = started();
    run.decide("trade", "reject", "Too risky");
    assert.deepEqual(run.task("trade").error, {
      code: "APPROVAL_REJECTED",
      message: "It was rejected by Ada: Too risky.",
      retryable: false,
      details: { by: "Ada", comment: "Too risky" },
    });
    assert.equal(run.state.result?.status, "failed");
  });

  test("that rejects is the step's output where the step goes on", () => {
    const run = started({ onReject: "continue" });
    run.decide("trade", "reject", "Too risky.");
    const output = { approved: false, by: "Ada", comment: "Too risky." };
    assert.deepEqual(run.state.result, { status: "succeeded", output });
  });

  test("quotes of a long comment as much as a message can carry, and never half a character", () => {
    const run = started();
    run.decide("trade", "reject", "😀".repeat(1_000).slice(1));
    const message = run.task("trade").error?.message ?? "";
    assert.ok(message.length < 300 && message.isWellFormed(), message);
  });

  test("lets what follows go on", () => {
    const steps = [approve("ok"), call("after", { input: outputOf("ok", "by") })];
    const run = DrivenRun.start(workflow(steps));
    run.decide("ok", "approve");
    assert.deepEqual(run.inputs(), { after: "Ada" });
  });

  test("that rejects is data for a step that runs however its needs settled", () => {
    const run = DrivenRun.start(
      workflow([approve("ok"), resolve("r", { input: settled("ok", "error", "details", "by") })]),
    );
    run.decide("ok", "reject");
    assert.deepEqual(run.inputs(), { r: "Ada" });
  });

  test("E5 is asked for each item of a map by itself", () => {
    const run = DrivenRun.start(
      workflow(
        [map("m", { maxFailedItems: 1, steps: [approve("ok")], output: outputOf("ok", "approved") })],
        outputOf("m"),
      ),
      [1, 2],
    );
    run.decide("m[1]/ok", "reject");
    run.decide("m[0]/ok", "approve");
    assert.deepEqual(run.state.result, { status: "succeeded", output: [true, null] });
  });
});

describe("E8 the deadline", () => {
  const timer = { type: "setTimer", timer: "due:trade", dueAt: 1_500 } as const;

  test("is a timer, which a verdict clears", () => {
    const run = new DrivenRun(trade({ timeoutMs: 500 }));
    assert.deepEqual(run.start(null), [timer]);
    assert.equal(run.task("trade").dueAt, 1_500);
    const [clear] = run.decide("trade", "approve");
    assert.deepEqual(clear, { type: "clearTimer", timer: "due:trade" });
  });

  test("rejects unless the step says otherwise", () => {
    const run = started({ timeoutMs: 500 });
    run.now = 1_500;
    run.fire("due:trade");
    assert.deepEqual(run.task("trade").error, {
      code: "APPROVAL_REJECTED",
      message: "It was rejected by its deadline of 500 ms.",
      retryable: false,
      details: { by: null, comment: null },
    });
  });

  test("approves where that is the default, in nobody's name", () => {
    const run = started({ timeoutMs: 500, default: "approve" });
    run.now = 1_700;
    run.fire("due:trade");
    assert.deepEqual(run.task("trade").output, { approved: true, by: null, comment: null });
  });

  test("rejects as an output where the step goes on", () => {
    const run = started({ timeoutMs: 500, onReject: "continue" });
    run.now = 1_500;
    run.fire("due:trade");
    assert.deepEqual(run.task("trade").output, { approved: false, by: null, comment: null });
  });

  test("that comes early is asked for again and decides nothing", () => {
    const run = started({ timeoutMs: 500 });
    run.now = 1_499;
    assert.deepEqual(run.fire("due:trade"), [timer]);
    assert.deepEqual([run.task("trade").status, run.state.ignored], ["waitingForApproval", 1]);
    run.decide("trade", "approve");
    run.now = 1_500;
    assert.deepEqual(run.fire("due:trade"), []);
    assert.equal(run.state.result?.status, "succeeded");
  });

  test("counts from when the step began, not from the start of the run", () => {
    const run = DrivenRun.start(workflow([call("a"), approve("trade", { after: ["a"], timeoutMs: 500 })]));
    run.now = 9_000;
    assert.deepEqual(run.succeed("a"), [{ ...timer, dueAt: 9_500 }]);
  });
});

describe("E10 a verdict that is out of place is ignored and counted", () => {
  test("on an unknown task, on a task of another kind, before the step began, and twice", () => {
    const steps = [
      call("a"),
      waitFor("w"),
      approve("ok"),
      approve("later", { after: ["ok", "a"] }),
      approve("other"),
    ];
    const run = DrivenRun.start(workflow(steps, constant(null)));
    for (const task of ["nobody", "a", "w", "later", ""]) {
      assert.deepEqual(run.decide(task, "approve"), [], task);
    }
    run.decide("ok", "approve");
    assert.deepEqual(run.decide("ok", "reject"), []);
    assert.equal(run.state.ignored, 6);
    assert.equal(run.task("ok").status, "succeeded");
  });

  test("after the deadline, after the run has settled, and before it has started", () => {
    const run = new DrivenRun(trade({ timeoutMs: 500, onReject: "continue" }));
    run.decide("trade", "approve");
    assert.equal(run.state.ignored, 1);
    run.start({ symbol: "ACME" });
    assert.equal(run.task("trade").status, "waitingForApproval");
    run.now = 1_500;
    run.fire("due:trade");
    run.decide("trade", "approve");
    assert.deepEqual(run.task("trade").output, { approved: false, by: null, comment: null });
    assert.equal(run.state.ignored, 2);
  });

  test("a result for a task that waits for a verdict", () => {
    const run = started();
    for (const attempt of [0, 1]) assert.deepEqual(run.succeed("trade", "yes", attempt), []);
    assert.equal(run.task("trade").status, "waitingForApproval");
  });
});
