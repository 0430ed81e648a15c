import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { outstanding } from "./commands.ts";
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
  resolve,
  settled,
  workflow,
} from "./testing/steps.ts";
import type { JsonValue, RetryPolicy, WorkflowDefinition } from "./workflow-definition.ts";

const noJitter: RetryPolicy = { maxAttempts: 3, initialDelayMs: 100, factor: 10, maxDelayMs: 500, jitter: 0 };

describe("E2 a task is decided when the tasks it needs have settled", () => {
  test("data passes along the edges, and the output settles the run", () => {
    const run = DrivenRun.start(
      workflow(
        [
          call("a", { input: input("x") }),
          call("b", { input: objectOf({ a: outputOf("a", "deep", 1), x: input("x"), c: constant([1]) }) }),
        ],
        listOf(outputOf("b"), outputOf("a", "deep")),
      ),
      { x: 5 },
    );
    assert.deepEqual(run.inputs(), { a: 5 });
    run.succeed("a", { deep: ["no", "yes"] });
    assert.deepEqual(run.inputs(), { b: { a: "yes", c: [1], x: 5 } });
    const commands = run.succeed("b", "done");
    const result = { status: "succeeded", output: ["done", ["no", "yes"]] } as const;
    assert.deepEqual(commands, [{ type: "settleRun", result }]);
    assert.deepEqual(run.state.result, result);
  });

  test("what is absent is left out of an object and is null anywhere else", () => {
    const absent = input("nothing", 3, "here");
    const run = DrivenRun.start(
      workflow([
        call("object", {
          input: objectOf({ gone: absent, null: input("null"), ["__proto__"]: input("null") }),
        }),
        call("list", { input: listOf(absent) }),
        call("whole", { input: absent }),
      ]),
      { null: null, nothing: { 3: "a property is no item" } },
    );
    const object = JSON.parse('{ "__proto__": null, "null": null }') as JsonValue;
    assert.deepEqual(run.inputs(), { object, list: [null], whole: null });
    assert.equal(Object.getPrototypeOf(run.inputs()["object"]), Object.prototype);
  });

  test("paths read own properties only, and items only by index", () => {
    const paths = [["constructor"], ["list", "length"], ["list", "0"], ["text", 0], ["list", 7]];
    const run = DrivenRun.start(
      workflow([call("a", { input: listOf(...paths.map((path) => input(...path))) })]),
      { list: [1], text: "x" },
    );
    assert.deepEqual(run.inputs()["a"], [null, null, null, null, null]);
  });

  const needs = [call("good"), call("bad"), call("left", { when: { op: "exists", value: input("left") } })];
  const after = needs.map((step) => step.name);
  const followers = [
    call("allSuccess", { after, trigger: "allSuccess" }),
    call("allDone", { after, trigger: "allDone" }),
    call("anySuccess", { after, trigger: "anySuccess" }),
    call("noneFailed", { after, trigger: "noneFailed" }),
    call("onlySkipped", { after: ["left"], trigger: "noneFailed" }),
    call("noSuccess", { after: ["bad", "left"], trigger: "anySuccess" }),
  ];

  test("by its trigger rule, when a need failed and another was skipped", () => {
    const run = DrivenRun.start(workflow([...needs, ...followers]), {});
    run.succeed("good");
    assert.deepEqual(Object.keys(run.inputs()), ["bad", "onlySkipped"]);
    run.fail("bad");
    const because = 'does not hold because of "bad"';
    assert.equal(run.task("allSuccess").skipped, `its trigger rule allSuccess ${because}`);
    assert.equal(run.task("noneFailed").skipped, `its trigger rule noneFailed ${because}`);
    assert.equal(run.task("noSuccess").skipped, `its trigger rule anySuccess ${because}`);
    assert.equal(run.task("left").skipped, "its condition does not hold");
    assert.deepEqual(Object.keys(run.inputs()), ["allDone", "anySuccess", "onlySkipped"]);
  });

  test("a skip names the failed need, and of several the plan's first, whichever came first", () => {
    const run = DrivenRun.start(
      workflow([...needs, call("worse"), call("last", { after: [...after, "worse"] })]),
      {},
    );
    run.fail("worse");
    run.fail("bad");
    run.succeed("good");
    assert.equal(run.task("last").skipped, 'its trigger rule allSuccess does not hold because of "bad"');
  });

  test("a resolve runs however its needs settled, and is told how", () => {
    const run = DrivenRun.start(
      workflow([
        ...needs,
        resolve("r", { input: listOf(...after.map((name) => settled(name)), outputOf("bad")) }),
      ]),
      {},
    );
    run.succeed("good", 1);
    const error = { code: "X", message: "It broke.", retryable: false };
    run.fail("bad", error);
    assert.deepEqual(run.inputs()["r"], [
      { status: "succeeded", output: 1 },
      { status: "failed", error },
      { status: "skipped", reason: "its condition does not hold" },
      null,
    ]);
  });

  test("a run without steps settles at once", () => {
    const run = DrivenRun.start(workflow([], input("x")), { x: 1 });
    assert.deepEqual(run.state.result, { status: "succeeded", output: 1 });
  });
});

