/** E11: a cancelled task settles as a failure, with all that lies in its body; the run goes on from there. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { outstanding } from "./commands.ts";
import { DrivenRun } from "./testing/driven-run.ts";
import {
  approve,
  call,
  childRun,
  constant,
  equal,
  input,
  item,
  map,
  outputOf,
  repeat,
  resolve,
  settled,
  sleep,
  waitFor,
  workflow,
} from "./testing/steps.ts";
import type { StepDefinition } from "./workflow-definition.ts";

const retry = { maxAttempts: 3, initialDelayMs: 100, factor: 1, maxDelayMs: 100, jitter: 0 };
const error = { code: "TASK_CANCELLED", message: "It was cancelled: enough.", retryable: false };
/** Runs beside the cancelled task, so that the run goes on. */
const beside = call("beside");

describe("E11 a cancelled task", () => {
  const cases: Readonly<Record<string, readonly [StepDefinition, status: string, command: object | null]>> = {
    "whose attempt is under way": [call("a"), "running", { type: "cancelAttempt", task: "a", attempt: 1 }],
    "that resolves": [resolve("a"), "running", { type: "cancelAttempt", task: "a", attempt: 1 }],
    "whose child run is under way": [
      childRun("a"),
      "running",
      { type: "cancelChildRun", task: "a", attempt: 1, reason: "enough" },
    ],
    "that waits for a verdict": [approve("a"), "waitingForApproval", null],
    "that waits for a verdict with a deadline": [
      approve("a", { timeoutMs: 9 }),
      "waitingForApproval",
      { type: "clearTimer", timer: "due:a" },
    ],
    "that waits for a signal": [waitFor("a"), "waitingForSignal", null],
    "that waits for a signal with a deadline": [
      waitFor("a", { timeoutMs: 9, default: constant(1) }),
      "waitingForSignal",
      { type: "clearTimer", timer: "due:a" },
    ],
    "that sleeps": [sleep("a"), "sleeping", { type: "clearTimer", timer: "due:a" }],
    "that has not begun": [call("a", { after: ["beside"] }), "waiting", null],
  };
  for (const [name, [step, status, command]] of Object.entries(cases)) {
    test(`${name} gives up what it has under way, and is a failure`, () => {
      const run = DrivenRun.start(workflow([step, beside]));
      assert.equal(run.task("a").status, status);
      run.now = 1_005;
      assert.deepEqual(run.cancel("a"), command === null ? [] : [command]);
      const { status: settledAs, error: found, settledAt, dueAt, waitsFor } = run.task("a");
      assert.deepEqual(
        [settledAs, found, settledAt, dueAt, waitsFor],
        ["cancelled", error, 1_005, undefined, undefined],
      );
      assert.deepEqual(
        outstanding(run.state).flatMap((open) => ("task" in open ? [open.task] : [open.type])),
        ["beside"],
      );
      assert.deepEqual(run.recovered(), outstanding(run.state));
      run.succeed("beside");
      assert.deepEqual(run.state.result, {
        status: "failed",
        error: { ...error, message: `Task "a" failed: ${error.message}`, details: { task: "a" } },
      });
    });

    test(`${name} takes no notice of what comes afterwards`, () => {
      const run = DrivenRun.start(workflow([step, beside, call("last", { after: ["beside"] })]));
      run.cancel("a");
      const after = run.statuses();
      run.now = 9_000;
      const late = [
        () => run.succeed("a", 1, 1),
        () => run.fail("a", {}, 1),
        () => run.fire("due:a"),
        () => run.decide("a", "approve"),
        () => run.cancel("a"),
      ];
      for (const send of late) assert.deepEqual(send(), []);
      assert.deepEqual([run.statuses(), run.state.ignored], [after, late.length]);
      run.signal("go", 1);
      run.succeed("beside");
      assert.equal(run.task("a").status, "cancelled");
    });
  }

  test("that waits for its next attempt does not get it, and its error is the cancellation", () => {
    const run = DrivenRun.start(workflow([call("a", { retry }), beside]));
    run.fail("a", { retryable: true });
    assert.deepEqual(run.cancel("a"), [{ type: "clearTimer", timer: "retry:1:a" }]);
    assert.deepEqual(run.task("a").error, error);
    run.now = 2_000;
    assert.deepEqual(run.fire("retry:1:a"), []);
  });

  test("in its second attempt has that one cancelled", () => {
    for (const step of [call("a", { retry }), childRun("a", { retry })]) {
      const run = DrivenRun.start(workflow([step]));
      run.fail("a", { retryable: true });
      run.now = 1_100;
      run.fire("retry:1:a");
      const [command] = run.cancel("a");
      assert.ok(command?.type === "cancelAttempt" || command?.type === "cancelChildRun");
      assert.equal(command.attempt, 2);
    }
  });

  test("that is unknown, has settled, or was skipped, changes nothing; nor before the run has started", () => {
    const never = equal(input("x"), constant(1));
    const run = new DrivenRun(workflow([call("a"), call("skipped", { when: never }), beside]));
    assert.deepEqual(run.cancel("a"), []);
    run.start({});
    run.succeed("a");
    for (const task of ["a", "skipped", "nobody", ""]) assert.deepEqual(run.cancel(task), [], task);
    assert.deepEqual(run.statuses(), ["a succeeded", "skipped skipped", "beside running"]);
    assert.equal(run.state.ignored, 5);
  });
});

