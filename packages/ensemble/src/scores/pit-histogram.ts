/**
 * The probability integral transform (PIT): where outcomes fall within their forecasts. Over discrete outcomes it is taken
 * without randomization, so that equal input gives an equal histogram (E1).
 */
import { sumInOrder } from "../distribution.ts";
import { placeOf, readNumber } from "../json-reader.ts";
import { checkForecastCases, type ScoredForecast } from "./forecast-cases.ts";

export type PitHistogram = {
  /** The share of the outcomes in each of the equal bins of [0, 1], lowest first; each is near 1/bins when calibrated. */
  readonly shares: readonly number[];
  /** The mean of the transform: 1/2 when calibrated, below when outcomes come lower than forecast. */
  readonly mean: number;
  /** The largest distance of the mean cumulative transform from the diagonal, at the edges of the bins; 0 when calibrated. */
  readonly largestGap: number;
};

/**
 * With outcome k observed, F(u) is 0 up to `P_(k-1)`, 1 from `P_k` on and straight between, P being the cumulative
 * forecast; the mean of F over the cases is the diagonal for calibrated forecasts. A U-shaped histogram tells of
 * forecasts that are too sure, a hump of too unsure ones. Ties that share an outcome share its F.
 * `bins` is 1 to 1,000, 10 unless given.
 * Source: Czado, Gneiting and Held 2009, "Predictive model assessment for count data", Biometrics 65(4), section 2.2.
 * @throws {MycroftError} ENSEMBLE_EMPTY without cases; OPINION_INVALID or OPINION_DIMENSION for a bad one; INPUT_INVALID for
 *   bins out of range.
 */
export function pitHistogram(cases: readonly ScoredForecast[], bins = 10): PitHistogram {
  readNumber(bins, placeOf("bins"), { min: 1, max: 1_000, integer: true });
  const checked = checkForecastCases(cases);
  const sums = Array.from({ length: bins + 1 }, () => 0);
  let middles = 0;
  for (const one of checked) {
    for (const { low, high, share } of stepsOf(one)) {
      middles += share * (low / 2 + high / 2);
      for (let edge = 0; edge <= bins; edge += 1) {
        sums[edge] = (sums[edge] ?? 0) + share * transformAt(edge / bins, low, high);
      }
    }
  }
  const cumulative = sums.map((sum) => sum / checked.length);
  return {
    shares: cumulative.slice(1).map((value, bin) => Math.max(0, value - (cumulative[bin] ?? 0))),
    mean: middles / checked.length,
    largestGap: Math.max(...cumulative.map((value, edge) => Math.abs(value - edge / bins))),
  };
}

interface Step {
  readonly low: number;
  readonly high: number;
  readonly share: number;
}

/** Where each outcome that was observed lies in the cumulative forecast. */
function stepsOf({ probabilities, observed }: ScoredForecast): readonly Step[] {
  const total = sumInOrder(probabilities);
  let high = 0;
  return probabilities.flatMap((probability, outcome) => {
    const low = high;
    const isLast = outcome === probabilities.length - 1;
    high = isLast ? 1 : Math.min(1, high + probability / total);
    const share = observed[outcome] ?? 0;
    return share > 0 ? [{ low: Math.min(low, high), high, share }] : [];
  });
}

/** An outcome that was given no probability is a jump; at the ends of [0, 1] it counts to the outermost bins. */
function transformAt(u: number, low: number, high: number): number {
  if (u >= high && u > 0) return 1;
  if (u <= low) return 0;
  return Math.min(1, Math.max(0, (u - low) / (high - low)));
}