describe("a failure", () => {
  const [a, b] = [call("a"), call("b", { after: ["a"] })];
  const resultWhenAFails = (definition: WorkflowDefinition, others: readonly string[] = []) => {
    const run = DrivenRun.start(definition, {});
    run.fail("a", { code: "X", message: "Boom.", details: { at: 1 } });
    for (const other of others) run.succeed(other);
    return run.state.result;
  };
  const failed = {
    status: "failed",
    error: { code: "X", message: 'Task "a" failed: Boom.', retryable: false, details: { at: 1, task: "a" } },
  };

  test("of a step that nothing follows is the run's", () => {
    assert.deepEqual(resultWhenAFails(workflow([a, call("c")]), ["c"]), failed);
  });

  test("goes on through steps that were skipped after it, whatever they were skipped for", () => {
    const never = { op: "exists", value: input("nothing") } as const;
    assert.deepEqual(resultWhenAFails(workflow([a, b, call("c", { after: ["b"] })])), failed);
    assert.deepEqual(
      resultWhenAFails(workflow([a, call("c", { after: ["a"], trigger: "allDone", when: never })])),
      failed,
    );
  });

  test("ends at a step that ran in spite of it", () => {
    const definition = workflow([a, b, call("c", { after: ["b"], trigger: "allDone" })]);
    assert.deepEqual(resultWhenAFails(definition, ["c"]), { status: "succeeded", output: null });
  });

  test("is the run's when its output reads the failed step's", () => {
    const definition = workflow([a, call("c", { after: ["a"], trigger: "allDone" })], outputOf("a"));
    assert.deepEqual(resultWhenAFails(definition, ["c"]), failed);
  });

  test("is data where the output reads how the step settled", () => {
    const error = { code: "X", message: "Boom.", retryable: false, details: { at: 1 } };
    const output = { status: "failed", error };
    assert.deepEqual(resultWhenAFails(workflow([a], settled("a"))), { status: "succeeded", output });
    assert.deepEqual(resultWhenAFails(workflow([a], listOf(settled("a"), outputOf("a")))), failed);
  });

  test("the run waits for all that is under way before it settles", () => {
    const run = DrivenRun.start(workflow([a, call("c")]));
    run.fail("a");
    assert.deepEqual(Object.keys(run.inputs()), ["c"]);
    run.succeed("c");
    assert.equal(run.state.result?.status, "failed");
  });
});

