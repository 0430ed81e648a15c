/** The trend agent: what has risen for a year tends to go on rising. */
import type { BarSeries, MarketView } from "@mycroft/sdk";
import { measureAt } from "../measures/measure.ts";
import { twelveMonthReturn } from "../measures/trailing-return.ts";
import { trailingVolatility } from "../measures/trailing-volatility.ts";
import { subjectFacts } from "./facts.ts";
import { defineScoredAgent } from "./scored-agent.ts";
import { moved, percent, times } from "./wording.ts";

/**
 * Time-series momentum: a company's own return over twelve months, in units of its yearly volatility.
 * Source: Moskowitz, Ooi and Pedersen 2012, "Time series momentum", Journal of Financial Economics 104(2), with a look-back
 * of 12 months (their section 4) and without subtracting the risk-free rate, which the data does not have.
 */
export const trend = defineScoredAgent({
  name: "trend",
  version: "1",
  description: "Time-series momentum over 12 months (Moskowitz, Ooi and Pedersen 2012)",
  capabilities: ["prices", "time-series"],
  edges: [-1, -0.5, 0, 0.5, 1, 1.5],
  score: (view, symbol) => score(view.series(symbol)),
  explain: (view, series) => {
    const facts = subjectFacts(view, series, ["return12Months", "annualVolatility"]);
    const year = measureAt(series, twelveMonthReturn) ?? 0;
    const volatility = measureAt(series, trailingVolatility) ?? 0;
    const size = `${times(Math.abs(score(series) ?? 0))} times its yearly volatility of ${percent(volatility)}`;
    return { words: `${series.symbol} ${moved(year)} over 12 months, ${size}.`, facts };
  },
  explainMissing,
});

function score(series: BarSeries): number | null {
  const year = measureAt(series, twelveMonthReturn);
  const volatility = measureAt(series, trailingVolatility);
  return year === null || volatility === null ? null : year / volatility;
}

function explainMissing(view: MarketView, series: BarSeries): string {
  return `There are no 12 months of prices of ${series.symbol} by ${view.asOf} (the first is of ${series.bar(0).date}).`;
}
