/** E6: a repeat runs its body in rounds until its condition holds. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { planLimits } from "./plan.ts";
import { DrivenRun } from "./testing/driven-run.ts";
import {
  call,
  constant,
  equal,
  exists,
  indexOf,
  input,
  item,
  listOf,
  map,
  objectOf,
  outputOf,
  repeat,
  resolve,
  settled,
  workflow,
} from "./testing/steps.ts";
import type { RepeatStep, WorkflowDefinition } from "./workflow-definition.ts";

/** A debate that goes on with what was said, until somebody says "agreed". */
const debate = (fields: Partial<RepeatStep> = {}): WorkflowDefinition =>
  workflow(
    [
      repeat("debate", {
        initial: input("claim"),
        steps: [call("speak", { input: listOf(item("debate"), indexOf("debate")) })],
        output: outputOf("speak"),
        until: equal(outputOf("speak"), constant("agreed")),
        maxRounds: 3,
        ...fields,
      }),
    ],
    outputOf("debate"),
  );

describe("E6 rounds", () => {
  test("each is given what the round before gave, the first the initial value, and its number", () => {
    const run = DrivenRun.start(debate(), { claim: "up" });
    assert.deepEqual(run.inputs(), { "debate[0]/speak": ["up", 0] });
    assert.equal(run.task("debate").status, "expanded");
    const commands = run.succeed("debate[0]/speak", "down");
    assert.deepEqual(
      commands.map((command) => command.type === "startAttempt" && [command.task, command.step]),
      [["debate[1]/speak", "speak"]],
    );
    assert.deepEqual(run.inputs(), { "debate[1]/speak": ["down", 1] });
    run.succeed("debate[1]/speak", "agreed");
    assert.deepEqual(run.statuses(), [
      "debate succeeded",
      "debate[0]/speak succeeded",
      "debate[1]/speak succeeded",
    ]);
    assert.deepEqual(run.state.result, { status: "succeeded", output: "agreed" });
  });

  test("end when the condition holds after the first", () => {
    const run = DrivenRun.start(debate(), { claim: "up" });
    run.succeed("debate[0]/speak", "agreed");
    assert.deepEqual(run.state.result, { status: "succeeded", output: "agreed" });
    assert.equal(run.state.tasks.size, 2);
  });

  test("are at most maxRounds; then the repeat gives what the last one gave", () => {
    const run = DrivenRun.start(debate(), { claim: "up" });
    for (const round of [0, 1, 2]) run.succeed(`debate[${round}]/speak`, round);
    assert.deepEqual(run.state.result, { status: "succeeded", output: 2 });
  });

  test("are at most maxRounds; then the repeat fails where that is what it means", () => {
    const run = DrivenRun.start(debate({ atMaxRounds: "fail", maxRounds: 2 }), { claim: "up" });
    for (const round of [0, 1]) run.succeed(`debate[${round}]/speak`, round);
    const message = 'Repeat step "debate" did not meet its condition in 2 rounds.';
    assert.deepEqual(run.task("debate").error, { code: "REPEAT_EXHAUSTED", message, retryable: false });
    assert.deepEqual(run.state.result, {
      status: "failed",
      error: {
        code: "REPEAT_EXHAUSTED",
        message: `Task "debate" failed: ${message}`,
        retryable: false,
        details: { task: "debate" },
      },
    });
  });

  test("that meet the condition in the last one are no failure", () => {
    const run = DrivenRun.start(debate({ atMaxRounds: "fail", maxRounds: 1 }), { claim: "up" });
    run.succeed("debate[0]/speak", "agreed");
    assert.equal(run.state.result?.status, "succeeded");
  });

  test("wait for all tasks of the round", () => {
    const steps = [call("a"), call("b", { after: ["a"] }), call("c")];
    const run = DrivenRun.start(workflow([repeat("r", { steps, maxRounds: 2 })]));
    run.succeed("r[0]/a");
    run.succeed("r[0]/c");
    assert.deepEqual(Object.keys(run.inputs()), ["r[0]/b"]);
    run.succeed("r[0]/b");
    assert.deepEqual(Object.keys(run.inputs()), ["r[1]/a", "r[1]/c"]);
  });

  test("go by in one event where nothing in them has to be waited for", () => {
    const empty = map("m", { over: input(), output: constant(null) });
    const run = DrivenRun.start(
      workflow(
        [repeat("r", { steps: [empty], output: indexOf("r"), maxRounds: planLimits.rounds })],
        outputOf("r"),
      ),
      [],
    );
    assert.deepEqual(run.state.result, { status: "succeeded", output: planLimits.rounds - 1 });
    assert.equal(run.state.size, 2 + planLimits.rounds * 2);
  });

  test("a repeat without an initial value begins with null", () => {
    const { initial: _, ...rest } = repeat("r", { steps: [call("a", { input: item("r") })] });
    const run = DrivenRun.start({ ...workflow([]), steps: [rest as RepeatStep] });
    assert.deepEqual(run.inputs(), { "r[0]/a": null });
  });

  test("an absent initial value, and an absent output, are null", () => {
    const steps = [call("a", { input: listOf(item("r")) })];
    const run = DrivenRun.start(
      workflow(
        [repeat("r", { initial: input("no"), steps, output: outputOf("a", "no"), maxRounds: 2 })],
        outputOf("r"),
      ),
      {},
    );
    assert.deepEqual(run.inputs(), { "r[0]/a": [null] });
    run.succeed("r[0]/a", 1);
    assert.deepEqual(run.inputs(), { "r[1]/a": [null] });
    run.succeed("r[1]/a", 1);
    assert.deepEqual(run.state.result, { status: "succeeded", output: null });
  });
});

