/** The technical agent: three oscillators that chartists read, combined into one measure of strength. */
import type { BarSeries } from "@mycroft/sdk";
import { BollingerBands, EMA, MACD, RSI } from "trading-signals";
import { type Measure, measureAt } from "../measures/measure.ts";
import { factOf, newestBar, subjectFacts } from "./facts.ts";
import { defineScoredAgent } from "./scored-agent.ts";
import { times } from "./wording.ts";

const rsiPeriod = 14;
const macdPeriods = { short: 12, long: 26, signal: 9 } as const;
const bollinger = { period: 20, deviations: 2 } as const;
/** The signal line of the MACD begins after the long average; before that many bars it is not settled. */
const macdBars = macdPeriods.long + macdPeriods.signal;

/** Wilder's relative strength index, 0 to 100. The library says 100 for a price that never moved; %B is null then. */
const rsi: Measure = {
  key: `rsi/${rsiPeriod}`,
  start: () => {
    const indicator = new RSI(rsiPeriod);
    return (bar) => indicator.update(bar.adjClose, false);
  },
};

/** The MACD's histogram, as a share of the price. */
const macdHistogram: Measure = {
  key: `macd/${macdPeriods.short}-${macdPeriods.long}-${macdPeriods.signal}`,
  start: () => {
    const { short, long, signal } = macdPeriods;
    const indicator = new MACD(new EMA(short), new EMA(long), new EMA(signal));
    let bars = 0;
    return (bar) => {
      bars += 1;
      const value = indicator.update(bar.adjClose, false);
      return value === null || bars < macdBars ? null : value.histogram / bar.adjClose;
    };
  },
};

/** Bollinger's %B: 0 on the lower band, 1 on the upper. */
const percentB: Measure = {
  key: `percent-b/${bollinger.period}-${bollinger.deviations}`,
  start: () => {
    const indicator = new BollingerBands(bollinger.period, bollinger.deviations);
    return (bar) => {
      const bands = indicator.update(bar.adjClose, false);
      const width = bands === null ? 0 : bands.upper - bands.lower;
      // Bands as narrow as rounding noise say nothing.
      return bands === null || width <= 1e-9 * bar.adjClose ? null : (bar.adjClose - bands.lower) / width;
    };
  },
};

/** Half the mean width of the histogram's swings, so that it can stand beside the two others. */
const macdSwing: Measure = {
  key: `macd-swing/${macdPeriods.short}-${macdPeriods.long}-${macdPeriods.signal}`,
  start: () => {
    const histogram = macdHistogram.start();
    const size = new EMA(macdBars);
    return (bar) => {
      const value = histogram(bar);
      return value === null ? null : size.update(Math.abs(value), false);
    };
  },
};

/**
 * The mean of three strengths, each about -1 to 1: the RSI around 50, the MACD's histogram against its own usual size, and
 * %B around the middle band. Whether strength goes on or gives way is not presumed: the calibration says what followed.
 * The periods count bars, as their authors defined them, so that on monthly bars they span years.
 * Sources: Wilder 1978, "New Concepts in Technical Trading Systems" (RSI, 14 bars); Appel 2005, "Technical Analysis: Power
 * Tools for Active Investors" (MACD 12-26-9); Bollinger 2001, "Bollinger on Bollinger Bands" (20 bars, 2 deviations).
 */
export const technical = defineScoredAgent({
  name: "technical",
  version: "1",
  description: "RSI, MACD and Bollinger %B combined (Wilder 1978, Appel 2005, Bollinger 2001)",
  capabilities: ["prices", "time-series", "technical-indicators"],
  edges: [-0.6, -0.3, -0.1, 0.1, 0.3, 0.6],
  score: (view, symbol) => strength(view.series(symbol)),
  explain: (view, series) => {
    const bar = newestBar(series);
    const values = {
      rsi14: measureAt(series, rsi) ?? 0,
      macdHistogramShare: measureAt(series, macdHistogram) ?? 0,
      percentB: measureAt(series, percentB) ?? 0,
    };
    const macd = `the MACD is ${values.macdHistogramShare < 0 ? "below" : "above"} its signal line`;
    const bands = `the price stands at ${times(values.percentB)} between its Bollinger bands (0 lower, 1 upper)`;
    return {
      words: `The RSI of ${series.symbol} is ${values.rsi14.toFixed(0)}, ${macd} and ${bands}: a strength of ${times(strength(series) ?? 0)} (about -1 to 1).`,
      facts: [
        ...subjectFacts(view, series, []),
        factOf(view, bar, "rsi14", values.rsi14),
        factOf(view, bar, "macdHistogramShare", values.macdHistogramShare),
        factOf(view, bar, "percentB", values.percentB),
      ],
    };
  },
  explainMissing: (view, series) =>
    series.length < macdBars
      ? `The indicators need ${macdBars} bars; there are ${series.length} of ${series.symbol} by ${view.asOf}.`
      : `The price of ${series.symbol} has not moved enough by ${view.asOf} for its indicators to be defined.`,
});

function strength(series: BarSeries): number | null {
  const parts = [measureAt(series, rsi), measureAt(series, macdHistogram), measureAt(series, percentB)];
  const [index, histogram, share] = parts;
  const swing = measureAt(series, macdSwing);
  if (index == null || histogram == null || share == null || swing === null || swing === 0) return null;
  const macd = Math.max(-1, Math.min(1, histogram / (2 * swing)));
  return ((index - 50) / 50 + macd + (2 * share - 1)) / 3;
}
