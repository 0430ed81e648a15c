/**
 * The one definition of what an opinion is about. Over `horizonDays` calendar days from a day t, the return of a
 * subject is the log return of the adjusted close from the last bar at or before t to the first bar at or after t +
 * horizonDays. It is "flat" when its size is at most `flatWidth` times the trailing volatility, as known at t, scaled to
 * the time between the two bars; otherwise it is "down" or "up". Under a normal distribution with that volatility and no
 * drift the three are equally likely. An outcome is known on the day of its second bar, not before (P5).
 */
import type { BarSeries, MarketView } from "@mycroft/sdk";
import { dayOf, daysPerYear, isoOf } from "./calendar-day.ts";
import { measureAt, readBar } from "./measures/measure.ts";
import { trailingVolatility } from "./measures/trailing-volatility.ts";

export const outcomes = ["down", "flat", "up"] as const;
/** An index into `outcomes`. */
export type OutcomeIndex = 0 | 1 | 2;

/** The upper tercile of the standard normal distribution. */
export const flatWidth = 0.4307;

/**
 * A price may be this many days old on the day that it is used for: a month between monthly bars, and some more. With
 * older ones a series has ended or is interrupted.
 */
export const maxPriceAgeDays = 45;

/** The outcome of a log return over `days` days, given the volatility per year that was known when they began. */
export function classifyReturn(logReturn: number, annualVolatility: number, days: number): OutcomeIndex {
  const edge = flatWidth * annualVolatility * Math.sqrt(days / daysPerYear);
  if (Math.abs(logReturn) <= edge) return 1;
  return logReturn < 0 ? 0 : 2;
}

/** Whether a price of `day` still stands for `target`: see `maxPriceAgeDays`. */
export function isNear(day: number, target: number): boolean {
  return Math.abs(day - target) <= maxPriceAgeDays;
}

export interface Outcome {
  readonly index: OutcomeIndex;
  readonly logReturn: number;
  /** The days of the two bars; from the second on the outcome was known. */
  readonly from: string;
  readonly to: string;
}

/**
 * What followed for `symbol` from `date` on; null when that is not known by the view's day, or can never be: no price
 * near one of the two days, or no volatility at the first.
 * @throws {MycroftError} SYMBOL_UNKNOWN, INPUT_INVALID (the date).
 */
export function findOutcome(
  view: MarketView,
  symbol: string,
  date: string,
  horizonDays: number,
): Outcome | null {
  const series = view.series(symbol);
  const start = dayOf(date);
  const end = start + horizonDays;
  const fromIndex = series.indexAt(date);
  const toIndex = series.indexAt(isoOf(end - 1)) + 1;
  if (fromIndex < 0 || toIndex >= series.length) return null;
  const from = read(series, fromIndex);
  const to = read(series, toIndex);
  const volatility = measureAt(series, trailingVolatility, fromIndex);
  if (volatility === null || !isNear(from.day, start) || !isNear(to.day, end)) return null;
  const logReturn = to.log - from.log;
  const index = classifyReturn(logReturn, volatility, to.day - from.day);
  return { index, logReturn, from: from.date, to: to.date };
}

function read(series: BarSeries, index: number): { day: number; log: number; date: string } {
  const bar = series.bar(index);
  return { ...readBar(bar), date: bar.date };
}