describe("E6 the condition", () => {
  test("reads how steps of the round settled: their failure is data then", () => {
    const until = equal(settled("try", "status"), constant("succeeded"));
    const run = DrivenRun.start(
      workflow(
        [repeat("r", { steps: [call("try")], until, output: settled("try", "error", "code") })],
        outputOf("r"),
      ),
    );
    run.fail("r[0]/try");
    assert.deepEqual(Object.keys(run.inputs()), ["r[1]/try"]);
    run.succeed("r[1]/try");
    assert.deepEqual(run.state.result, { status: "succeeded", output: null });
  });

  test("reads the carried value, the round's number, and steps around the repeat", () => {
    const cases = [
      [equal(indexOf("r"), constant(1)), 2],
      [equal(item("r"), constant("said 0")), 2],
      [equal(outputOf("before"), constant("now")), 1],
      [exists(input("stop")), 1],
    ] as const;
    for (const [until, rounds] of cases) {
      const steps = [
        call("before"),
        repeat("r", { until, steps: [call("say")], output: outputOf("say"), after: ["before"] }),
      ];
      const run = DrivenRun.start(workflow(steps), { stop: true });
      run.succeed("before", "now");
      for (let round = 0; run.state.result === null; round += 1)
        run.succeed(`r[${round}]/say`, `said ${round}`);
      assert.equal(run.state.tasks.size, 2 + rounds);
    }
  });

  test("a repeat needs what only its condition reads", () => {
    const until = exists(outputOf("slow"));
    const run = DrivenRun.start(workflow([call("slow"), repeat("r", { until })]));
    assert.equal(run.task("r").status, "waiting");
    run.succeed("slow", 1);
    run.succeed("r[0]/r.step");
    assert.equal(run.state.result?.status, "succeeded");
  });

  test("that is true or false whatever the data makes a fixed number of rounds", () => {
    for (const [until, rounds] of [
      [{ op: "and", all: [] }, 1],
      [equal(constant(1), constant(2)), 4],
    ] as const) {
      const run = DrivenRun.start(workflow([repeat("r", { until, maxRounds: 4 })]));
      for (let round = 0; run.state.result === null; round += 1) run.succeed(`r[${round}]/r.step`);
      assert.equal(run.state.tasks.size, 1 + rounds);
    }
  });
});

