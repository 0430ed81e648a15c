/** P7: what a definition that comes from anywhere is refused for. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { inspect } from "node:util";
import { MycroftError } from "@mycroft/errors";
import fc from "fast-check";
import { compile } from "./compile.ts";
import { parseDefinition } from "./parse-definition.ts";
import { planLimits } from "./plan.ts";
import { randomWorkflow } from "./testing/random-workflow.ts";
import { call, constant, input, map, resolve, workflow } from "./testing/steps.ts";
import { Tape } from "./testing/tape.ts";

function refusalOf(definition: unknown): MycroftError {
  try {
    parseDefinition(definition);
  } catch (thrown) {
    assert.ok(thrown instanceof MycroftError, String(thrown));
    return thrown;
  }
  return assert.fail("The definition was read.");
}

function refuses(definition: unknown, message: string, step?: string): void {
  const error = refusalOf(definition);
  assert.equal(error.message, message);
  assert.deepEqual([error.code, error.details?.["step"]], ["PLAN_INVALID", step]);
}

const a = call("a");
/** The workflow of one step `a` with other fields than it should have. */
const withFields = (fields: object) => workflow([{ ...a, ...fields }]);
const at = 'Workflow "w", step "a": ';

describe("P7 a definition of the wrong shape", () => {
  test("names what is wrong of the workflow itself", () => {
    const { name: _, ...nameless } = workflow([]);
    const rule = "a letter, then letters, digits and . _ -; at most 100 characters";
    refuses(null, "The workflow definition must be an object, not null.");
    refuses([], "The workflow definition must be an object, not a list.");
    refuses(new Map(), "The workflow definition must be an object, not an object.");
    refuses(nameless, `The workflow definition: name must be a name (${rule}), not nothing.`);
    for (const name of ["", "9", "a b", "é", "a/b", "a[0]", "x".repeat(101), 7, "__proto__"]) {
      assert.match(refusalOf({ ...nameless, name }).message, /: name must be a name/);
    }
    refuses({ ...nameless, name: "w", steps: {} }, 'Workflow "w": steps must be a list, not an object.');
    refuses(
      workflow([], constant(null), { timeoutMs: 0 }),
      'Workflow "w": timeoutMs must be a number from 1 to 31622400000, not 0.',
    );
    refuses({ ...workflow([]), input: [] }, 'Workflow "w": input must be an object, not a list.');
    refuses({ ...workflow([]), output: undefined }, 'Workflow "w": output must be an object, not nothing.');
  });

  test("names step and field of what is wrong of a step", () => {
    const cases: readonly (readonly [object, string])[] = [
      [
        { kind: "cook" },
        'kind must be one of call, resolve, map, repeat, run, approve, waitFor, sleep, not "cook"',
      ],
      [
        { kind: undefined },
        "kind must be one of call, resolve, map, repeat, run, approve, waitFor, sleep, not nothing",
      ],
      [{ after: "b" }, 'after must be a list, not "b"'],
      [
        { after: [null] },
        "after[0] must be a name (a letter, then letters, digits and . _ -; at most 100 characters), not null",
      ],
      [
        { trigger: "always" },
        'trigger must be one of allSuccess, allDone, anySuccess, noneFailed, not "always"',
      ],
      [{ when: {} }, "when.op must be one of eq, ne, lt, le, gt, ge, in, exists, and, or, not, not nothing"],
      [{ when: null }, "when must be an object, not null"],
      [{ when: { op: "and", all: [{ op: "exists" }] } }, "when.all[0].value must be an object, not nothing"],
      [{ when: { op: "not" } }, "when.condition must be an object, not nothing"],
      [{ when: { op: "eq", left: input() } }, "when.right must be an object, not nothing"],
      [{ target: { kind: "robot" } }, 'target.kind must be one of agent, function, not "robot"'],
      [{ target: null }, "target must be an object, not null"],
      [{ timeoutMs: 1.5 }, "timeoutMs must be a whole number from 1 to 31622400000, not 1.5"],
      [{ timeoutMs: Number.NaN }, "timeoutMs must be a whole number from 1 to 31622400000, not NaN"],
      [{ timeoutMs: "1s" }, 'timeoutMs must be a whole number from 1 to 31622400000, not "1s"'],
      [{ retry: { maxAttempts: 101 } }, "retry.maxAttempts must be a number from 1 to 100, not 101"],
      [
        { retry: { initialDelayMs: 0.5 } },
        "retry.initialDelayMs must be a whole number from 0 to 31622400000, not 0.5",
      ],
      [{ retry: { factor: 0.5 } }, "retry.factor must be a number from 1 to 100, not 0.5"],
      [{ retry: { maxDelayMs: -1 } }, "retry.maxDelayMs must be a number from 0 to 31622400000, not -1"],
      [{ retry: { jitter: 1.01 } }, "retry.jitter must be a number from 0 to 1, not 1.01"],
      [
        { input: { kind: "guess" } },
        'input.kind must be one of const, input, item, index, step, settled, object, array, not "guess"',
      ],
      [
        { input: { kind: "input", path: [1.5] } },
        "input.path[0] must be a whole number from 0 to 9007199254740991, not 1.5",
      ],
      [
        { input: { kind: "input", path: [-1] } },
        "input.path[0] must be a number from 0 to 9007199254740991, not -1",
      ],
      [{ input: { kind: "step", step: "a", path: [null] } }, "input.path[0] must be text, not null"],
      [
        { input: { kind: "object", fields: { x: { kind: "array", items: [3] } } } },
        "input.x[0] must be an object, not 3",
      ],
      [{ input: { kind: "object" } }, "input.fields must be an object, not nothing"],
      [
        { input: constant(JSON.parse('{"deep":[1,{"n":1e999}]}')) },
        "input.value.deep[1].n must be JSON, not Infinity",
      ],
      [{ input: { kind: "const", value: undefined } }, "input.value must be JSON, not nothing"],
      [{ input: { kind: "const", value: new Date(0) } }, "input.value must be JSON, not an object"],
      [{ input: { kind: "const", value: [() => 1] } }, "input.value[0] must be JSON, not a function"],
      [{ input: { kind: "const", value: 7n } }, "input.value must be JSON, not 7"],
      [{ input: constant("\ud800") }, "input.value has a lone surrogate, which JSON cannot carry"],
      [
        { input: constant({ "\udc00": 1 }) },
        "input.value.\udc00 has a lone surrogate, which JSON cannot carry",
      ],
      [{ input: input("\ud800") }, "input.path[0] has a lone surrogate, which JSON cannot carry"],
      [{ inputSchema: "string" }, 'inputSchema must be an object, not "string"'],
      [{ outputSchema: { type: Symbol("x") } }, "outputSchema.type must be JSON, not a symbol"],
    ];
    for (const [fields, problem] of cases) refuses(withFields(fields), `${at}${problem}.`, "a");
  });

  test("names step and field of what is wrong of a map and within it", () => {
    const wrong = (fields: object) => workflow([{ ...map("m"), ...fields }]);
    refuses(
      wrong({ maxItems: undefined }),
      'Workflow "w", step "m": maxItems must be a whole number from 1 to 100000, not nothing.',
      "m",
    );
    refuses(
      wrong({ maxItems: 100_001 }),
      'Workflow "w", step "m": maxItems must be a number from 1 to 100000, not 100001.',
      "m",
    );
    refuses(
      wrong({ maxFailedItems: -1 }),
      'Workflow "w", step "m": maxFailedItems must be a number from 0 to 100000, not -1.',
      "m",
    );
    refuses(wrong({ over: 1 }), 'Workflow "w", step "m": over must be an object, not 1.', "m");
    refuses(wrong({ steps: [null] }), 'Workflow "w", step "m": steps[0] must be an object, not null.', "m");
    refuses(
      wrong({ steps: [withFields({ retry: 1 }).steps[0]] }),
      `${at}retry must be an object, not 1.`,
      "a",
    );
    refuses({ ...workflow([]), steps: Array(1) }, 'Workflow "w": steps[0] must be an object, not nothing.');
  });

  test("refuses fields that do not exist, which may be typing errors", () => {
    refuses(
      { ...workflow([]), timeout: 5 },
      'Workflow "w": timeout is no field that exists here; there are name, input, steps, output, timeoutMs, tags.',
    );
    const error = refusalOf(withFields({ retries: 5 }));
    assert.match(
      error.message,
      /step "a": retries is no field that exists here; there are name, kind, after, /,
    );
    assert.equal(error.details?.["field"], "retries");
    assert.match(refusalOf(withFields({ maxItems: 5 })).message, /maxItems is no field/);
    assert.match(refusalOf(withFields({ policy: "x" })).message, /policy is no field/);
    assert.match(refusalOf(workflow([{ ...resolve("r"), ...{ target: 1 } }])).message, /target is no field/);
    assert.match(refusalOf(withFields({ retry: { max: 1 } })).message, /retry\.max is no field/);
    assert.match(
      refusalOf(withFields({ input: { ...input(), step: "b" } })).message,
      /input\.step is no field/,
    );
    assert.match(
      refusalOf(withFields({ when: { op: "exists", value: input(), left: 1 } })).message,
      /when\.left is no field/,
    );
    assert.match(
      refusalOf(JSON.parse('{"name":"w","steps":[],"output":{"kind":"const","value":1},"__proto__":1}'))
        .message,
      /__proto__ is no field/,
    );
    parseDefinition({ ...workflow([]), timeoutMs: undefined, more: undefined });
  });

  test("quotes no more than a message can show", () => {
    const long = "x".repeat(10_000);
    const messages = [
      refusalOf(withFields({ trigger: long })),
      refusalOf(withFields({ [long]: 1 })),
      refusalOf(withFields({ input: constant({ [long]: { [long]: Number.NaN } }) })),
    ].map((error) => error.message);
    for (const message of messages) assert.ok(message.length < 500, `${message.length} characters`);
  });
});

