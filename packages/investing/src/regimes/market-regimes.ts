/**
 * Which regime the market is in, by how much it moves and which way it has gone. Regimes are clusters of past days; they
 * are found anew every quarter from the days before, so that no day's regime depends on anything later (P5).
 */
import { MycroftError } from "@mycroft/errors";
import type { Bar, MarketView } from "@mycroft/sdk";
import { dayOf, isoOf } from "../calendar-day.ts";
import { trailingReturn } from "../measures/trailing-return.ts";
import { trailingVolatilityWith } from "../measures/trailing-volatility.ts";
import { marketLevel } from "./market-level.ts";
import { fitRegimes, type MarketFeatures, type RegimeModel } from "./regime-model.ts";

export interface RegimeSettings {
  /** How many regimes, 2 or 3; 3 unless stated. */
  readonly regimes?: 2 | 3;
}

export interface Regime {
  /** By the volatility of the days like it: its rank, not its level. */
  readonly name: "calm" | "usual" | "stormy";
  readonly features: MarketFeatures;
  /** What is typical of the regime. */
  readonly centre: MarketFeatures;
  /** The regimes are those of the days before this one, `YYYY-MM-DD`. */
  readonly fittedOn: string;
}

export interface MarketRegimes {
  /** The regime at the view's day; null with too little history. A walk from day to day costs each day once. */
  at(view: MarketView): Regime | null;
}

/** A month to halve, so that a storm shows within weeks; a quarter's return, as slow as what it is to tell apart. */
const volatility = trailingVolatilityWith({ halfLifeDays: 30, minReturns: 6, minDays: 60 });
const trend = trailingReturn(91);

const refitDays = 91;
/** Days with features that must be there before regimes are looked for: half a year of daily bars. */
const minDays = 120;
/** Days that are remembered, the newest: ten years (P8). */
const maxDays = 2_520;

const names = {
  2: ["calm", "stormy"],
  3: ["calm", "usual", "stormy"],
} as const;

/**
 * Gets ready to tell regimes; the clustering library is only loaded here.
 * @throws {MycroftError} INPUT_INVALID for another number of regimes.
 */
export async function openMarketRegimes({ regimes = 3 }: RegimeSettings = {}): Promise<MarketRegimes> {
  if (regimes !== 2 && regimes !== 3) {
    const message = `settings.regimes is ${JSON.stringify(regimes)}; it must be 2 or 3.`;
    throw new MycroftError("INPUT_INVALID", message, { details: { field: "settings.regimes" } });
  }
  const { kmeans } = await import("ml-kmeans");
  const fit = (past: readonly MarketFeatures[]) => fitRegimes(kmeans, past, regimes);
  return {
    at: (view) =>
      regimeFrom(
        names[regimes],
        view.scan(`market-regimes/${regimes}`, () => startScan(fit)),
      ),
  };
}

/** A day's numbers: the regime's place, then what `Regime` tells; none while there are too few days. */
type DayNumbers = readonly number[];

function regimeFrom(named: readonly Regime["name"][], numbers: DayNumbers | null): Regime | null {
  const [place = 0, ownVolatility = 0, ownTrend = 0, volatility = 0, trend = 0, fittedOn = 0] = numbers ?? [];
  const name = named[place];
  if (numbers === null || numbers.length === 0 || name === undefined) return null;
  const features = { volatility: ownVolatility, trend: ownTrend };
  return { name, features, centre: { volatility, trend }, fittedOn: isoOf(fittedOn) };
}

function startScan(fit: (past: readonly MarketFeatures[]) => RegimeModel): (today: MarketView) => DayNumbers {
  const level = marketLevel();
  const measure = featureReader();
  const past: MarketFeatures[] = [];
  let model: RegimeModel | null = null;
  let fittedOn = 0;
  let numbers: DayNumbers = [];
  return (today) => {
    const bar = level(today);
    const features = bar === null ? null : measure(bar);
    if (bar === null || features === null) return numbers;
    const day = dayOf(bar.date);
    // Quarters by the calendar, so that they do not depend on where the data begins.
    const isDue = model === null || Math.floor(day / refitDays) > Math.floor(fittedOn / refitDays);
    if (isDue && past.length >= minDays) {
      model = fit(past);
      fittedOn = day;
    }
    past.push(features);
    if (past.length > maxDays) past.shift();
    numbers = model === null ? [] : numbersOf(model, features, fittedOn);
    return numbers;
  };
}

/** Null where nothing moves, or the data does not reach back far enough. */
function featureReader(): (bar: Bar) => MarketFeatures | null {
  const volatilityAt = volatility.start();
  const trendAt = trend.start();
  return (bar) => {
    const moved = volatilityAt(bar);
    const gone = trendAt(bar);
    return moved === null || gone === null ? null : { volatility: moved, trend: gone };
  };
}

function numbersOf(model: RegimeModel, features: MarketFeatures, fittedOn: number): DayNumbers {
  const place = model.regimeOf(features);
  const centre = model.centres[place] ?? features;
  return [place, features.volatility, features.trend, centre.volatility, centre.trend, fittedOn];
}
