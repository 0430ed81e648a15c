/** The macro agent: the state of the whole market, by the trend and the drawdown of its index. */
import type { BarSeries, MarketView } from "@mycroft/sdk";
import { dayOf } from "../calendar-day.ts";
import { measureAt } from "../measures/measure.ts";
import { trailingHigh, trailingMean } from "../measures/trailing-window.ts";
import { isNear } from "../outcome.ts";
import { factOf, lastClose, newestBar } from "./facts.ts";
import { defineScoredAgent } from "./scored-agent.ts";
import { percent } from "./wording.ts";

/** Ten months and twelve, in days. */
const mean = trailingMean(304);
const high = trailingHigh(365);
/** A fall from the high that is called a correction, and one that is called a bear market. */
const correction = 0.1;
const bearMarket = 0.2;

/** The states of the market, from the worst; a state's number is its score. */
const states = [
  "deep in a downtrend",
  "in a downtrend",
  "in an uptrend after a fall",
  "in an uptrend",
] as const;

interface MarketState {
  readonly state: number;
  readonly mean: number;
  readonly drawdown: number;
}

/**
 * The index above or below its ten-month average, and how far it is below its twelve-month high.
 * Source: Faber 2007, "A quantitative approach to tactical asset allocation", Journal of Wealth Management 9(4). He compares
 * month ends with the mean of ten of them; here it is the mean of the bars of ten months, whatever their spacing.
 */
export const macro = defineScoredAgent({
  name: "macro",
  version: "1",
  description: "Trend and drawdown of the market's index (Faber 2007)",
  capabilities: ["prices", "index", "market-wide"],
  edges: [0.5, 1.5, 2.5],
  score: (view) => marketState(view)?.state ?? null,
  explain: (view, series) => {
    const index = indexSeries(view) ?? series;
    const bar = newestBar(index);
    const market = marketState(view) ?? { state: 0, mean: 0, drawdown: 0 };
    const side = market.state >= 2 ? "above" : "below";
    const where = `${side} its 10-month average and ${percent(market.drawdown)} below its 12-month high`;
    return {
      words: `The index ${index.symbol} is ${where}: the market is ${states[market.state]}.`,
      facts: [
        lastClose(view, newestBar(series)),
        { ...lastClose(view, bar), name: "indexLastClose" },
        factOf(view, bar, "indexMean10Months", market.mean),
        factOf(view, bar, "indexDrawdown12Months", market.drawdown),
      ],
    };
  },
  explainMissing: (view) => {
    if (view.index === null) return "The data has no market index.";
    const index = view.series(view.index);
    return `The index ${view.index} has prices from ${index.bar(0).date} to ${newestBar(index).date}; 12 months up to ${view.asOf} are needed.`;
  },
});

function indexSeries(view: MarketView): BarSeries | null {
  return view.index === null ? null : view.series(view.index);
}

function marketState(view: MarketView): MarketState | null {
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
