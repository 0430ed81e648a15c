import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fieldKey, fieldsOf, readForm, type SchemaField, textsOf } from "./schema-fields.ts";

const schema = {
  type: "object",
  properties: {
    asOf: { type: "string", format: "date" },
    universe: { type: "array", items: { type: "string" }, minItems: 1 },
    horizonDays: { type: "integer", minimum: 1, maximum: 3_660, default: 28 },
    limits: {
      type: "object",
      properties: { maxTilt: { type: "number" }, forbid: { type: "boolean" } },
      required: ["maxTilt"],
      default: {},
    },
    mode: { enum: ["fast", "slow"] },
    anything: { anyOf: [{ type: "string" }, { type: "number" }] },
  },
  required: ["asOf", "universe", "horizonDays", "limits"],
};

function fieldsOfSample(): readonly SchemaField[] {
  const fields = fieldsOf(schema);
  assert.ok(fields);
  return fields;
}

test("a schema of an object becomes fields, those of an object within it by their path", () => {
  assert.deepEqual(
    fieldsOfSample().map(({ path, kind, isRequired }) => [fieldKey(path), kind, isRequired]),
    [
      ["asOf", "date", true],
      ["universe", "texts", true],
      ["horizonDays", "integer", false],
      ["limits.maxTilt", "number", false],
      ["limits.forbid", "yesNo", false],
      ["mode", "choice", false],
      ["anything", "json", false],
    ],
  );
});

test("what is no object with fields has no form", () => {
  for (const other of [null, true, [], { type: "string" }, { type: "object" }, { properties: {} }]) {
    assert.equal(fieldsOf(other), null);
  }
});

test("fields that are left empty are left out, and those that are needed are asked for", () => {
  const { value, errors } = readForm(fieldsOfSample(), {
    universe: "AAPL, MSFT\nIBM",
    "limits.maxTilt": "0.5",
  });
  assert.deepEqual(value, { universe: ["AAPL", "MSFT", "IBM"], limits: { maxTilt: 0.5 } });
  assert.deepEqual(Object.keys(errors), ["asOf"]);
});

test("what cannot be read is told by field", () => {
  const texts = { asOf: "2010-03-01", universe: "A", horizonDays: "1.5", mode: "other", anything: "{" };
  assert.deepEqual(Object.keys(readForm(fieldsOfSample(), texts).errors), [
    "horizonDays",
    "mode",
    "anything",
  ]);
});

test("a value that is shown in a form and read again is the same", () => {
  const value = fc.record(
    {
      asOf: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      universe: fc.array(fc.stringMatching(/^[A-Z]{1,5}$/), { minLength: 1 }),
      horizonDays: fc.integer(),
      limits: fc.record({ maxTilt: fc.integer(), forbid: fc.boolean() }),
      mode: fc.constantFrom("fast", "slow"),
      anything: fc.jsonValue().filter((one) => one !== ""),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(value, (given) => {
      const fields = fieldsOfSample();
      const read = readForm(fields, textsOf(fields, given));
      assert.deepEqual(read.errors, {});
      assert.equal(JSON.stringify(read.value), JSON.stringify(given));
    }),
  );
});

test("a field with a hostile name is a field, and no more", () => {
  const fields = fieldsOf(JSON.parse('{"properties":{"__proto__":{"type":"string"}}}')) ?? [];
  const { value } = readForm(fields, JSON.parse('{"__proto__":"x"}'));
  assert.equal(JSON.stringify(value), '{"__proto__":"x"}');
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
});