describe("E6 a round that fails", () => {
  test("ends the repeat as a failure that names the task in the round", () => {
    const run = DrivenRun.start(debate(), { claim: "up" });
    run.succeed("debate[0]/speak", "no");
    run.fail("debate[1]/speak", { code: "X", message: "Boom.", details: { at: 1 } });
    const error = {
      code: "X",
      message: 'Task "debate[1]/speak" failed: Boom.',
      retryable: false,
      details: { at: 1, task: "debate[1]/speak" },
    };
    assert.deepEqual(run.task("debate").error, error);
    assert.deepEqual(run.state.result, { status: "failed", error });
  });

  test("does so at any depth, and through maps", () => {
    const inner = repeat("inner", { steps: [call("a")], output: outputOf("a") });
    const outer = repeat("outer", { steps: [inner], output: outputOf("inner") });
    const nested = DrivenRun.start(workflow([outer]));
    nested.fail("outer[0]/inner[0]/a", { message: "Deep." });
    assert.ok(nested.state.result?.status === "failed");
    assert.equal(nested.state.result.error.message, 'Task "outer[0]/inner[0]/a" failed: Deep.');
    assert.deepEqual(nested.state.result.error.details, { task: "outer[0]/inner[0]/a" });

    const mapped = DrivenRun.start(workflow([map("m", { steps: [outer] })]), [1]);
    mapped.fail("m[0]/outer[0]/inner[0]/a", { message: "Deep." });
    assert.ok(mapped.state.result?.status === "failed");
    assert.match(
      mapped.state.result.error.message,
      /The first: Task "m\[0\]\/outer\[0\]\/inner\[0\]\/a" failed: Deep\.$/,
    );

    const exhausted = repeat("inner", { atMaxRounds: "fail", maxRounds: 1 });
    const run = DrivenRun.start(workflow([repeat("outer", { steps: [exhausted] })]));
    run.succeed("outer[0]/inner[0]/inner.step");
    assert.ok(run.state.result?.status === "failed");
    assert.deepEqual(run.state.result.error.details, { task: "outer[0]/inner" });
  });

  test("waits for what else is under way in the round, and no round follows", () => {
    const run = DrivenRun.start(workflow([repeat("r", { steps: [call("a"), call("b")] })]));
    run.fail("r[0]/a");
    assert.deepEqual(Object.keys(run.inputs()), ["r[0]/b"]);
    run.succeed("r[0]/b");
    assert.equal(run.state.result?.status, "failed");
    assert.equal(run.state.tasks.size, 3);
  });

  test("is data for a step that runs however its needs settled", () => {
    const run = DrivenRun.start(
      workflow([repeat("r", { steps: [call("a")] }), resolve("after", { input: settled("r", "status") })]),
    );
    run.fail("r[0]/a");
    assert.deepEqual(run.inputs(), { after: "failed" });
  });

  test("does not count where a step of the round ran in spite of it", () => {
    const steps = [call("a"), resolve("b", { after: ["a"] })];
    const run = DrivenRun.start(workflow([repeat("r", { steps, maxRounds: 2 })]));
    for (const round of [0, 1]) {
      run.fail(`r[${round}]/a`);
      run.succeed(`r[${round}]/b`);
    }
    assert.equal(run.state.result?.status, "succeeded");
  });

  test("E3 retries a task of a round before anything fails", () => {
    const run = DrivenRun.start(workflow([repeat("r", { steps: [call("a")], maxRounds: 1 })]));
    const [timer] = run.fail("r[0]/a", { retryable: true });
    assert.ok(timer?.type === "setTimer");
    run.now = timer.dueAt;
    run.fire(timer.timer);
    run.succeed("r[0]/a");
    assert.equal(run.state.result?.status, "succeeded");
  });
});

