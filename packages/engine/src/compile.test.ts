import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import fc from "fast-check";
import { allSteps, compile, verifyPlan } from "./compile.ts";
import { planLimits } from "./plan.ts";
import { randomWorkflow } from "./testing/random-workflow.ts";
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
import { Tape } from "./testing/tape.ts";
import type { Condition, Expression, JsonSchema, StepDefinition } from "./workflow-definition.ts";

/** The error that a definition is refused with. */
function refusalOf(definition: unknown): MycroftError {
  try {
    compile(definition);
  } catch (thrown) {
    assert.ok(thrown instanceof MycroftError, String(thrown));
    return thrown;
  }
  return assert.fail("The definition compiled.");
}

/** Checks code, named step, and message. */
function refuses(
  steps: readonly StepDefinition[],
  code: string,
  step: string | undefined,
  message: RegExp,
  output?: Expression,
): void {
  const error = refusalOf(workflow(steps, output));
  assert.deepEqual([error.code, error.details?.["step"], error.details?.["workflow"]], [code, step, "w"]);
  assert.match(error.message, message);
}

const text: JsonSchema = { type: "string" };
const number: JsonSchema = { type: "number" };
const exists = (value: Expression): Condition => ({ op: "exists", value });

describe("a plan", () => {
  test("is the definition in normal form, with the steps in an order in which they can run", () => {
    const definition = workflow([call("b", { input: outputOf("a") }), resolve("a")], outputOf("b"));
    const { workflow: normal, format } = compile(definition);
    assert.equal(format, 1);
    const retry = { maxAttempts: 3, initialDelayMs: 500, factor: 2, maxDelayMs: 60_000, jitter: 0.5 };
    const filledIn = { after: [], inputSchema: {}, outputSchema: {}, retry, timeoutMs: 300_000 };
    assert.deepEqual(normal, {
      name: "w",
      input: {},
      steps: [
        {
          kind: "resolve",
          name: "a",
          trigger: "allDone",
          policy: "pool",
          input: constant(null),
          ...filledIn,
        },
        { ...call("b", { input: outputOf("a") }), trigger: "allSuccess", ...filledIn },
      ],
      output: outputOf("b"),
    });
  });

  test("of a map has its defaults written out too", () => {
    const [step] = compile(workflow([map("m", { maxItems: 3 })])).workflow.steps;
    assert.deepEqual(step, {
      ...map("m", { maxItems: 3 }),
      after: [],
      trigger: "allSuccess",
      maxFailedItems: 0,
    });
  });

  test("E1 of equal definitions is equal, whatever the order of their properties", () => {
    const backwards = (value: unknown): unknown => {
      if (typeof value !== "object" || value === null) return value;
      if (Array.isArray(value)) return value.map(backwards);
      const entries = Object.entries(value).reverse();
      return Object.fromEntries(entries.map(([key, member]) => [key, backwards(member)]));
    };
    fc.assert(
      fc.property(fc.uint16Array({ maxLength: 300, size: "max" }), (numbers) => {
        const definition = randomWorkflow(new Tape(numbers));
        const plan = compile(definition);
        assert.equal(compile(backwards(definition)).hash, plan.hash);
        assert.deepEqual(compile(plan.workflow), plan);
        assert.deepEqual(verifyPlan(JSON.parse(JSON.stringify(plan))), plan);
      }),
    );
  });

  test("E1 has a hash that depends on all of its content", () => {
    const hashes = [
      workflow([call("a")]),
      workflow([call("b")]),
      workflow([call("a", { timeoutMs: 1 })]),
      workflow([call("a", { inputSchema: text, input: constant("x") })]),
      workflow([call("a", { target: { kind: "agent", name: "f" } })]),
      workflow([call("a")], constant(1)),
      workflow([call("a")], constant(null), { timeoutMs: 1 }),
      workflow([call("a")], constant(null), { input: text }),
    ].map((definition) => compile(definition).hash);
    assert.equal(new Set(hashes).size, hashes.length);
    for (const hash of hashes) assert.match(hash, /^[0-9a-f]{64}$/);
  });

  test("shares nothing with the definition, and leaves it as it was", () => {
    const schema = { type: "object", properties: { a: { type: "string" } } };
    const definition = workflow([call("a", { outputSchema: schema })], constant([{ deep: 1 }]));
    const before = structuredClone(definition);
    const plan = compile(definition);
    assert.deepEqual(definition, before);
    schema.properties.a.type = "number";
    assert.deepEqual(verifyPlan(plan), plan);
  });

  test("that was changed after it was sealed is refused", () => {
    const plan = compile(workflow([call("a")]));
    verifyPlan(plan);
    const changed = { ...plan, workflow: { ...plan.workflow, timeoutMs: 5 } };
    assert.throws(() => verifyPlan(changed), { code: "PLAN_INVALID" });
    assert.throws(() => verifyPlan({ ...plan, hash: "0" }), { code: "PLAN_INVALID" });
    assert.throws(() => verifyPlan(JSON.parse('{ "format": 1, "hash": "0" }')), { code: "PLAN_INVALID" });
  });

  test("gives all its steps, bodies after their maps", () => {
    const steps = [
      call("a"),
      map("m", { steps: [call("b"), map("n", { over: item("m"), steps: [call("c")] })] }),
      call("d"),
    ];
    assert.deepEqual(
      Array.from(allSteps(steps), (step) => step.name),
      ["a", "m", "b", "n", "c", "d"],
    );
  });
});

