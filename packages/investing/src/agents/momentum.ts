/** The momentum agent: last year's winners among the companies tend to stay ahead of its losers. */
import type { BarSeries, MarketView } from "@mycroft/sdk";
import { dayOf } from "../calendar-day.ts";
import { measureAt } from "../measures/measure.ts";
import { oneMonthReturn, twelveMonthReturn } from "../measures/trailing-return.ts";
import { isNear } from "../outcome.ts";
import { factOf, newestBar, subjectFacts } from "./facts.ts";
import { defineScoredAgent } from "./scored-agent.ts";
import { moved } from "./wording.ts";

/** A rank says little among fewer companies. */
const minCompanies = 4;
/** A day's ranking keeps at most this many returns, evenly spaced by rank: ranks are then exact to half a percent. */
const maxReturns = 201;

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
    const companies = ranking(view)?.[0] ?? 0;
    const place = Math.min(companies, Math.round(companies * (1 - share) + 0.5));
    const about = companies > maxReturns ? "about " : "";
    return {
      words: `${series.symbol} ${moved(formation)} from 12 months to 1 month ago, ${about}place ${place} of ${companies} companies.`,
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

/** The share of companies with a lower return; companies with the same one count half. */
function rank(view: MarketView, series: BarSeries): number | null {
  const own = formationReturn(series);
  const ranked = own === null ? null : ranking(view);
  if (own === null || ranked === null) return null;
  const companies = ranked[0] ?? 0;
  if (companies < minCompanies) return null;
  // Half way between the companies below and those not above: halves of the ones with the same return.
  const below = countBefore(ranked, (other) => other < own);
  const notAbove = countBefore(ranked, (other) => other <= own);
  return (below + notAbove) / 2 / (ranked.length - 1);
}

/** How many of a ranking's returns, from the lowest, satisfy `holds`; the first that does not ends them. */
function countBefore(ranked: readonly number[], holds: (value: number) => boolean): number {
  let low = 1;
  let high = ranked.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(ranked[middle] ?? 0)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** How many companies have a return on the view's newest day, then their returns, the lowest first. */
function ranking(view: MarketView): readonly number[] | null {
  return view.scan("momentum/returns-12-1", () => (today) => {
    const now = dayOf(today.asOf);
    const returns: number[] = [];
    for (const symbol of today.symbols()) {
      const series = today.series(symbol);
      const formation = formationReturn(series);
      if (formation !== null && isNear(dayOf(newestBar(series).date), now)) returns.push(formation);
    }
    return [returns.length, ...thinned(returns.sort((a, b) => a - b))];
  });
}

function thinned(sorted: readonly number[]): readonly number[] {
  if (sorted.length <= maxReturns) return sorted;
  const step = (sorted.length - 1) / (maxReturns - 1);
  return Array.from({ length: maxReturns }, (_, index) => sorted[Math.round(index * step)] ?? 0);
}
