/** The strategies of one backtest, or of two side by side, as rows. */
import type { BacktestDetail, StrategyView } from "@mycroft/protocol";

export interface StrategyRow {
  readonly key: string;
  readonly name: string;
  readonly strategy: StrategyView;
  readonly days: readonly string[];
  /** Of two backtests: which one. */
  readonly of: string | null;
}

export function strategyRows(backtests: readonly BacktestDetail[]): readonly StrategyRow[] {
  const isAlone = backtests.length === 1;
  return backtests.flatMap(({ id, report }) =>
    (report?.strategies ?? []).map((strategy) => ({
      key: `${id} ${strategy.kind} ${strategy.name}`,
      name: isAlone ? strategy.name : `${strategy.name} (${id.slice(0, 8)})`,
      strategy,
      days: report?.days ?? [],
      of: isAlone ? null : id,
    })),
  );
}

/** The days of all rows, in order, each once. */
export function allDays(rows: readonly StrategyRow[]): readonly string[] {
  return [...new Set(rows.flatMap(({ days }) => days))].sort();
}

/** A row's values on other days: null where it has none. */
export function valuesOn(
  days: readonly string[],
  own: readonly string[],
  values: readonly number[],
): readonly (number | null)[] {
  const byDay = new Map(own.map((day, index) => [day, values[index] ?? null]));
  return days.map((day) => byDay.get(day) ?? null);
}
