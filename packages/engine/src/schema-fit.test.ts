import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findMisfit } from "./schema-fit.ts";
import { itemOf, lookUp } from "./schema-shape.ts";
import type { JsonSchema, Path } from "./workflow-definition.ts";

const text = { type: "string" };
const number = { type: "number" };
const integer = { type: "integer", minimum: -9007199254740991, maximum: 9007199254740991 };
const listOf = (items: JsonSchema): JsonSchema => ({ type: "array", items });
const object = (properties: Record<string, JsonSchema>, required = Object.keys(properties)): JsonSchema => {
  return { type: "object", properties, required };
};
/** As zod states an object's output: nothing but what is named. */
const closed = (properties: Record<string, JsonSchema>, required?: string[]): JsonSchema => {
  return { ...object(properties, required), additionalProperties: false };
};
const record = (values: JsonSchema): JsonSchema => {
  return { type: "object", propertyNames: text, additionalProperties: values };
};
const tuple = (...prefixItems: JsonSchema[]): JsonSchema => {
  return {
    type: "array",
    prefixItems,
    items: false,
    minItems: prefixItems.length,
    maxItems: prefixItems.length,
  };
};
const recursive = closed({ name: text, kids: listOf({ $ref: "#" }) });
const withDefinitions = {
  ...closed({ a: { $ref: "#/$defs/P" } }),
  $defs: { P: closed({ x: number }) },
};
const tagged = {
  oneOf: [
    closed({ k: { type: "string", const: "a" }, v: number }),
    closed({ k: { type: "string", const: "b" } }),
  ],
};

const fitting: readonly (readonly [string, JsonSchema, JsonSchema])[] = [
  ["anything and anything", {}, {}],
  ["anything and text", {}, text],
  ["text and anything", text, {}],
  ["text and text", text, text],
  ["a whole number where a number is taken", integer, number],
  ["a constant where its type is taken", { const: "x" }, text],
  ["the constant 3, called a number, where a whole number is taken", { type: "number", const: 3 }, integer],
  ["a whole number where the constant 3 is taken: it may be 3", integer, { type: "number", const: 3 }],
  ["a number where the constant 3 is taken: it may be 3", number, { const: 3 }],
  ["text where an enum is taken: it may be one of them", text, { type: "string", enum: ["a", "b"] }],
  ["an enum where a wider one is taken", { enum: ["a"] }, { type: "string", enum: ["b", "a"] }],
  ["an enum of mixed types where one of them each is taken", { enum: ["a", 1] }, { anyOf: [number, text] }],
  [
    "an enum where its values are alternatives",
    { enum: ["a", "b"] },
    { anyOf: [{ const: "b" }, { const: "a" }] },
  ],
  [
    "a nullable where nullable is written otherwise",
    { type: ["string", "null"] },
    { anyOf: [text, { type: "null" }] },
  ],
  [
    "alternatives where the types are listed",
    { anyOf: [text, { type: "null" }] },
    { type: ["null", "string"] },
  ],
  [
    "alternatives where a superset is taken",
    { anyOf: [text, number] },
    { anyOf: [number, { type: "null" }, text] },
  ],
  ["a tagged union and itself", tagged, tagged],
  ["one of a tagged union where the union is taken", closed({ k: { const: "b" } }), tagged],
  [
    "an open object where more is required: it may be there",
    object({ a: text }),
    object({ a: text, b: text }),
  ],
  ["a missing property that is not required", closed({ a: text }), object({ a: text, b: text }, ["a"])],
  ["a property that is not taken but may be missing", closed({ a: text }, []), closed({})],
  ["an additional property where others are open", closed({ a: text, b: text }), object({ a: text })],
  ["a strict and a loose object", closed({ a: text }), { ...object({ a: text }), additionalProperties: {} }],
  ["an object where a record of its type is taken", closed({ a: number, b: integer }), record(number)],
  ["a record where a record of a wider type is taken", record(integer), record(number)],
  ["a record where a property is required: it may be there", record(number), object({ a: number })],
  ["lists of what fits", listOf(integer), listOf(number)],
  ["a tuple where a list is taken", tuple(integer, number), listOf(number)],
  ["a list where a tuple is taken: it may be as long", listOf(text), tuple(text, text)],
  [
    "a tuple with a rest",
    tuple(text, number),
    { type: "array", prefixItems: [text], items: number, minItems: 1 },
  ],
  ["a constant list", { const: ["a", 1] }, tuple(text, number)],
  [
    "a constant object",
    { const: { a: 1, b: { c: ["x"] } } },
    object({ a: number, b: object({ c: listOf(text) }) }),
  ],
  ["a constant object in another order", { const: { a: 1, b: 2 } }, { const: { b: 2, a: 1 } }],
  [
    "a constant within its range",
    { const: 5 },
    { type: "number", minimum: 5, maximum: 5, exclusiveMinimum: 4 },
  ],
  [
    "a property of any name",
    closed({ constructor: text, ["__proto__"]: text }),
    closed({ constructor: text, ["__proto__"]: text }),
  ],
  ["recursive schemas, which are not followed", recursive, closed({ name: text, kids: listOf(number) })],
  ["named schemas, which are not followed", withDefinitions, closed({ a: number })],
  ["keywords that are not understood", { not: {} }, { allOf: [number], type: "string" }],
  ["a pattern, which is checked at run time", { const: "x" }, { type: "string", pattern: "^y$" }],
  [
    "what is no schema at all",
    { anyOf: [1, null] },
    { type: 7, properties: [], required: "a", items: 3, enum: {} },
  ],
];