describe("E11 what follows from a cancelled task", () => {
  test("is decided at once, as after a failure", () => {
    const steps = [
      call("a"),
      call("needs", { after: ["a"] }),
      resolve("anyway", { input: settled("a") }),
      call("without", { after: ["a"], trigger: "noneFailed" }),
    ];
    const run = DrivenRun.start(workflow(steps));
    const commands = run.cancel("a");
    assert.deepEqual(
      commands.map((command) => command.type),
      ["cancelAttempt", "startAttempt"],
    );
    assert.deepEqual(run.statuses(), ["a cancelled", "needs skipped", "anyway running", "without skipped"]);
    assert.deepEqual(run.inputs(), { anyway: { status: "failed", error } });
    assert.equal(run.task("needs").skipped, 'its trigger rule allSuccess does not hold because of "a"');
  });

  test("a task that waits for others is settled before they are, and is not begun when they have settled", () => {
    const steps = [
      call("first"),
      call("a", { after: ["first"] }),
      call("after", { after: ["a"], trigger: "allDone" }),
    ];
    const run = DrivenRun.start(workflow(steps));
    run.cancel("a");
    assert.deepEqual(run.statuses(), ["first running", "a cancelled", "after running"]);
    run.fail("first");
    assert.equal(run.task("a").status, "cancelled");
    run.succeed("after");
    assert.equal(run.state.result?.status, "succeeded");
  });

  test("the last task of a run settles it", () => {
    const run = DrivenRun.start(workflow([call("a")], constant(null), { timeoutMs: 50 }));
    assert.deepEqual(
      run.cancel("a").map((command) => command.type),
      ["cancelAttempt", "clearTimer", "settleRun"],
    );
  });

  test("its signal goes to the next task in the line", () => {
    const run = DrivenRun.start(workflow([waitFor("a"), waitFor("b")]));
    run.cancel("a");
    run.signal("go", 1);
    assert.deepEqual(run.statuses(), ["a cancelled", "b succeeded"]);
  });
});

