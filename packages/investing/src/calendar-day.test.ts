import assert from "node:assert/strict";
import { it } from "node:test";
import fc from "fast-check";
import { dayOf, isoOf, parseIsoDay } from "./calendar-day.ts";

it("a day and its text are the same in both directions, and order is kept", () => {
  const day = fc.integer({ min: dayOf("0001-01-01"), max: dayOf("9999-12-31") });
  fc.assert(
    fc.property(day, day, (a, b) => {
      assert.equal(dayOf(isoOf(a)), a);
      assert.equal(isoOf(a) < isoOf(b), a < b);
    }),
  );
  assert.equal(dayOf("1970-01-02"), 1);
});

it("P7 what is no day is no day", () => {
  for (const text of ["2015-02-29", "2015-13-01", "2015-00-10", "2015-1-1", "15-01-01", "2015-01-01T00:00", "", "0000-01-01"]) {
    assert.equal(parseIsoDay(text), null, text);
    assert.throws(() => dayOf(text), { code: "INPUT_INVALID" });
  }
});
