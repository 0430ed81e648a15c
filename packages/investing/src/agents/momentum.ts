/** The momentum agent: last year's winners among the companies tend to stay ahead of its losers. */
import type { BarSeries, MarketView } from "@mycroft/sdk";
import { dayOf } from "../calendar-day.ts";
import { measureAt } from "../measures/measure.ts";
import { oneMonthReturn, twelveMonthReturn } from "../measures/trailing-return.ts";
import { isNear } from "../outcome.ts";
import { factOf, newestBar, subjectFacts } from "./facts.ts";
import { minCompanies, type Ranking, rankCompanies } from "./ranking.ts";
import { defineScoredAgent } from "./scored-agent.ts";
import { moved } from "./wording.ts";

/**
 * Cross-sectional momentum: a company's rank among all by the return from twelve months to one month ago, as a share
 * from 0 (the worst) to 1 (the best). The last month is left out because it tends to reverse.
 * Source: Jegadeesh and Titman 1993, "Returns to buying winners and selling losers", Journal of Finance 48(1); the skipped
 * month as in Fama and French 1996, "Multifactor explanations of asset pricing anomalies", Journal of Finance 51(1).
 */
export const momentum = defineScoredAgent({
  name: "momentum",
  version: "1",
  description: "Cross-sectional momentum, 12 months without the last (Jegadeesh and Titman 1993)",
  capabilities: ["prices", "cross-section"],
  edges: [0.2, 0.4, 0.6, 0.8],
  score: (view, symbol) => rank(view, view.series(symbol)),
  explain: (view, series) => {
    const bar = newestBar(series);
    const share = rank(view, series) ?? 0;
    const formation = formationReturn(series) ?? 0;
    const place = ranking(view)?.placeOf(share) ?? "";
    return {
      words: `${series.symbol} ${moved(formation)} from 12 months to 1 month ago, ${place}.`,
      facts: [
        ...subjectFacts(view, series, []),
        factOf(view, bar, "return12To1Months", Math.expm1(formation)),
        factOf(view, bar, "momentumRank", share),
      ],
    };
  },
  explainMissing: (view, series) =>
    formationReturn(series) === null
      ? `There are no 12 months of prices of ${series.symbol} by ${view.asOf} (the first is of ${series.bar(0).date}).`
      : `Fewer than ${minCompanies} companies have 12 months of prices by ${view.asOf}, too few to rank.`,
});

function formationReturn(series: BarSeries): number | null {
  const year = measureAt(series, twelveMonthReturn);
  const month = measureAt(series, oneMonthReturn);
  return year === null || month === null ? null : year - month;
}

function rank(view: MarketView, series: BarSeries): number | null {
  const own = formationReturn(series);
  return own === null ? null : (ranking(view)?.rankOf(own) ?? null);
}

/** Of the companies that have a return and are still traded. */
function ranking(view: MarketView): Ranking | null {
  return rankCompanies(view, "momentum/returns-12-1", (today, symbol) => {
    const series = today.series(symbol);
    const formation = formationReturn(series);
    return formation !== null && isNear(dayOf(newestBar(series).date), dayOf(today.asOf)) ? formation : null;
  });
}
