/** The facts of one kind about one symbol as a view shows them: what was known at its day's end, and nothing later (P5). */
import type { DerivedSeries, FactRecord, FactSeries } from "@mycroft/sdk";
import { dayOf } from "../calendar-day.ts";
import { countUpTo } from "./bar-columns.ts";
import { BoundDerivedSeries, checkIndex } from "./derived-series.ts";
import type { MarketStore, StoredFacts } from "./market-store.ts";

export class BoundFacts implements FactSeries {
  readonly symbol: string;
  readonly kind: string;
  readonly #store: MarketStore;
  /** Null also when all that is stored is later: then nothing tells it from a symbol without facts. */
  readonly #stored: StoredFacts | null;
  readonly #length: number;

  constructor(store: MarketStore, symbol: string, kind: string, day: number) {
    this.symbol = symbol;
    this.kind = kind;
    this.#store = store;
    const stored = store.findFacts(symbol, kind);
    this.#length = stored === undefined ? 0 : countUpTo(stored.columns.days, day);
    this.#stored = stored === undefined || this.#length === 0 ? null : stored;
  }

  get source(): string {
    return this.#stored?.source ?? "";
  }

  get length(): number {
    return this.#length;
  }

  record(index: number): FactRecord {
    checkIndex(index, this.#length, `${this.symbol} (${this.kind})`, "record");
    if (this.#stored === null) throw new RangeError(`${this.symbol} has no ${this.kind}.`);
    return this.#store.record(this.#stored.columns, index);
  }

  indexAt(date: string): number {
    const day = dayOf(date);
    if (this.#stored === null) return -1;
    return Math.min(countUpTo(this.#stored.columns.days, day), this.#length) - 1;
  }

  scan(key: string, start: () => (record: FactRecord) => number | null): DerivedSeries {
    return new BoundDerivedSeries(this.symbol, this.#scanned(key, start), this.#length);
  }

  #scanned(key: string, start: () => (record: FactRecord) => number | null): readonly number[] {
    if (this.#stored === null) return [];
    const { columns, scans } = this.#stored;
    return scans.read(
      key,
      this.#length,
      (index) => this.#store.record(columns, index),
      () => {
        const step = start();
        return (record) => step(record) ?? Number.NaN;
      },
    );
  }
}
