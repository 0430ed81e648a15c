/** Losses of point forecasts. Each is consistent for one property of the distribution that a forecaster has in mind. */
import { placeOf, readNumber } from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";

/**
 * `(forecast - observed)^2`, in the square of the points' unit; lower is better. Those who state their mean do best.
 * Source: Gneiting 2011, "Making and evaluating point forecasts", Journal of the American Statistical Association 106(494).
 * @throws {MycroftError} INPUT_INVALID for a number that is none, or beyond 1e15 in size.
 */
export function squareLoss(forecast: number, observed: number): number {
  checkPoints(forecast, observed);
  const miss = forecast - observed;
  return miss * miss;
}

/**
 * `|forecast - observed|`, in the points' unit; lower is better. Those who state their median do best.
 * Source: as `squareLoss`.
 * @throws {MycroftError} as `squareLoss`.
 */
export function absoluteLoss(forecast: number, observed: number): number {
  checkPoints(forecast, observed);
  return Math.abs(forecast - observed);
}

/**
 * Pinball loss of a quantile forecast: `level` times what the outcome lies above it, `1 - level` times what it lies below,
 * in the points' unit; lower is better. Those who state their quantile at `level` (0.05: exceeded 19 times in 20) do best;
 * at 0.5 it is half the absolute loss.
 * Source: Koenker and Bassett 1978, "Regression quantiles", Econometrica 46(1).
 * @throws {MycroftError} as `squareLoss`, and for a level outside 0 to 1.
 */
export function pinballLoss(forecast: number, observed: number, level: number): number {
  checkPoints(forecast, observed);
  readNumber(level, placeOf("level"), { min: 0, max: 1 });
  const above = observed - forecast;
  // Adding 0 turns the -0 of a level of 0 or 1 into 0.
  return (above >= 0 ? level * above : (level - 1) * above) + 0;
}

function checkPoints(forecast: number, observed: number): void {
  const range = { min: -ensembleLimits.pointMagnitude, max: ensembleLimits.pointMagnitude };
  readNumber(forecast, placeOf("forecast"), range);
  readNumber(observed, placeOf("observed"), range);
}
