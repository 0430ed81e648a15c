/** E9: a waitFor step waits for a named signal, also one that came before. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { planLimits } from "./plan.ts";
import { DrivenRun } from "./testing/driven-run.ts";
import {
  call,
  constant,
  input,
  item,
  listOf,
  map,
  objectOf,
  outputOf,
  repeat,
  resolve,
  settled,
  waitFor,
  workflow,
} from "./testing/steps.ts";

const one = workflow([waitFor("w")], outputOf("w"));
/** Waits only when `a` has succeeded. */
const later = workflow([call("a"), waitFor("w", { after: ["a"] })], outputOf("w"));

describe("E9 a signal", () => {
  test("is waited for, without a command, and gives its payload", () => {
    const run = new DrivenRun(one);
    assert.deepEqual(run.start(), []);
    assert.equal(run.task("w").status, "waitingForSignal");
    assert.deepEqual(run.task("w").waitsFor, { kind: "signal", signal: "go", key: null });
    run.signal("go", { fill: 5 });
    assert.deepEqual(run.state.result, { status: "succeeded", output: { fill: 5 } });
    assert.equal(run.task("w").waitsFor, undefined);
  });

  test("that comes before the wait is kept for it", () => {
    const run = DrivenRun.start(later);
    assert.deepEqual(run.signal("go", "early"), []);
    assert.equal(run.state.ignored, 0);
    run.succeed("a");
    assert.deepEqual(run.state.result, { status: "succeeded", output: "early" });
  });

  test("is taken once; of several, the one that came first is", () => {
    const waits = workflow(
      [
        call("a"),
        waitFor("w1", { after: ["a"] }),
        waitFor("w2", { after: ["w1"] }),
        waitFor("w3", { after: ["w2"] }),
      ],
      listOf(outputOf("w1"), outputOf("w2"), outputOf("w3")),
    );
    const run = DrivenRun.start(waits);
    run.signal("go", 1);
    run.signal("go", 2);
    run.succeed("a");
    assert.deepEqual(run.statuses(), ["a succeeded", "w1 succeeded", "w2 succeeded", "w3 waitingForSignal"]);
    run.signal("go", 3);
    assert.deepEqual(run.state.result, { status: "succeeded", output: [1, 2, 3] });
  });

  test("goes to the task that has waited longest", () => {
    const run = DrivenRun.start(workflow([call("a"), waitFor("late", { after: ["a"] }), waitFor("early")]));
    run.succeed("a");
    run.signal("go", 1);
    assert.equal(run.task("early").output, 1);
    run.signal("go", 2);
    assert.equal(run.task("late").output, 2);
  });

  test("null is a payload like any other", () => {
    const run = DrivenRun.start(later);
    run.signal("go", null);
    run.succeed("a");
    assert.deepEqual(run.state.result, { status: "succeeded", output: null });
  });

  test("of another name is kept and wakes nobody", () => {
    const run = DrivenRun.start(one);
    run.signal("stop");
    assert.deepEqual([run.task("w").status, run.state.ignored], ["waitingForSignal", 0]);
  });
});