describe("PLAN_DUPLICATE_STEP", () => {
  test("names a step that exists twice, also across maps", () => {
    refuses(
      [call("a"), call("a")],
      "PLAN_DUPLICATE_STEP",
      "a",
      /^Workflow "w", step "a" exists twice; rename one/,
    );
    refuses([call("a"), map("m", { steps: [call("a")] })], "PLAN_DUPLICATE_STEP", "a", /twice/);
  });
});

describe("PLAN_UNKNOWN_STEP", () => {
  const inside = map("m", { steps: [call("in")] });

  test("names the step that refers to one that does not exist", () => {
    const wanted = /step "a" refers to the step "gone", which does not exist/;
    refuses(
      [call("a", { input: objectOf({ x: listOf(outputOf("gone")) }) })],
      "PLAN_UNKNOWN_STEP",
      "a",
      wanted,
    );
    refuses([call("a", { input: settled("gone") })], "PLAN_UNKNOWN_STEP", "a", wanted);
    refuses([call("a", { after: ["gone"] })], "PLAN_UNKNOWN_STEP", "a", wanted);
    refuses([call("a", { when: exists(outputOf("gone")) })], "PLAN_UNKNOWN_STEP", "a", wanted);
    refuses([map("a", { over: outputOf("gone") })], "PLAN_UNKNOWN_STEP", "a", wanted);
    refuses(
      [map("a", { output: outputOf("gone") })],
      "PLAN_UNKNOWN_STEP",
      "a",
      /step "a": output refers to the step "gone"/,
    );
    refuses(
      [],
      "PLAN_UNKNOWN_STEP",
      undefined,
      /^Workflow "w": output refers to the step "gone"/,
      outputOf("gone"),
    );
  });

  test("names the step that refers into a map from outside", () => {
    refuses(
      [inside, call("a", { after: ["in"] })],
      "PLAN_UNKNOWN_STEP",
      "a",
      /which cannot be seen from here: it lies in the body of "m"/,
    );
    refuses([inside, map("n", { steps: [call("a", { after: ["in"] })] })], "PLAN_UNKNOWN_STEP", "a", /"in"/);
    refuses([inside], "PLAN_UNKNOWN_STEP", undefined, /"in"/, outputOf("in"));
  });

  test("names the step that uses the item of a map that it does not lie in", () => {
    const wanted = /uses the item or index of the step "m", in whose body it does not lie/;
    refuses([inside, call("a", { input: item("m") })], "PLAN_UNKNOWN_STEP", "a", wanted);
    refuses([call("a", { input: { kind: "index", of: "m" } })], "PLAN_UNKNOWN_STEP", "a", wanted);
    refuses([map("m", { over: item("m") })], "PLAN_UNKNOWN_STEP", "m", wanted);
    refuses(
      [map("n", { steps: [call("b")], output: item("b") })],
      "PLAN_UNKNOWN_STEP",
      "n",
      /the step "b", in whose body/,
    );
  });
});