describe("E6 nesting", () => {
  test("a repeat in a repeat in a map sees everything around it", () => {
    const inner = repeat("inner", {
      initial: item("outer"),
      maxRounds: 2,
      steps: [
        call("a", {
          input: listOf(item("m"), item("outer"), indexOf("outer"), item("inner"), indexOf("inner")),
        }),
      ],
      output: outputOf("a"),
    });
    const outer = repeat("outer", {
      initial: indexOf("m"),
      maxRounds: 2,
      steps: [inner],
      output: outputOf("inner"),
    });
    const run = DrivenRun.start(
      workflow([map("m", { over: input("list"), steps: [outer], output: outputOf("outer") })], outputOf("m")),
      { list: ["x", "y"] },
    );
    const seen: unknown[] = [];
    while (run.state.result === null) {
      const [[task, given] = ["", null]] = Object.entries(run.inputs()).sort();
      seen.push(given);
      run.succeed(task, `${seen.length}`);
    }
    assert.deepEqual(seen, [
      ["x", 0, 0, 0, 0],
      ["x", 0, 0, "1", 1],
      ["x", "2", 1, "2", 0],
      ["x", "2", 1, "3", 1],
      ["y", 1, 0, 1, 0],
      ["y", 1, 0, "5", 1],
      ["y", "6", 1, "6", 0],
      ["y", "6", 1, "7", 1],
    ]);
    assert.deepEqual(run.state.result, { status: "succeeded", output: ["4", "8"] });
  });

  test("a map in a repeat goes over a list that the round before made", () => {
    const each = map("each", {
      over: item("r"),
      steps: [call("a", { input: item("each") })],
      output: outputOf("a"),
    });
    const run = DrivenRun.start(
      workflow(
        [repeat("r", { initial: input(), steps: [each], output: outputOf("each"), maxRounds: 2 })],
        outputOf("r"),
      ),
      [1, 2],
    );
    run.succeed("r[0]/each[0]/a", 10);
    run.succeed("r[0]/each[1]/a", 20);
    assert.deepEqual(run.inputs(), { "r[1]/each[0]/a": 10, "r[1]/each[1]/a": 20 });
  });

  test("rounds of different items go on by themselves", () => {
    const r = repeat("r", {
      steps: [call("a")],
      until: equal(outputOf("a"), item("m")),
      output: indexOf("r"),
    });
    const run = DrivenRun.start(
      workflow([map("m", { steps: [r], output: outputOf("r") })], outputOf("m")),
      [1, 2],
    );
    run.succeed("m[0]/r[0]/a", 1);
    run.succeed("m[1]/r[0]/a", 1);
    assert.deepEqual(Object.keys(run.inputs()), ["m[1]/r[1]/a"]);
    run.succeed("m[1]/r[1]/a", 2);
    assert.deepEqual(run.state.result, { status: "succeeded", output: [0, 1] });
  });

  test("in the plan's order, rounds stand after their repeat", () => {
    const steps = [repeat("r", { maxRounds: 2 }), call("after", { input: outputOf("r") })];
    const run = DrivenRun.start(workflow(steps));
    run.succeed("r[0]/r.step");
    run.succeed("r[1]/r.step");
    const expected = ["r succeeded", "r[0]/r.step succeeded", "r[1]/r.step succeeded", "after running"];
    assert.deepEqual(run.statuses(), expected);
  });
});

describe("P8 a repeat that would take the run beyond its limit of tasks", () => {
  const failure = (sizeThen: number) => ({
    code: "LIMIT_EXCEEDED",
    message: `Repeat step "r" would bring the run to ${sizeThen} tasks, items and rounds; a run may have 1000000.`,
    retryable: false,
  });
  const definition = workflow([call("before"), repeat("r", { after: ["before"] })]);

  test("fails before its first round, with the limit's name", () => {
    const run = DrivenRun.start(definition);
    run.state.size = planLimits.tasks - 1;
    run.succeed("before");
    assert.deepEqual(run.task("r").error, failure(planLimits.tasks + 1));
    assert.equal(run.state.tasks.size, 2);
    assert.equal(run.state.result?.status, "failed");
  });

  test("fails before a later round, and not at the limit itself", () => {
    const run = DrivenRun.start(definition);
    run.state.size = planLimits.tasks - 2;
    run.succeed("before");
    assert.equal(run.state.size, planLimits.tasks);
    run.succeed("r[0]/r.step");
    assert.deepEqual(run.task("r").error, failure(planLimits.tasks + 2));
    assert.deepEqual(run.statuses(), ["before succeeded", "r failed", "r[0]/r.step succeeded"]);
  });
});

describe("E2 a repeat is a step like any other", () => {
  test("it is skipped by its condition and its trigger rule, with no round", () => {
    const never = equal(input("x"), constant(1));
    const run = DrivenRun.start(
      workflow([call("bad"), repeat("r", { after: ["bad"] }), repeat("s", { when: never })]),
      {},
    );
    run.fail("bad");
    assert.equal(run.task("r").skipped, 'its trigger rule allSuccess does not hold because of "bad"');
    assert.equal(run.task("s").skipped, "its condition does not hold");
    assert.equal(run.state.tasks.size, 3);
  });

  test("its output is read as an object's field", () => {
    const steps = [
      repeat("r", { steps: [call("a")], output: objectOf({ said: outputOf("a") }), maxRounds: 1 }),
    ];
    const run = DrivenRun.start(workflow(steps, outputOf("r", "said")));
    run.succeed("r[0]/a", "x");
    assert.deepEqual(run.state.result, { status: "succeeded", output: "x" });
  });
});
