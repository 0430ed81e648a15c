/**
 * Bars as columns of numbers, one set for each symbol. Nothing outside `data/` sees a column: views copy single bars
 * out, so that no array buffer leads past a view's day (P5).
 */
import type { Bar } from "@mycroft/sdk";

/** A company can be a subject; an index only says how the market does. */
export type SeriesKind = "company" | "index";

/** A bar with its day as a number; NaN stands for a value that the source does not have. */
export interface NumericBar {
  readonly day: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly adjClose: number;
  readonly volume: number;
}

export const valueColumns = ["open", "high", "low", "close", "adjClose", "volume"] as const;
type ValueColumn = (typeof valueColumns)[number];

/** Columns of equal length in order of day, each day at most once. */
export interface BarColumns extends Readonly<Record<ValueColumn, Float64Array>> {
  readonly days: Int32Array;
}

/** Collects bars in any order. */
export class BarColumnsBuilder {
  #days = new Int32Array(16);
  readonly #values: Record<ValueColumn, Float64Array> = newValues(16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  dayAt(index: number): number {
    return this.#days[index] ?? Number.NaN;
  }

  push(bar: NumericBar): void {
    if (this.#length === this.#days.length) this.#grow();
    this.#days[this.#length] = bar.day;
    for (const name of valueColumns) this.#values[name][this.#length] = bar[name];
    this.#length += 1;
  }

  /** The bars at these indices, in this order. */
  select(indices: ArrayLike<number>): BarColumns {
    const days = new Int32Array(indices.length);
    const values = newValues(indices.length);
    for (let to = 0; to < indices.length; to += 1) {
      const from = indices[to] ?? 0;
      days[to] = this.#days[from] ?? 0;
      for (const name of valueColumns) values[name][to] = this.#values[name][from] ?? Number.NaN;
    }
    return { days, ...values };
  }

  #grow(): void {
    const capacity = this.#days.length * 2;
    this.#days = grown(new Int32Array(capacity), this.#days);
    for (const name of valueColumns) {
      this.#values[name] = grown(new Float64Array(capacity), this.#values[name]);
    }
  }
}

function newValues(length: number): Record<ValueColumn, Float64Array> {
  return {
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    adjClose: new Float64Array(length),
    volume: new Float64Array(length),
  };
}

function grown<T extends Int32Array | Float64Array>(to: T, from: T): T {
  to.set(from);
  return to;
}

export function numericBarAt(columns: BarColumns, index: number): NumericBar {
  const at = (name: ValueColumn) => columns[name][index] ?? Number.NaN;
  return {
    day: columns.days[index] ?? 0,
    open: at("open"),
    high: at("high"),
    low: at("low"),
    close: at("close"),
    adjClose: at("adjClose"),
    volume: at("volume"),
  };
}

/** A copy of one bar, for readers outside. `dateOf` gives the text of a day. */
export function barAt(columns: BarColumns, index: number, dateOf: (day: number) => string): Bar {
  return {
    date: dateOf(columns.days[index] ?? 0),
    open: orNull(columns.open[index]),
    high: orNull(columns.high[index]),
    low: orNull(columns.low[index]),
    close: columns.close[index] ?? 0,
    adjClose: columns.adjClose[index] ?? 0,
    volume: orNull(columns.volume[index]),
  };
}

function orNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** How many of the sorted `days` are at or before `day`. */
export function countUpTo(days: Int32Array, day: number): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((days[middle] ?? 0) <= day) low = middle + 1;
    else high = middle;
  }
  return low;
}
