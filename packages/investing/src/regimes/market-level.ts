/** One price for the whole market: the index, or where there is none, what the mean of the companies' returns adds up to. */
import type { Bar, MarketView } from "@mycroft/sdk";
import { readBar } from "../measures/measure.ts";

/** A return over more days than this is of an interrupted series, and says nothing of the market's day. */
const longestReturnDays = 45;

/** Fed each day's view once, in order: the market's bar of the day, or null on a day without one. */
export function marketLevel(): (today: MarketView) => Bar | null {
  const newest = new Map<string, { readonly day: number; readonly log: number }>();
  let bars = 0;
  let level = 0;
  return (today) => {
    if (today.index !== null) {
      const series = today.series(today.index);
      if (series.length === bars) return null;
      bars = series.length;
      return series.bar(bars - 1);
    }
    let sum = 0;
    let count = 0;
    for (const symbol of today.symbols()) {
      const series = today.series(symbol);
      const now = readBar(series.bar(series.length - 1));
      const before = newest.get(symbol);
      if (before?.day === now.day) continue;
      newest.set(symbol, now);
      if (before === undefined || now.day - before.day > longestReturnDays) continue;
      sum += now.log - before.log;
      count += 1;
    }
    if (count === 0) return null;
    level += sum / count;
    return barAt(today.asOf, Math.exp(level));
  };
}

function barAt(date: string, price: number): Bar {
  return { date, open: null, high: null, low: null, close: price, adjClose: price, volume: null };
}
