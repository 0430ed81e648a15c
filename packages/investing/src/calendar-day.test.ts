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

it("every day of leap years and others, at the turns of centuries, is the one that Date has", () => {
  for (const year of [1, 4, 100, 1900, 1999, 2000, 2004, 2100, 9999]) {
    const first = new Date(0).setUTCFullYear(year, 0, 1) / 86_400_000;
    for (let day = first; new Date(day * 86_400_000).getUTCFullYear() === year; day += 1) {
      assert.equal(dayOf(isoOf(day)), day);
    }
    assert.equal(parseIsoDay(`${String(year).padStart(4, "0")}-02-30`), null);
  }
});

it("P7 what is no day is no day", () => {
  for (const text of [
    "2015-02-29",
    "2015-13-01",
    "2015-00-10",
    "2015-1-1",
    "15-01-01",
    "2015-01-01T00:00",
    "",
    "0000-01-01",
    "2015-01-0x",
    "+015-01-01",
    "2015/01/01",
    "2015-04-31",
    "1900-02-29",
  ]) {
    assert.equal(parseIsoDay(text), null, text);
    assert.throws(() => dayOf(text), { code: "INPUT_INVALID" });
  }
});
