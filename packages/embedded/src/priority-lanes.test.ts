import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PriorityLanes } from "./priority-lanes.ts";

test("items come by priority, then by age, whatever is pushed and taken in between", () => {
  const operation = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant("shift" as const));
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 200 }), (operations) => {
      const lanes = new PriorityLanes<string>();
      let model: { readonly priority: number; readonly item: string }[] = [];
      for (const [index, next] of operations.entries()) {
        if (next === "shift") {
          const best = model.toSorted((a, b) => b.priority - a.priority)[0];
          assert.equal(lanes.shift(), best?.item);
          model = model.filter((one) => one !== best);
        } else {
          lanes.push(next, `item-${index}`);
          model.push({ priority: next, item: `item-${index}` });
        }
        assert.equal(lanes.length, model.length);
      }
    }),
  );
});

test("P8 a lane that is pushed to and taken from for ever keeps its order while spent places are given back", () => {
  const lanes = new PriorityLanes<number>();
  for (let item = 0; item < 10; item += 1) lanes.push(0, item);
  for (let item = 10; item < 10_000; item += 1) {
    lanes.push(0, item);
    assert.equal(lanes.shift(), item - 10);
  }
  lanes.clear();
  assert.equal(lanes.shift(), undefined);
  assert.equal(lanes.length, 0);
});
