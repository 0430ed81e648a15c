/** Forks and retries: what a new run takes over from another one, and what it does again. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { contentHash } from "./canonical-json.ts";
import { outcomesToCarry, tasksToRetry } from "./carry-outcomes.ts";
import { describeTasks } from "./describe-tasks.ts";
import type { CarriedOutcome } from "./run-event.ts";
import { DrivenRun } from "./testing/driven-run.ts";
import { carriedFrom, doneAgain, finish, namesOf } from "./testing/forks.ts";
import {
  approve,
  call,
  childRun,
  constant,
  equal,
  input,
  item,
  listOf,
  map,
  objectOf,
  outputOf,
  repeat,
  resolve,
  settled,
  sleep,
  waitFor,
  workflow,
} from "./testing/steps.ts";
import type { JsonValue, WorkflowDefinition } from "./workflow-definition.ts";

const diamond = workflow(
  [
    call("a", { input: input("x") }),
    call("b", { input: outputOf("a") }),
    call("c", { input: input("y") }),
    call("d", { input: listOf(outputOf("b"), outputOf("c")) }),
    call("e", { after: ["d"] }),
  ],
  listOf(outputOf("d"), outputOf("e")),
);

describe("a fork", () => {
  test("from a task does it again, with all that follows, and takes over the rest", () => {
    const original = finish(DrivenRun.start(diamond, { x: 1, y: 2 }));
    const carried = carriedFrom(original, ["c"]);
    assert.deepEqual(namesOf(carried), ["a", "b"]);
    assert.deepEqual(carried[0], { task: "a", inputHash: contentHash(1), output: { by: "a", of: 1 } });
    const fork = DrivenRun.fork(diamond, carried, { x: 1, y: 2 });
    assert.deepEqual(fork.statuses(), ["a succeeded", "b succeeded", "c running", "d waiting", "e waiting"]);
    assert.equal(fork.task("a").attempt, 0);
    assert.deepEqual(finish(fork).state.result, original.state.result);
  });

  test("with equal input and nothing to do again comes out as the original did, at once", () => {
    const original = finish(DrivenRun.start(diamond, { x: 1, y: { a: 1, b: 2 } }));
    const fork = new DrivenRun(diamond, "run-2");
    fork.send({ type: "outcomesCarried", at: 5, outcomes: carriedFrom(original, []) });
    const commands = fork.start({ y: { b: 2, a: 1 }, x: 1 });
    assert.deepEqual(commands, [{ type: "settleRun", result: original.state.result }]);
    assert.deepEqual(fork.recovered(), []);
  });

  test("with another input does again exactly what that reaches", () => {
    const original = finish(DrivenRun.start(diamond, { x: 1, y: 2 }));
    const carried = carriedFrom(original, []);
    assert.deepEqual(doneAgain(DrivenRun.fork(diamond, carried, { x: 1, y: 3 })), ["c", "d"]);
    assert.deepEqual(doneAgain(DrivenRun.fork(diamond, carried, { x: 2, y: 2 })), ["a", "b", "d"]);
    assert.deepEqual(doneAgain(DrivenRun.fork(diamond, carried, { x: 1, y: 2, z: 3 })), []);
  });

  test("stops doing again where a task comes out as it did before", () => {
    const original = finish(DrivenRun.start(diamond, { x: 1, y: 2 }));
    const fork = DrivenRun.fork(diamond, carriedFrom(original, []), { x: 7, y: 2 });
    fork.succeed("a", { by: "a", of: 1 });
    assert.deepEqual(fork.state.result, original.state.result);
  });

  test("with a stated outcome takes it whatever the input, and does again what follows", () => {
    const original = finish(DrivenRun.start(diamond, { x: 1, y: 2 }));
    const stated = { task: "b", inputHash: null, output: "stated" } as const;
    const carried = [...carriedFrom(original, ["b"]), stated];
    const fork = DrivenRun.fork(diamond, carried, { x: 99, y: 2 });
    assert.deepEqual(fork.inputs(), { a: 99 });
    fork.succeed("a", "other");
    assert.equal(fork.task("b").output, "stated");
    assert.deepEqual(fork.inputs(), { d: ["stated", { by: "c", of: 2 }] });
  });

  test("of a fork leaves stated what was stated: it did not come from the input", () => {
    const original = finish(DrivenRun.start(diamond, { x: 1, y: 2 }));
    const stated = { task: "b", inputHash: null, output: "stated" } as const;
    const first = finish(DrivenRun.fork(diamond, [...carriedFrom(original, ["b"]), stated], { x: 1, y: 2 }));
    const carried = carriedFrom(first, ["e"]);
    assert.deepEqual(
      carried.map(({ task, inputHash }) => [task, inputHash === null]),
      [
        ["a", false],
        ["b", true],
        ["c", false],
        ["d", false],
      ],
    );
    const second = DrivenRun.fork(diamond, carriedFrom(first, []), { x: 5, y: 2 });
    assert.deepEqual(doneAgain(second), ["a"]);
    assert.deepEqual(namesOf(carriedFrom(first, ["b"])), ["a", "c"]);
  });

  test("may state the outcome of a map, of a repeat and of a failure", () => {
    const steps = [
      map("m", { over: input(), steps: [call("in")], output: outputOf("in") }),
      repeat("r", { steps: [call("round")] }),
      call("c"),
      resolve("end", { input: listOf(outputOf("m"), outputOf("r"), settled("c", "error", "code")) }),
    ];
    const error = { code: "X", message: "Stated.", retryable: true };
    const stated: readonly CarriedOutcome[] = [
      { task: "m", inputHash: null, output: ["stated"] },
      { task: "r", inputHash: null, output: 5 },
      { task: "c", inputHash: null, error },
    ];
    const fork = DrivenRun.fork(workflow(steps), stated, [1, 2]);
    assert.deepEqual(fork.inputs(), { end: [["stated"], 5, "X"] });
    assert.equal(fork.state.tasks.size, 4);
    assert.deepEqual(carriedFrom(fork, []), stated);
  });

  test("carries failures too, and skips follow from them again", () => {
    const definition = workflow([
      call("a"),
      call("b", { after: ["a"] }),
      resolve("c", { after: ["b"] }),
      call("d"),
    ]);
    const original = DrivenRun.start(definition);
    original.fail("a", { code: "X" });
    finish(original);
    const carried = carriedFrom(original, ["d"]);
    assert.deepEqual(namesOf(carried), ["a", "c"]);
    const fork = DrivenRun.fork(definition, carried);
    assert.deepEqual(fork.statuses(), ["a failed", "b skipped", "c succeeded", "d running"]);
    assert.equal(fork.task("a").error?.code, "X");
  });

  test("looks at conditions and trigger rules anew: an outcome makes no task run", () => {
    const when = equal(input("go"), constant(true));
    const definition = workflow([call("a", { when }), call("b", { after: ["a"] })]);
    const original = finish(DrivenRun.start(definition, { go: true }));
    const fork = DrivenRun.fork(definition, carriedFrom(original, []), { go: false });
    assert.deepEqual(fork.statuses(), ["a skipped", "b skipped"]);
  });

  test("of a run that is under way takes over what has settled", () => {
    const original = DrivenRun.start(diamond, { x: 1, y: 2 });
    original.succeed("a", 1);
    assert.deepEqual(namesOf(carriedFrom(original, [])), ["a"]);
    assert.deepEqual(carriedFrom(new DrivenRun(diamond), []), []);
  });

  test("from a task or step that the run does not have names it", () => {
    const original = finish(DrivenRun.start(diamond, { x: 1, y: 2 }));
    assert.deepEqual(outcomesToCarry(original.state, ["a", "gone", "lost"]), { unknown: "gone" });
    assert.deepEqual(outcomesToCarry(original.state, [""]), { unknown: "" });
    assert.deepEqual(outcomesToCarry(new DrivenRun(diamond).state, ["a"]), { unknown: "a" });
  });

  test("leaves the original as it was", () => {
    const original = finish(DrivenRun.start(diamond, { x: 1, y: 2 }));
    const textOf = () =>
      JSON.stringify([describeTasks(original.state), original.state.result, original.state.ignored]);
    const before = textOf();
    const carried = carriedFrom(original, ["a"]);
    tasksToRetry(original.state);
    finish(DrivenRun.fork(diamond, carried, { x: 5, y: 6 }));
    assert.equal(textOf(), before);
  });
});

describe("what an outcome of each kind is bound to", () => {
  const cases: Readonly<Record<string, readonly [WorkflowDefinition, finish: (run: DrivenRun) => void]>> = {
    "a call: its input": [workflow([call("s", { input: input("x") })]), (run) => run.succeed("s", 1)],
    "a resolve: its input": [workflow([resolve("s", { input: input("x") })]), (run) => run.succeed("s", 1)],
    "a child run: its input": [
      workflow([childRun("s", { input: input("x") })]),
      (run) => run.succeed("s", 1),
    ],
    "an approval: what was shown": [
      workflow([approve("s", { input: input("x") })]),
      (run) => run.decide("s", "approve"),
    ],
    "a rejection: what was shown": [
      workflow([approve("s", { input: input("x") })]),
      (run) => run.decide("s", "reject"),
    ],
    "a signal: its key": [
      workflow([waitFor("s", { key: input("x") })]),
      (run) => run.signal("go", 1, { key: "1" }),
    ],
    "a wait that timed out: what it gave instead": [
      workflow([waitFor("s", { timeoutMs: 5, default: input("x") })]),
      (run) => {
        run.now += 5;
        run.fire("due:s");
      },
    ],
    "a sleep: how long": [
      workflow([sleep("s", { durationMs: input("x") })]),
      (run) => {
        run.now += 5;
        run.fire("due:s");
      },
    ],
    "a sleep that could not be: how long": [workflow([sleep("s", { until: input("x") })]), () => {}],
  };
  for (const [name, [definition, settle]] of Object.entries(cases)) {
    test(name, () => {
      const original = DrivenRun.start(definition, { x: 1, y: 1 });
      settle(original);
      const settledAs = original.task("s");
      assert.ok(["succeeded", "failed"].includes(settledAs.status), settledAs.status);
      const carried = carriedFrom(original, []);
      assert.deepEqual(namesOf(carried), ["s"]);
      const same = DrivenRun.fork(definition, carried, { x: 1, y: 2 });
      const { status, output, error } = same.task("s");
      assert.deepEqual([status, output, error], [settledAs.status, settledAs.output, settledAs.error]);
      assert.ok(same.events.length === 2 && same.state.result !== null);
      const other = DrivenRun.fork(definition, carried, { x: 2, y: 1 });
      const isBegunAnew =
        other.state.result === null || other.task("s").error?.message !== settledAs.error?.message;
      assert.ok(isBegunAnew);
    });
  }

  test("an input that nests too deep to be hashed is no hindrance: the task is done again", () => {
    let deep: JsonValue = 1;
    for (let level = 0; level < 1_500; level += 1) deep = [deep];
    const definition = workflow([call("a", { input: input() }), call("b")]);
    const original = finish(DrivenRun.start(definition, deep));
    assert.deepEqual(namesOf(carriedFrom(original, [])), ["b"]);
    const made = [{ task: "a", inputHash: contentHash(1), output: "wrong" }];
    assert.deepEqual(Object.keys(DrivenRun.fork(definition, made, deep).inputs()), ["a", "b"]);
  });
});

describe("a fork of a run with maps", () => {
  const mapped = workflow(
    [
      map("m", {
        over: input("list"),
        steps: [call("in", { input: item("m") }), call("out", { input: listOf(outputOf("in"), input("y")) })],
        output: outputOf("out"),
        maxFailedItems: 1,
      }),
      call("last", { input: outputOf("m") }),
    ],
    outputOf("last"),
  );
  const original = () => finish(DrivenRun.start(mapped, { list: ["p", "q"], y: 1 }));
  const equalInput = { list: ["p", "q"], y: 1 };

  test("takes over items, and the map follows from them", () => {
    const carried = carriedFrom(original(), ["last"]);
    assert.deepEqual(namesOf(carried), ["m[0]/in", "m[0]/out", "m[1]/in", "m[1]/out"]);
    assert.deepEqual(doneAgain(DrivenRun.fork(mapped, carried, equalInput)), ["last"]);
  });

  test("from a task of one item does again what follows in that item, and what follows the map", () => {
    const carried = carriedFrom(original(), ["m[1]/in"]);
    assert.deepEqual(namesOf(carried), ["m[0]/in", "m[0]/out"]);
    assert.deepEqual(doneAgain(DrivenRun.fork(mapped, carried, equalInput)), ["m[1]/in", "m[1]/out", "last"]);
  });

  test("from a step of the body does it again in all items", () => {
    assert.deepEqual(namesOf(carriedFrom(original(), ["out"])), ["m[0]/in", "m[1]/in"]);
  });

  test("from the map does all of it again", () => {
    assert.deepEqual(carriedFrom(original(), ["m"]), []);
  });

  test("with another list does the items that are new or changed, by their place", () => {
    const carried = carriedFrom(original(), []);
    const fork = DrivenRun.fork(mapped, carried, { list: ["p", "x", "q"], y: 1 });
    assert.deepEqual(doneAgain(fork), ["m[1]/in", "m[2]/in", "m[1]/out", "m[2]/out", "last"]);
    const shorter = DrivenRun.fork(mapped, carried, { list: ["p"], y: 1 });
    assert.deepEqual(doneAgain(shorter), ["last"]);
    assert.deepEqual(doneAgain(DrivenRun.fork(mapped, carried, { list: [], y: 1 })), ["last"]);
  });

  test("with an input that only one step of the body reads does that step again", () => {
    const fork = DrivenRun.fork(mapped, carriedFrom(original(), []), { ...equalInput, y: 2 });
    assert.deepEqual(doneAgain(fork), ["m[0]/out", "m[1]/out", "last"]);
  });

  test("does not take over that a list was none, or was too long", () => {
    for (const list of ["none", Array<number>(200).fill(0)]) {
      const failed = DrivenRun.start(mapped, { list, y: 1 });
      assert.equal(failed.task("m").status, "failed");
      assert.deepEqual(carriedFrom(failed, []), []);
      assert.deepEqual(doneAgain(DrivenRun.fork(mapped, [], { list: ["p"], y: 1 })), [
        "m[0]/in",
        "m[0]/out",
        "last",
      ]);
    }
  });
});

describe("a fork of a run with repeats", () => {
  const debate = workflow(
    [
      repeat("r", {
        initial: input("claim"),
        steps: [call("speak", { input: item("r") }), call("note", { input: constant("note") })],
        output: outputOf("speak"),
        until: equal(outputOf("speak"), constant("end")),
      }),
      call("last", { input: outputOf("r") }),
    ],
    outputOf("last"),
  );
  const original = () => {
    const run = DrivenRun.start(debate, { claim: "c" });
    for (const [round, said] of ["one", "two", "end"].entries()) {
      run.succeed(`r[${round}]/speak`, said);
      run.succeed(`r[${round}]/note`, "n");
    }
    run.succeed("last", "z");
    return run;
  };

  test("from a task of a round does again what follows in it, the later rounds, and what follows the repeat", () => {
    const carried = carriedFrom(original(), ["r[1]/speak"]);
    assert.deepEqual(namesOf(carried), ["r[0]/speak", "r[0]/note", "r[1]/note"]);
    const fork = DrivenRun.fork(debate, carried, { claim: "c" });
    assert.deepEqual(fork.inputs(), { "r[1]/speak": "one" });
    fork.succeed("r[1]/speak", "two");
    assert.deepEqual(Object.keys(fork.inputs()), ["r[2]/speak", "r[2]/note"]);
  });

  test("may make more or fewer rounds than the original", () => {
    const fewer = DrivenRun.fork(debate, carriedFrom(original(), ["r[0]/speak"]), { claim: "c" });
    fewer.succeed("r[0]/speak", "end");
    assert.deepEqual(fewer.inputs(), { last: "end" });
    const more = DrivenRun.fork(debate, carriedFrom(original(), ["r[2]/speak"]), { claim: "c" });
    more.succeed("r[2]/speak", "three");
    assert.deepEqual(Object.keys(more.inputs()), ["r[3]/speak", "r[3]/note"]);
  });

  test("with another input does again as far as it reaches", () => {
    const fork = DrivenRun.fork(debate, carriedFrom(original(), []), { claim: "d" });
    assert.deepEqual(fork.inputs(), { "r[0]/speak": "d" });
    fork.succeed("r[0]/speak", "one");
    assert.deepEqual(fork.state.result, { status: "succeeded", output: "z" });
  });

  test("with a stated outcome in a round does the later rounds again", () => {
    const stated = { task: "r[0]/speak", inputHash: null, output: "else" } as const;
    const carried = carriedFrom(original(), ["r[0]/speak"]);
    assert.deepEqual(namesOf(carried), ["r[0]/note"]);
    const fork = DrivenRun.fork(debate, [...carried, stated], { claim: "c" });
    assert.deepEqual(fork.inputs(), { "r[1]/speak": "else", "r[1]/note": "note" });
  });

  test("from a task deep within does again what follows each of the bodies that it lies in", () => {
    const inner = repeat("inner", { maxRounds: 2, steps: [call("a"), call("b")] });
    const each = map("m", {
      over: constant([1, 2]),
      steps: [inner, call("c", { after: ["inner"] }), call("d")],
    });
    const nested = workflow([
      repeat("r", { maxRounds: 2, steps: [each, call("e", { after: ["m"] }), call("f")] }),
      call("g"),
    ]);
    const run = finish(DrivenRun.start(nested));
    const all = namesOf(carriedFrom(run, []));
    const carried = namesOf(carriedFrom(run, ["r[0]/m[1]/inner[0]/b"]));
    assert.deepEqual(
      all.filter((task) => !carried.includes(task)),
      [
        "r[0]/m[1]/inner[0]/b",
        "r[0]/m[1]/inner[1]/a",
        "r[0]/m[1]/inner[1]/b",
        "r[0]/m[1]/c",
        "r[0]/e",
        ...all.filter((task) => task.startsWith("r[1]/")),
      ],
    );
  });
});

describe("the event outcomesCarried", () => {
  const definition = workflow([call("a"), call("b")]);
  const outcome = (task: string, output: JsonValue) => ({ task, inputHash: contentHash(null), output });

  test("adds up; of two outcomes of one task the later one counts", () => {
    const run = new DrivenRun(definition);
    run.send({ type: "outcomesCarried", at: 1, outcomes: [outcome("a", 1), outcome("b", 2)] });
    run.send({ type: "outcomesCarried", at: 2, outcomes: [outcome("a", 3)] });
    run.start();
    assert.deepEqual([run.task("a").output, run.task("b").output, run.state.ignored], [3, 2, 0]);
  });

  test("counts before the run has started only", () => {
    const run = DrivenRun.start(definition);
    assert.deepEqual(run.send({ type: "outcomesCarried", at: 1, outcomes: [outcome("a", 1)] }), []);
    assert.deepEqual([run.task("a").status, run.state.ignored], ["running", 1]);
  });

  test("does nothing for tasks that there are not, and for maps bound to a hash", () => {
    const outcomes = [outcome("gone", 1), outcome("m", [7])];
    const run = DrivenRun.fork(workflow([map("m", { steps: [call("a")] }), call("b")]), outcomes, [1]);
    assert.deepEqual(Object.keys(run.inputs()), ["b", "m[0]/a"]);
  });

  test("E12 is folded like any other: a fork that is taken over goes on as it would have", () => {
    const steps = [
      call("a"),
      call("b", { input: objectOf({ of: outputOf("a") }) }),
      call("c", { after: ["b"] }),
    ];
    const whole = workflow(steps, outputOf("c"));
    const original = finish(DrivenRun.start(whole));
    const fork = DrivenRun.fork(whole, carriedFrom(original, ["b"]));
    assert.deepEqual(
      fork.recovered().map((command) => command.type === "startAttempt" && command.task),
      ["b"],
    );
  });
});