describe("E9 a key", () => {
  const orders = workflow(
    [map("m", { steps: [waitFor("fill", { key: item("m", "id") })], output: outputOf("fill") })],
    outputOf("m"),
  );

  test("says which of several waits is meant", () => {
    const run = DrivenRun.start(orders, [{ id: "x" }, { id: "y" }]);
    assert.deepEqual(run.task("m[1]/fill").waitsFor, { kind: "signal", signal: "go", key: "y" });
    run.signal("go", "for y", { key: "y" });
    run.signal("go", "for x", { key: "x" });
    assert.deepEqual(run.state.result, { status: "succeeded", output: ["for x", "for y"] });
  });

  test("that is a number is met by its text", () => {
    const run = DrivenRun.start(orders, [{ id: 7 }, { id: 2.5 }, { id: "7" }]);
    run.signal("go", 1, { key: "7" });
    run.signal("go", 2, { key: "2.5" });
    run.signal("go", 3, { key: "7" });
    assert.deepEqual(run.state.result, { status: "succeeded", output: [1, 2, 3] });
  });

  test("wants a signal with it, and no key one without any", () => {
    const run = DrivenRun.start(workflow([waitFor("plain"), waitFor("keyed", { key: constant("k") })]));
    run.signal("go", 1, { key: "other" });
    assert.deepEqual(run.statuses(), ["plain waitingForSignal", "keyed waitingForSignal"]);
    run.signal("go", 2, { key: "k" });
    assert.deepEqual(run.statuses(), ["plain waitingForSignal", "keyed succeeded"]);
    run.signal("go", 3);
    assert.equal(run.task("plain").output, 3);
  });

  test("and a name are not mistaken for another name and key", () => {
    const steps = [waitFor("w", { signal: "a", key: constant("b") }), waitFor("v", { signal: "b" })];
    const run = DrivenRun.start(workflow(steps));
    run.signal("a\nb");
    run.signal('["a","b"]');
    run.signal("a", 1, { key: "" });
    run.signal("b", 1, { key: "null" });
    assert.deepEqual(run.statuses(), ["w waitingForSignal", "v waitingForSignal"]);
  });

  test("P7 that no signal can have fails the step, rather than wait for ever", () => {
    for (const id of ["", "x".repeat(201)]) {
      const run = DrivenRun.start(orders, [{ id }]);
      assert.deepEqual(run.task("m[0]/fill").error, {
        code: "INPUT_INVALID",
        message: `The key of the signal "go" must have 1 to 200 characters, not ${id.length}.`,
        retryable: false,
      });
    }
    assert.equal(
      DrivenRun.start(orders, [{ id: "x".repeat(200) }]).task("m[0]/fill").status,
      "waitingForSignal",
    );
  });

  test("P7 that is neither text nor a number fails the step, rather than wait for another signal", () => {
    for (const [id, shown] of [
      [null, "null"],
      [true, "true"],
      [{ z: 1, a: 1 }, "an object"],
      [[1], "a list"],
    ] as const) {
      const run = DrivenRun.start(orders, [{ id }]);
      assert.deepEqual(run.task("m[0]/fill").error, {
        code: "INPUT_INVALID",
        message: `The key of the signal "go" must be text or a number, not ${shown}.`,
        retryable: false,
      });
    }
    assert.equal(DrivenRun.start(orders, [{}]).task("m[0]/fill").status, "failed");
  });
});

describe("E9 a signal's id", () => {
  test("makes a second one with it ignored, whatever else it says", () => {
    const run = DrivenRun.start(workflow([waitFor("w1"), waitFor("w2", { after: ["w1"] })]));
    run.signal("go", 1, { id: "a" });
    assert.deepEqual(run.signal("go", 2, { id: "a" }), []);
    assert.deepEqual(run.signal("other", 2, { id: "a" }), []);
    assert.equal(run.state.ignored, 2);
    assert.equal(run.task("w2").status, "waitingForSignal");
    run.signal("go", 3, { id: "b" });
    assert.equal(run.task("w2").output, 3);
  });

  test("is its own: signals without one all count", () => {
    const run = DrivenRun.start(workflow([waitFor("w1"), waitFor("w2", { after: ["w1"] })]));
    run.signal("go", 1);
    run.signal("go", 1);
    assert.equal(run.state.result?.status, "succeeded");
  });
});

