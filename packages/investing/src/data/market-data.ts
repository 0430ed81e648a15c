/** Builds market data from bars and facts, whoever read them, and hands out views of it. */
import { MycroftError } from "@mycroft/errors";
import { type Bar, type MarketData, symbol as symbolSchema } from "@mycroft/sdk";
import { dayOf, isoOf, parseIsoDay } from "../calendar-day.ts";
import { BarColumnsBuilder, type SeriesKind } from "./bar-columns.ts";
import { BoundView } from "./bound-view.ts";
import { factsOf, type GivenFacts } from "./given-facts.ts";
import { MarketStore, type SymbolBars, type SymbolFacts } from "./market-store.ts";

/** Prices outside these bounds are taken for dirt: no currency quotes them, and ratios of them may overflow. */
const priceBounds = { min: 1e-9, max: 1e15 } as const;

export interface MarketDataInput {
  /** Where the data comes from, as evidence will name it. */
  readonly source: string;
  readonly series: readonly {
    readonly symbol: string;
    readonly kind: SeriesKind;
    /** In order of date, each day once. A bar's date is the day on which it was known, not the one it is about. */
    readonly bars: Iterable<Bar>;
  }[];
  /** The symbol of the market's index; it must be among the series, as an index. */
  readonly index?: string;
  /** What else was known of symbols, point in time; of each symbol each kind once. */
  readonly facts?: readonly GivenFacts[];
}

/**
 * Market data from bars and facts in memory.
 * @throws {MycroftError} INPUT_INVALID naming symbol, date and field of a bad bar or record; DATA_EMPTY when there is no bar.
 */
export function createMarketData(input: MarketDataInput): MarketData {
  const seen = new Set<string>();
  const series = input.series.map(({ symbol, kind, bars }) => {
    if (!symbolSchema.safeParse(symbol).success || seen.has(symbol)) {
      throw invalid(`The symbol ${JSON.stringify(symbol)} is not well formed or comes twice.`, { symbol });
    }
    seen.add(symbol);
    return { symbol, kind, columns: columnsOf(symbol, bars) };
  });
  return marketDataOf(input.source, series, input.index ?? null, factsOf(input.facts ?? [], input.source));
}

/** The same from columns that have been checked. Symbols without bars, and facts without records, are left out. */
export function marketDataOf(
  source: string,
  series: readonly SymbolBars[],
  index: string | null,
  facts: readonly SymbolFacts[] = [],
): MarketData {
  const filled = series.filter((one) => one.columns.days.length > 0);
  if (filled.length === 0) throw new MycroftError("DATA_EMPTY", `${source}: there is no bar at all.`);
  if (index !== null && !filled.some((one) => one.symbol === index && one.kind === "index")) {
    throw invalid(`The index ${index} is not among the data's indices.`, { index });
  }
  const store = new MarketStore(
    source,
    filled,
    index,
    facts.filter((one) => one.columns.days.length > 0),
  );
  const range = store.range();
  return Object.freeze({
    hash: store.hash,
    source,
    firstDate: isoOf(range.first),
    lastDate: isoOf(range.last),
    asOf: (date: string) => new BoundView(store, dayOf(date), date),
  });
}

function columnsOf(symbol: string, bars: Iterable<Bar>): SymbolBars["columns"] {
  const builder = new BarColumnsBuilder();
  let last = Number.NEGATIVE_INFINITY;
  for (const bar of bars) {
    const day = parseIsoDay(bar.date);
    if (day === null || day <= last) {
      throw invalid(
        `${symbol}: the bar of ${JSON.stringify(bar.date)} is not a day after the one before it.`,
        {
          symbol,
          date: bar.date,
        },
      );
    }
    checkValues(symbol, bar);
    const optional = (value: number | null) => value ?? Number.NaN;
    builder.push({
      day,
      open: optional(bar.open),
      high: optional(bar.high),
      low: optional(bar.low),
      close: bar.close,
      adjClose: bar.adjClose,
      volume: optional(bar.volume),
    });
    last = day;
  }
  return builder.select(Array.from({ length: builder.length }, (_, index) => index));
}

function checkValues(symbol: string, bar: Bar): void {
  for (const field of ["open", "high", "low", "close", "adjClose", "volume"] as const) {
    const value = bar[field];
    const absent = value === null && field !== "close" && field !== "adjClose";
    if (absent || (field === "volume" ? isVolume(value) : isPrice(value))) continue;
    throw invalid(
      `${symbol}, ${bar.date}: ${field} is ${value}, which is no ${field === "volume" ? "volume" : "price"}.`,
      {
        symbol,
        date: bar.date,
        field,
        value,
      },
    );
  }
}

export function isPrice(value: number | null): boolean {
  return value !== null && value >= priceBounds.min && value <= priceBounds.max;
}

export function isVolume(value: number | null): boolean {
  return value !== null && value >= 0 && value < Number.POSITIVE_INFINITY;
}

function invalid(message: string, details: Readonly<Record<string, unknown>>): MycroftError {
  return new MycroftError("INPUT_INVALID", message, { details });
}
