import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BacktestDetail, StrategyView } from "@mycroft/protocol";
import { allDays, strategyRows, valuesOn } from "./strategy-row.ts";

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
      ["committee (bt-12345)", "committee (bt-abcde)"],
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
});
