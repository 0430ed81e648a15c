/** The volatility of returns up to each bar, for bars at any spacing. */
import { daysPerYear } from "../calendar-day.ts";
import { type Measure, readBar } from "./measure.ts";

/** A price that moves less than this a year does not trade, or is pegged: nothing can be measured against it. */
const minAnnualVolatility = 0.001;

export interface VolatilityParameters {
  readonly halfLifeDays: number;
  /** Returns, and days from first to last of them, that must be there. */
  readonly minReturns: number;
  readonly minDays: number;
}

/**
 * Annualised standard deviation of log returns with exponential weights, mean zero: the root of
 * `sum w r^2 / sum w dt`, where `dt` is a return's length in years and `w` halves every `halfLifeDays` calendar days.
 * Source: the ex-ante volatility of Moskowitz, Ooi and Pedersen 2012, eq. 1 (exponential weights), with calendar time in
 * the place of trading days, so that monthly bars fit.
 */
export function trailingVolatilityWith(parameters: VolatilityParameters): Measure {
  const { halfLifeDays, minReturns, minDays } = parameters;
  return {
    key: `volatility/half-life-${halfLifeDays}d/min-${minReturns}-in-${minDays}d`,
    start: () => {
      let first: number | null = null;
      let last = { day: 0, log: 0 };
      let returns = -1;
      let squares = 0;
      let time = 0;
      return (bar) => {
        const now = readBar(bar);
        first ??= now.day;
        returns += 1;
        if (returns > 0) {
          const elapsed = now.day - last.day;
          const decay = 2 ** (-elapsed / halfLifeDays);
          squares = squares * decay + (now.log - last.log) ** 2;
          time = time * decay + elapsed / daysPerYear;
        }
        last = now;
        if (returns < minReturns || now.day - first < minDays) return null;
        const volatility = Math.sqrt(squares / time);
        return volatility < minAnnualVolatility ? null : volatility;
      };
    },
  };
}

/**
 * The volatility that outcomes, sizes and scores are measured against. A half-life of 120 days weighs some 240 daily
 * returns or 12 monthly ones: short enough to follow regimes, long enough not to be noise on monthly bars.
 */
export const trailingVolatility = trailingVolatilityWith({ halfLifeDays: 120, minReturns: 6, minDays: 60 });