describe("PLAN_CYCLE", () => {
  test("shows the circle", () => {
    const steps = [
      call("z"),
      call("a", { after: ["b"] }),
      call("b", { input: outputOf("c") }),
      call("c", { input: settled("a") }),
    ];
    refuses(steps, "PLAN_CYCLE", "a", /is part of a circle: "a" needs "b" needs "c" needs "a"\.$/);
    refuses([call("a", { after: ["a"] })], "PLAN_CYCLE", "a", /"a" needs "a"/);
  });

  test("finds circles through the bodies of maps and within them", () => {
    const through = [map("m", { steps: [call("in", { after: ["out"] })] }), call("out", { after: ["m"] })];
    refuses(through, "PLAN_CYCLE", "m", /"m" needs "out" needs "m"/);
    const within = [map("m", { steps: [call("a", { after: ["b"] }), call("b", { after: ["a"] })] })];
    refuses(within, "PLAN_CYCLE", "a", /"a" needs "b" needs "a"/);
  });

  test("refuses a step that needs the map that it lies in", () => {
    const wanted = /needs the step "m" in whose body it lies/;
    refuses([map("m", { steps: [call("a", { after: ["m"] })] })], "PLAN_CYCLE", "a", wanted);
    refuses([map("m", { output: outputOf("m") })], "PLAN_CYCLE", "m", wanted);
  });

  test("lists ten steps of a long circle", () => {
    const steps = Array.from({ length: 1_000 }, (_, index) =>
      call(`s${index}`, { after: [`s${(index + 1) % 1_000}`] }),
    );
    refuses(steps, "PLAN_CYCLE", "s0", /: "s0" needs .* needs "s9" needs \.\.\. needs "s0"\.$/);
  });
});

