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

type Uncoloured = Omit<StrategyRow, "color" | "isDashed">;

/** Two backtests side by side. */
export type Side = "A" | "B";
const sides: readonly Side[] = ["A", "B"];

export function strategyRows(backtests: readonly BacktestDetail[]): readonly StrategyRow[] {
  const isAlone = backtests.length === 1;
  const rows = backtests.flatMap(({ id, report }, index): readonly Uncoloured[] => {
    const side = isAlone ? null : (sides[index] ?? null);
    return (report?.strategies ?? []).map((strategy) => ({
      key: `${id} ${strategy.kind} ${strategy.name}`,
      name: side === null ? strategy.name : `${side} ${strategy.name}`,
      strategy,
      days: report?.days ?? [],
      of: side,
    }));
  });
  // A strategy keeps its colour whichever others are shown; those that are shown at first have different ones.
  const places = new Map(
    byInterest(rows)
      .filter(({ strategy }) => strategy.kind !== "benchmark")
      .map(({ key }, place) => [key, place]),
  );
  return rows.map((row) => {
    const place = places.get(row.key);
    if (place === undefined) {
      return { ...row, color: "var(--series-8)", isDashed: row.strategy.name !== "buy and hold" };
    }
    return { ...row, color: seriesColor(place % coloured), isDashed: place >= coloured };
  });
}

/** The keys of those that are shown at first: variants, then benchmarks, of either backtest in turn. */
export function usuallyShown(rows: readonly StrategyRow[], most: number): ReadonlySet<string> {
  const plain = byInterest(rows).filter(({ strategy }) => strategy.kind !== "agent");
  return new Set(plain.slice(0, most).map(({ key }) => key));
}

/** Variants, benchmarks, agents alone; of two backtests in turn. */
function byInterest<Row extends Uncoloured>(rows: readonly Row[]): readonly Row[] {
  const order = { variant: 0, benchmark: 1, agent: 2 } as const;
  const counts = new Map<string, number>();
  const placed = rows.map((row) => {
    const group = `${row.of} ${row.strategy.kind}`;
    const place = counts.get(group) ?? 0;
    counts.set(group, place + 1);
    return { row, kind: order[row.strategy.kind], place };
  });
  return placed.toSorted((a, b) => a.kind - b.kind || a.place - b.place).map(({ row }) => row);
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
