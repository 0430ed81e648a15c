/**
 * An agent of your own. It counts in how many of the last twelve months the price rose, and looks up what followed such
 * counts in the past: that gives its probabilities. It sees nothing later than the day that it is asked about.
 */
import { calibrate } from "@mycroft/investing";
import { abstain, type BarSeries, defineAgent } from "@mycroft/sdk";

const months = 12;

const method = {
  // The key names what is computed: change it whenever you change the score.
  key: "my-first-agent@1",
  score: (view: { series(symbol: string): BarSeries }, symbol: string) => risingMonths(view.series(symbol)),
  // Counts of 0 to 4, 5 to 7 and 8 to 12 are told apart.
  edges: [5, 8],
};

export const myFirstAgent = defineAgent({
  name: "my-first-agent",
  version: "1",
  description: "How many of the last twelve months closed higher than the month before",
  capabilities: ["prices"],
  opinion: ({ subject, horizonDays }, { market }) => {
    if (market === null) return abstain("There is no market data.");
    const series = market.series(subject);
    const count = risingMonths(series);
    if (count === null) return abstain(`There are no ${months} months of prices of ${subject} yet.`);
    const past = calibrate(market, method, count, horizonDays);
    if (past === null) return abstain("There are too few cases in the past to compare with.");
    const [down, flat, up] = past.alike;
    const { date } = series.bar(series.length - 1);
    return {
      type: "opinion",
      probabilities: [...past.probabilities],
      rationale: `It rose in ${count} of ${months} months. After such counts came ${down} falls, ${flat} flat spells, ${up} rises.`,
      evidence: [{ name: "risingMonths", value: count, date, source: market.source }],
      dataAsOf: date,
    };
  },
});

/** Null while there are too few bars. The bundled companies have one bar a month. */
function risingMonths(series: BarSeries): number | null {
  if (series.length <= months) return null;
  let rising = 0;
  for (let index = series.length - months; index < series.length; index += 1) {
    if (series.bar(index).adjClose > series.bar(index - 1).adjClose) rising += 1;
  }
  return rising;
}
