/** A verdict claims no more than the interval does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { verdictOf } from "./verdict.ts";

const pair = {
  a: "left",
  b: "right",
  cases: 40,
  difference: -0.01,
  differenceInterval: { low: -0.02, high: -0.001 },
};

test("a difference below 0 speaks for the first, and only an interval without 0 rules chance out", () => {
  assert.match(verdictOf(pair), /^left .* by more than chance/);
  assert.match(
    verdictOf({ ...pair, difference: 0.01, differenceInterval: { low: 0.001, high: 0.02 } }),
    /^right /,
  );
  assert.match(
    verdictOf({ ...pair, differenceInterval: { low: -0.02, high: 0.001 } }),
    /chance alone may explain/,
  );
  assert.match(verdictOf({ ...pair, differenceInterval: { low: 0, high: 0 } }), /chance alone may explain/);
  assert.match(verdictOf({ ...pair, differenceInterval: null }), /too few to tell/);
  assert.match(verdictOf({ ...pair, difference: 0 }), /alike/);
  assert.match(verdictOf({ ...pair, cases: 0, difference: null, differenceInterval: null }), /no case/);
});
