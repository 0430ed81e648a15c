/** How likely a Sharpe ratio is above what the best of several worthless strategies would have shown by luck. */
import { normalCdf, normalQuantile } from "./normal-distribution.ts";

const eulerMascheroni = 0.5772156649015329;

export interface SharpeSample {
  /** Per period, not a year. */
  readonly sharpe: number;
  readonly skewness: number;
  /** Not excess: 3 for a normal distribution. */
  readonly kurtosis: number;
  /** How many returns. */
  readonly periods: number;
}

/**
 * The Sharpe ratio, per period, that the best of `trials` strategies without any skill is expected to show, when the ratios
 * of the trials vary by `variance`; 0 for one trial.
 * Source: Bailey and Lopez de Prado 2014, "The deflated Sharpe ratio", Journal of Portfolio Management 40(5), equation 1.
 */
export function expectedBestSharpe(trials: number, variance: number): number {
  if (trials < 2) return 0;
  const first = normalQuantile(1 - 1 / trials);
  const second = normalQuantile(1 - 1 / (trials * Math.E));
  return Math.sqrt(variance) * ((1 - eulerMascheroni) * first + eulerMascheroni * second);
}

/**
 * The probability that the true Sharpe ratio is above `threshold` (per period): their probabilistic Sharpe ratio, equation 2
 * there; with `expectedBestSharpe` as the threshold it is the deflated Sharpe ratio. Null with fewer than 3 returns, or where
 * the estimate's variance is not positive.
 */
export function probabilisticSharpe(sample: SharpeSample, threshold: number): number | null {
  const { sharpe, skewness, kurtosis, periods } = sample;
  const spread = 1 - skewness * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe;
  if (periods < 3 || !(spread > 0)) return null;
  return normalCdf(((sharpe - threshold) * Math.sqrt(periods - 1)) / Math.sqrt(spread));
}
