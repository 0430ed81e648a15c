import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BacktestDetail, StrategyView } from "@mycroft/protocol";
import { allDays, strategyRows, usuallyShown, valuesOn } from "./strategy-row.ts";

function backtest(id: string, days: readonly string[], equity: readonly number[]): BacktestDetail {
  const strategy = { name: "committee", kind: "variant", equity } as unknown as StrategyView;
  return { id, report: { days, strategies: [strategy] } } as unknown as BacktestDetail;
}

describe("two backtests side by side", () => {
  const rows = strategyRows([
    backtest("bt-1234567890", ["2010-01-01", "2010-03-01"], [1, 1.1]),
    backtest("bt-abcdefghij", ["2010-02-01", "2010-03-01"], [1, 0.9]),
  ]);

  it("tells them apart by name, and stands alone without", () => {
    assert.deepEqual(
      rows.map(({ name }) => name),
      ["A committee", "B committee"],
    );
    const [alone] = strategyRows([backtest("bt-1", ["2010-01-01"], [1])]);
    assert.equal(alone?.name, "committee");
  });

  it("has one time line, with gaps where one of them has no day", () => {
    const days = allDays(rows);
    assert.deepEqual(days, ["2010-01-01", "2010-02-01", "2010-03-01"]);
    assert.deepEqual(
      rows.map((row) => valuesOn(days, row.days, row.strategy.equity)),
      [
        [1, null, 1.1],
        [null, 1, 0.9],
      ],
    );
  });

  it("shows variants before benchmarks, of either in turn, and no agents alone", () => {
    const many = (id: string): BacktestDetail => {
      const strategies = [
        { name: "one", kind: "variant" },
        { name: "two", kind: "variant" },
        { name: "momentum", kind: "agent" },
        { name: "buy and hold", kind: "benchmark" },
      ];
      return { id, report: { days: [], strategies } } as unknown as BacktestDetail;
    };
    const all = strategyRows([many("bt-1"), many("bt-2")]);
    const shown = (most: number) => {
      const keys = usuallyShown(all, most);
      return all.filter(({ key }) => keys.has(key)).map(({ name }) => name);
    };
    assert.deepEqual(shown(2), ["A one", "B one"]);
    assert.deepEqual(shown(5), ["A one", "A two", "A buy and hold", "B one", "B two"]);
    assert.equal(shown(99).length, 6);
  });

  it("has a colour for each that no other's coming or going changes, and grey for benchmarks", () => {
    const strategies = Array.from({ length: 9 }, (_, index) => ({
      name: `${index}`,
      kind: index === 0 ? "benchmark" : "variant",
    }));
    const colors = strategyRows([
      { id: "bt-1", report: { days: [], strategies } } as unknown as BacktestDetail,
    ]).map(({ color }) => color);
    assert.equal(colors[0], "var(--series-8)");
    assert.deepEqual(colors.slice(1, 4), ["var(--series-1)", "var(--series-2)", "var(--series-3)"]);
    assert.ok(!colors.slice(1).includes("var(--series-8)"));
  });
});
