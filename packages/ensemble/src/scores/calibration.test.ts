/** Reliability, PIT and sharpness, by hand and against forecasts that are calibrated by construction. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  certainOutcome,
  pitHistogram,
  reliabilityCurve,
  type ScoredForecast,
  sharpnessOf,
} from "../index.ts";
import { distributionOf } from "../sample-views.ts";

function came(probabilities: readonly number[], outcome: number): ScoredForecast {
  return { probabilities, observed: certainOutcome(outcome, probabilities.length) };
}

/** Every outcome as often as it was forecast: `weights` are whole numbers, and outcome k comes up weights[k] times. */
function calibrated(weights: readonly number[]): ScoredForecast[] {
  const forecast = distributionOf(weights);
  return weights.flatMap((times, outcome) => Array.from({ length: times }, () => came(forecast, outcome)));
}

function nearly(actual: number | undefined, expected: number): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 1e-12, `${actual} is not ${expected}`);
}

const weightLists = fc.array(
  fc.array(fc.nat(6), { minLength: 4, maxLength: 4 }).filter((weights) => weights.some((w) => w > 0)),
  { minLength: 1, maxLength: 12 },
);

const anyCases: fc.Arbitrary<ScoredForecast[]> = fc.array(
  fc
    .tuple(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
      fc.oneof(
        fc.nat(2).map((outcome) => certainOutcome(outcome, 3)),
        fc.constant([0.5, 0.5, 0]),
      ),
    )
    .map(([raw, observed]) => ({ probabilities: distributionOf(raw), observed })),
  { minLength: 1, maxLength: 40 },
);

const binnings = ["width", "count"] as const;

describe("reliabilityCurve", () => {
  it("by hand: 4 forecasts of 75% of which 2 come true are off by 25 points", () => {
    const cases = [0, 0, 1, 1].map((outcome) => came([0.75, 0.25], outcome));
    const { bins, expectedError, largestError } = reliabilityCurve(cases, { outcome: 0 });
    assert.deepEqual(bins, [{ from: 0.7, to: 0.8, count: 4, meanForecast: 0.75, observedShare: 0.5 }]);
    nearly(expectedError, 0.25);
    nearly(largestError, 0.25);
    assert.deepEqual(reliabilityCurve(cases, { outcome: "highest" }).bins, bins);
    assert.equal(reliabilityCurve(cases).bins.length, 2);
  });

  it("a probability on an edge belongs to the bin above it, and 1 to the last", () => {
    for (let bins = 1; bins <= 60; bins += 1) {
      for (let edge = 0; edge <= bins; edge += 1) {
        const p = edge / bins;
        const curve = reliabilityCurve([came([p, 1 - p], 0)], { outcome: 0, bins });
        nearly(curve.bins[0]?.from, Math.min(edge, bins - 1) / bins);
      }
    }
  });

  it("bins of equal count hold equally many, and never part equal probabilities", () => {
    const cases = Array.from({ length: 100 }, (_, index) => came([index / 100, 1 - index / 100], 0));
    const even = reliabilityCurve(cases, { outcome: 0, bins: 5, binning: "count" });
    assert.deepEqual(
      even.bins.map(({ count }) => count),
      [20, 20, 20, 20, 20],
    );
    const tied = [0.1, 0.5, 0.5, 0.5, 0.5, 0.9].map((p) => came([p, 1 - p], 0));
    const uneven = reliabilityCurve(tied, { outcome: 0, bins: 3, binning: "count" });
    assert.deepEqual(
      uneven.bins.map(({ count }) => count),
      [5, 1],
    );
  });

  it("is the diagonal, with no error, where each forecast comes true as often as it says", () => {
    fc.assert(
      fc.property(weightLists, fc.constantFrom(...binnings), (lists, binning) => {
        const { bins, expectedError } = reliabilityCurve(lists.flatMap(calibrated), { binning });
        for (const { meanForecast, observedShare } of bins) nearly(meanForecast, observedShare);
        nearly(expectedError, 0);
      }),
    );
  });

  it("counts every forecast once, keeps the bins in order and within their edges", () => {
    fc.assert(
      fc.property(
        anyCases,
        fc.constantFrom(...binnings),
        fc.integer({ min: 1, max: 20 }),
        (cases, binning, bins) => {
          const curve = reliabilityCurve(cases, { binning, bins });
          assert.equal(
            curve.bins.reduce((sum, { count }) => sum + count, 0),
            3 * cases.length,
          );
          assert.ok(curve.bins.length <= bins);
          curve.bins.forEach(({ from, to, count, meanForecast, observedShare }, index) => {
            assert.ok(count > 0 && from <= to && meanForecast >= from && meanForecast <= to);
            assert.ok(observedShare >= 0 && observedShare <= 1);
            assert.ok(from >= (curve.bins[index - 1]?.to ?? 0));
          });
          assert.ok(curve.expectedError <= curve.largestError + 1e-12 && curve.largestError <= 1);
          assert.deepEqual(reliabilityCurve(cases.toReversed(), { binning, bins }), curve);
        },
      ),
    );
  });
});

