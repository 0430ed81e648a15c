/** Made-up markets for tests: random walks by day or by month, the same for the same seed, and ways to change their future. */
import type { Bar } from "@mycroft/sdk";
import { dayOf, isoOf } from "../calendar-day.ts";
import type { MarketDataInput } from "../data/market-data.ts";

/** Mulberry32: small, seeded, good enough to shake a test. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function barOf(date: string, close: number): Bar {
  return { date, open: close, high: close * 1.01, low: close * 0.99, close, adjClose: close, volume: 1_000 };
}

/** Weekdays from `start` on. */
export function weekdays(start: string, count: number): string[] {
  const dates: string[] = [];
  for (let day = dayOf(start); dates.length < count; day += 1) {
    // Day 0, 1970-01-01, was a Thursday.
    if ((day + 3) % 7 < 5) dates.push(isoOf(day));
  }
  return dates;
}

/** The last days of months, from that of `start` on. */
export function monthEnds(start: string, count: number): string[] {
  const year = Number(start.slice(0, 4));
  const month = Number(start.slice(5, 7));
  return Array.from({ length: count }, (_, index) => {
    return new Date(Date.UTC(year, month + index, 0)).toISOString().slice(0, 10);
  });
}

/** A random walk with the given volatility a step. */
export function walk(dates: readonly string[], seed: number, volatility = 0.015): Bar[] {
  const random = randomNumbers(seed);
  let close = 20 + 80 * random();
  return dates.map((date) => {
    // The sum of three uniform numbers is near enough to normal.
    const shock = (random() + random() + random() - 1.5) * 2;
    close *= Math.exp(volatility * shock);
    return barOf(date, close);
  });
}

export interface FixtureShape {
  readonly companies: number;
  readonly days: number;
  readonly seed: number;
  readonly spacing?: "daily" | "monthly";
  /** Companies but the first begin so many bars later, each more than the one before. */
  readonly stagger?: number;
}

/** Companies `C0`, `C1` ... and the index `^X`. */
export function fixtureMarket(shape: FixtureShape): MarketDataInput & { readonly index: string } {
  const { companies, days, seed, spacing = "daily", stagger = 0 } = shape;
  const dates = spacing === "daily" ? weekdays("2010-01-04", days) : monthEnds("2000-01-31", days);
  const volatility = spacing === "daily" ? 0.015 : 0.07;
  const series = Array.from({ length: companies }, (_, index) => ({
    symbol: `C${index}`,
    kind: "company" as const,
    bars: walk(dates.slice(index * stagger), seed * 1_000 + index, volatility),
  }));
  const indexSeries = {
    symbol: "^X",
    kind: "index" as const,
    bars: walk(dates, seed * 1_000 + 999, volatility / 2),
  };
  return { source: "fixture", index: "^X", series: [...series, indexSeries] };
}

/**
 * The same market up to the end of `asOf`, and another one after it: other prices, days without a bar, a company that
 * vanishes and one that appears.
 */
export function withOtherFuture(
  market: MarketDataInput & { readonly index: string },
  asOf: string,
  seed: number,
): MarketDataInput & { readonly index: string } {
  const random = randomNumbers(seed);
  const series = market.series.map((one, index) => {
    const bars = [...one.bars];
    const past = bars.filter((bar) => bar.date <= asOf);
    const future = bars
      .filter((bar) => bar.date > asOf && index !== 1 && random() > 0.2)
      .map((bar) => barOf(bar.date, bar.close * (0.2 + 3 * random())));
    return { ...one, bars: [...past, ...future] };
  });
  const later = [...(market.series[0]?.bars ?? [])].filter((bar) => bar.date > asOf);
  const newcomer = {
    symbol: "NEW",
    kind: "company" as const,
    bars: walk(
      later.map((bar) => bar.date),
      seed,
    ),
  };
  return { ...market, series: later.length === 0 ? series : [...series, newcomer] };
}
