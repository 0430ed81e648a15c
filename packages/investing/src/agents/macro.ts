/**
 * The macro agent: the state of the whole market, by the trend and the drawdown of its index, and by the fear that the VIX
 * measures where the data has it. Where it has none, the VIX changes nothing.
 */
import type { BarSeries, Fact, MarketView } from "@mycroft/sdk";
import { dayOf } from "../calendar-day.ts";
import { findSeries } from "../functions/price-facts.ts";
import { measureAt } from "../measures/measure.ts";
import { trailingHigh, trailingMean } from "../measures/trailing-window.ts";
import { isNear } from "../outcome.ts";
import { factOf, lastClose, newestBar } from "./facts.ts";
import { defineScoredAgent } from "./scored-agent.ts";
import { percent, times } from "./wording.ts";

/** Ten months and twelve, in days. */
const mean = trailingMean(304);
const high = trailingHigh(365);
/** A fall from the high that is called a correction, and one that is called a bear market. */
const correction = 0.1;
const bearMarket = 0.2;

/** The CBOE volatility index, by its usual symbol: bars of an index like any other. */
const fearIndex = "^VIX";
/** The mean of a year of the VIX, and how far it is from that when there is little fear, and when there is much. */
const usualFear = trailingMean(365);
const calmBelow = 0.85;
const fearfulFrom = 1.15;
const fears = ["calm", "as usual", "fearful"] as const;

/** The states of the market, from the worst. */
const states = [
  "deep in a downtrend",
  "in a downtrend",
  "in an uptrend after a fall",
  "in an uptrend",
] as const;

interface Trend {
  readonly state: number;
  readonly mean: number;
  readonly drawdown: number;
}

interface Fear {
  readonly series: BarSeries;
  readonly state: number;
  readonly mean: number;
}

/** By trend alone, by fear alone, by both: every combination has a score of its own, as none is more than another. */
const scores = {
  trend: ({ state }: Trend) => state,
  fear: ({ state }: Fear) => states.length + state,
  both: (trend: Trend, fear: Fear) => states.length + fears.length + trend.state * fears.length + fear.state,
};
const scoreCount = states.length + fears.length + states.length * fears.length;

/**
 * The index above or below its ten-month average, how far it is below its twelve-month high, and the VIX against its
 * twelve-month average.
 * Sources: Faber 2007, "A quantitative approach to tactical asset allocation", Journal of Wealth Management 9(4): he compares
 * month ends with the mean of ten of them; here it is the mean of the bars of ten months, whatever their spacing. Giot
 * 2005, "Relationships between implied volatility indexes and stock index returns", Journal of Portfolio Management 31(3):
 * returns after a VIX that is high or low against its own past; he uses quantiles of two years, here it is three states.
 */
export const macro = defineScoredAgent({
  name: "macro",
  version: "1",
  description:
    "Trend and drawdown of the market's index (Faber 2007), and the VIX where it is known (Giot 2005)",
  capabilities: ["prices", "index", "market-wide"],
  edges: Array.from({ length: scoreCount - 1 }, (_, score) => score + 0.5),
  score: (view) => {
    const trend = trendOf(view);
    const fear = fearOf(view);
    if (fear === null) return trend === null ? null : scores.trend(trend);
    return trend === null ? scores.fear(fear) : scores.both(trend, fear);
  },
  explain: (view, series) => {
    const parts = [trendInWords(view), fearInWords(view)].filter((part) => part !== null);
    return {
      words: parts.map(({ words }) => words).join(" "),
      facts: [lastClose(view, newestBar(series)), ...parts.flatMap(({ facts }) => facts)],
    };
  },
  explainMissing: (view) => {
    if (view.index === null) return "The data has no market index.";
    const index = view.series(view.index);
    return `The index ${view.index} has prices from ${index.bar(0).date} to ${newestBar(index).date}; 12 months up to ${view.asOf} are needed.`;
  },
});

interface Part {
  readonly words: string;
  readonly facts: readonly Fact[];
}

function trendInWords(view: MarketView): Part | null {
  const index = indexSeries(view);
  const trend = trendOf(view);
  if (index === null || trend === null) return null;
  const bar = newestBar(index);
  const side = trend.state >= 2 ? "above" : "below";
  const where = `${side} its 10-month average and ${percent(trend.drawdown)} below its 12-month high`;
  return {
    words: `The index ${index.symbol} is ${where}: the market is ${states[trend.state]}.`,
    facts: [
      { ...lastClose(view, bar), name: "indexLastClose" },
      factOf(view, bar, "indexMean10Months", trend.mean),
      factOf(view, bar, "indexDrawdown12Months", trend.drawdown),
    ],
  };
}

function fearInWords(view: MarketView): Part | null {
  const fear = fearOf(view);
  if (fear === null) return null;
  const bar = newestBar(fear.series);
  const ratio = times(bar.adjClose / fear.mean);
  return {
    words: `${fearIndex} is at ${bar.close}, ${ratio} times its 12-month average: the market is ${fears[fear.state]}.`,
    facts: [
      { ...lastClose(view, bar), name: "vixLastClose" },
      factOf(view, bar, "vixMean12Months", fear.mean),
    ],
  };
}

function indexSeries(view: MarketView): BarSeries | null {
  return view.index === null ? null : view.series(view.index);
}

function trendOf(view: MarketView): Trend | null {
  const series = indexSeries(view);
  if (series === null) return null;
  const average = measureAt(series, mean);
  const top = measureAt(series, high);
  const bar = newestBar(series);
  if (average === null || top === null || !isNear(dayOf(bar.date), dayOf(view.asOf))) return null;
  const drawdown = 1 - bar.adjClose / top;
  return { state: stateOf(bar.adjClose >= average, drawdown), mean: average, drawdown };
}

function stateOf(uptrend: boolean, drawdown: number): number {
  if (uptrend) return drawdown >= correction ? 2 : 3;
  return drawdown >= bearMarket ? 0 : 1;
}

function fearOf(view: MarketView): Fear | null {
  if (!knowsFear(view)) return null;
  const series = view.series(fearIndex);
  const average = measureAt(series, usualFear);
  const bar = newestBar(series);
  if (average === null || !isNear(dayOf(bar.date), dayOf(view.asOf))) return null;
  const ratio = bar.adjClose / average;
  return { series, state: ratio < calmBelow ? 0 : ratio < fearfulFrom ? 1 : 2, mean: average };
}

/** Looked up once a day, and not for each company: it costs a failure to see that a symbol is not there. */
function knowsFear(view: MarketView): boolean {
  const known = view.scan(`macro knows ${fearIndex}`, () => (today) => [
    today.index !== fearIndex && findSeries(today, fearIndex) !== null ? 1 : 0,
  ]);
  return known?.[0] === 1;
}