describe("P7 a definition of the wrong size", () => {
  test("nested too deep, at any place, or containing itself", () => {
    const nest = <T>(levels: number, wrap: (inner: T) => T, core: T): T => {
      let nested = core;
      for (let level = 0; level < levels; level += 1) nested = wrap(nested);
      return nested;
    };
    const deepList = nest<unknown>(100_000, (inner) => [inner], 1);
    const deepInput = nest<object>(100_000, (inner) => ({ kind: "array", items: [inner] }), input());
    const deepWhen = nest<object>(100_000, (condition) => ({ op: "not", condition }), {});
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    const around: unknown[] = [];
    around.push(around, around);
    const deep = [
      { input: { kind: "const", value: deepList } },
      { input: { kind: "const", value: cycle } },
      { input: { kind: "const", value: around } },
      { input: deepInput },
      { when: deepWhen },
      { inputSchema: cycle },
    ];
    for (const fields of deep) {
      const error = refusalOf(withFields(fields));
      assert.match(error.message, /is nested deeper than 200 levels, or contains itself/);
      assert.deepEqual([error.code, error.details?.["step"]], ["PLAN_INVALID", "a"]);
    }
    const loop: { steps: unknown[] } = { ...map("m"), steps: [] };
    loop.steps.push(loop);
    refuses(
      { ...workflow([]), steps: [loop] },
      'Workflow "w", step "m": steps would nest bodies more than 8 deep.',
      "m",
    );
  });

  test("that is large although it is written short", () => {
    let wide: unknown = 1;
    for (let level = 0; level < 60; level += 1) wide = [wide, wide];
    const error = refusalOf(withFields({ input: { kind: "const", value: wide } }));
    assert.deepEqual([error.code, error.details?.["step"]], ["LIMIT_EXCEEDED", "a"]);
    assert.match(
      error.message,
      new RegExp(`more than the ${planLimits.values} of which a workflow may consist`),
    );
  });

  test("but not one at the limits", () => {
    const nested = (maps: number): ReturnType<typeof map> =>
      map(`m${maps}`, { steps: maps > 1 ? [nested(maps - 1)] : [call("a")] });
    parseDefinition(workflow([nested(planLimits.nesting)]));
    const message = 'Workflow "w", step "m1": steps would nest bodies more than 8 deep.';
    refuses(workflow([nested(planLimits.nesting + 1)]), message, "m1");
    parseDefinition(workflow([call("x".repeat(planLimits.nameLength))]));
    parseDefinition(
      withFields({ retry: { maxAttempts: 100, jitter: 1, factor: 100, maxDelayMs: planLimits.durationMs } }),
    );
  });
});

