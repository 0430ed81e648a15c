/** The fundamentals agent: companies that earn much for their price and on their assets tend to do better than others. */
import type { BarSeries, Fact, FactRecord, FactSeries, MarketView } from "@mycroft/sdk";
import { dayOf } from "../calendar-day.ts";
import { isNear } from "../outcome.ts";
import { factOf, lastClose, newestBar, recordFact } from "./facts.ts";
import { minCompanies, rankCompanies } from "./ranking.ts";
import { defineScoredAgent } from "./scored-agent.ts";
import { percent } from "./wording.ts";

const daysPerMonth = 365.25 / 12;
/** A report is used until this long after its period, and the period's own length: then the next one is overdue. */
const overdueDays = 200;
/** A period that ended about a year before another one. */
const yearBefore = { min: 350, max: 380 } as const;

/** What a company's newest report comes to on a day. A number is null where the report or the price does not give it. */
interface Standing {
  readonly report: FactRecord;
  readonly earningsYield: number | null;
  readonly returnOnAssets: number | null;
  readonly revenueGrowth: number | null;
}

type RatioName = Exclude<keyof Standing, "report">;

const ratios: readonly { readonly name: RatioName; readonly words: string }[] = [
  { name: "earningsYield", words: "earnings of a year are %s of the price" },
  { name: "returnOnAssets", words: "income of a year is %s of assets" },
  { name: "revenueGrowth", words: "revenues grew %s in a year" },
];
/** One of the three alone is no judgement. */
const minRatios = 2;

/**
 * Value and quality together: the mean of a company's ranks, among all companies, by earnings yield, return on assets and
 * growth of revenues against the same period of the year before, of those that its newest report and the reports before
 * it give. Income of a shorter period counts as often as it fits into a year.
 * Sources: Basu 1977, "Investment performance of common stocks in relation to their price-earnings ratios", Journal of Finance
 * 32(3), for the yield; Piotroski 2000, "Value investing", Journal of Accounting Research 38 (supplement), for profitability
 * and improvement as signs beside it; mean ranks as in Asness, Frazzini and Pedersen 2019, "Quality minus junk", Review of
 * Accounting Studies 24(1). Earnings a share are as reported: after a split they misstate the yield until the next report.
 */
export const fundamentals = defineScoredAgent({
  name: "fundamentals",
  version: "1",
  description:
    "Earnings yield, profitability and growth, ranked across companies (Basu 1977, Piotroski 2000)",
  capabilities: ["fundamentals", "cross-section"],
  factKind: "fundamentals",
  edges: [0.25, 0.4, 0.5, 0.6, 0.75],
  score: meanRank,
  explain: (view, series) => {
    const { symbol } = series;
    const facts = view.facts(symbol, "fundamentals");
    const standing = standingOf(view, symbol);
    if (standing === null) return { words: "", facts: [] };
    const { report } = standing;
    const known = ratios.flatMap(({ name, words }) => {
      const value = standing[name];
      return value === null ? [] : [{ name, value, text: words.replace("%s", percent(value)) }];
    });
    const share = percent(meanRank(view, symbol) ?? 0);
    return {
      words: `By its report of ${report.date} on the time to ${report.periodEnd}, ${symbol} stands above ${share} of companies on average: ${known.map(({ text }) => text).join(", ")}.`,
      facts: [
        lastClose(view, newestBar(series)),
        ...statedFacts(facts, report),
        ...known.map(({ name, value }) =>
          // A yield is of the day of its price, the others of the day of the report.
          name === "earningsYield"
            ? factOf(view, newestBar(series), name, value)
            : recordFact(facts, report, name, value),
        ),
      ],
    };
  },
  explainMissing,
});

function statedFacts(facts: FactSeries, report: FactRecord): readonly Fact[] {
  const names = ["netIncome", "revenues", "assets"] as const;
  return names.flatMap((name) => {
    const value = report.values[name];
    return value === undefined ? [] : [recordFact(facts, report, name, value)];
  });
}

