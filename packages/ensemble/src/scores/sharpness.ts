/** Sharpness: how much forecasts commit themselves, whatever came of them. Of two that are calibrated, the sharper is better. */
import { sumInOrder } from "../distribution.ts";
import { entropyOf } from "../divergence.ts";
import { log } from "../portable-math/log.ts";
import { checkForecasts } from "./forecast-cases.ts";

export type Sharpness = {
  /** Mean entropy divided by ln K: 0 (always certain) to 1 (always uniform). */
  readonly meanEntropy: number;
  /** Mean of the highest probability: 1/K to 1. */
  readonly meanHighest: number;
};

/**
 * Source: Gneiting, Balabdaoui and Raftery 2007, "Probabilistic forecasts, calibration and sharpness", Journal of the Royal
 * Statistical Society B 69(2).
 * @throws {MycroftError} ENSEMBLE_EMPTY without forecasts; OPINION_INVALID or OPINION_DIMENSION for a bad one.
 */
export function sharpnessOf(forecasts: readonly (readonly number[])[]): Sharpness {
  const rows = checkForecasts(forecasts);
  const most = log(rows[0]?.length ?? 2);
  return {
    meanEntropy: Math.min(1, sumInOrder(rows.map(entropyOf)) / rows.length / most),
    meanHighest: sumInOrder(rows.map((row) => Math.max(...row))) / rows.length,
  };
}
