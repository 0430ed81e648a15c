import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { drawPeriods } from "@mycroft/evaluation";
import { createMarketData } from "@mycroft/investing";
import { barOf, weekdays } from "@mycroft/investing/testing";
import fc from "fast-check";
import { pricePanel } from "../accounts/price-panel.ts";
import { simulatePortfolio } from "../accounts/simulate-portfolio.ts";
import type { DayScore } from "../record/day-record.ts";
import { expectedBestSharpe, probabilisticSharpe } from "./deflated-sharpe.ts";
import { forecastFigures } from "./forecast-figures.ts";
import { normalCdf, normalQuantile } from "./normal-distribution.ts";
import { drawdownsOf, performanceOf, returnsOf, sharpeOn, sharpeSample } from "./performance.ts";

function nearly(actual: number | null | undefined, expected: number, tolerance = 1e-12): void {
  assert.ok(actual != null && Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
}

describe("the deflated Sharpe ratio", () => {
  it("is that of the example in Bailey and Lopez de Prado 2014", () => {
    // Daily returns over five years, an annual ratio of 2.5, the best of 100 trials whose annual ratios vary by 1/2.
    const threshold = expectedBestSharpe(100, 1 / 2 / 250);
    nearly(threshold, 0.1132, 5e-5);
    const sample = { sharpe: 2.5 / Math.sqrt(250), skewness: -3, kurtosis: 10, periods: 1_250 };
    nearly(probabilisticSharpe(sample, threshold), 0.9004, 5e-5);
    // Had there been 46 trials only, it would have been 95 %: the paper's other figure.
    nearly(probabilisticSharpe(sample, expectedBestSharpe(46, 1 / 2 / 250)), 0.9505, 5e-4);
  });

  it("has no threshold for one trial, and says nothing of two returns", () => {
    assert.equal(expectedBestSharpe(1, 1), 0);
    assert.equal(probabilisticSharpe({ sharpe: 1, skewness: 0, kurtosis: 3, periods: 2 }, 0), null);
  });

  it("rests on the normal distribution as tables have it", () => {
    nearly(normalCdf(1.959963984540054), 0.975, 1e-12);
    nearly(normalCdf(-3), 0.0013498980316300933, 1e-14);
    nearly(normalCdf(-6) / 9.865876450376946e-10, 1, 1e-9);
    for (const p of [1e-6, 0.01, 0.5, 0.99, 0.999999]) nearly(normalCdf(normalQuantile(p)), p, 1e-11);
    assert.deepEqual([normalCdf(50), normalCdf(-50)], [1, 0]);
  });
});

describe("performance", () => {
  it("is what the textbook says of four returns", () => {
    const equity = [1, 1.1, 0.99, 1.089, 1.2];
    const returns = returnsOf(equity);
    const expected = [0.1, -0.1, 0.1, 1.2 / 1.089 - 1];
    for (const [index, one] of expected.entries()) nearly(returns[index], one);
    const mean = expected.reduce((sum, one) => sum + one, 0) / 4;
    const deviation = Math.sqrt(expected.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 3);
    const found = performanceOf(equity, returns, 4);
    nearly(found.sharpe, (mean / deviation) * 2);
    nearly(found.sortino, (mean / Math.sqrt(0.01 / 4)) * 2);
    nearly(found.maxDrawdown, 0.1);
    nearly(found.totalReturn, 0.2);
    nearly(found.annualReturn, 0.2);
    nearly(sharpeOn(returns, Uint32Array.of(0, 1, 2, 3)), mean / deviation);
  });

  it("of nothing that moves has no ratios, and never NaN", () => {
    const still = performanceOf([1, 1, 1], returnsOf([1, 1, 1]), 252);
    assert.deepEqual([still.sharpe, still.sortino, still.maxDrawdown, still.totalReturn], [null, null, 0, 0]);
    const ruined = performanceOf([1, 0, 0], returnsOf([1, 0, 0]), 252);
    assert.deepEqual([ruined.maxDrawdown, ruined.totalReturn, ruined.annualReturn], [1, -1, -1]);
    assert.deepEqual([...drawdownsOf([])], []);
    assert.ok(Number.isNaN(sharpeSample(new Float64Array(3)).sharpe));
  });
});

const days = weekdays("2010-01-04", 6);
const free = { costBps: 0, slippageBps: 0 };

function panelOf(prices: Readonly<Record<string, readonly (number | null)[]>>) {
  const series = Object.entries(prices).map(([symbol, closes]) => ({
    symbol,
    kind: "company" as const,
    bars: closes.flatMap((close, index) => (close === null ? [] : [barOf(days[index] ?? "", close)])),
  }));
  return pricePanel(createMarketData({ source: "test", series }), days);
}

describe("a simulated portfolio", () => {
  it("P5 trades at the bar after the decision, and earns from there on", () => {
    const panel = panelOf({ A: [10, 20, 40, 20, 20, 20] });
    const { equity } = simulatePortfolio(panel, new Map([[0, { A: 1 }]]), free);
    // The doubling from day 0 to 1 is over when it buys at 20.
    assert.deepEqual([...equity], [1, 1, 2, 1, 1, 1]);
  });

  it("drifts with prices until it is told otherwise", () => {
    const panel = panelOf({ A: [1, 1, 2, 2, 2, 2], B: [1, 1, 1, 1, 3, 3] });
    const half = { A: 0.5, B: 0.5 };
    const bought = simulatePortfolio(panel, new Map([[0, half]]), free);
    nearly(bought.equity[5], 0.5 * 2 + 0.5 * 3);
    const rebalanced = simulatePortfolio(
      panel,
      new Map([
        [0, half],
        [2, half],
      ]),
      free,
    );
    nearly(rebalanced.equity[5], 0.75 + 0.75 * 3);
  });

  it("pays for what it trades, and holds the asked shares of what is left", () => {
    const panel = panelOf({ A: [1, 1, 1, 1, 1, 1] });
    const costs = { costBps: 60, slippageBps: 40 };
    const { equity, paid, traded } = simulatePortfolio(
      panel,
      new Map([
        [0, { A: 1 }],
        [2, {}],
      ]),
      costs,
    );
    // Buying x at 1 % with x + x / 100 = 1, then selling it at 1 %.
    nearly(equity[1], 1 / 1.01, 1e-9);
    nearly(equity[3], (1 / 1.01) * 0.99, 1e-9);
    nearly(paid, 1 - 1 / 1.01 + 0.01, 1e-9);
    nearly(traded, 1 / 1.01 + 1, 1e-9);
  });

  it("gains from a short position what the price loses", () => {
    const panel = panelOf({ A: [10, 10, 5, 5, 5, 5] });
    nearly(simulatePortfolio(panel, new Map([[0, { A: -0.5 }]]), free).equity[5], 1.25);
  });

  it("does not trade what has no bar on the day, and counts what ended at its last price", () => {
    const panel = panelOf({ A: [1, null, 1, 2, 2, 2], B: [1, 1, 1, 1, 1, 1] });
    const late = simulatePortfolio(panel, new Map([[0, { A: 1 }]]), free);
    assert.deepEqual([...late.equity], [1, 1, 1, 1, 1, 1]);
    const long = weekdays("2010-01-04", 80);
    const bars = (count: number) => long.slice(0, count).map((day) => barOf(day, 1));
    const series = [
      { symbol: "GONE", kind: "company" as const, bars: bars(5) },
      { symbol: "STAYS", kind: "company" as const, bars: bars(80) },
    ];
    const ended = pricePanel(createMarketData({ source: "test", series }), long);
    assert.equal(simulatePortfolio(ended, new Map([[0, { GONE: 0.5 }]]), free).closedAtLastPrice, 1);
  });

  it("never ends with more than its prices allow, whatever it does: costs only take", () => {
    const price = fc.double({ min: 0.5, max: 2, noNaN: true });
    const weight = fc.double({ min: 0, max: 0.5, noNaN: true });
    const decided = fc.array(fc.tuple(fc.nat(4), weight, weight), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(price, { minLength: 12, maxLength: 12 }), decided, (prices, list) => {
        const panel = panelOf({ A: prices.slice(0, 6), B: prices.slice(6) });
        const rows = new Map(list.map(([row, a, b]) => [row, { A: a, B: b }]));
        const cheap = simulatePortfolio(panel, rows, free);
        const dear = simulatePortfolio(panel, rows, { costBps: 50, slippageBps: 50 });
        assert.ok(
          [...cheap.equity].every(
            (value, day) => Number.isFinite(value) && value + 1e-12 >= (dear.equity[day] ?? 0),
          ),
        );
        assert.ok(dear.paid >= 0 && cheap.paid === 0);
      }),
    );
  });
});

