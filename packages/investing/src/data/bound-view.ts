/**
 * What agents read: a view bound to a day, whose series end there. Views hold the store in private fields and hand
 * out copies, so that no way leads from a view to anything later (P5).
 */
import { MycroftError } from "@mycroft/errors";
import type { Bar, BarSeries, DerivedSeries, FactSeries, MarketView } from "@mycroft/sdk";
import { dayOf, isoOf } from "../calendar-day.ts";
import { countUpTo } from "./bar-columns.ts";
import { BoundFacts } from "./bound-facts.ts";
import { BoundDerivedSeries, checkIndex } from "./derived-series.ts";
import type { MarketStore, StoredSeries } from "./market-store.ts";

export class BoundView implements MarketView {
  readonly asOf: string;
  readonly #store: MarketStore;
  readonly #day: number;

  constructor(store: MarketStore, day: number, asOf: string = isoOf(day)) {
    this.asOf = asOf;
    this.#store = store;
    this.#day = day;
  }

  get dataHash(): string {
    return this.#store.hash;
  }

  get source(): string {
    return this.#store.source;
  }

  get index(): string | null {
    const { index } = this.#store;
    return index !== null && this.#lengthOf(this.#store.find(index)) > 0 ? index : null;
  }

  symbols(): readonly string[] {
    const known = this.#store.companies.filter((one) => this.#lengthOf(one) > 0);
    return known.map((one) => one.symbol);
  }

  series(symbol: string): BarSeries {
    const stored = this.#store.find(symbol);
    const length = this.#lengthOf(stored);
    if (stored === undefined || length === 0) throw this.#unknown(symbol);
    return new BoundSeries(this.#store, stored, length);
  }

  facts(symbol: string, kind: string): FactSeries {
    return new BoundFacts(this.#store, symbol, kind, this.#day);
  }

  scan(key: string, start: () => (today: MarketView) => readonly number[]): readonly number[] | null {
    const store = this.#store;
    const count = countUpTo(store.days, this.#day);
    if (count === 0) return null;
    const values = store.dayScans.read(
      key,
      count,
      (index) => new BoundView(store, store.days[index] ?? 0),
      () => {
        const step = start();
        return (today) => Object.freeze(step(today));
      },
    );
    return values[count - 1] ?? null;
  }

  at(date: string): MarketView {
    const day = dayOf(date);
    if (day <= this.#day) return new BoundView(this.#store, day, date);
    throw new MycroftError("LOOK_AHEAD", `Data of ${date} was asked for as of ${this.asOf}.`, {
      details: { asked: date, asOf: this.asOf },
    });
  }

  #lengthOf(stored: StoredSeries | undefined): number {
    return stored === undefined ? 0 : countUpTo(stored.columns.days, this.#day);
  }

  /** Suggests a symbol only from what is known by now. */
  #unknown(symbol: string): MycroftError {
    const bare = (text: string) => text.replace(/[^A-Za-z0-9]/g, "").toUpperCase();
    const alike = [...this.#store.symbols()].find(
      (one) => bare(one) === bare(symbol) && this.#lengthOf(this.#store.find(one)) > 0,
    );
    const hint = alike === undefined ? "" : ` Did you mean ${alike}?`;
    return new MycroftError(
      "SYMBOL_UNKNOWN",
      `The data (${this.source}) holds no ${JSON.stringify(symbol)} by ${this.asOf}.${hint}`,
      { details: { symbol, asOf: this.asOf } },
    );
  }
}

class BoundSeries implements BarSeries {
  readonly symbol: string;
  readonly #store: MarketStore;
  readonly #stored: StoredSeries;
  readonly #length: number;

  constructor(store: MarketStore, stored: StoredSeries, length: number) {
    this.symbol = stored.symbol;
    this.#store = store;
    this.#stored = stored;
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  bar(index: number): Bar {
    checkIndex(index, this.#length, this.symbol);
    return this.#store.bar(this.#stored.columns, index);
  }

  indexAt(date: string): number {
    return Math.min(countUpTo(this.#stored.columns.days, dayOf(date)), this.#length) - 1;
  }

  scan(key: string, start: () => (bar: Bar) => number | null): DerivedSeries {
    const { columns, scans } = this.#stored;
    const values = scans.read(
      key,
      this.#length,
      (index) => this.#store.bar(columns, index),
      () => {
        const step = start();
        return (bar) => step(bar) ?? Number.NaN;
      },
    );
    return new BoundDerivedSeries(this.symbol, values, this.#length);
  }
}
