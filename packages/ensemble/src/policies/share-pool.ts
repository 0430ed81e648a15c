/**
 * What each agent contributes to a pool that is not a weighted mean: its own weighted part, and its weight's share of
 * what the pool adds to (or takes from) the weighted mean. So contributions add up to the result, whatever the method.
 */
import { normalizedWeights, sumInOrder } from "../distribution.ts";
import type { Opinion } from "../opinion.ts";
import type { Part, RawWeight } from "../policy.ts";
import { exp } from "../portable-math/exp.ts";

/**
 * With weights w, opinions p and the pool q, agent i adds `w_i (p_ik + q_k - sum_j w_j p_jk)` to outcome k. This may be
 * negative, where the pool takes away more than the agent's own part. Added in their order, the parts are q, exactly to
 * the last place or the next one; where q_k is 0 the sum is 0.
 */
export function sharePool(
  opinions: readonly Opinion[],
  rawWeights: readonly RawWeight[],
  pool: readonly number[],
): readonly Part[] {
  return sharedParts(
    opinions.map(({ probabilities }) => probabilities),
    rawWeights,
    pool,
  );
}

/** As `sharePool`, over rows of numbers, one for each agent. */
export function sharedParts(
  rows: readonly (readonly number[])[],
  rawWeights: readonly RawWeight[],
  pool: readonly number[],
): readonly Part[] {
  const weights = normalizedWeights(rawWeights.map(({ raw }) => raw));
  const mean = weightedRow(rows, weights);
  const amounts = rows.map((row, index) => {
    const weight = weights[index] ?? 0;
    // Adding 0 turns -0, which JSON cannot tell from 0, into 0.
    return pool.map((value, k) => weight * ((row[k] ?? 0) + (value - (mean[k] ?? 0))) + 0);
  });
  // The last part takes the rounding: what is missing to the pool, so that no sum falls below 0 or goes astray.
  const before = amounts.slice(0, -1);
  const last = pool.map((value, k) => value - sumInOrder(before.map((row) => row[k] ?? 0)));
  return rawWeights.map(({ reason }, index) => ({
    weight: weights[index] ?? 0,
    reason,
    amounts: before[index] ?? last,
  }));
}

/** The weighted sum of rows of equal length, added in their order. */
export function weightedRow(rows: readonly (readonly number[])[], weights: readonly number[]): number[] {
  const width = rows[0]?.length ?? 0;
  const sums = Array.from({ length: width }, () => 0);
  rows.forEach((row, index) => {
    const weight = weights[index] ?? 0;
    for (let k = 0; k < width; k += 1) sums[k] = (sums[k] ?? 0) + weight * (row[k] ?? 0);
  });
  return sums;
}

/** Equal weights, one for each opinion. */
export function weighEqually(opinions: readonly unknown[]): readonly RawWeight[] {
  return opinions.map(() => ({ raw: 1, reason: { type: "equal" } }));
}

/** Logarithms of unnormalized probabilities, not all minus infinity, as a distribution. */
export function fromLogarithms(logarithms: readonly number[]): number[] {
  const largest = Math.max(...logarithms);
  const raw = logarithms.map((value) => exp(value - largest));
  const sum = sumInOrder(raw);
  return raw.map((value) => value / sum);
}