describe("figures of forecasts", () => {
  const draws = drawPeriods(2, { seed: 1, blockPeriods: 1, resamples: 100 });
  const day = (given: Partial<DayScore>): DayScore => {
    return { cases: 0, rps: 0, brier: 0, leaning: 0, right: 0, bins: [], ...given };
  };

  it("are means over all cases, not over days", () => {
    const few = day({ cases: 1, rps: 0.4, brier: 1, leaning: 1, right: 0, bins: [[8, 1, 0.42, 0]] });
    const many = day({
      cases: 3,
      rps: 0.3,
      brier: 1.8,
      leaning: 3,
      right: 3,
      bins: [
        [8, 1, 0.44, 1],
        [10, 2, 1.04, 1],
      ],
    });
    const found = forecastFigures([few, many], draws);
    nearly(found.rps, 0.175);
    nearly(found.brier, 0.7);
    nearly(found.hitRate, 0.75);
    nearly(found.calibrationError, (Math.abs(0.43 - 0.5) * 2 + Math.abs(0.52 - 0.5) * 2) / 4);
    assert.equal(found.reliability.length, 2);
  });

  it("of no forecast are null, never NaN", () => {
    const { reliability, cases, ...figures } = forecastFigures([day({}), day({})], draws);
    assert.deepEqual([cases, reliability], [0, []]);
    assert.deepEqual(new Set(Object.values(figures)), new Set([null]));
  });
});
