/** A drift is never marked before it was noticed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { dayAtOrAfter } from "./chart-days.ts";

test("a day between two is marked at the later one, a day after all at the last", () => {
  const days = ["2020-01-01", "2020-02-01", "2020-03-01"];
  assert.equal(dayAtOrAfter(days, "2020-01-15"), "2020-02-01");
  assert.equal(dayAtOrAfter(days, "2020-02-01"), "2020-02-01");
  assert.equal(dayAtOrAfter(days, "2021-01-01"), "2020-03-01");
  assert.equal(dayAtOrAfter([], "2021-01-01"), null);
});
