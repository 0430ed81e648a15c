import assert from "node:assert/strict";
import { test } from "node:test";
import { canonicalJson, type JsonValue } from "@mycroft/engine";
import fc from "fast-check";
import { inCanonicalOrder } from "./canonical-order.ts";

test("E1 what is put in order is written as before", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      const given = JSON.parse(JSON.stringify(value)) as JsonValue;
      assert.equal(canonicalJson(inCanonicalOrder(given)), canonicalJson(given));
    }),
  );
});

test("what is in order needs no more ordering", () => {
  const given = {
    b: [
      { d: 1, c: null },
      { c: 2, d: "x" },
    ],
    a: { z: 1, y: { x: 1, w: 2 } },
  };
  const ordered = '{"a":{"y":{"w":2,"x":1},"z":1},"b":[{"c":null,"d":1},{"c":2,"d":"x"}]}';
  assert.equal(JSON.stringify(inCanonicalOrder(given)), ordered);
});

test("keeps a property named __proto__", () => {
  const given = JSON.parse('{"b":1,"__proto__":{"z":1,"a":2}}') as JsonValue;
  assert.equal(canonicalJson(inCanonicalOrder(given)), canonicalJson(given));
});
