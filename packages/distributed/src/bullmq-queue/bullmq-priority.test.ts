import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { toBullmqPriority } from "./bullmq-priority.ts";

const anyPriority = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer({ min: -(2 ** 26), max: 2 ** 26 }),
  fc.integer({ min: -10, max: 10 }),
);

describe("BullMQ priority", () => {
  test("it is always one that BullMQ takes, and never the line that passes all others", () => {
    fc.assert(
      fc.property(anyPriority, (priority) => {
        const mapped = toBullmqPriority(priority);
        assert.ok(Number.isInteger(mapped) && mapped >= 1 && mapped <= 2 ** 21 - 1, `${mapped}`);
      }),
    );
  });

  test("it never turns an order round", () => {
    fc.assert(
      fc.property(anyPriority, anyPriority, (left, right) => {
        const [lower, higher] = left < right ? [left, right] : [right, left];
        assert.ok(toBullmqPriority(higher) <= toBullmqPriority(lower));
      }),
    );
  });

  test("it tells apart seconds within six days and minutes within 394 days more", () => {
    const sixDays = 6 * 86_400;
    for (const at of [-sixDays, -1, 0, sixDays])
      assert.equal(toBullmqPriority(at) - toBullmqPriority(at + 1), 1);
    const year = 365 * 86_400;
    for (const at of [-year, year]) assert.equal(toBullmqPriority(at) - toBullmqPriority(at + 64), 1);
    assert.equal(toBullmqPriority(34_078_656), 1);
    assert.equal(toBullmqPriority(34_078_656), toBullmqPriority(Number.MAX_SAFE_INTEGER));
  });
});
