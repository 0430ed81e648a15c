import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { absoluteLoss, pinballLoss, squareLoss } from "../index.ts";

const point = fc.integer({ min: -1_000, max: 1_000 });
const sample = fc.array(point, { minLength: 1, maxLength: 15 });

function meanLoss(values: readonly number[], loss: (observed: number) => number): number {
  return values.reduce((sum, value) => sum + loss(value), 0) / values.length;
}

describe("losses of points", () => {
  it("have the values that their definitions give by hand", () => {
    assert.equal(squareLoss(3, 5), 4);
    assert.equal(absoluteLoss(3, 5), 2);
    assert.equal(pinballLoss(3, 5, 0.25), 0.5);
    assert.equal(pinballLoss(5, 3, 0.25), 1.5);
    assert.ok(Object.is(pinballLoss(5, 3, 1), 0));
  });

  it("are consistent: the mean, the median and the quantile do best on their own sample", () => {
    fc.assert(
      fc.property(sample, point, fc.integer({ min: 1, max: 9 }), (values, other, tenths) => {
        const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
        const best = (loss: (forecast: number, observed: number) => number, forecast: number) =>
          assert.ok(
            meanLoss(values, (v) => loss(forecast, v)) <= meanLoss(values, (v) => loss(other, v)) + 1e-6,
          );
        const inOrder = values.toSorted((a, b) => a - b);
        const quantile = (level: number) => inOrder[Math.ceil(level * values.length) - 1] ?? 0;
        best(squareLoss, mean);
        best(absoluteLoss, quantile(0.5));
        best((forecast, observed) => pinballLoss(forecast, observed, tenths / 10), quantile(tenths / 10));
      }),
    );
  });

  it("the pinball loss at one half is half the absolute loss", () => {
    fc.assert(
      fc.property(point, point, (a, b) => assert.equal(pinballLoss(a, b, 0.5), absoluteLoss(a, b) / 2)),
    );
  });

  it("P7 reject numbers that are none", () => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, 1e16]) {
      for (const loss of [squareLoss, absoluteLoss]) {
        assert.throws(() => loss(bad, 0), { code: "INPUT_INVALID" });
        assert.throws(() => loss(0, bad), { code: "INPUT_INVALID" });
      }
    }
    assert.throws(() => pinballLoss(0, 0, 1.1), { code: "INPUT_INVALID" });
  });
});