describe("E3 retries", () => {
  const retried = workflow([call("a", { retry: noJitter })], outputOf("a"));

  test("a retryable failure is tried again after its delay, with the next token, up to maxAttempts", () => {
    const run = DrivenRun.start(retried);
    assert.deepEqual(run.fail("a", { retryable: true }), [
      { type: "setTimer", timer: "retry:1:a", dueAt: 1_100 },
    ]);
    assert.equal(run.task("a").status, "retrying");
    run.now = 1_100;
    assert.equal(run.fire("retry:1:a")[0]?.type, "startAttempt");
    assert.equal(run.task("a").attempt, 2);
    assert.deepEqual(run.fail("a", { retryable: true }), [
      { type: "setTimer", timer: "retry:2:a", dueAt: 1_600 },
    ]);
    run.now = 2_000;
    run.fire("retry:2:a");
    run.fail("a", { retryable: true, message: "For good." });
    assert.equal(run.task("a").error?.message, "For good.");
    assert.equal(run.state.result?.status, "failed");
  });

  test("a failure that is not retryable is final", () => {
    const run = DrivenRun.start(retried);
    run.fail("a", { retryable: false });
    assert.equal(run.state.result?.status, "failed");
  });

  test("a failure with a code that the policy names is final, whatever it says of itself", () => {
    const retry = { ...noJitter, notOn: ["LOOK_AHEAD", "OUTPUT_INVALID"] };
    for (const [code, status] of [
      ["OUTPUT_INVALID", "failed"],
      ["LOOK_AHEAD", "failed"],
      ["LOOK_AHEAD_TOO", "retrying"],
      ["TASK_FAILED", "retrying"],
    ] as const) {
      const run = DrivenRun.start(workflow([call("a", { retry })]));
      run.fail("a", { code, retryable: true });
      assert.equal(run.task("a").status, status, code);
    }
    const second = DrivenRun.start(workflow([call("a", { retry })]));
    second.fail("a", { retryable: true });
    second.now = 1_100;
    second.fire("retry:1:a");
    second.fail("a", { code: "LOOK_AHEAD", retryable: true });
    assert.equal(second.task("a").status, "failed");
  });

  test("a success after a failure leaves no error behind", () => {
    const run = DrivenRun.start(retried);
    run.fail("a", { retryable: true });
    run.now = 1_100;
    run.fire("retry:1:a");
    run.succeed("a", 7);
    assert.equal("error" in run.task("a"), false);
    assert.deepEqual(run.state.result, { status: "succeeded", output: 7 });
  });
});

describe("E4 timeouts", () => {
  const timed = workflow([call("a", { timeoutMs: 70, retry: noJitter })], constant(null), {
    timeoutMs: 5_000,
  });
  const setRunTimer = { type: "setTimer", timer: "run", dueAt: 6_000 } as const;

  test("an attempt's timeout is on its command, and the run's is a timer", () => {
    const run = new DrivenRun(timed);
    const [timer, start] = run.send({ type: "runStarted", at: 1_000, input: null });
    assert.deepEqual(timer, setRunTimer);
    assert.ok(start?.type === "startAttempt");
    assert.equal(start.timeoutMs, 70);
  });

  test("the run's timer settles the run and cancels what is under way", () => {
    const run = DrivenRun.start(timed);
    run.now = 6_000;
    const error = {
      code: "RUN_TIMED_OUT",
      message: "The run took longer than its timeout of 5000 ms.",
      retryable: false,
    };
    assert.deepEqual(run.fire("run"), [
      { type: "cancelAttempt", task: "a", attempt: 1 },
      { type: "clearTimer", timer: "run" },
      { type: "settleRun", result: { status: "failed", error } },
    ]);
    assert.equal(run.task("a").status, "cancelled");
  });

  test("a timer that fires early changes nothing and is set again", () => {
    const run = DrivenRun.start(timed);
    run.now = 5_999;
    assert.deepEqual(run.fire("run"), [setRunTimer]);
    run.now = 1_000;
    run.fail("a", { retryable: true });
    run.now = 1_099;
    assert.deepEqual(run.fire("retry:1:a"), [{ type: "setTimer", timer: "retry:1:a", dueAt: 1_100 }]);
    assert.equal(run.task("a").status, "retrying");
    assert.equal(run.state.ignored, 2);
  });

  test("a timer that fires twice, or was never set, changes nothing", () => {
    const run = DrivenRun.start({ ...timed, steps: [call("a", { retry: noJitter })] });
    run.fail("a", { retryable: true });
    run.now = 1_200;
    run.fire("retry:1:a");
    for (const timer of ["retry:1:a", "retry:2:a", "retry:x:a", "retry:1:", "", "walk"]) {
      assert.deepEqual(run.fire(timer), [], timer);
    }
    assert.deepEqual(run.task("a").attempt, 2);
    run.fail("a", { retryable: true });
    run.now = 9_000;
    assert.deepEqual(run.fire("retry:1:a"), []);
    assert.equal(run.task("a").status, "retrying");
    const { timeoutMs: _, ...untimed } = timed;
    assert.deepEqual(DrivenRun.start(untimed).fire("run"), []);
  });

  test("the run's timer is cleared when the run settles before", () => {
    const run = DrivenRun.start(timed);
    assert.deepEqual(run.succeed("a")[0], { type: "clearTimer", timer: "run" });
  });
});

