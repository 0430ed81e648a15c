import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "./compile.ts";
import { outputTypeOf } from "./output-type.ts";
import { call, constant, input, item, listOf, map, objectOf, outputOf, workflow } from "./testing/steps.ts";
import type { Expression, JsonSchema, StepDefinition } from "./workflow-definition.ts";

const typeOf = (steps: readonly StepDefinition[], output: Expression, inputType: JsonSchema = {}) =>
  outputTypeOf(compile(workflow(steps, output, { input: inputType })));
const text = { type: "string" };
const whole = { type: "integer", minimum: 0 };

test("E7 the type of what a run gives follows from the schemas of its steps and its input", () => {
  const inputType = { type: "object", properties: { day: text }, required: ["day"] };
  const found = typeOf(
    [
      call("first", { outputSchema: { type: "object", properties: { size: whole }, required: ["size"] } }),
      map("each", {
        over: constant([1, 2]),
        steps: [call("inner", { outputSchema: text })],
        output: outputOf("inner"),
      }),
    ],
    objectOf({
      size: outputOf("first", "size"),
      day: input("day"),
      all: outputOf("each"),
      fixed: constant({ a: [1] }),
      pair: listOf(input("day"), constant(null)),
    }),
    inputType,
  );
  assert.deepEqual(found, {
    type: "object",
    properties: {
      size: whole,
      day: text,
      all: { type: "array", items: text },
      fixed: { const: { a: [1] } },
      pair: { type: "array", prefixItems: [text, { const: null }], items: false, minItems: 2 },
    },
    required: ["size", "day", "all", "fixed", "pair"],
    additionalProperties: false,
  });
});

test("E7 what may be absent may be left out, and is null as a whole", () => {
  const optional = { type: "object", properties: { note: text } };
  const part = typeOf(
    [call("first", { outputSchema: optional })],
    objectOf({ note: outputOf("first", "note") }),
  );
  assert.deepEqual(part, {
    type: "object",
    properties: { note: text },
    required: [],
    additionalProperties: false,
  });
  const all = typeOf([call("first", { outputSchema: optional })], outputOf("first", "note"));
  assert.deepEqual(all, { anyOf: [text, { type: "null" }] });
});

test("E7 the type of a repeat is what its rounds give", () => {
  const grow: StepDefinition = {
    kind: "repeat",
    name: "grow",
    initial: constant("first"),
    maxRounds: 3,
    until: { op: "eq", left: outputOf("inner"), right: constant(3) },
    steps: [call("inner", { input: item("grow"), outputSchema: whole })],
    output: outputOf("inner"),
  };
  assert.deepEqual(typeOf([grow], outputOf("grow")), whole);
});

test("E7 a reference, which holds in its own document only, says nothing in another", () => {
  const tree = {
    type: "object",
    properties: {
      name: text,
      children: { type: "array", items: { $ref: "#" } },
      $ref: { enum: [{ $ref: "#" }] },
      other: { anyOf: [{ $ref: "#/$defs/other" }, text] },
    },
    required: ["name"],
    additionalProperties: { $ref: "#" },
    $defs: { other: text },
  };
  const found = typeOf([call("first", { outputSchema: tree })], listOf(outputOf("first")));
  assert.deepEqual(found, {
    type: "array",
    prefixItems: [
      {
        type: "object",
        properties: {
          name: text,
          children: { type: "array", items: {} },
          $ref: { enum: [{ $ref: "#" }] },
          other: { anyOf: [{}, text] },
        },
        required: ["name"],
        additionalProperties: {},
      },
    ],
    items: false,
    minItems: 1,
  });
  assert.deepEqual(typeOf([call("first", { outputSchema: { $ref: "#/x" } })], outputOf("first")), {});
});

test("E7 a plan that was stored gives the same type", () => {
  const plan = compile(workflow([call("first", { outputSchema: whole })], outputOf("first")));
  assert.deepEqual(outputTypeOf(JSON.parse(JSON.stringify(plan))), outputTypeOf(plan));
});