describe("pitHistogram", () => {
  it("by hand: an outcome spreads evenly over its part of the cumulative forecast", () => {
    const { shares, mean } = pitHistogram([came([0.5, 0.25, 0.25], 1)], 4);
    assert.deepEqual(shares, [0, 0, 1, 0]);
    nearly(mean, 0.625);
    assert.deepEqual(pitHistogram([came([0.5, 0.5], 0)], 4).shares, [0.5, 0.5, 0, 0]);
  });

  it("is flat where each forecast comes true as often as it says", () => {
    fc.assert(
      fc.property(weightLists, fc.integer({ min: 1, max: 20 }), (lists, bins) => {
        // Each list once: with its own outcomes in proportion it is flat by itself.
        const { shares, mean, largestGap } = pitHistogram(lists.flatMap(calibrated), bins);
        for (const share of shares) nearly(share, 1 / bins);
        nearly(mean, 0.5);
        nearly(largestGap, 0);
      }),
    );
  });

  it("always adds up to 1, and outcomes held impossible fall into a bin too", () => {
    fc.assert(
      fc.property(anyCases, fc.integer({ min: 1, max: 20 }), (cases, bins) => {
        const { shares, mean, largestGap } = pitHistogram(cases, bins);
        nearly(
          shares.reduce((sum, share) => sum + share, 0),
          1,
        );
        assert.ok(shares.every((share) => share >= 0) && mean >= 0 && mean <= 1 && largestGap <= 1);
      }),
    );
    assert.deepEqual(pitHistogram([came([0, 1], 0)], 4).shares, [1, 0, 0, 0]);
    assert.deepEqual(pitHistogram([came([1, 0], 1)], 4).shares, [0, 0, 0, 1]);
  });

  it("tells forecasts that are too sure (U) from too unsure ones (hump)", () => {
    const outcomes = [0, 1, 2, 3, 4];
    const sure = outcomes.map((outcome) => came([0.02, 0.02, 0.92, 0.02, 0.02], outcome));
    const sureShares = pitHistogram(sure, 10).shares;
    assert.ok((sureShares[0] ?? 0) > 0.15 && (sureShares[5] ?? 1) < 0.05);
    const unsure = [1, 2, 3].map((outcome) => came([0.2, 0.2, 0.2, 0.2, 0.2], outcome));
    const unsureShares = pitHistogram(unsure, 10).shares;
    assert.ok(unsureShares[0] === 0 && (unsureShares[5] ?? 0) > 0.15);
  });
});

describe("sharpnessOf", () => {
  it("by hand, and within its range", () => {
    const { meanEntropy, meanHighest } = sharpnessOf([
      [1, 0],
      [0.5, 0.5],
    ]);
    nearly(meanEntropy, 0.5);
    nearly(meanHighest, 0.75);
    fc.assert(
      fc.property(anyCases, (cases) => {
        const sharpness = sharpnessOf(cases.map(({ probabilities }) => probabilities));
        assert.ok(sharpness.meanEntropy >= 0 && sharpness.meanEntropy <= 1);
        assert.ok(sharpness.meanHighest >= 1 / 3 - 1e-12 && sharpness.meanHighest <= 1);
      }),
    );
  });
});

describe("measures of calibration", () => {
  it("P7 reject what they cannot measure, by name", () => {
    const good = came([0.5, 0.5], 0);
    for (const measure of [reliabilityCurve, pitHistogram]) {
      assert.throws(() => measure([]), { code: "ENSEMBLE_EMPTY" });
      assert.throws(() => measure([good, came([0.2, 0.3, 0.5], 0)]), { code: "OPINION_DIMENSION" });
      assert.throws(() => measure([good, { ...good, probabilities: [Number.NaN, 1] }]), {
        code: "OPINION_INVALID",
        details: { field: "cases[1].probabilities[0]", value: "NaN", limit: "a number from 0 to 1" },
      });
      assert.throws(() => measure([{ ...good, observed: [0, 0] }]), { code: "OPINION_INVALID" });
    }
    assert.throws(() => sharpnessOf([]), { code: "ENSEMBLE_EMPTY" });
    assert.throws(() => pitHistogram([good], 0), { code: "INPUT_INVALID" });
    assert.throws(() => reliabilityCurve([good], { bins: 1.5 }), { code: "INPUT_INVALID" });
    assert.throws(() => reliabilityCurve([good], { outcome: 2 }), { code: "INPUT_INVALID" });
    const unknown: object = { binning: "quantile" };
    assert.throws(() => reliabilityCurve([good], unknown), { code: "INPUT_INVALID" });
  });
});
