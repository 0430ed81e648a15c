import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { shareOf, ticksOf } from "./time-scale.ts";

test("marks are at round times", () => {
  const labels = (length: number) => ticksOf({ from: 5, to: 5 + length }, 6).map(({ label }) => label);
  assert.deepEqual(labels(47), ["0", "10 ms", "20 ms", "30 ms", "40 ms"]);
  assert.deepEqual(labels(2_500), ["0", "500 ms", "1 s", "1.5 s", "2 s", "2.5 s"]);
  assert.deepEqual(labels(150_000), ["0", "30 s", "1 m", "1 m 30 s", "2 m", "2 m 30 s"]);
  assert.deepEqual(labels(3 * 3_600_000), ["0", "30 m", "1 h", "1 h 30 m", "2 h", "2 h 30 m", "3 h"]);
});

test("marks of any span are few, in order and within it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 46 }), fc.integer({ min: 2, max: 12 }), (length, most) => {
      const ticks = ticksOf({ from: 0, to: length }, most);
      assert.ok(ticks.length >= 1 && ticks.length <= most + 1);
      for (const [at, tick] of ticks.entries()) {
        assert.ok(tick.at >= 0 && tick.at <= 1);
        assert.ok(at === 0 || tick.at > (ticks[at - 1]?.at ?? 0));
      }
    }),
  );
});

test("a moment outside the span is at its edge", () => {
  assert.equal(shareOf(50, { from: 0, to: 100 }), 0.5);
  assert.equal(shareOf(-5, { from: 0, to: 100 }), 0);
  assert.equal(shareOf(500, { from: 0, to: 100 }), 1);
  assert.equal(shareOf(5, { from: 5, to: 5 }), 0);
});