const misfitting: readonly (readonly [string, JsonSchema, JsonSchema, Path, RegExp])[] = [
  ["text where a number is taken", text, number, [], /gives string where number is taken/],
  ["a number where a whole number is taken", number, integer, [], /gives number where integer is taken/],
  ["a nullable where text is taken", { type: ["string", "null"] }, text, [], /string or null where string/],
  ["null as an alternative", { anyOf: [text, { type: "null" }] }, text, [], /gives null where string/],
  ["a constant of another type", { const: true }, text, [], /gives boolean where string/],
  ["another constant", { const: "x" }, { const: "y" }, [], /gives "x" where "y" is taken/],
  [
    "one value too many in an enum",
    { enum: ["a", "c"] },
    { enum: ["a", "b"] },
    [],
    /gives "c" where "a" or "b"/,
  ],
  [
    "an enum value that no alternative takes",
    { enum: ["a", null] },
    { anyOf: [text, number] },
    [],
    /gives null where/,
  ],
  ["a constant below the range", { const: 1 }, { type: "integer", minimum: 2 }, [], /gives 1, less than 2/],
  ["a constant above the range", { enum: [1, 9] }, { maximum: 8 }, [], /gives 9, more than 8/],
  [
    "a constant at an open end",
    { const: 0 },
    { type: "number", exclusiveMinimum: 0 },
    [],
    /gives 0, not more than 0/,
  ],
  ["a constant at the other open end", { const: 1 }, { exclusiveMaximum: 1 }, [], /gives 1, not less than 1/],
  ["a missing property", closed({ a: text }), object({ a: text, b: text }), ["b"], /is missing/],
  [
    "an optional property that is required",
    closed({ a: text }, []),
    object({ a: text }),
    ["a"],
    /may be missing and is required/,
  ],
  [
    "a property that is not taken",
    closed({ a: text, constructor: text }),
    closed({ a: text }),
    ["constructor"],
    /given and not taken/,
  ],
  [
    "a property of the wrong type",
    closed({ a: closed({ b: text }) }),
    object({ a: object({ b: number }) }),
    ["a", "b"],
    /string where number/,
  ],
  [
    "an optional property of the wrong type",
    closed({ a: text }, []),
    closed({ a: number }, []),
    ["a"],
    /string where number/,
  ],
  [
    "an object where a record of another type is taken",
    closed({ a: text }),
    record(number),
    ["a"],
    /string where number/,
  ],
  ["a record of the wrong type", record(text), record(number), ["*"], /string where number/],
  ["a list of the wrong type", listOf(text), listOf(number), ["*"], /string where number/],
  ["an item of a tuple", tuple(number, text), tuple(number, number), [1], /string where number/],
  ["a list where a tuple of another type is taken", listOf(text), tuple(number), [0], /string where number/],
  [
    "a tuple where a list of another type is taken",
    tuple(number, text),
    listOf(number),
    [1],
    /string where number/,
  ],
  ["too few items", tuple(text), tuple(text, text), [], /a list of at most 1 where one of at least 2/],
  [
    "too many items",
    { const: ["a", "b"] },
    { ...listOf(text), maxItems: 1 },
    [],
    /a list of at least 2 where one of at most 1/,
  ],
  ["an object where a list is taken", object({}), listOf({}), [], /object where array/],
  [
    "part of a constant",
    { const: { a: [1, "x"] } },
    object({ a: listOf(number) }),
    ["a", 1],
    /string where number/,
  ],
  [
    "no alternative, told by the nearest",
    closed({ k: { const: "a" }, v: text }),
    tagged,
    ["v"],
    /string where number/,
  ],
  [
    "an alternative that does not fit",
    { anyOf: [number, closed({ a: text })] },
    { anyOf: [number, object({ a: number })] },
    ["a"],
    /string where number/,
  ],
];

