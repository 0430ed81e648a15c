/** Whether two forecasters differ by more than chance: a paired test over periods, and a correction for asking often. */
import { twoSidedChance } from "./student-t.ts";

/** Fewer periods than this say nothing about how far a mean may lie off. */
const leastPeriods = 4;

/**
 * The Diebold-Mariano test that the mean of `differences` (one for each period, in order) is 0, with the variance of
 * Newey and West over `lags` lags, the small-sample correction of Harvey, Leybourne and Newbold, and Student's t.
 * @returns the two-sided p-value, 0 to 1; null with fewer than 4 periods. Differences that are all alike give 1 when they
 *   are 0 and null otherwise: without any variation there is nothing to measure chance by.
 * Source: Diebold and Mariano 1995, "Comparing predictive accuracy", Journal of Business and Economic Statistics 13(3);
 *   Newey and West 1987, Econometrica 55(3); Harvey, Leybourne and Newbold 1997, International Journal of Forecasting 13(2).
 */
export function dieboldMariano(differences: readonly number[], lags: number): number | null {
  const count = differences.length;
  if (differences.every((value) => value === 0)) return count === 0 ? null : 1;
  if (count < leastPeriods) return null;
  const mean = differences.reduce((sum, value) => sum + value, 0) / count;
  const off = differences.map((value) => value - mean);
  const used = Math.min(lags, Math.floor(count / 2) - 1);
  const covariance = (lag: number) => {
    let sum = 0;
    for (let index = lag; index < count; index += 1) sum += (off[index] ?? 0) * (off[index - lag] ?? 0);
    return sum / count;
  };
  let variance = covariance(0);
  for (let lag = 1; lag <= used; lag += 1) variance += 2 * (1 - lag / (used + 1)) * covariance(lag);
  const largest = Math.max(...differences.map(Math.abs));
  // What is left by rounding is no variation.
  if (!(variance > (1e-14 * largest) ** 2)) return null;
  const steps = used + 1;
  const correction = Math.sqrt((count + 1 - 2 * steps + (steps * (steps - 1)) / count) / count);
  return twoSidedChance((correction * mean) / Math.sqrt(variance / count), count - 1);
}

/**
 * The same p-values, corrected for their number, so that the chance of even one false finding stays below the level.
 * Nulls are no tests. Source: Holm 1979, "A simple sequentially rejective multiple test procedure", Scandinavian
 * Journal of Statistics 6(2).
 */
export function holm(chances: readonly (number | null)[]): readonly (number | null)[] {
  const order = [...chances.keys()]
    .filter((index) => chances[index] !== null)
    .sort((a, b) => (chances[a] ?? 0) - (chances[b] ?? 0));
  const corrected = chances.map((): number | null => null);
  let least = 0;
  order.forEach((index, rank) => {
    least = Math.max(least, Math.min(1, (order.length - rank) * (chances[index] ?? 1)));
    corrected[index] = least;
  });
  return corrected;
}
