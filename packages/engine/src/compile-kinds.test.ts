/** What `compile` makes of repeats, child runs, approvals, waits and sleeps: references, types, steps that can never run. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { checkTypes } from "./check-types.ts";
import { compile } from "./compile.ts";
import { outputTypeOf } from "./output-type.ts";
import { planLimits } from "./plan.ts";
import {
  approve,
  call,
  childRun,
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
  sleep,
  waitFor,
  workflow,
} from "./testing/steps.ts";
import type { Expression, JsonSchema, StepDefinition } from "./workflow-definition.ts";

/** Checks code, named step, and message. */
function refuses(
  steps: readonly StepDefinition[],
  code: string,
  step: string | undefined,
  message: RegExp,
  output?: Expression,
): void {
  assert.throws(
    () => compile(workflow(steps, output)),
    (thrown) => {
      assert.ok(thrown instanceof MycroftError, String(thrown));
      assert.match(thrown.message, message);
      assert.deepEqual([thrown.code, thrown.details?.["step"]], [code, step]);
      return true;
    },
  );
}

const text: JsonSchema = { type: "string" };
const number: JsonSchema = { type: "number" };
const gives = (name: string, outputSchema: JsonSchema) => call(name, { outputSchema });
const takes = (inputSchema: JsonSchema, value: Expression) => call("taker", { inputSchema, input: value });

describe("references and repeats", () => {
  const r = repeat("r", { steps: [call("in")] });

  test("a step outside sees the repeat, and not into it", () => {
    compile(workflow([r, call("a", { input: outputOf("r") })]));
    const wanted =
      /step "a" refers to the step "in", which cannot be seen from here: it lies in the body of "r"\.$/;
    refuses([r, call("a", { after: ["in"] })], "PLAN_UNKNOWN_STEP", "a", wanted);
    refuses(
      [r, repeat("s", { steps: [call("a", { input: settled("in") })] })],
      "PLAN_UNKNOWN_STEP",
      "a",
      wanted,
    );
    refuses(
      [r],
      "PLAN_UNKNOWN_STEP",
      undefined,
      /^Workflow "w": output refers to the step "in"/,
      outputOf("in"),
    );
  });

  test("the condition sees the steps of the round, and the first value does not", () => {
    compile(workflow([repeat("r", { steps: [call("in")], until: exists(outputOf("in")) })]));
    refuses(
      [repeat("r", { steps: [call("in")], initial: outputOf("in") })],
      "PLAN_UNKNOWN_STEP",
      "r",
      /"in"/,
    );
    refuses(
      [repeat("r", { until: exists(outputOf("gone")) })],
      "PLAN_UNKNOWN_STEP",
      "r",
      /step "r": until refers to the step "gone", which does not exist\.$/,
    );
    refuses(
      [repeat("r", { output: outputOf("gone") })],
      "PLAN_UNKNOWN_STEP",
      "r",
      /step "r": output refers to/,
    );
  });

  test("what is carried, and the number of the round, are known within the repeat only", () => {
    const wanted = /uses the item or index of the step "r", in whose body it does not lie/;
    refuses([r, call("a", { input: item("r") })], "PLAN_UNKNOWN_STEP", "a", wanted);
    refuses([r, call("a", { input: indexOf("r") })], "PLAN_UNKNOWN_STEP", "a", wanted);
    refuses([repeat("r", { initial: item("r") })], "PLAN_UNKNOWN_STEP", "r", wanted);
    refuses([repeat("r", { when: exists(indexOf("r")) })], "PLAN_UNKNOWN_STEP", "r", wanted);
    compile(workflow([repeat("r", { until: exists(item("r")), output: indexOf("r") })]));
  });

  test("PLAN_CYCLE a step that needs the repeat in whose body it lies", () => {
    const wanted = /needs the step "r" in whose body it lies/;
    refuses([repeat("r", { steps: [call("a", { input: outputOf("r") })] })], "PLAN_CYCLE", "a", wanted);
    refuses([repeat("r", { until: exists(outputOf("r")) })], "PLAN_CYCLE", "r", wanted);
    const deep = map("m", { steps: [repeat("inner", { steps: [call("a", { after: ["r"] })] })] });
    refuses([repeat("r", { steps: [deep] })], "PLAN_CYCLE", "a", wanted);
  });

  test("PLAN_CYCLE a circle through the condition of a repeat, and one within it", () => {
    const through = [repeat("r", { until: exists(outputOf("out")) }), call("out", { after: ["r"] })];
    refuses(through, "PLAN_CYCLE", "r", /"r" needs "out" needs "r"/);
    const within = repeat("r", { steps: [call("a", { after: ["b"] }), call("b", { after: ["a"] })] });
    refuses([within], "PLAN_CYCLE", "a", /"a" needs "b" needs "a"/);
  });

  test("PLAN_DUPLICATE_STEP also across repeats", () => {
    refuses([r, repeat("s", { steps: [call("in")] })], "PLAN_DUPLICATE_STEP", "in", /exists twice/);
  });

  test("every kind of step needs what its fields refer to", () => {
    const fields: readonly StepDefinition[] = [
      childRun("s", { input: outputOf("gone") }),
      approve("s", { input: outputOf("gone") }),
      waitFor("s", { key: outputOf("gone") }),
      waitFor("s", { timeoutMs: 1, default: outputOf("gone") }),
      sleep("s", { durationMs: outputOf("gone") }),
      sleep("s", { until: outputOf("gone") }),
      repeat("s", { initial: outputOf("gone") }),
    ];
    for (const step of fields) {
      refuses([step], "PLAN_UNKNOWN_STEP", "s", /"gone", which does not exist/);
      const [, last] = compile(workflow([step, call("gone")])).workflow.steps;
      assert.equal(last?.name, "s", "it comes after what it needs");
    }
  });
});

