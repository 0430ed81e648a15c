import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { findScore, type ScoreName } from "../walk/score.ts";
import { findBestMixture } from "./best-mixture.ts";
import { dieboldMariano, holm } from "./paired-test.ts";
import { bootstrapInterval, drawPeriods, usualBlockPeriods } from "./stationary-bootstrap.ts";
import { twoSidedChance } from "./student-t.ts";

describe("Student's t", () => {
  it("agrees with the tables", () => {
    for (const [t, freedom, chance] of [
      [12.706, 1, 0.05],
      [2.201, 11, 0.05],
      [3.106, 11, 0.01],
      [1.984, 100, 0.05],
      [1.96, 1e6, 0.05],
    ] as const) {
      assert.ok(Math.abs(twoSidedChance(t, freedom) - chance) < 2e-5, `${t}, ${freedom}`);
    }
    assert.equal(twoSidedChance(0, 5), 1);
    assert.equal(twoSidedChance(Number.POSITIVE_INFINITY, 5), 0);
  });
});

describe("the paired test", () => {
  it("is the paired t test when no lags are asked for", () => {
    // scipy.stats.ttest_1samp([1, 2, 3, 4, 5, -1], 0): t = 2.6458, p = 0.04564; the correction replaces n - 1 by n.
    const chance = dieboldMariano([1, 2, 3, 4, 5, -1], 0);
    const mean = 14 / 6;
    const squares = [1, 2, 3, 4, 5, -1].reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const t = mean / Math.sqrt(squares / 5 / 6);
    assert.ok(Math.abs((chance ?? 0) - twoSidedChance(t, 5)) < 1e-12);
  });

  it("P7 gives no verdict without enough periods or without variation, and never NaN", () => {
    assert.equal(dieboldMariano([], 1), null);
    assert.equal(dieboldMariano([1, 2, 3], 1), null);
    assert.equal(dieboldMariano([0, 0], 0), 1);
    assert.equal(dieboldMariano([0.1, 0.1, 0.1, 0.1, 0.1], 1), null);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { maxLength: 30 }),
        fc.nat(40),
        (values, lags) => {
          const chance = dieboldMariano(values, lags);
          assert.ok(chance === null || (chance >= 0 && chance <= 1));
        },
      ),
    );
  });

  it("rejects a true difference of nothing about as often as it says", () => {
    const noise = drawPeriods(24, { resamples: 400, blockPeriods: 1, seed: 5 });
    const rejected = noise.filter((row) => {
      const values = Array.from(row, (value, index) => (value % 7) - 3 + ((index * 31 + value) % 5) / 10);
      const centred = values.map((value) => value - meanOfSupport);
      return (dieboldMariano(centred, 1) ?? 1) < 0.05;
    });
    assert.ok(rejected.length < 0.1 * noise.length, `${rejected.length} of ${noise.length}`);
  });

  it("holm corrects as published, keeps the order and leaves nulls alone", () => {
    assert.deepEqual(
      holm([0.01, 0.04, null, 0.03, 0.005]).map((value) => value && Number(value.toFixed(6))),
      [0.03, 0.06, null, 0.06, 0.02],
    );
    assert.deepEqual(holm([]), []);
  });
});

/** Of `value % 7 - 3` over 0 to 23 is -1/8 + ...; computed rather than reasoned. */
const meanOfSupport = (() => {
  let sum = 0;
  for (let value = 0; value < 24; value += 1) {
    for (let index = 0; index < 24; index += 1) sum += (value % 7) - 3 + ((index * 31 + value) % 5) / 10;
  }
  return sum / 24 ** 2;
})();

