/**
 * Proper scoring rules for distributions over ordered outcomes: an agent does best by saying what it believes. All are
 * losses (lower is better). What was observed is itself a distribution, so that ties can share an outcome.
 */
import { checkDistribution, readDistribution } from "../distribution.ts";
import { placeOf, readNumber } from "../json-reader.ts";
import { log } from "../portable-math/log.ts";

/**
 * Logarithmic score, `-sum_k observed_k ln p_k`, in nats; lower is better, 0 to Infinity. Without a floor an outcome
 * that was given probability zero and came true costs Infinity: the rule's honest answer, but JSON cannot carry it and
 * no mean survives it. A `floor` (0 to 1) is the least probability that is charged for; above 0 the rule is proper
 * only for those who never go below it.
 * Source: Good 1952, "Rational decisions", Journal of the Royal Statistical Society B 14(1).
 * @throws {MycroftError} OPINION_INVALID or OPINION_DIMENSION when either list is not a distribution over the same
 *   2 to 101 outcomes; INPUT_INVALID for a floor out of range.
 */
export function logScore(probabilities: readonly number[], observed: readonly number[], floor = 0): number {
  checkPair(probabilities, observed);
  readNumber(floor, placeOf("floor"), { min: 0, max: 1 });
  let score = 0;
  probabilities.forEach((probability, outcome) => {
    const share = observed[outcome] ?? 0;
    // 0 * ln 0 counts as 0, its limit.
    if (share > 0) score -= share * log(Math.max(probability, floor));
  });
  return Math.max(0, score);
}

/**
 * Brier score in its original form, `sum_k (p_k - observed_k)^2`; lower is better, 0 to 2.
 * Source: Brier 1950, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78(1).
 * @throws {MycroftError} as `logScore`.
 */
export function brierScore(probabilities: readonly number[], observed: readonly number[]): number {
  checkPair(probabilities, observed);
  let score = 0;
  probabilities.forEach((probability, outcome) => {
    const gap = probability - (observed[outcome] ?? 0);
    score += gap * gap;
  });
  return score;
}

/**
 * Ranked probability score, `(1/K) sum_k (P_k - O_k)^2` with P and O the cumulative distributions: a miss by two bins
 * costs more than a miss by one. Lower is better, 0 to (K-1)/K.
 * Source: Epstein 1969, "A scoring system for probability forecasts of ranked categories", Journal of Applied
 * Meteorology 8(6); the mean over the K bins is the M6 competition's (Makridakis et al., "The M6 forecasting
 * competition", International Journal of Forecasting).
 * @throws {MycroftError} as `logScore`.
 */
export function rankedProbabilityScore(
  probabilities: readonly number[],
  observed: readonly number[],
): number {
  checkPair(probabilities, observed);
  let gap = 0;
  let score = 0;
  probabilities.forEach((probability, outcome) => {
    gap += probability - (observed[outcome] ?? 0);
    score += gap * gap;
  });
  return score / probabilities.length;
}

function checkPair(probabilities: readonly number[], observed: readonly number[]): void {
  checkDistribution(probabilities, "probabilities");
  readDistribution(observed, placeOf("observed"), probabilities.length);
}