describe("E5 map", () => {
  const each = map("m", {
    over: input(),
    steps: [call("a", { input: listOf(item("m"), { kind: "index", of: "m" }) })],
    output: outputOf("a"),
  });
  const mapped = workflow([each], outputOf("m"));

  test("gives the outputs in the order of the items, whichever was first", () => {
    const run = DrivenRun.start(mapped, ["x", "y", "z"]);
    assert.deepEqual(run.inputs(), { "m[0]/a": ["x", 0], "m[1]/a": ["y", 1], "m[2]/a": ["z", 2] });
    run.succeed("m[2]/a", "Z");
    run.succeed("m[0]/a", "X");
    assert.equal(run.task("m").status, "expanded");
    run.succeed("m[1]/a", "Y");
    assert.deepEqual(run.state.result, { status: "succeeded", output: ["X", "Y", "Z"] });
  });

  test("of an empty list is an empty list", () => {
    assert.deepEqual(DrivenRun.start(mapped, []).state.result, { status: "succeeded", output: [] });
  });

  test("without steps gives what its output makes of each item", () => {
    const run = DrivenRun.start(workflow([map("m", { output: item("m", "x") })], outputOf("m")), [
      { x: 1 },
      {},
    ]);
    assert.deepEqual(run.state.result, { status: "succeeded", output: [1, null] });
  });

  test("of anything but a list is an error", () => {
    for (const [given, type] of [
      [null, "null"],
      [{ 0: 1 }, "object"],
      ["text", "string"],
    ] as const) {
      const run = DrivenRun.start(mapped, given);
      const message = `Map step "m" was given ${type}, not a list.`;
      assert.deepEqual(run.task("m").error, { code: "MAP_NOT_A_LIST", message, retryable: false });
    }
  });

  test("of more than maxItems is an error that names the limit", () => {
    const run = DrivenRun.start(workflow([{ ...each, maxItems: 2 }]), [1, 2, 3]);
    const message = 'Map step "m" was given 3 items; its limit maxItems is 2.';
    assert.deepEqual(run.task("m").error, { code: "MAP_TOO_LARGE", message, retryable: false });
    assert.deepEqual(run.statuses(), ["m failed"]);
  });

  test("that would take the run beyond its limit of tasks is an error before anything is made", () => {
    const steps = Array.from({ length: 20 }, (_, index) => call(`s${index}`));
    const items = Array<number>(50_000).fill(0);
    const run = DrivenRun.start(workflow([map("m", { maxItems: planLimits.mapItems, steps })]), items);
    assert.equal(run.task("m").error?.code, "MAP_TOO_LARGE");
    const message =
      'Map step "m" would bring the run to 1050002 tasks and map items; a run may have 1000000.';
    assert.equal(run.task("m").error?.message, message);
    assert.equal(run.state.tasks.size, 1);
  });

  test("maxFailedItems may fail and give null; with one more the map fails", () => {
    const run = (failing: readonly number[]) => {
      const run = DrivenRun.start(workflow([{ ...each, maxFailedItems: 1 }], outputOf("m")), ["x", "y", "z"]);
      for (const index of [2, 1, 0]) {
        if (failing.includes(index)) run.fail(`m[${index}]/a`, { code: "X", message: `No ${index}.` });
        else run.succeed(`m[${index}]/a`, index);
      }
      return run.state.result;
    };
    assert.deepEqual(run([1]), { status: "succeeded", output: [0, null, 2] });
    const message =
      'Map step "m" had 2 of its 3 items fail, and its limit maxFailedItems is 1. ' +
      'The first: Task "m[1]/a" failed: No 1.';
    const details = { items: [1, 2], firstCode: "X", task: "m" };
    const error = { code: "MAP_ITEMS_FAILED", message, retryable: false, details };
    assert.deepEqual(run([1, 2]), { status: "failed", error });
  });

  test("the error of a map lists ten failed items at the most", () => {
    const run = DrivenRun.start(mapped, Array<number>(30).fill(0));
    for (let index = 29; index >= 0; index -= 1) run.fail(`m[${index}]/a`);
    assert.deepEqual(run.task("m").error?.details?.["items"], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("within a map sees the items and steps around it", () => {
    const inner = map("inner", {
      over: item("outer", "list"),
      steps: [
        call("a", { input: listOf(item("inner"), item("outer", "name"), outputOf("near"), outputOf("far")) }),
      ],
      output: outputOf("a"),
    });
    const outer = map("outer", {
      steps: [call("near", { input: item("outer", "name") }), inner],
      output: outputOf("inner"),
    });
    const run = DrivenRun.start(workflow([call("far"), outer], outputOf("outer")), [
      { name: "p", list: [1, 2] },
      { name: "q", list: [3] },
      { name: "r", list: [] },
    ]);
    assert.deepEqual(run.inputs(), { far: null });
    run.succeed("far", "F");
    for (const [index, name] of ["p", "q", "r"].entries())
      run.succeed(`outer[${index}]/near`, `near ${name}`);
    assert.deepEqual(run.inputs(), {
      "outer[0]/inner[0]/a": [1, "p", "near p", "F"],
      "outer[0]/inner[1]/a": [2, "p", "near p", "F"],
      "outer[1]/inner[0]/a": [3, "q", "near q", "F"],
    });
    assert.deepEqual(run.statuses(), [
      "far succeeded",
      "outer expanded",
      "outer[0]/near succeeded",
      "outer[0]/inner expanded",
      "outer[0]/inner[0]/a running",
      "outer[0]/inner[1]/a running",
      "outer[1]/near succeeded",
      "outer[1]/inner expanded",
      "outer[1]/inner[0]/a running",
      "outer[2]/near succeeded",
      "outer[2]/inner succeeded",
    ]);
    for (const task of Object.keys(run.inputs())) run.succeed(task, task);
    const output = [["outer[0]/inner[0]/a", "outer[0]/inner[1]/a"], ["outer[1]/inner[0]/a"], []];
    assert.deepEqual(run.state.result, { status: "succeeded", output });
  });
});

describe("E10 what is out of place is ignored and counted", () => {
  test("a result of an older, a newer or a settled attempt, or of an unknown task", () => {
    const run = DrivenRun.start(workflow([call("a", { retry: noJitter }), call("b", { after: ["a"] })]));
    run.fail("a", { retryable: true });
    assert.deepEqual(run.succeed("a", 1, 1), []);
    run.now = 1_100;
    run.fire("retry:1:a");
    assert.deepEqual(run.succeed("a", 1, 1), []);
    assert.deepEqual(run.succeed("a", 1, 3), []);
    assert.deepEqual(run.succeed("b", 1, 0), []);
    assert.deepEqual(run.succeed("nobody"), []);
    assert.equal(run.state.ignored, 5);
    assert.deepEqual(run.statuses(), ["a running", "b waiting"]);
    run.succeed("a", "real");
    assert.deepEqual(run.fail("a"), []);
    assert.deepEqual([run.task("a").output, run.state.ignored], ["real", 6]);
  });

  test("everything before the run has started, and a second start", () => {
    const run = new DrivenRun(workflow([call("a")]));
    for (const commands of [run.succeed("a"), run.fire("run"), run.cancel()]) assert.deepEqual(commands, []);
    assert.deepEqual(outstanding(run.state), []);
    run.send({ type: "runStarted", at: 1, input: 1 });
    assert.deepEqual(run.send({ type: "runStarted", at: 2, input: 2 }), []);
    assert.deepEqual([run.state.ignored, run.state.input, run.state.startedAt], [4, 1, 1]);
  });
});

describe("E11 a cancel", () => {
  test("reaches attempts, delays and maps; nothing starts after it, and nothing counts", () => {
    const steps = [
      call("done"),
      call("delayed", { retry: noJitter }),
      map("m", { steps: [call("a")] }),
      call("waiting", { after: ["m"] }),
    ];
    const run = DrivenRun.start(workflow(steps, constant(null), { timeoutMs: 10_000 }), [1]);
    run.succeed("done");
    run.fail("delayed", { retryable: true });
    run.now = 1_050;
    assert.deepEqual(run.cancel(), [
      { type: "clearTimer", timer: "retry:1:delayed" },
      { type: "cancelAttempt", task: "m[0]/a", attempt: 1 },
      { type: "clearTimer", timer: "run" },
      { type: "settleRun", result: { status: "cancelled", reason: "enough" } },
    ]);
    const statuses = [
      "done succeeded",
      "delayed cancelled",
      "m cancelled",
      "m[0]/a cancelled",
      "waiting cancelled",
    ];
    assert.deepEqual(run.statuses(), statuses);
    assert.equal(run.task("m").settledAt, 1_050);
    run.now = 2_000;
    for (const commands of [
      run.succeed("m[0]/a"),
      run.fire("retry:1:delayed"),
      run.fire("run"),
      run.cancel(),
    ]) {
      assert.deepEqual(commands, []);
    }
    assert.deepEqual(run.statuses(), statuses);
    assert.deepEqual(outstanding(run.state), []);
    assert.equal(run.state.ignored, 4);
  });
});

describe("large runs", () => {
  const names = Array.from({ length: planLimits.steps }, (_, index) => `s${index}`);
  const chain = names.map((name, index) =>
    call(name, index === 0 ? {} : { input: outputOf(`s${index - 1}`) }),
  );
  const last = names.at(-1) ?? "";

  test("a chain of 10,000 steps settles, one success after the other", () => {
    const run = DrivenRun.start(workflow(chain, outputOf(last)));
    for (const [index, name] of names.entries()) run.succeed(name, index);
    assert.deepEqual(run.state.result, { status: "succeeded", output: 9_999 });
  });

  test("a chain of 10,000 steps is skipped in one go when its first step fails", () => {
    const run = DrivenRun.start(workflow(chain, outputOf(last)));
    run.fail("s0", { message: "First." });
    assert.equal(run.task(last).status, "skipped");
    assert.ok(run.state.result?.status === "failed");
    assert.deepEqual(run.state.result.error.details, { task: "s0" });
  });

  test("a map expands over 100,000 items", () => {
    const each = map("m", {
      maxItems: planLimits.mapItems,
      steps: [call("a", { input: item("m") })],
      output: outputOf("a"),
    });
    const items = Array.from({ length: planLimits.mapItems }, (_, index) => index);
    const run = new DrivenRun(workflow([each], outputOf("m")));
    const commands = run.send({ type: "runStarted", at: 1, input: items });
    assert.equal(commands.length, items.length);
    for (const index of items.toReversed()) run.succeed(`m[${index}]/a`, index);
    assert.deepEqual(run.state.result, { status: "succeeded", output: items });
  });
});
