/** The volatility agent: how risky the present is, measured against the company's own past. */
import type { BarSeries } from "@mycroft/sdk";
import { measureAt } from "../measures/measure.ts";
import { trailingVolatilityWith } from "../measures/trailing-volatility.ts";
import { factOf, newestBar, subjectFacts } from "./facts.ts";
import { defineScoredAgent } from "./scored-agent.ts";
import { percent, times } from "./wording.ts";

/** Half of the weight lies on the last month: on some twenty daily returns, or on the last monthly one. */
const recent = trailingVolatilityWith({ halfLifeDays: 30, minReturns: 6, minDays: 180 });
const usual = trailingVolatilityWith({ halfLifeDays: 730, minReturns: 6, minDays: 180 });

/**
 * The volatility regime: the logarithm of recent volatility over usual volatility.
 * Source: Moreira and Muir 2017, "Volatility-managed portfolios", Journal of Finance 72(4): the volatility of the last month
 * predicts that of the next, and returns do not rise in step. They use realised variance of a calendar month; exponential
 * weights take its place here, so that monthly bars fit.
 */
export const volatility = defineScoredAgent({
  name: "volatility",
  version: "1",
  description: "Recent volatility against the company's usual one (Moreira and Muir 2017)",
  capabilities: ["prices", "time-series", "risk"],
  edges: [-0.5, -0.25, -0.1, 0.1, 0.25, 0.5],
  score: (view, symbol) => score(view.series(symbol)),
  explain: (view, series) => {
    const bar = newestBar(series);
    const now = measureAt(series, recent) ?? 0;
    const before = measureAt(series, usual) ?? 0;
    const ratio = times(Math.exp(score(series) ?? 0));
    return {
      words: `The recent volatility of ${series.symbol} is ${percent(now)} a year, ${ratio} times its usual ${percent(before)}.`,
      facts: [
        ...subjectFacts(view, series, []),
        factOf(view, bar, "recentVolatility", now),
        factOf(view, bar, "usualVolatility", before),
      ],
    };
  },
  explainMissing: (view, series) =>
    `There are too few moving prices of ${series.symbol} by ${view.asOf} for two volatilities (the first is of ${series.bar(0).date}).`,
});

function score(series: BarSeries): number | null {
  const now = measureAt(series, recent);
  const before = measureAt(series, usual);
  return now === null || before === null ? null : Math.log(now / before);
}