describe("schemas of steps", () => {
  for (const [what, from, to] of fitting) {
    test(`fit: ${what}`, () => assert.equal(findMisfit(from, to), null));
  }

  for (const [what, from, to, path, message] of misfitting) {
    test(`do not fit: ${what}`, () => {
      const misfit = findMisfit(from, to);
      assert.deepEqual(misfit?.path, path);
      assert.match(misfit?.message ?? "", message);
    });
  }

  test("P7 alternatives within alternatives end, and prove nothing then", () => {
    let from: JsonSchema = text;
    for (let level = 0; level < 64; level += 1) from = { anyOf: [from, from] };
    assert.equal(findMisfit(from, text), null);
  });
});

describe("what stands at a path", () => {
  const company = closed({ symbol: text, tags: listOf(text), sector: text }, ["symbol", "tags"]);
  const cases: readonly (readonly [string, JsonSchema, Path, unknown])[] = [
    ["the whole", company, [], { schema: company, optional: false }],
    ["a required property", company, ["symbol"], { schema: text, optional: false }],
    ["an optional property", company, ["sector"], { schema: text, optional: true }],
    ["a property that does not exist", company, ["name"], null],
    ["a property every object inherits", company, ["constructor"], null],
    ["a property of text", text, ["length"], null],
    ["an item of an object", company, [0], null],
    ["a property of a list", listOf(text), ["length"], null],
    ["an item of a list", listOf(company), [3, "symbol"], { schema: text, optional: true }],
    ["an item of a tuple", tuple(text, number), [1], { schema: number, optional: false }],
    ["an item beyond a tuple", tuple(text, number), [2], null],
    [
      "an item that a list of some length has",
      { ...listOf(text), minItems: 2 },
      [1],
      { schema: text, optional: false },
    ],
    [
      "an item that it need not have",
      { ...tuple(text, number), minItems: 1 },
      [1],
      { schema: number, optional: true },
    ],
    ["an item that it cannot have", { ...listOf(text), maxItems: 2 }, [2], null],
    ["a property of anything", {}, ["a", 0, "b"], { schema: {}, optional: false }],
    ["a value of a record", record(number), ["any"], { schema: number, optional: true }],
    [
      "a property of a nullable",
      { anyOf: [company, { type: "null" }] },
      ["symbol"],
      { schema: text, optional: true },
    ],
    [
      "a property of listed types",
      { ...company, type: ["object", "null"] },
      ["symbol"],
      { schema: text, optional: true },
    ],
    [
      "a tag",
      tagged,
      ["k"],
      {
        schema: {
          anyOf: [
            { type: "string", const: "a" },
            { type: "string", const: "b" },
          ],
        },
        optional: false,
      },
    ],
    ["what one of a tagged union has", tagged, ["v"], { schema: number, optional: true }],
    [
      "part of a constant",
      { const: { a: [1, { b: 2 }] } },
      ["a", 1, "b"],
      { schema: { const: 2 }, optional: false },
    ],
    ["part of an enum", { enum: [{ a: 1 }, { b: 2 }] }, ["a"], { schema: { const: 1 }, optional: true }],
  ];
  for (const [what, schema, path, expected] of cases) {
    test(what, () => assert.deepEqual(lookUp(schema, path), expected));
  }

  test("any item of a list", () => {
    assert.deepEqual(itemOf(listOf(company)), company);
    assert.deepEqual(itemOf({ const: ["a", 1] }), { enum: ["a", 1] });
    assert.deepEqual(itemOf(tuple(text, number)), { anyOf: [text, number] });
    assert.deepEqual(itemOf({ anyOf: [listOf(text), listOf(number)] }), { anyOf: [text, number] });
    assert.deepEqual(itemOf({}), {});
  });
});
