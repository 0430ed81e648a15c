/** What the risk and portfolio steps need to know of a price, as it was known on a day. */
import { MycroftError } from "@mycroft/errors";
import { type BarSeries, defineFunction, type MarketView, symbol, tradingDate } from "@mycroft/sdk";
import { z } from "zod";
import { measureAt } from "../measures/measure.ts";
import { trailingVolatility } from "../measures/trailing-volatility.ts";

/** Nulls say that the data holds nothing of the subject by then. */
export const priceFactsSchema = z.strictObject({
  subject: symbol,
  asOf: tradingDate,
  lastClose: z.number().positive().nullable(),
  lastCloseDate: tradingDate.nullable(),
  /** The standard deviation of log returns, annualised; null also when there is too little history. */
  annualVolatility: z.number().positive().nullable(),
  source: z.string().nullable(),
});
export type PriceFacts = z.infer<typeof priceFactsSchema>;

const input = z.strictObject({ subject: symbol, asOf: tradingDate });

/**
 * The last close of a subject and its trailing volatility (see `trailingVolatility`) at the end of a day.
 * @throws {MycroftError} LOOK_AHEAD for a day after the run's.
 */
export const priceFacts = defineFunction({
  name: "price-facts",
  version: "1",
  description: "The last close of a subject and its trailing annualised volatility",
  pure: false,
  input,
  output: priceFactsSchema,
  run: ({ subject, asOf }, { market }) => factsAt(market?.at(asOf) ?? null, subject, asOf),
});

/** The facts themselves. @param view of the day `asOf`; null when there is no data at all. */
export function factsAt(view: MarketView | null, subject: string, asOf: string): PriceFacts {
  const series = view === null ? null : findSeries(view, subject);
  if (view === null || series === null) {
    return { subject, asOf, lastClose: null, lastCloseDate: null, annualVolatility: null, source: null };
  }
  const { close, date } = series.bar(series.length - 1);
  const annualVolatility = measureAt(series, trailingVolatility);
  return { subject, asOf, lastClose: close, lastCloseDate: date, annualVolatility, source: view.source };
}

/** Null for a symbol of which nothing is known by the view's day. */
export function findSeries(view: MarketView, subject: string): BarSeries | null {
  try {
    return view.series(subject);
  } catch (error) {
    if (error instanceof MycroftError && error.code === "SYMBOL_UNKNOWN") return null;
    throw error;
  }
}
