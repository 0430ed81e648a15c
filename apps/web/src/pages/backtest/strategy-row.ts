/** The strategies of one backtest, or of two side by side, as rows. */
import type { BacktestDetail, StrategyView } from "@mycroft/protocol";
import { seriesColor } from "../../charts/chart-palette.ts";

/** The eighth colour is grey. */
const coloured = 7;

export interface StrategyRow {
  readonly key: string;
  readonly name: string;
  readonly strategy: StrategyView;
  readonly days: readonly string[];
  /** Of two backtests: which one; `null` where there is but one. */
  readonly of: Side | null;
  readonly color: string;
  readonly isDashed: boolean;
}

/** Two backtests side by side. */
export type Side = "A" | "B";
const sides: readonly Side[] = ["A", "B"];

export function strategyRows(backtests: readonly BacktestDetail[]): readonly StrategyRow[] {
  const isAlone = backtests.length === 1;
  let colors = 0;
  return backtests.flatMap(({ id, report }, index) => {
    const side = isAlone ? null : (sides[index] ?? null);
    return (report?.strategies ?? []).map((strategy) => {
      const isBenchmark = strategy.kind === "benchmark";
      // A strategy keeps its colour whichever others are shown; benchmarks are grey.
      if (!isBenchmark) colors += 1;
      return {
        key: `${id} ${strategy.kind} ${strategy.name}`,
        name: side === null ? strategy.name : `${side} ${strategy.name}`,
        strategy,
        days: report?.days ?? [],
        of: side,
        color: isBenchmark ? "var(--series-8)" : seriesColor((colors - 1) % coloured),
        isDashed: isBenchmark && strategy.name !== "buy and hold",
      };
    });
  });
}

/** Which are shown at first, of a few lines that can be told apart: variants, then benchmarks, of either backtest in turn. */
export function usuallyShown(rows: readonly StrategyRow[], most: number): ReadonlySet<string> {
  const order = { variant: 0, benchmark: 1, agent: 2 } as const;
  const places = new Map<string, number>();
  const placed = rows.map((row) => {
    const group = `${row.of} ${row.strategy.kind}`;
    const place = places.get(group) ?? 0;
    places.set(group, place + 1);
    return { row, kind: order[row.strategy.kind], place };
  });
  const sorted = placed.toSorted((a, b) => a.kind - b.kind || a.place - b.place);
  const plain = sorted.filter(({ row }) => row.strategy.kind !== "agent");
  return new Set(plain.slice(0, most).map(({ row }) => row.key));
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
