import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { orderRows } from "./row-order.ts";

it("keeps a file that is in order, oldest first or newest first", () => {
  assert.deepEqual(orderRows([1, 2, 5]), { kept: [0, 1, 2], duplicates: [], misplaced: [] });
  assert.deepEqual(orderRows([5, 2, 1]), { kept: [2, 1, 0], duplicates: [], misplaced: [] });
  assert.deepEqual(orderRows([7]), { kept: [0], duplicates: [], misplaced: [] });
  assert.deepEqual(orderRows([]), { kept: [], duplicates: [], misplaced: [] });
});

it("one wrong date costs one row, however far off it is", () => {
  assert.deepEqual(orderRows([1, 2, 9_999, 3, 4]), { kept: [0, 1, 3, 4], duplicates: [], misplaced: [2] });
  assert.deepEqual(orderRows([1, 2, -9_999, 3, 4]), { kept: [0, 1, 3, 4], duplicates: [], misplaced: [2] });
  assert.deepEqual(orderRows([4, 3, 9_999, 2, 1]), { kept: [4, 3, 1, 0], duplicates: [], misplaced: [2] });
});

it("of rows for one day the first counts", () => {
  assert.deepEqual(orderRows([1, 2, 2, 3, 1]), { kept: [0, 1, 3], duplicates: [2, 4], misplaced: [] });
});

it("every row is kept or named once; what is kept is in order and as long as can be", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 11 }), (days) => {
      const { kept, duplicates, misplaced } = orderRows(days);
      const all = [...kept, ...duplicates, ...misplaced].toSorted((a, b) => a - b);
      assert.deepEqual(all, [...days.keys()]);
      const keptDays = kept.map((row) => days[row] ?? Number.NaN);
      assert.deepEqual(
        keptDays,
        [...new Set(keptDays)].toSorted((a, b) => a - b),
      );
      assert.ok(duplicates.every((row) => days.indexOf(days[row] ?? 0) < row));
      const distinct = [...new Set(days)];
      assert.equal(kept.length, longestIncreasing(isNewestFirst(days) ? distinct.toReversed() : distinct));
    }),
  );
});

function isNewestFirst(days: readonly number[]): boolean {
  const steps = days.slice(1).map((day, index) => Math.sign(day - (days[index] ?? 0)));
  return steps.reduce((sum, step) => sum + step, 0) < 0;
}

/** By trying every subset. */
function longestIncreasing(days: readonly number[]): number {
  let best = 0;
  for (let subset = 0; subset < 1 << days.length; subset += 1) {
    const chosen = days.filter((_, index) => (subset >> index) & 1);
    if (chosen.every((day, index) => index === 0 || day > (chosen[index - 1] ?? 0)))
      best = Math.max(best, chosen.length);
  }
  return best;
}