describe("E9 the deadline of a wait", () => {
  const timed = workflow([waitFor("w", { timeoutMs: 500, key: constant("k") })], outputOf("w"));
  const timer = { type: "setTimer", timer: "due:w", dueAt: 1_500 } as const;

  test("is a timer, which a signal clears", () => {
    const run = new DrivenRun(timed);
    assert.deepEqual(run.start(), [timer]);
    assert.deepEqual(run.signal("go", 1, { key: "k" }), [
      { type: "clearTimer", timer: "due:w" },
      { type: "settleRun", result: { status: "succeeded", output: 1 } },
    ]);
  });

  test("is not set where the signal is there already", () => {
    const run = DrivenRun.start(
      workflow([call("a"), waitFor("w", { after: ["a"], timeoutMs: 5 }), call("b")]),
    );
    run.signal("go");
    assert.deepEqual(run.succeed("a"), []);
    assert.equal(run.task("w").status, "succeeded");
  });

  test("fails the step, naming the signal, the key and the time", () => {
    const run = DrivenRun.start(timed);
    run.now = 1_500;
    run.fire("due:w");
    const message = 'No signal "go" with the key "k" came within 500 ms.';
    assert.deepEqual(run.task("w").error, { code: "SIGNAL_TIMED_OUT", message, retryable: false });
    const plain = DrivenRun.start(workflow([waitFor("w", { timeoutMs: 500 })]));
    plain.now = 1_500;
    plain.fire("due:w");
    assert.equal(plain.task("w").error?.message, 'No signal "go" came within 500 ms.');
  });

  test("gives the default where there is one, also null and one from the data", () => {
    for (const [fallback, output] of [
      [constant(null), null],
      [objectOf({ price: input("price") }), { price: 7 }],
      [input("absent"), null],
    ] as const) {
      const run = DrivenRun.start(
        workflow([waitFor("w", { timeoutMs: 500, default: fallback })], outputOf("w")),
        { price: 7 },
      );
      run.now = 1_600;
      run.fire("due:w");
      assert.deepEqual(run.state.result, { status: "succeeded", output });
    }
  });

  test("makes the task leave the line: the signal goes to the next one", () => {
    const steps = [waitFor("first", { timeoutMs: 500, default: constant("none") }), waitFor("second")];
    const run = DrivenRun.start(workflow(steps));
    run.now = 1_500;
    run.fire("due:first");
    run.signal("go", 1);
    assert.deepEqual([run.task("first").output, run.task("second").output], ["none", 1]);
  });

  test("that comes early is asked for again, and the task stays in its place in the line", () => {
    const run = DrivenRun.start(workflow([waitFor("first", { timeoutMs: 500 }), waitFor("second")]));
    run.now = 1_499;
    assert.deepEqual(run.fire("due:first"), [{ ...timer, timer: "due:first" }]);
    run.signal("go", 1);
    assert.equal(run.task("first").output, 1);
  });

  test("that comes after the signal is ignored", () => {
    const run = DrivenRun.start(workflow([waitFor("w", { timeoutMs: 500 }), call("b")]));
    run.signal("go", 1);
    run.now = 1_500;
    assert.deepEqual(run.fire("due:w"), []);
    assert.deepEqual([run.task("w").status, run.state.ignored], ["succeeded", 1]);
  });
});

describe("E9 signals and the rest of a run", () => {
  test("one before the run has started is ignored, and so is one after it has settled", () => {
    const run = new DrivenRun(one);
    run.signal("go", 1, { id: "a" });
    assert.equal(run.state.ignored, 1);
    run.start();
    assert.equal(run.task("w").status, "waitingForSignal");
    run.signal("go", 2, { id: "a" });
    assert.deepEqual(run.state.result, { status: "succeeded", output: 2 });
    run.signal("go", 3);
    assert.equal(run.state.ignored, 2);
  });

  test("a wait in each round of a repeat takes one signal each, also those that came before", () => {
    const r = repeat("r", { steps: [waitFor("w")], output: outputOf("w"), maxRounds: 3 });
    const run = DrivenRun.start(workflow([call("a"), { ...r, after: ["a"] }], outputOf("r")));
    run.signal("go", 1);
    run.signal("go", 2);
    run.succeed("a");
    assert.equal(run.task("r[2]/w").status, "waitingForSignal");
    run.signal("go", 3);
    assert.deepEqual(run.state.result, { status: "succeeded", output: 3 });
  });

  test("a wait that failed is data for a step that runs however its needs settled", () => {
    const steps = [waitFor("w", { timeoutMs: 5 }), resolve("r", { input: settled("w", "error", "code") })];
    const run = DrivenRun.start(workflow(steps));
    run.now = 2_000;
    run.fire("due:w");
    assert.deepEqual(run.inputs(), { r: "SIGNAL_TIMED_OUT" });
  });

  test("E10 a result or verdict for a task that waits for a signal is ignored", () => {
    const run = DrivenRun.start(one);
    for (const commands of [run.succeed("w", 1, 0), run.fail("w", {}, 0), run.decide("w", "approve")]) {
      assert.deepEqual(commands, []);
    }
    assert.equal(run.task("w").status, "waitingForSignal");
  });

  test("P8 a run takes as many signals as its limit, whoever they are for, and ignores more", () => {
    const run = DrivenRun.start(one);
    for (let count = 0; count < planLimits.signals; count += 1) {
      assert.ok(run.state.signals?.admits(undefined) ?? true);
      run.signal("other", null, { id: `${count}` });
    }
    assert.equal(run.state.signals?.admits(undefined), false);
    run.signal("go", 1);
    assert.deepEqual([run.task("w").status, run.state.ignored], ["waitingForSignal", 1]);
  });

  test("P8 one that is sent again does not use the limit up", () => {
    const run = DrivenRun.start(one);
    for (let count = 0; count <= planLimits.signals; count += 1) run.signal("other", null, { id: "same" });
    run.signal("go", 1);
    assert.equal(run.state.result?.status, "succeeded");
  });
});