function explainMissing(view: MarketView, { symbol }: BarSeries): string {
  const facts = view.facts(symbol, "fundamentals");
  if (facts.length === 0) return `The data holds no reports of ${symbol} by ${view.asOf}.`;
  const standing = standingOf(view, symbol);
  if (standing === null) {
    const { periodEnd } = facts.record(newestReport(facts));
    return `The last report of ${symbol} is on the time to ${periodEnd}, too long before ${view.asOf}.`;
  }
  return knownRatios(standing) < minRatios
    ? `The report of ${symbol} that was known on ${standing.report.date} gives too few ratios to judge by.`
    : `Fewer than ${minCompanies} companies have reports by ${view.asOf}, too few to rank.`;
}

function meanRank(view: MarketView, symbol: string): number | null {
  const standing = standingOf(view, symbol);
  if (standing === null || knownRatios(standing) < minRatios) return null;
  let sum = 0;
  let ranked = 0;
  for (const { name } of ratios) {
    const value = standing[name];
    const ranking =
      value === null
        ? null
        : rankCompanies(
            view,
            `fundamentals/${name}`,
            (today, company) => standingOf(today, company)?.[name] ?? null,
          );
    if (value === null || ranking === null) continue;
    sum += ranking.rankOf(value);
    ranked += 1;
  }
  return ranked < minRatios ? null : sum / ranked;
}

function knownRatios(standing: Standing): number {
  return ratios.filter(({ name }) => standing[name] !== null).length;
}

/** Null without a report or a price that still counts on the view's day. */
function standingOf(view: MarketView, symbol: string): Standing | null {
  const facts = view.facts(symbol, "fundamentals");
  if (facts.length === 0) return null;
  const index = newestReport(facts);
  const report = facts.record(index);
  const { months, netIncome, assets, epsDiluted, epsBasic, revenues } = report.values;
  const now = dayOf(view.asOf);
  if (months === undefined || now - dayOf(report.periodEnd) > months * daysPerMonth + overdueDays)
    return null;
  const bar = newestBar(view.series(symbol));
  if (!isNear(dayOf(bar.date), now)) return null;
  const perShare = epsDiluted ?? epsBasic;
  const perYear = 12 / months;
  const before = facts.scan("revenues-a-year-before", startYearBefore).at(index);
  return {
    report,
    earningsYield: perShare === undefined ? null : (perShare * perYear) / bar.close,
    returnOnAssets:
      netIncome === undefined || assets === undefined || assets <= 0 ? null : (netIncome * perYear) / assets,
    revenueGrowth: revenues === undefined || before === null || before <= 0 ? null : revenues / before - 1,
  };
}

/** The index of the report on the latest time; of two on the same, such as an amended one, the later. */
function newestReport(facts: FactSeries): number {
  return facts.scan("newest-report", startNewest).at(facts.length - 1) ?? facts.length - 1;
}

function startNewest(): (record: FactRecord) => number {
  let newest = { index: 0, periodEnd: "" };
  let next = 0;
  return ({ periodEnd }) => {
    if (periodEnd >= newest.periodEnd) newest = { index: next, periodEnd };
    next += 1;
    return newest.index;
  };
}

/** The revenues of a period of the same length that ended a year before, as they were known when the report came. */
function startYearBefore(): (record: FactRecord) => number | null {
  const earlier: { readonly end: number; readonly months: number; readonly revenues: number }[] = [];
  return ({ periodEnd, values: { months, revenues } }) => {
    const end = dayOf(periodEnd);
    const found = earlier.findLast((one) => {
      const apart = end - one.end;
      return one.months === months && apart >= yearBefore.min && apart <= yearBefore.max;
    });
    if (months !== undefined && revenues !== undefined) earlier.push({ end, months, revenues });
    // A year has at most a few reports; those of long ago are of no use.
    if (earlier.length > 64) earlier.shift();
    return found?.revenues ?? null;
  };
}
