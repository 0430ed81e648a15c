import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BacktestReport, StrategyReport } from "@mycroft/backtest";
import fc from "fast-check";
import { backtestView } from "./backtest-view.ts";
import { roundedTo, thinnedIndices } from "./thinned-path.ts";

function dayText(index: number): string {
  return new Date(Date.UTC(1960, 0, 1) + index * 86_400_000).toISOString().slice(0, 10);
}

function strategyOf(name: string, equity: readonly number[]): StrategyReport {
  return {
    ...{ name, kind: "variant", totalReturn: 0.1, annualReturn: 0.01, annualVolatility: 0.2 },
    ...{ sharpe: 0.3, sortino: null, maxDrawdown: 0.5, annualTurnover: 1, costsPaid: 0.01 },
    sharpeInterval: { low: -0.1, high: 0.7 },
    ...{ sharpeDifference: null, deflatedSharpe: 0.4, closedAtLastPrice: 0, failedDays: 0 },
    forecasts: {
      ...{ cases: 10, rps: 0.16, rpsInterval: { low: 0.1, high: 0.2 }, brier: 0.6 },
      ...{ hitRate: 0.5, hitRateInterval: { low: 0.4, high: 0.6 }, calibrationError: 0.02 },
      reliability: [[0.3, 0.31, 10]],
    },
    equity,
  };
}

function reportOf(strategies: readonly StrategyReport[]): BacktestReport {
  const days = (strategies[0]?.equity ?? []).map((_, index) => dayText(index));
  return {
    ...{ id: "bt-1", workflow: "committee", dataHash: "0", source: "test", plans: [] },
    settings: {
      ...{ from: "1960-01-01", to: "2020-01-01", cadence: 1, universe: null, input: {}, policies: [] },
      ...{ without: [], costBps: 5, slippageBps: 5, seed: 1 },
    },
    ...{ decisions: days.length, opinions: 0, days, periodsPerYear: 252, trials: 1, luckySharpe: 0 },
    ...{ blockLength: 1, strategies, limits: ["It cannot tell everything."] },
  } as BacktestReport;
}

/** A walk that is no straight line, and has digits. */
function wander(days: number, step: number): readonly number[] {
  return Array.from({ length: days }, (_, day) => Math.exp(Math.sin(day * step) / 2 + day * 1e-5));
}

describe("the view of a backtest", () => {
  it("has every figure, and paths as they are where they are short", () => {
    const strategy = strategyOf("linear-pool", [1, 1.25, 1, 1.5, 0.75]);
    const view = backtestView(reportOf([strategy]));
    const [told] = view.strategies;
    const { equity: _, closedAtLastPrice: __, ...figures } = strategy;
    for (const [name, value] of Object.entries(figures))
      assert.deepEqual(Reflect.get(told ?? {}, name), value, name);
    assert.deepEqual(told?.equity, [1, 1.25, 1, 1.5, 0.75]);
    assert.deepEqual(told?.drawdown, [0, 0, 0.2, 0, 0.5]);
    assert.deepEqual(view.days, [0, 1, 2, 3, 4].map(dayText));
    assert.deepEqual(view.limits, ["It cannot tell everything."]);
  });

  it("a drawdown that was thinned has the deepest fall still, and none that was not there", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 10, noNaN: true }), { minLength: 2_001, maxLength: 5_000 }),
        (equity) => {
          const [told] = backtestView(reportOf([strategyOf("one", equity)])).strategies;
          let high = 0;
          const falls = equity.map((now) => {
            high = Math.max(high, now);
            return 1 - now / high;
          });
          const deepest = Math.max(...falls);
          assert.equal(told?.drawdown.length, 2_000);
          assert.ok(Math.abs(Math.max(...(told?.drawdown ?? [])) - deepest) < 1e-6);
          assert.equal(told?.equity.at(-1), roundedTo(equity.at(-1) ?? 0, 7));
        },
      ),
      { numRuns: 20 },
    );
  });

  it("P8 fits in an answer, however long a backtest was and however much was compared", () => {
    const bytesOf = (strategies: number, days: number) => {
      const equity = wander(days, 0.001);
      const all = Array.from({ length: strategies }, (_, index) => strategyOf(`strategy ${index}`, equity));
      const view = backtestView(reportOf(all));
      assert.equal(view.days[0], dayText(0));
      assert.equal(view.days.at(-1), dayText(days - 1));
      return JSON.stringify(view).length;
    };
    // Fifty years of trading days, twenty strategies; and as many as nobody compares.
    assert.ok(bytesOf(20, 12_600) < 2 ** 20);
    assert.ok(bytesOf(1_000, 12_600) < 6 * 2 ** 20);
  });
});

describe("thinned paths", () => {
  it("are evenly spaced, in order, from the first to the last", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 1, max: 3_000 }), (length, most) => {
        const kept = thinnedIndices(length, most);
        assert.equal(kept.length, Math.min(length, Math.max(2, most)));
        if (length === 0) return;
        assert.deepEqual([kept[0], kept.at(-1)], [0, length - 1]);
        const gaps = kept.slice(1).map((index, place) => index - (kept[place] ?? 0));
        assert.ok(gaps.every((gap) => gap >= 1) && Math.max(0, ...gaps) - Math.min(...gaps, length) <= 1);
      }),
    );
  });
});
