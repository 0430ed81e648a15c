import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { momentOf } from "./moment.ts";

test("E1 a moment is read with its offset, whatever the machine's time zone", () => {
  assert.equal(momentOf("2026-01-31T21:00Z"), Date.UTC(2026, 0, 31, 21));
  assert.equal(momentOf("2026-01-31T16:00:00-05:00"), Date.UTC(2026, 0, 31, 21));
  assert.equal(momentOf("2024-02-29T23:59:59.5+01:30"), Date.UTC(2024, 1, 29, 22, 29, 59, 500));
});

test("E1 what the standard writes is read back, to the millisecond", () => {
  // To the end of the year 9999: later ones are written with a sign.
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (moment) => {
      assert.equal(momentOf(new Date(moment).toISOString()), moment);
    }),
  );
});

for (const text of [
  "",
  "tomorrow",
  "2026-01-31",
  "2026-01-31T21:00",
  "2026-01-31 21:00Z",
  "2026-1-31T21:00Z",
  "2026-02-30T21:00Z",
  "2025-02-29T21:00Z",
  "2026-04-31T21:00:00+02:00",
  "2026-13-01T21:00Z",
  "2026-01-31T24:00Z",
  "2026-01-31T21:60Z",
  "2026-01-31T21:00:00.1234Z",
  "2026-01-31T21:00+24:00",
  "2026-01-31T21:00Z ",
]) {
  test(`P7 ${JSON.stringify(text)} is no moment`, () => assert.equal(momentOf(text), null));
}