describe("PLAN_TYPE_MISMATCH and repeats", () => {
  test("a step of the body is given what the first value or a round before gave", () => {
    const r = (initial: Expression, inputSchema: JsonSchema) =>
      repeat("r", {
        initial,
        steps: [call("in", { input: item("r"), inputSchema, outputSchema: text })],
        output: outputOf("in"),
      });
    compile(workflow([r(constant("x"), text)]));
    compile(workflow([r(constant(null), { type: ["string", "null"] })]));
    refuses([r(constant(1), text)], "PLAN_TYPE_MISMATCH", "in", /input gives integer where string/);
    refuses([r(constant(1), number)], "PLAN_TYPE_MISMATCH", "in", /input gives string where number/);
  });

  test("a part that only the first value has, or only later ones, may be absent", () => {
    const r = (field: string, inputSchema: JsonSchema) =>
      repeat("r", {
        initial: constant({ a: 1 }),
        steps: [call("in", { input: item("r", field), inputSchema, outputSchema: text })],
        output: objectOf({ b: outputOf("in") }),
      });
    compile(workflow([r("a", { type: ["number", "null"] }), r("b", {})].slice(0, 1)));
    refuses([r("a", number)], "PLAN_TYPE_MISMATCH", "in", /gives null where number/);
    refuses([r("b", text)], "PLAN_TYPE_MISMATCH", "in", /gives null where string/);
    refuses([r("c", {})], "PLAN_TYPE_MISMATCH", "in", /input reads c of what a round of "r" begins with/);
  });

  test("gives what a round gives, whatever the first value was", () => {
    const r = repeat("r", {
      initial: constant("start"),
      steps: [gives("in", number)],
      output: outputOf("in"),
    });
    compile(workflow([r, takes(number, outputOf("r"))]));
    refuses([r, takes(text, outputOf("r"))], "PLAN_TYPE_MISMATCH", "taker", /number where string/);
  });

  test("that passes on what it was given gives what the first value was, or anything", () => {
    const r = repeat("r", { initial: constant("start"), output: item("r") });
    compile(workflow([r, takes(text, outputOf("r"))]));
    refuses([r, takes(number, outputOf("r"))], "PLAN_TYPE_MISMATCH", "taker", /string where number/);
  });

  test("a condition that reads what is not there", () => {
    const steps = [gives("in", { type: "object", properties: { x: text }, additionalProperties: false })];
    compile(workflow([repeat("r", { steps, until: exists(outputOf("in", "x")) })]));
    refuses(
      [repeat("r", { steps, until: exists(outputOf("in", "y")) })],
      "PLAN_TYPE_MISMATCH",
      "r",
      /until reads y of "in", which has no such thing/,
    );
  });

  test("the number of the round is a whole number", () => {
    const r = (inputSchema: JsonSchema) =>
      repeat("r", { steps: [call("in", { input: indexOf("r"), inputSchema })] });
    compile(workflow([r({ type: "integer", minimum: 0 })]));
    refuses([r(text)], "PLAN_TYPE_MISMATCH", "in", /integer where string/);
  });

  test("an item that is read where there is none, in a map and in a repeat", () => {
    const schema = { type: "object", properties: {}, additionalProperties: false };
    const list = gives("list", { type: "array", items: schema });
    refuses(
      [list, map("m", { over: outputOf("list"), steps: [call("in", { input: item("m", "z") })] })],
      "PLAN_TYPE_MISMATCH",
      "in",
      /input reads z of an item of "m", which has no such thing/,
    );
    refuses(
      [
        gives("first", schema),
        repeat("r", {
          initial: outputOf("first"),
          output: constant({}),
          steps: [call("in", { input: item("r", "z") })],
        }),
      ],
      "PLAN_TYPE_MISMATCH",
      "in",
      /input reads z of what a round of "r" begins with/,
    );
  });

  test("in a body, the trigger rule of the repeat decides what of the steps around it is there", () => {
    const inner = call("in", { inputSchema: text, input: outputOf("a") });
    const r = repeat("r", { steps: [inner] });
    compile(workflow([gives("a", text), r]));
    refuses([gives("a", text), { ...r, trigger: "allDone" }], "PLAN_TYPE_MISMATCH", "in", /gives null/);
  });
});