describe("P7 a random definition", () => {
  const hostile = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<unknown>(
      undefined,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      -0,
      1n,
      Symbol("s"),
      () => 1,
      new Date(0),
      new Map(),
    ),
    fc.constantFrom<unknown>(
      JSON.parse('{"__proto__":{"kind":"const"}}'),
      Object.create(null),
      "\ud800",
      [],
      {},
      "call",
    ),
  );

  test("of arbitrary JSON is refused in an orderly way", () => {
    fc.assert(
      fc.property(hostile, (definition) => {
        assert.throws(() => compile(definition), MycroftError);
      }),
    );
  });

  test("with anything put anywhere compiles, or is refused in an orderly way", () => {
    let compiled = 0;
    let refused = 0;
    fc.assert(
      fc.property(
        fc.uint16Array({ maxLength: 200, size: "max" }),
        fc.nat(),
        hostile,
        (numbers, place, value) => {
          const definition = structuredClone(randomWorkflow(new Tape(numbers)));
          const places = placesIn(definition);
          places[place % places.length]?.(value);
          try {
            compile(definition);
            compiled += 1;
          } catch (thrown) {
            assert.ok(thrown instanceof MycroftError, inspect(thrown));
            assert.notEqual(thrown.code, "INTERNAL");
            refused += 1;
          }
        },
      ),
      { numRuns: 1_000 },
    );
    assert.ok(compiled > 20 && refused > 200, `${compiled} compiled, ${refused} refused`);
  });
});

/** A setter for every place in a value. */
function placesIn(value: unknown): readonly ((replacement: unknown) => void)[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [
    (replacement: unknown) => Reflect.set(value, key, replacement),
    ...placesIn(member),
  ]);
}
