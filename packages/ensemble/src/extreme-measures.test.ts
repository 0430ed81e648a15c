import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { dayAt } from "./drift/sample-streams.ts";
import {
  Adwin,
  absoluteLoss,
  brierScore,
  findPolicy,
  jensenShannonDistance,
  jensenShannonDivergence,
  logScore,
  measureConflict,
  PageHinkley,
  pinballLoss,
  pitHistogram,
  rankedProbabilityScore,
  reliabilityCurve,
  resolve,
  resumeDriftMonitor,
  sharpnessOf,
  squareLoss,
  startDriftMonitor,
} from "./index.ts";
import { sampleOpinion, sampleRequest } from "./sample-views.ts";
import { extremeDistribution, extremePoint } from "./testing/extreme-samples.ts";

const rows = fc
  .integer({ min: 2, max: 5 })
  .chain((outcomes) => fc.array(extremeDistribution(outcomes), { minLength: 2, maxLength: 6 }));

function inRange(value: number, most = 1, least = 0): void {
  assert.ok(value >= least && value <= most, String(value));
}

function assertFinite(value: unknown): void {
  if (typeof value === "number") assert.ok(Number.isFinite(value), String(value));
  else if (typeof value === "object" && value !== null) Object.values(value).forEach(assertFinite);
}

describe("of distributions at the ends of what doubles hold", () => {
  it("P7 conflict is measured between 0 and 1", () => {
    fc.assert(
      fc.property(rows, (given) => {
        const views = given.map((row, index) => sampleOpinion(`agent ${index}`, row));
        const conflict = measureConflict(views);
        assertFinite(conflict);
        const { divergence, entropy, otherSideShare, mass, pairwise, leans } = conflict;
        assert.ok(entropy !== null && mass !== null && pairwise !== null);
        for (const share of [divergence, entropy.pool, entropy.mean, otherSideShare]) inRange(share);
        for (const share of [mass.all, mass.pairwise, mass.own]) inRange(share);
        for (const distance of pairwise.distances.flat()) inRange(distance);
        for (const { tilt } of leans) inRange(tilt, 1, -1);
      }),
      { numRuns: 300 },
    );
  });

  it("P7 divergence is between 0 and 1 with any weights, and distance a metric's: 0 of equals, the same both ways", () => {
    const weight = fc.constantFrom(0, 5e-324, 1e-310, 1e-100, 1, 1e100, 1e300);
    fc.assert(
      fc.property(rows, fc.array(weight, { minLength: 6, maxLength: 6 }), (given, all) => {
        const weights = all.slice(0, given.length);
        if (weights.some((one) => one > 0)) inRange(jensenShannonDivergence(given, weights));
        const [a = [], b = []] = given;
        inRange(jensenShannonDistance(a, b));
        assert.equal(jensenShannonDistance(a, b), jensenShannonDistance(b, a));
        assert.equal(jensenShannonDistance(a, a), 0);
      }),
      { numRuns: 300 },
    );
  });

  it("P7 scores and calibration are numbers", () => {
    fc.assert(
      fc.property(rows, (given) => {
        const [observed = []] = given;
        const cases = given.map((probabilities) => ({ probabilities, observed }));
        for (const row of given) {
          inRange(rankedProbabilityScore(row, observed));
          inRange(brierScore(row, observed), 2);
          inRange(logScore(row, observed, 1e-6), 14);
          assert.ok(logScore(row, observed) >= 0);
        }
        inRange(sharpnessOf(given).meanEntropy);
        inRange(sharpnessOf(given).meanHighest);
        assertFinite(pitHistogram(cases));
        assertFinite(reliabilityCurve(cases));
        assertFinite(reliabilityCurve(cases, { binning: "count", outcome: "highest" }));
      }),
      { numRuns: 300 },
    );
  });

  it("P7 guardrails leave a distribution", () => {
    const bounds = fc.record({
      floor: fc.constantFrom(0, 5e-324, 1e-12, 0.2),
      ceiling: fc.constantFrom(0.5, 0.9, 1),
    });
    const guardrails = fc.record({ clamp: bounds });
    fc.assert(
      fc.property(
        rows,
        guardrails,
        fc.constantFrom("linear-pool", "dempster", "median"),
        (given, set, policy) => {
          const views = given.map((row, index) => sampleOpinion(`agent ${index}`, row));
          const resolution = resolve(findPolicy(policy), sampleRequest(views, { guardrails: set }));
          assertFinite(resolution);
          const sum = resolution.probabilities?.reduce((all, one) => all + one, 0) ?? 0;
          assert.ok(Math.abs(sum - 1) < 1e-9, String(sum));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("of points at the ends of what doubles hold", () => {
  it("P7 losses are numbers from 0", () => {
    fc.assert(
      fc.property(extremePoint, extremePoint, (forecast, observed) => {
        for (const loss of [
          squareLoss(forecast, observed),
          absoluteLoss(forecast, observed),
          pinballLoss(forecast, observed, 0.05),
        ]) {
          inRange(loss, Number.MAX_VALUE);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("P7 drift is told by numbers, and what a detector keeps can be read again", () => {
    const stream = fc.tuple(
      fc.array(extremePoint, { minLength: 1, maxLength: 40 }),
      fc.constantFrom(1, 2, 8),
    );
    const settings = fc.constantFrom({}, { tolerance: 0, threshold: 1, minValues: 2 });
    fc.assert(
      fc.property(stream, settings, ([values, times], given) => {
        let detector = new PageHinkley(given);
        let monitor = startDriftMonitor({ settings: given });
        for (let index = 0; index < values.length * times; index += 1) {
          const value = values[index % values.length] ?? 0;
          assertFinite(detector.add(value, dayAt(index)));
          assertFinite(monitor.add("a", value, dayAt(index)));
          const saved = JSON.stringify([detector.save(), monitor.save()]);
          const [ofDetector, ofMonitor] = JSON.parse(saved);
          detector = new PageHinkley(given, ofDetector);
          monitor = resumeDriftMonitor(ofMonitor);
          assert.equal(JSON.stringify([detector.save(), monitor.save()]), saved);
        }
      }),
      { numRuns: 100 },
    );
  });

  it("P7 a window of values from a range of any size holds numbers, and can be read again", () => {
    const range = fc.constantFrom([0, 5e-324], [0, 1e-310], [-1e9, 1e9], [0, 1], [1 - 2 ** -53, 1]);
    const shares = fc.array(fc.constantFrom(0, 5e-324, 0.25, 0.5, 1), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(range, shares, ([low = 0, high = 1], given) => {
        let detector = new Adwin({ low, high });
        given.forEach((share, index) => {
          const value = Math.min(high, Math.max(low, low + share * (high - low)));
          assertFinite(detector.add(value, dayAt(index)));
          const saved = JSON.stringify(detector.save());
          detector = new Adwin({ low, high }, JSON.parse(saved));
          assert.equal(JSON.stringify(detector.save()), saved);
        });
      }),
      { numRuns: 100 },
    );
  });
});