describe("PLAN_TYPE_MISMATCH", () => {
  const gives = (outputSchema: JsonSchema) => call("a", { outputSchema });
  const takes = (inputSchema: JsonSchema, value = outputOf("a")) => call("b", { inputSchema, input: value });
  const whole = {
    type: "object",
    properties: { x: text, y: number },
    required: ["x"],
    additionalProperties: false,
  };

  test("names the step, the place in its input and both types", () => {
    const wanted = { type: "object", properties: { deep: { type: "array", items: number } } };
    const steps = [
      gives(whole),
      takes(wanted, objectOf({ deep: listOf(outputOf("a", "y"), outputOf("a", "x")) })),
    ];
    refuses(
      steps,
      "PLAN_TYPE_MISMATCH",
      "b",
      /^Workflow "w", step "b": input\.deep\[0\] gives null where number/,
    );
    const certain = { ...whole, required: ["x", "y"] };
    refuses(
      [gives(certain), ...steps.slice(1)],
      "PLAN_TYPE_MISMATCH",
      "b",
      /: input\.deep\[1\] gives string where number is taken\.$/,
    );
  });

  test("a step that reads what is not there", () => {
    refuses(
      [gives(whole), takes({}, outputOf("a", "z", 1))],
      "PLAN_TYPE_MISMATCH",
      "b",
      /input reads z\[1\] of "a", which has no such thing/,
    );
    refuses(
      [gives(whole), call("b", { when: exists(outputOf("a", "z")) })],
      "PLAN_TYPE_MISMATCH",
      "b",
      /when reads z of "a"/,
    );
    refuses(
      [gives(whole)],
      "PLAN_TYPE_MISMATCH",
      undefined,
      /^Workflow "w": output reads z of "a"/,
      outputOf("a", "z"),
    );
    const error = refusalOf(workflow([call("a", { input: input("z") })], constant(null), { input: whole }));
    assert.match(error.message, /input reads z of the workflow's input/);
  });

  test("a map over what is no list, or may be absent", () => {
    refuses(
      [gives(text), map("m", { over: outputOf("a") })],
      "PLAN_TYPE_MISMATCH",
      "m",
      /over gives string where array is taken/,
    );
    refuses([map("m", { over: constant({}) })], "PLAN_TYPE_MISMATCH", "m", /over gives object/);
    const list = gives({ type: "array", items: text });
    compile(workflow([list, map("m", { over: outputOf("a") })]));
    refuses(
      [list, map("m", { over: outputOf("a"), trigger: "allDone" })],
      "PLAN_TYPE_MISMATCH",
      "m",
      /gives null/,
    );
  });

  test("an item and an index have the type that the list says", () => {
    const list = gives({ type: "array", items: whole });
    const body = (inputSchema: JsonSchema, value: Expression) => [
      list,
      map("m", { over: outputOf("a"), steps: [call("b", { inputSchema, input: value })] }),
    ];
    compile(workflow(body(text, item("m", "x"))));
    compile(workflow(body({ type: "integer" }, { kind: "index", of: "m" })));
    refuses(body(number, item("m", "x")), "PLAN_TYPE_MISMATCH", "b", /string where number/);
    refuses(body(text, item("m", "z")), "PLAN_TYPE_MISMATCH", "b", /input reads z of an item of "m"/);
    refuses(body(text, { kind: "index", of: "m" }), "PLAN_TYPE_MISMATCH", "b", /integer where string/);
    const constants = map("m", {
      over: constant(["trend", "macro"]),
      steps: [call("b", { inputSchema: { enum: ["macro"] }, input: item("m") })],
    });
    refuses([constants], "PLAN_TYPE_MISMATCH", "b", /gives "trend" where "macro"/);
    const objects = constant([{ x: 1 }, { x: 2, y: 3 }]);
    compile(
      workflow([
        map("m", { over: objects, steps: [call("b", { inputSchema: number, input: item("m", "x") })] }),
      ]),
    );
  });

  test("a map gives a list of what its body gives, with null for items that may fail", () => {
    const mapped = (fields: object) =>
      map("a", { steps: [call("in", { outputSchema: text })], output: outputOf("in"), ...fields });
    const list = { type: "array", items: text };
    compile(workflow([mapped({}), takes(list)]));
    refuses(
      [mapped({ maxFailedItems: 1 }), takes(list)],
      "PLAN_TYPE_MISMATCH",
      "b",
      /input\.\* gives null where string/,
    );
    refuses([mapped({}), takes(text)], "PLAN_TYPE_MISMATCH", "b", /array where string/);
  });

  test("what may be absent where it is read does not fit what must be there", () => {
    const maybe = call("a", { outputSchema: text, when: exists(input()) });
    const b = takes(text);
    compile(workflow([gives(text), b]));
    compile(workflow([maybe, b]));
    for (const trigger of ["allDone", "anySuccess"] as const) {
      refuses([gives(text), { ...b, trigger }], "PLAN_TYPE_MISMATCH", "b", /gives null where string/);
    }
    compile(workflow([gives(text), { ...b, trigger: "noneFailed" }]));
    refuses([maybe, { ...b, trigger: "noneFailed" }], "PLAN_TYPE_MISMATCH", "b", /gives null/);
    const required = { type: "object", properties: { x: text }, required: ["x"] };
    const asField = takes(required, objectOf({ x: outputOf("a") }));
    refuses(
      [gives(text), { ...asField, trigger: "allDone" }],
      "PLAN_TYPE_MISMATCH",
      "b",
      /input\.x may be missing and is required/,
    );
    compile(
      workflow([
        gives(text),
        { ...takes({ ...required, required: [] }, objectOf({ x: outputOf("a") })), trigger: "allDone" },
      ]),
    );
  });

  test("in the body of a map, its trigger rule decides what of the steps around it is there", () => {
    const inner = resolve("r", { inputSchema: text, input: outputOf("a") });
    compile(workflow([gives(text), map("m", { steps: [inner] })]));
    refuses(
      [gives(text), map("m", { trigger: "allDone", steps: [inner] })],
      "PLAN_TYPE_MISMATCH",
      "r",
      /gives null/,
    );
    const deeper = map("n", { over: input(), steps: [inner] });
    compile(workflow([gives(text), map("m", { steps: [deeper] })]));
    refuses(
      [gives(text), map("m", { trigger: "allDone", steps: [deeper] })],
      "PLAN_TYPE_MISMATCH",
      "r",
      /gives null/,
    );
  });

  test("the output of a map is absent where a step may be skipped", () => {
    const list = { type: "array", items: text };
    const mapped = (steps: readonly StepDefinition[]) => [
      map("a", { steps, output: outputOf("last") }),
      takes(list),
    ];
    const first = call("first", { when: exists(input()) });
    const last = call("last", { outputSchema: text, after: ["first"] });
    compile(workflow(mapped([call("first"), last])));
    refuses(mapped([first, last]), "PLAN_TYPE_MISMATCH", "b", /input\.\* gives null where string/);
    compile(workflow(mapped([first, { ...last, trigger: "allDone" }])));
    compile(workflow(mapped([first, { ...last, trigger: "noneFailed" }])));
    refuses(mapped([first, { ...last, trigger: "anySuccess" }]), "PLAN_TYPE_MISMATCH", "b", /gives null/);
    compile(
      workflow(
        mapped([first, call("second"), { ...last, after: ["first", "second"], trigger: "anySuccess" }]),
      ),
    );
  });
});

describe("PLAN_UNREACHABLE_STEP", () => {
  const never = /can never run: its condition is false whatever the data/;
  const no = exists(constant(null));
  const unknown = exists(input("x"));

  test("a condition that is false whatever the data", () => {
    const conditions: readonly Condition[] = [
      no,
      { op: "eq", left: constant(1), right: constant("1") },
      { op: "in", left: constant(1), right: listOf(constant(2)) },
      { op: "lt", left: objectOf({ a: constant(1) }), right: constant(2) },
      { op: "and", all: [unknown, no] },
      { op: "or", all: [] },
      { op: "not", condition: { op: "or", all: [unknown, { op: "not", condition: no }] } },
    ];
    for (const when of conditions) refuses([call("a", { when })], "PLAN_UNREACHABLE_STEP", "a", never);
    refuses([map("m", { steps: [call("a", { when: no })] })], "PLAN_UNREACHABLE_STEP", "a", never);
  });

  test("not a condition that the data decide, or that is true", () => {
    const conditions: readonly Condition[] = [
      unknown,
      { op: "or", all: [no, unknown] },
      { op: "and", all: [] },
      { op: "not", condition: no },
      { op: "eq", left: listOf(input(), constant(1)), right: constant(2) },
    ];
    for (const when of conditions) compile(workflow([call("a", { when })]));
  });

  test("a step that waits for a success and needs nothing, or lies in a map over nothing", () => {
    refuses(
      [call("a", { trigger: "anySuccess" })],
      "PLAN_UNREACHABLE_STEP",
      "a",
      /waits for a success, and it needs no step/,
    );
    refuses(
      [map("m", { over: constant([]), steps: [call("a")] })],
      "PLAN_UNREACHABLE_STEP",
      "a",
      /map step "m" goes over a list that is always empty/,
    );
    refuses([map("m", { over: listOf() })], "PLAN_UNREACHABLE_STEP", "m", /always empty/);
  });
});

describe("LIMIT_EXCEEDED", () => {
  test("more steps than a workflow may have, those of maps included", () => {
    const steps = Array.from({ length: planLimits.steps }, (_, index) => call(`s${index}`));
    compile(workflow(steps));
    refuses(
      [map("m", { steps })],
      "LIMIT_EXCEEDED",
      "s9999",
      /one more than the 10000 that a workflow may have/,
    );
  });
});
