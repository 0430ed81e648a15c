/** The reversal agent: what moved sharply over a month tends to give some of it back. */
import type { BarSeries } from "@mycroft/sdk";
import { daysPerYear } from "../calendar-day.ts";
import { measureAt } from "../measures/measure.ts";
import { oneMonth, oneMonthReturn } from "../measures/trailing-return.ts";
import { trailingVolatility } from "../measures/trailing-volatility.ts";
import { subjectFacts } from "./facts.ts";
import { defineScoredAgent } from "./scored-agent.ts";
import { moved, percent, times } from "./wording.ts";

/** A volatility a year, as one of a month. */
const perMonth = Math.sqrt(oneMonth / daysPerYear);

/**
 * Short-term reversal: the return of the last month, in units of the volatility of a month.
 * Source: Jegadeesh 1990, "Evidence of predictable behavior of security returns", Journal of Finance 45(3): monthly returns
 * are negatively correlated with those of the month before.
 */
export const reversal = defineScoredAgent({
  name: "reversal",
  version: "1",
  description: "Short-term reversal of the last month's return (Jegadeesh 1990)",
  capabilities: ["prices", "time-series"],
  edges: [-1.5, -0.75, -0.25, 0.25, 0.75, 1.5],
  score: (view, symbol) => score(view.series(symbol)),
  explain: (view, series) => {
    const month = measureAt(series, oneMonthReturn) ?? 0;
    const volatility = measureAt(series, trailingVolatility) ?? 0;
    const size = `${times(Math.abs(score(series) ?? 0))} times its volatility of ${percent(volatility * perMonth)} a month`;
    return {
      words: `${series.symbol} ${moved(month)} over the last month, ${size}.`,
      facts: subjectFacts(view, series, ["return1Month", "annualVolatility"]),
    };
  },
  explainMissing: (view, series) =>
    `There are too few prices of ${series.symbol} by ${view.asOf} for a month's return and a volatility (the first is of ${series.bar(0).date}).`,
});

function score(series: BarSeries): number | null {
  const month = measureAt(series, oneMonthReturn);
  const volatility = measureAt(series, trailingVolatility);
  return month === null || volatility === null ? null : month / (volatility * perMonth);
}
