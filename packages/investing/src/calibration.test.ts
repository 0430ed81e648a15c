import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MarketView } from "@mycroft/sdk";
import fc from "fast-check";
import { binOf, calibrate, calibrationSettings, type ScoreMethod } from "./calibration.ts";
import { createMarketData } from "./data/market-data.ts";
import { measureAt } from "./measures/measure.ts";
import { oneMonthReturn } from "./measures/trailing-return.ts";
import { trailingVolatility } from "./measures/trailing-volatility.ts";
import { findOutcome } from "./outcome.ts";
import { fixtureMarket } from "./testing/market-fixtures.ts";

const edges = [-0.05, 0, 0.05];
const method: ScoreMethod = {
  key: "month@1",
  edges,
  score: (view, symbol) => measureAt(view.series(symbol), oneMonthReturn),
};
const market = fixtureMarket({ companies: 4, days: 260, seed: 21, stagger: 30 });
const horizonDays = 21;

/** The cases of a view, found one by one from scratch. */
function casesOf(
  view: MarketView,
): { bin: number; outcome: number; weight: number; day: string; symbol: string }[] {
  return view.symbols().flatMap((symbol) => {
    const series = view.series(symbol);
    return Array.from({ length: series.length }, (_, index) => index).flatMap((index) => {
      const { date } = series.bar(index);
      const score = method.score(view.at(date), symbol);
      if (score === null || measureAt(series, trailingVolatility, index) === null) return [];
      const outcome = findOutcome(view, symbol, date, horizonDays);
      if (outcome === null) return [];
      const before = index === 0 ? Number.NEGATIVE_INFINITY : Date.parse(series.bar(index - 1).date);
      const weight = Math.min(1, (Date.parse(date) - before) / 86_400_000 / horizonDays);
      return [{ bin: binOf(edges, score), outcome: outcome.index, weight, day: outcome.to, symbol }];
    });
  });
}

describe("calibration", () => {
  const data = createMarketData(market);

  it("counts what findOutcome finds, with the stated weights and prior", () => {
    for (const asOf of ["2010-07-01", "2010-12-31"]) {
      const view = data.asOf(asOf);
      const cases = casesOf(view);
      const companiesOn = (day: string) =>
        new Set(cases.filter((one) => one.day === day).map((one) => one.symbol)).size;
      const { intraclassCorrelation: r, priorStrength: strength } = calibrationSettings;
      const effective = (bin: number | null, outcome: number) =>
        cases
          .filter((one) => (bin === null || one.bin === bin) && one.outcome === outcome)
          .reduce((sum, one) => sum + one.weight / (1 + (companiesOn(one.day) - 1) * r), 0);
      const drawn = (counts: number[], prior: number[]) => {
        const total = counts.reduce((a, b) => a + b, strength);
        return counts.map((count, outcome) => (count + strength * (prior[outcome] ?? 0)) / total);
      };
      const base = drawn(
        [0, 1, 2].map((outcome) => effective(null, outcome)),
        [1 / 3, 1 / 3, 1 / 3],
      );
      for (const [bin, score] of [-0.06, -0.05, 0, 0.2].entries()) {
        const expected = drawn(
          [0, 1, 2].map((outcome) => effective(bin, outcome)),
          base,
        );
        const calibrated = calibrate(view, method, score, horizonDays);
        assert.equal(calibrated?.cases, cases.length);
        const alike = [0, 1, 2].map(
          (o) => cases.filter((one) => one.bin === bin && one.outcome === o).length,
        );
        assert.deepEqual(calibrated?.alike, alike);
        for (const [outcome, probability] of (calibrated?.probabilities ?? []).entries()) {
          assert.ok(Math.abs(probability - (expected[outcome] ?? 0)) < 1e-12);
        }
      }
    }
  });

  it("P5 an earlier day asked for after a later one gives what a fresh start gives", () => {
    const fresh = () => createMarketData(market);
    const ask = (one: ReturnType<typeof fresh>, asOf: string) =>
      calibrate(one.asOf(asOf), method, 0.01, horizonDays);
    const used = fresh();
    ask(used, "2010-12-31");
    for (const asOf of ["2010-11-30", "2010-06-01", "2010-07-04", "2010-12-30"]) {
      assert.deepEqual(ask(used, asOf), ask(fresh(), asOf), asOf);
    }
  });

  it("costs one score for each company and bar, however often it is asked", () => {
    const one = createMarketData(market);
    let scores = 0;
    const counted: ScoreMethod = {
      ...method,
      score: (view, symbol) => {
        scores += 1;
        return method.score(view, symbol);
      },
    };
    const bars = (asOf: string) => {
      const view = one.asOf(asOf);
      return view.symbols().reduce((sum, symbol) => {
        const series = view.series(symbol);
        const known = Array.from({ length: series.length }, (_, index) =>
          measureAt(series, trailingVolatility, index),
        );
        return sum + known.filter((value) => value !== null).length;
      }, 0);
    };
    for (const asOf of ["2010-09-01", "2010-08-02", "2010-12-31", "2010-12-31"])
      calibrate(one.asOf(asOf), counted, 0, 21);
    assert.equal(scores, bars("2010-12-31"));
  });

  it("keeps methods of one name with other edges apart", () => {
    const view = data.asOf("2010-12-31");
    const coarse: ScoreMethod = { ...method, edges: [0] };
    const alone = calibrate(createMarketData(market).asOf("2010-12-31"), coarse, 0.01, horizonDays);
    calibrate(view, method, 0.01, horizonDays);
    assert.deepEqual(calibrate(view, coarse, 0.01, horizonDays), alone);
  });

  it("is silent with too few cases", () => {
    assert.equal(calibrate(data.asOf("2010-03-01"), method, 0, horizonDays), null);
    assert.equal(calibrate(data.asOf("2000-01-01"), method, 0, horizonDays), null);
  });

  it("always gives a distribution without a zero", () => {
    const last = data.asOf("2010-12-31");
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.integer({ min: 1, max: 60 }), (score, horizon) => {
        const calibrated = calibrate(last, method, score, horizon);
        if (calibrated === null) return;
        const sum = calibrated.probabilities.reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(sum - 1) < 1e-12);
        assert.ok(calibrated.probabilities.every((value) => value > 0 && value < 1));
      }),
      { numRuns: 100 },
    );
  });

  it("learns what follows: after scores that foretell the outcome the probabilities say so", () => {
    // Scores that look ahead by cheating: the test holds the market's future in its hand.
    const all = data.asOf("9999-12-31");
    const oracle: ScoreMethod = {
      key: "oracle@1",
      edges: [0.5, 1.5],
      score: (view, symbol) => {
        const series = view.series(symbol);
        return findOutcome(all, symbol, series.bar(series.length - 1).date, horizonDays)?.index ?? null;
      },
    };
    for (const outcome of [0, 1, 2]) {
      const calibrated = calibrate(all, oracle, outcome, horizonDays);
      assert.equal(
        calibrated?.alike[outcome],
        calibrated?.alike.reduce((a, b) => a + b, 0),
      );
      const best = Math.max(...(calibrated?.probabilities ?? []));
      assert.equal(calibrated?.probabilities[outcome], best);
    }
  });
});

it("a score on an edge falls above it", () => {
  assert.deepEqual(
    [-1, -0.05, -0.01, 0, 0.05, 9].map((score) => binOf(edges, score)),
    [0, 1, 1, 2, 3, 3],
  );
});