describe("the stationary bootstrap", () => {
  it("P6 draws the same for the same seed, and other rows for another", () => {
    const settings = { resamples: 50, blockPeriods: 3, seed: 7 };
    assert.deepEqual(drawPeriods(20, settings), drawPeriods(20, settings));
    assert.notDeepEqual(drawPeriods(20, settings), drawPeriods(20, { ...settings, seed: 8 }));
  });

  it("keeps neighbours together: blocks are as long as asked for on average", () => {
    const rows = drawPeriods(200, { resamples: 200, blockPeriods: 5, seed: 1 });
    let breaks = 0;
    for (const row of rows) {
      row.forEach((period, index) => {
        if (index > 0 && period !== ((row[index - 1] ?? 0) + 1) % 200) breaks += 1;
      });
    }
    const meanBlock = (200 * 199) / breaks;
    assert.ok(Math.abs(meanBlock - 5) < 0.4, `${meanBlock}`);
    assert.equal(usualBlockPeriods(12), 2);
    assert.equal(usualBlockPeriods(1), 1);
  });

  it("gives wider intervals to series that hang together, which a plain bootstrap does not see", () => {
    const sums = Float64Array.from({ length: 60 }, (_, at) => (Math.floor(at / 10) % 2 === 0 ? 1 : -1));
    const counts = new Float64Array(60).fill(1);
    const width = (blockPeriods: number) => {
      const draws = drawPeriods(60, { resamples: 1_000, blockPeriods, seed: 3 });
      const interval = bootstrapInterval(sums, counts, draws, 0.95);
      return (interval?.high ?? 0) - (interval?.low ?? 0);
    };
    assert.ok(width(8) > 1.5 * width(1), `${width(8)} and ${width(1)}`);
  });

  it("P7 gives no interval for fewer than two periods", () => {
    const draws = drawPeriods(1, { resamples: 100, blockPeriods: 1, seed: 1 });
    assert.equal(bootstrapInterval(Float64Array.of(1), Float64Array.of(1), draws, 0.95), null);
  });
});

describe("the best mixture", () => {
  /** Two agents only: a fine grid finds the optimum without any theory. */
  for (const [name, kind] of [
    ["rps", "distribution"],
    ["brier", "distribution"],
    ["log", "distribution"],
    ["square", "point"],
    ["absolute", "point"],
    ["pinball", "point"],
  ] as const satisfies readonly (readonly [ScoreName, string])[]) {
    it(`is where a search of all mixtures of two finds it, within its proven gap: ${name}`, () => {
      const score = findScore(name, kind, name === "pinball" ? 0.8 : undefined);
      const distribution = fc
        .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 })
        .map((list) => list.map((value) => value / list.reduce((sum, one) => sum + one, 0)));
      const point = fc.double({ min: -100, max: 100, noNaN: true }).map((value) => [value]);
      const value = (kind === "point" ? point : distribution).map((list) => Float64Array.from(list));
      const observed =
        kind === "point"
          ? value
          : fc.nat(2).map((at) => Float64Array.from([0, 1, 2], (k) => (k === at ? 1 : 0)));
      const oneCase = fc.record({ forecasts: fc.tuple(value, value), observed });
      fc.assert(
        fc.property(fc.array(oneCase, { minLength: 1, maxLength: 12 }), (cases) => {
          const found = findBestMixture(cases, 2, score);
          let least = Number.POSITIVE_INFINITY;
          let equal = 0;
          // A millionth of what points here can lie apart.
          const apart = kind === "point" ? 2e-4 : 1e-9;
          for (let share = 0; share <= 1.0001; share += 0.01) {
            let sum = 0;
            for (const { forecasts, observed: seen } of cases) {
              const pool = Float64Array.from(
                forecasts[0],
                (a, at) => (1 - share) * a + share * (forecasts[1][at] ?? 0),
              );
              sum += score.of(pool, seen);
            }
            least = Math.min(least, sum / cases.length);
            if (Math.abs(share - 0.5) < 0.005) equal = sum / cases.length;
          }
          const slack = 1e-9 * (1 + Math.abs(least));
          assert.ok(found.score <= least + found.gap + slack, `${found.score} above ${least}`);
          assert.ok(found.gap <= 2e-3 * equal + apart, `gap ${found.gap} of ${found.score}`);
          assert.ok(found.weights.every((weight) => weight >= 0 && weight <= 1 + 1e-12));
        }),
        { numRuns: 60, endOnFailure: true },
      );
    });
  }

  it("P7 of one agent, or of agents that are alike, is that agent", () => {
    const forecast = Float64Array.of(0.3, 0.7);
    const cases = [{ forecasts: [forecast, forecast], observed: Float64Array.of(0, 1) }];
    const score = findScore("rps", "distribution", undefined);
    const found = findBestMixture(cases, 2, score);
    assert.ok(Math.abs(found.score - score.of(forecast, Float64Array.of(0, 1))) < 1e-15);
    assert.equal(found.gap < 1e-15, true);
    assert.deepEqual(
      [...findBestMixture([{ ...cases[0], forecasts: [forecast], observed: forecast }], 1, score).weights],
      [1],
    );
  });
});