describe("E11 a cancelled map or repeat", () => {
  const body = (): readonly StepDefinition[] => [
    call("done"),
    call("flying"),
    call("delayed", { retry }),
    childRun("child"),
    approve("ask", { timeoutMs: 9 }),
    waitFor("wait"),
    sleep("nap"),
    call("later", { after: ["flying"] }),
    map("inner", { over: constant([1]), steps: [call("deep")] }),
    repeat("again", { steps: [call("round")] }),
  ];
  for (const [kind, owner] of [
    ["map", map("m", { over: constant([1]), steps: body() })],
    ["repeat", repeat("m", { steps: body() })],
  ] as const) {
    test(`${kind}: everything under way in it is given up, and what is done stays`, () => {
      const run = DrivenRun.start(workflow([owner, waitFor("outside"), beside]));
      run.succeed("m[0]/done", 1);
      run.fail("m[0]/delayed", { retryable: true });
      run.now = 1_003;
      assert.deepEqual(run.cancel("m"), [
        { type: "cancelAttempt", task: "m[0]/flying", attempt: 1 },
        { type: "clearTimer", timer: "retry:1:m[0]/delayed" },
        { type: "cancelChildRun", task: "m[0]/child", attempt: 1, reason: "enough" },
        { type: "clearTimer", timer: "due:m[0]/ask" },
        { type: "clearTimer", timer: "due:m[0]/nap" },
        { type: "cancelAttempt", task: "m[0]/inner[0]/deep", attempt: 1 },
        { type: "cancelAttempt", task: "m[0]/again[0]/round", attempt: 1 },
      ]);
      const cancelled = run.statuses().filter((line) => line.endsWith(" cancelled"));
      assert.equal(cancelled.length, 12);
      assert.deepEqual(
        run.statuses().filter((line) => !line.endsWith(" cancelled")),
        ["m[0]/done succeeded", "outside waitingForSignal", "beside running"],
      );
      assert.deepEqual(run.task("m").error, error);
      assert.deepEqual(run.recovered(), outstanding(run.state));
      assert.deepEqual(Object.keys(run.inputs()), ["beside"]);

      const before = run.state.ignored;
      run.now = 9_000;
      for (const task of ["m[0]/flying", "m[0]/child", "m[0]/inner[0]/deep", "m[0]/again[0]/round"]) {
        assert.deepEqual(run.succeed(task), []);
        assert.deepEqual(run.cancel(task), []);
      }
      for (const task of ["m[0]/ask", "m[0]/nap"]) assert.deepEqual(run.fire(`due:${task}`), []);
      assert.equal(run.state.ignored, before + 10);
      run.signal("go", 1);
      assert.equal(run.task("outside").output, 1);
      run.succeed("beside");
      assert.equal(run.state.result?.status, "failed");
    });
  }

  test("one of several items fails alone, and the map tolerates it or not", () => {
    for (const [maxFailedItems, status] of [
      [1, "succeeded"],
      [0, "failed"],
    ] as const) {
      const each = map("m", {
        maxFailedItems,
        steps: [call("a", { input: item("m") })],
        output: outputOf("a"),
      });
      const run = DrivenRun.start(workflow([each], outputOf("m")), [1, 2]);
      run.cancel("m[0]/a");
      run.succeed("m[1]/a", "fine");
      assert.equal(run.state.result?.status, status);
      if (status === "succeeded") assert.deepEqual(run.task("m").output, [null, "fine"]);
      else
        assert.match(
          run.task("m").error?.message ?? "",
          /The first: Task "m\[0\]\/a" failed: It was cancelled: enough\.$/,
        );
    }
  });

  test("a task of a round fails the round, and no round follows", () => {
    const run = DrivenRun.start(workflow([repeat("r", { steps: [call("a")] })]));
    run.succeed("r[0]/a");
    run.cancel("r[1]/a");
    assert.equal(run.task("r").error?.code, "TASK_CANCELLED");
    assert.deepEqual(run.task("r").error?.details, { task: "r[1]/a" });
    assert.equal(run.state.tasks.size, 3);
  });

  test("that lies in a round or item takes only its own part", () => {
    const inner = map("inner", { over: constant([1, 2]), steps: [call("a")] });
    const run = DrivenRun.start(
      workflow([map("m", { over: constant([1, 2]), maxFailedItems: 1, steps: [inner] })]),
    );
    run.cancel("m[0]/inner");
    assert.deepEqual(Object.keys(run.inputs()), ["m[1]/inner[0]/a", "m[1]/inner[1]/a"]);
    for (const task of Object.keys(run.inputs())) run.succeed(task);
    assert.equal(run.state.result?.status, "succeeded");
  });

  test("that has not begun never expands", () => {
    for (const owner of [
      map("m", { after: ["beside"], steps: [call("a")] }),
      repeat("m", { after: ["beside"] }),
    ]) {
      const run = DrivenRun.start(workflow([beside, owner]), [1]);
      run.cancel("m");
      run.succeed("beside");
      assert.deepEqual(run.statuses(), ["beside succeeded", "m cancelled"]);
      assert.equal(run.state.result?.status, "failed");
    }
  });
});

describe("E11 a cancelled run", () => {
  test("gives up whatever any kind of task has under way", () => {
    const steps = [
      call("flying"),
      call("delayed", { retry }),
      childRun("child"),
      approve("ask", { timeoutMs: 9 }),
      approve("askForEver"),
      waitFor("wait", { timeoutMs: 9 }),
      waitFor("waitForEver"),
      sleep("nap"),
      repeat("again", { steps: [call("round")] }),
      call("later", { after: ["wait"] }),
    ];
    const run = DrivenRun.start(workflow(steps));
    run.fail("delayed", { retryable: true });
    assert.deepEqual(run.cancel(), [
      { type: "cancelAttempt", task: "flying", attempt: 1 },
      { type: "clearTimer", timer: "retry:1:delayed" },
      { type: "cancelChildRun", task: "child", attempt: 1, reason: "enough" },
      { type: "clearTimer", timer: "due:ask" },
      { type: "clearTimer", timer: "due:wait" },
      { type: "clearTimer", timer: "due:nap" },
      { type: "cancelAttempt", task: "again[0]/round", attempt: 1 },
      { type: "settleRun", result: { status: "cancelled", reason: "enough" } },
    ]);
    assert.ok(run.statuses().every((line) => line.endsWith(" cancelled")));
    assert.deepEqual(outstanding(run.state), []);
    const after = run.statuses();
    for (const commands of [
      run.signal("go"),
      run.decide("ask", "approve"),
      run.fire("due:nap"),
      run.cancel("ask"),
    ]) {
      assert.deepEqual(commands, []);
    }
    assert.deepEqual(run.statuses(), after);
  });
});
