/** The logarithmic return over a stretch of calendar days up to each bar. */
import { LookBack } from "./look-back.ts";
import { type Measure, readBar } from "./measure.ts";

export function trailingReturn(days: number): Measure {
  return {
    key: `return/${days}d`,
    start: () => {
      const past = new LookBack();
      return (bar) => {
        const { day, log } = readBar(bar);
        past.push(day, log);
        const then = past.nearest(day - days);
        return then === null ? null : log - then;
      };
    },
  };
}

/** One month and twelve, in days. */
export const oneMonth = 30;
const twelveMonths = 365;

export const oneMonthReturn = trailingReturn(oneMonth);
export const twelveMonthReturn = trailingReturn(twelveMonths);
