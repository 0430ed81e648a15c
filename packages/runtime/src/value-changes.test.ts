import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonValue } from "@mycroft/engine";
import fc from "fast-check";
import { valueChanges } from "./value-changes.ts";

const json = fc.jsonValue().map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

test("there is a change exactly where two values differ", () => {
  fc.assert(
    fc.property(json, json, (left, right) => {
      assert.deepEqual([...valueChanges(left, left)], []);
      let isEqual = true;
      try {
        assert.deepEqual(left, right);
      } catch {
        isEqual = false;
      }
      assert.equal([...valueChanges(left, right)].length === 0, isEqual);
    }),
  );
});

test("changes name the innermost place", () => {
  const left = { weights: [{ agent: "a", weight: 0.5 }], only: 1, list: [1, 2] };
  const right = { weights: [{ agent: "a", weight: 0.6 }], more: true, list: [1] };
  assert.deepEqual(
    [...valueChanges(left, right)].map(({ path }) => path),
    ["weights[0].weight", "only", "list[1]", "more"],
  );
  assert.deepEqual([...valueChanges([], {})], [{ path: "", left: [], right: {} }]);
});
