/** All bars and facts of all symbols with the scans over them. Only views read it, each of them only up to its day. */
import type { Bar, FactRecord, MarketView } from "@mycroft/sdk";
import { isoOf } from "../calendar-day.ts";
import { type BarColumns, barAt, type SeriesKind } from "./bar-columns.ts";
import { contentHash } from "./content-hash.ts";
import { type FactColumns, recordAt } from "./fact-columns.ts";
import { ScanMemory } from "./scan-memory.ts";

export interface SymbolBars {
  readonly symbol: string;
  readonly kind: SeriesKind;
  readonly columns: BarColumns;
}

export interface StoredSeries extends SymbolBars {
  readonly scans: ScanMemory<Bar, number>;
}

/** Everything of one kind about one symbol. */
export interface SymbolFacts {
  readonly symbol: string;
  readonly kind: string;
  readonly source: string;
  readonly columns: FactColumns;
}

export interface StoredFacts extends SymbolFacts {
  readonly scans: ScanMemory<FactRecord, number>;
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
  /** By kind, then by symbol. */
  readonly #facts: ReadonlyMap<string, ReadonlyMap<string, StoredFacts>>;
  readonly #dates = new Map<number, string>();

  /** `series`: each symbol once, each with at least one bar. `facts`: each symbol and kind once, none without a record. */
  constructor(
    source: string,
    series: readonly SymbolBars[],
    index: string | null,
    facts: readonly SymbolFacts[] = [],
  ) {
    const sorted = series.toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1));
    const stored = sorted.map((one) => ({ ...one, scans: new ScanMemory<Bar, number>() }));
    this.source = source;
    this.index = index;
    this.hash = contentHash(sorted, index, facts.toSorted(inOrder));
    this.days = unionOfDays(sorted);
    this.companies = stored.filter((one) => one.kind === "company");
    this.#series = new Map(stored.map((one) => [one.symbol, one]));
    const withScans = facts.map((one) => ({ ...one, scans: new ScanMemory<FactRecord, number>() }));
    const byKind = Map.groupBy(withScans, (one) => one.kind);
    this.#facts = new Map(
      [...byKind].map(([kind, list]) => [kind, new Map(list.map((one) => [one.symbol, one]))]),
    );
  }

  find(symbol: string): StoredSeries | undefined {
    return this.#series.get(symbol);
  }

  findFacts(symbol: string, kind: string): StoredFacts | undefined {
    return this.#facts.get(kind)?.get(symbol);
  }

  symbols(): Iterable<string> {
    return this.#series.keys();
  }

  bar(columns: BarColumns, index: number): Bar {
    return barAt(columns, index, this.#dateOf);
  }

  record(columns: FactColumns, index: number): FactRecord {
    return recordAt(columns, index, this.#dateOf);
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

function inOrder(a: SymbolFacts, b: SymbolFacts): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1;
  return a.symbol < b.symbol ? -1 : 1;
}

function unionOfDays(series: readonly SymbolBars[]): Int32Array {
  const days = new Set<number>();
  for (const { columns } of series) for (const day of columns.days) days.add(day);
  return Int32Array.from(days).sort();
}
