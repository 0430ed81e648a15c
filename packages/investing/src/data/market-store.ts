/** All bars of all symbols with the scans over them. Only views read it, and each of them only up to its day. */
import type { Bar, MarketView } from "@mycroft/sdk";
import { isoOf } from "../calendar-day.ts";
import { type BarColumns, barAt, type SeriesKind } from "./bar-columns.ts";
import { contentHash } from "./content-hash.ts";
import { ScanMemory } from "./scan-memory.ts";

export interface SymbolBars {
  readonly symbol: string;
  readonly kind: SeriesKind;
  readonly columns: BarColumns;
}

export interface StoredSeries extends SymbolBars {
  readonly scans: ScanMemory<Bar, number>;
}

export class MarketStore {
  readonly source: string;
  readonly index: string | null;
  readonly hash: string;
  /** Every day on which some symbol has a bar, sorted. */
  readonly days: Int32Array;
  /** Sorted by symbol. */
  readonly companies: readonly StoredSeries[];
  readonly dayScans = new ScanMemory<MarketView, readonly number[]>();
  readonly #series: ReadonlyMap<string, StoredSeries>;
  readonly #dates = new Map<number, string>();

  /** `series`: each symbol once, each with at least one bar. */
  constructor(source: string, series: readonly SymbolBars[], index: string | null) {
    const sorted = series.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));
    const stored = sorted.map((one) => ({ ...one, scans: new ScanMemory<Bar, number>() }));
    this.source = source;
    this.index = index;
    this.hash = contentHash(sorted, index);
    this.days = unionOfDays(sorted);
    this.companies = stored.filter((one) => one.kind === "company");
    this.#series = new Map(stored.map((one) => [one.symbol, one]));
  }

  find(symbol: string): StoredSeries | undefined {
    return this.#series.get(symbol);
  }

  symbols(): Iterable<string> {
    return this.#series.keys();
  }

  bar(columns: BarColumns, index: number): Bar {
    return barAt(columns, index, this.#dateOf);
  }

  /** The first and the last day on which a company has a bar, or an index if there is no company. */
  range(): { readonly first: number; readonly last: number } {
    const counted = this.companies.length > 0 ? this.companies : [...this.#series.values()];
    const firsts = counted.map((one) => one.columns.days[0] ?? 0);
    const lasts = counted.map((one) => one.columns.days.at(-1) ?? 0);
    return { first: firsts.reduce((a, b) => Math.min(a, b)), last: lasts.reduce((a, b) => Math.max(a, b)) };
  }

  /** Dates are few and asked for often: each is written out once. */
  readonly #dateOf = (day: number): string => {
    let date = this.#dates.get(day);
    if (date === undefined) {
      date = isoOf(day);
      this.#dates.set(day, date);
    }
    return date;
  };
}

function unionOfDays(series: readonly SymbolBars[]): Int32Array {
  const days = new Set<number>();
  for (const { columns } of series) for (const day of columns.days) days.add(day);
  return Int32Array.from(days).sort();
}
