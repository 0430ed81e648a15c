import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toBullmqPriority } from "./bullmq-priority.ts";

const most = 2 ** 21 - 1;
const anyPriority = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -200_000_000, max: -170_000_000 }),
  fc.integer({ min: -10, max: 10 }),
);

/** The rank of what became ready at a time. */
function rankAt(time: string): number {
  return Math.floor(-Date.parse(time) / 10_000);
}

describe("BullMQ priority", () => {
  test("it is always one that BullMQ takes, and never the line that passes all others", () => {
    fc.assert(
      fc.property(anyPriority, (priority) => {
        const mapped = toBullmqPriority(priority);
        assert.ok(Number.isInteger(mapped) && mapped >= 1 && mapped <= most, `${mapped}`);
      }),
    );
  });

  test("one more is one sooner, but for one place in each round", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 52), max: 2 ** 52 }), (priority) => {
        const step = toBullmqPriority(priority) - toBullmqPriority(priority + 1);
        assert.ok(step === 1 || (step === 1 - most && toBullmqPriority(priority) === 1), `${step}`);
      }),
    );
  });

  test("nearby ranks keep their order and their distance, wherever in their round they are", () => {
    fc.assert(
      fc.property(anyPriority, fc.integer({ min: 1, max: 100_000 }), (priority, distance) => {
        fc.pre(Number.isSafeInteger(priority + distance));
        // Within one round: the sooner one has room for it.
        fc.pre(toBullmqPriority(priority) > distance);
        assert.equal(toBullmqPriority(priority) - toBullmqPriority(priority + distance), distance);
      }),
    );
  });

  test("all that are less than 2^20 from 0 are in one order", () => {
    const small = fc.integer({ min: 1 - 2 ** 20, max: 2 ** 20 - 1 });
    fc.assert(
      fc.property(small, small, (left, right) => {
        assert.equal(toBullmqPriority(left) - toBullmqPriority(right), right - left);
      }),
    );
  });

  test("what became ready earlier comes first, all through half a year", () => {
    const begin = rankAt("2026-11-22");
    for (const [earlier, later] of [
      ["2026-11-22T10:00:00Z", "2026-11-22T10:00:10Z"],
      ["2026-11-22T10:00:10Z", "2027-05-22"],
    ] as const) {
      assert.ok(toBullmqPriority(rankAt(earlier)) < toBullmqPriority(rankAt(later)));
    }
    assert.ok(toBullmqPriority(begin) < toBullmqPriority(begin - 180 * 8_640));
  });
});