describe("PLAN_TYPE_MISMATCH and the other kinds", () => {
  test("a child run takes and gives what its schemas say", () => {
    const child = childRun("c", { inputSchema: text, outputSchema: number, input: constant("x") });
    compile(workflow([child, takes(number, outputOf("c"))]));
    refuses(
      [{ ...child, input: constant(1) }],
      "PLAN_TYPE_MISMATCH",
      "c",
      /input gives integer where string/,
    );
    refuses([child, takes(text, outputOf("c"))], "PLAN_TYPE_MISMATCH", "taker", /number where string/);
  });

  test("an approval gives whether, who and why", () => {
    const yes = approve("ok");
    compile(workflow([yes, takes({ type: "boolean" }, outputOf("ok", "approved"))]));
    refuses(
      [yes, takes(text, outputOf("ok", "by"))],
      "PLAN_TYPE_MISMATCH",
      "taker",
      /gives null where string/,
    );
    refuses([yes, takes({}, outputOf("ok", "at"))], "PLAN_TYPE_MISMATCH", "taker", /reads at of "ok"/);
  });

  test("a wait gives what its schema says, and so must its default; its key is text or a number", () => {
    const w = waitFor("w", { outputSchema: text });
    compile(workflow([w, takes(text, outputOf("w"))]));
    refuses([w, takes(number, outputOf("w"))], "PLAN_TYPE_MISMATCH", "taker", /string where number/);
    refuses(
      [{ ...w, timeoutMs: 1, default: constant(1) }],
      "PLAN_TYPE_MISMATCH",
      "w",
      /default gives integer where string/,
    );
    for (const key of [constant("k"), constant(7), input("id")]) compile(workflow([{ ...w, key }]));
    for (const key of [constant(null), constant(true), listOf(), objectOf({})]) {
      refuses([{ ...w, key }], "PLAN_TYPE_MISMATCH", "w", /key gives .* where string or number is taken/);
    }
    refuses(
      [gives("a", text), { ...w, key: outputOf("a"), trigger: "allDone" }],
      "PLAN_TYPE_MISMATCH",
      "w",
      /key gives null/,
    );
  });

  test("a sleep's duration is a number in range, and its moment a moment", () => {
    for (const durationMs of [constant(0), constant(0.5), constant(planLimits.durationMs), input("ms")]) {
      compile(workflow([sleep("s", { durationMs })]));
    }
    const cases: readonly (readonly [Expression, RegExp])[] = [
      [constant("5"), /durationMs gives string where number/],
      [constant(-1), /durationMs gives -1, less than 0/],
      [constant(planLimits.durationMs + 1), /durationMs gives 31622400001, more than 31622400000/],
      [constant(null), /durationMs gives null/],
    ];
    for (const [durationMs, message] of cases)
      refuses([sleep("s", { durationMs })], "PLAN_TYPE_MISMATCH", "s", message);
    for (const until of [constant("2026-01-31T16:00:00-05:00"), input("at")])
      compile(workflow([sleep("s", { until })]));
    refuses(
      [sleep("s", { until: constant(5) })],
      "PLAN_TYPE_MISMATCH",
      "s",
      /until gives integer where string/,
    );
    for (const moment of ["tomorrow", "2026-01-31", "2026-02-30T00:00Z", ""]) {
      refuses(
        [sleep("s", { until: constant(moment) })],
        "PLAN_TYPE_MISMATCH",
        "s",
        /until must be a moment such as 2026-/,
      );
    }
    compile(workflow([sleep("s"), takes({ type: "null" }, outputOf("s"))]));
  });
});

