import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import fc from "fast-check";
import { canonicalJson, contentHash } from "./canonical-json.ts";
import type { JsonValue } from "./workflow-definition.ts";

const json = fc.jsonValue().map((value) => value as JsonValue);

/** A value that the type forbids, as untyped code could pass it. */
function untyped(value: unknown): JsonValue {
  return value as JsonValue;
}

function rebuiltBackwards(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(rebuiltBackwards);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, member]) => [key, rebuiltBackwards(member)]));
}

function assertNotJson(value: unknown, path: readonly (string | number)[]): void {
  assert.throws(
    () => canonicalJson(untyped(value)),
    (error: unknown) => {
      assert.ok(error instanceof MycroftError);
      assert.equal(error.code, "OUTPUT_NOT_JSON");
      assert.deepEqual(error.details?.["path"], path);
      return true;
    },
  );
}

describe("canonical JSON", () => {
  test("E1 the text does not depend on the order of properties", () => {
    fc.assert(fc.property(json, (value) => canonicalJson(value) === canonicalJson(rebuiltBackwards(value))));
  });

  test("E1 the text reads back as the value, and is its own canonical form", () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value);
        assert.equal(canonicalJson(JSON.parse(text) as JsonValue), text);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("different values have different texts", () => {
    fc.assert(
      fc.property(json, json, (left, right) => {
        const equal = JSON.stringify(rebuiltSorted(left)) === JSON.stringify(rebuiltSorted(right));
        assert.equal(canonicalJson(left) === canonicalJson(right), equal);
      }),
    );
  });

  test("the example of RFC 8785, section 3.2.2", () => {
    const value: JsonValue = {
      numbers: [JSON.parse("333333333.33333329") as number, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    assert.equal(
      canonicalJson(value),
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  test("the sorting example of RFC 8785, section 3.2.3: UTF-16 code units, not code points", () => {
    const keys = ["\u20ac", "\r", "\ufb33", "1", "\u{1f600}", "\u0080", "\u00f6"];
    const value = Object.fromEntries(keys.map((key) => [key, 0]));
    const sorted = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\u{1f600}", "\ufb33"];
    assert.equal(canonicalJson(value), `{${sorted.map((key) => `${JSON.stringify(key)}:0`).join(",")}}`);
  });

  test("minus zero is zero, and an undefined property is absent", () => {
    assert.equal(canonicalJson([-0]), "[0]");
    assert.equal(canonicalJson(untyped({ b: 1, a: undefined })), '{"b":1}');
    assert.equal(canonicalJson({ ["__proto__"]: 1 }), '{"__proto__":1}');
  });

  test("P7 what JSON cannot carry is refused, and the place is named", () => {
    assertNotJson(Number.NaN, []);
    assertNotJson({ a: [0, Number.POSITIVE_INFINITY] }, ["a", 1]);
    assertNotJson([undefined], [0]);
    assertNotJson({ at: new Date(0) }, ["at"]);
    assertNotJson({ n: 1n }, ["n"]);
    assertNotJson({ f: () => 0 }, ["f"]);
    assertNotJson(["\ud800"], [0]);
    assertNotJson({ "\udc00": 0 }, ["\udc00"]);
  });

  test("P7 a cycle and bottomless nesting are refused, not a stack overflow", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    assertNotJson(cycle, Array<string>(10).fill("self"));
    const deep = JSON.parse("[".repeat(100_000) + "]".repeat(100_000)) as JsonValue;
    assertNotJson(deep, Array<number>(10).fill(0));
    const allowed = JSON.parse("[".repeat(1_000) + "]".repeat(1_000)) as JsonValue;
    assert.equal(canonicalJson(allowed).length, 2_000);
  });

  test("the hash is SHA-256 of the UTF-8 bytes", () => {
    // `printf '{"a":"\u20ac"}' | sha256sum`
    assert.equal(contentHash({ a: "€" }), "db8566e7dc218a6795f689fe26667214b263a2443d9966d00742cbd38019c33e");
  });
});

function rebuiltSorted(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(rebuiltSorted);
  if (typeof value === "number") return value === 0 ? 0 : value;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, rebuiltSorted(member)]));
}
