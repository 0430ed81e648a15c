import assert from "node:assert/strict";
import { test } from "node:test";
import { durationText, timeText, zonedTimeText } from "./time-text.ts";

test("durations are as exact as they are short", () => {
  assert.deepEqual(
    [-5, 0, 0.4, 999.4, 999.6, 1_000, 59_900, 61_000, 3_599_000, 3_600_000, 93_600_000].map(durationText),
    [
      "0 ms",
      "0 ms",
      "0 ms",
      "999 ms",
      "1.0 s",
      "1.0 s",
      "59.9 s",
      "1 min 01 s",
      "59 min 59 s",
      "1 h 00 min",
      "26 h 00 min",
    ],
  );
});

test("no duration says 60 of a unit", () => {
  assert.equal(durationText(59_950), "1 min 00 s");
  assert.equal(durationText(3_599_700), "1 h 00 min");
});

test("times are in UTC, wherever they are read", () => {
  assert.equal(timeText(Date.UTC(2010, 1, 26, 9, 5, 7)), "2010-02-26 09:05:07 UTC");
});

test("moments in a zone have its wall clock and its name, and seconds where there are some", () => {
  const at = Date.UTC(2026, 10, 22, 21, 30);
  assert.equal(zonedTimeText(at, "America/New_York"), "2026-11-22 16:30 America/New_York");
  assert.equal(zonedTimeText(at + 5_000, "UTC"), "2026-11-22 21:30:05 UTC");
});