describe("PLAN_UNREACHABLE_STEP in bodies", () => {
  const never = equal(constant(1), constant(2));

  test("a step of a round whose condition is false whatever the data, at any depth", () => {
    const a = call("a", { when: never });
    refuses(
      [repeat("r", { steps: [a] })],
      "PLAN_UNREACHABLE_STEP",
      "a",
      /its condition is false whatever the data/,
    );
    refuses(
      [map("m", { steps: [repeat("r", { steps: [a] })] })],
      "PLAN_UNREACHABLE_STEP",
      "a",
      /can never run/,
    );
    refuses(
      [repeat("r", { steps: [call("b"), call("c", { trigger: "anySuccess" })] })],
      "PLAN_UNREACHABLE_STEP",
      "c",
      /needs no step/,
    );
  });

  test("a step of every kind", () => {
    for (const step of [childRun("s"), approve("s"), waitFor("s"), sleep("s"), repeat("s"), resolve("s")]) {
      refuses([{ ...step, when: never }], "PLAN_UNREACHABLE_STEP", "s", /can never run/);
    }
  });

  test("not a repeat whose condition is true or false whatever the data: that is a number of rounds", () => {
    compile(workflow([repeat("r", { until: never })]));
    compile(workflow([repeat("r", { until: { op: "not", condition: never } })]));
    compile(workflow([repeat("r", { until: never, maxRounds: 1, atMaxRounds: "fail" })]));
  });
});

describe("P7 types beyond all bounds", () => {
  /** Each map goes over a list of what the map before gave, twice: its type doubles. */
  const doubling = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      map(`m${index}`, {
        over:
          index === 0
            ? constant([{ a: 1 }])
            : listOf(outputOf(`m${index - 1}`, 0), outputOf(`m${index - 1}`, 1)),
        output: item(`m${index}`),
      }),
    );

  test("do not take beyond all bounds to check, and are anything", () => {
    const textOrNull = { type: ["string", "null"] };
    const reader = takes(textOrNull, outputOf("m199", 0, "a"));
    compile(workflow([...doubling(200), reader]));
    refuses(
      [...doubling(3), takes(textOrNull, outputOf("m2", 0, "a"))],
      "PLAN_TYPE_MISMATCH",
      "taker",
      /gives integer where string/,
    );
    const type = outputTypeOf(compile(workflow(doubling(200), listOf(outputOf("m199"), outputOf("m199")))));
    assert.ok(JSON.stringify(type).length < 1_000_000);
  });

  test("nor do chains of types as long as a workflow may be", () => {
    const chain = Array.from({ length: planLimits.steps / 2 - 1 }, (_, index) =>
      repeat(`r${index}`, {
        initial: index === 0 ? constant(1) : outputOf(`r${index - 1}`),
        steps: [call(`s${index}`)],
        output: listOf(item(`r${index}`)),
      }),
    );
    compile(workflow([...chain, takes({ type: "array" }, outputOf("r4998"))]));
  });

  test("nor repeats within repeats: a level does not double the looks at what lies within", () => {
    const looks = (levels: number) => {
      let reads = 0;
      const step = call("a");
      const counted = Object.defineProperty({ ...step }, "input", {
        get: () => {
          reads += 1;
          return step.input;
        },
      });
      let body: StepDefinition = counted;
      for (let level = 0; level < levels; level += 1) body = repeat(`r${level}`, { steps: [body] });
      checkTypes(workflow([body]));
      return reads;
    };
    assert.ok(looks(2) > looks(1));
    assert.ok(looks(planLimits.nesting) < 2 ** (planLimits.nesting - 1));
  });
});
