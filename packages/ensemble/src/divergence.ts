/**
 * How far distributions lie apart: entropy, the generalized Jensen-Shannon divergence and the distance made of it.
 * Computed term by term from non-negative parts, so that equal distributions give exactly 0 and no input gives NaN.
 */
import { MycroftError } from "@mycroft/errors";
import { checkDistribution, normalized, normalizedWeights, readDistribution } from "./distribution.ts";
import { inside, placeOf, readList, readNumber } from "./json-reader.ts";
import { log, log1p } from "./portable-math/log.ts";

/** Shannon entropy in nats: 0 (certain) to ln K (uniform). */
export function entropyOf(distribution: readonly number[]): number {
  let entropy = 0;
  for (const probability of distribution) {
    if (probability > 0) entropy -= probability * log(probability);
  }
  return Math.max(0, entropy);
}

/**
 * Generalized Jensen-Shannon divergence, `(H(sum_i w_i p_i) - sum_i w_i H(p_i)) / ln K`, from 0 (all equal, or only one
 * has weight) to 1 (certain, and split evenly over all K outcomes). It is at most `min(1, H(w) / ln K)`: two who exclude
 * each other come to ln 2 / ln K, which is 0.63 for three outcomes. Divided by ln K and not by that bound, it does not
 * change when every opinion is given twice, so that ensembles of different size compare. `weights` are uniform unless
 * given; they are scaled to a sum of one.
 * Source: Lin 1991, "Divergence measures based on the Shannon entropy", IEEE Transactions on Information Theory 37(1).
 * @throws {MycroftError} ENSEMBLE_EMPTY without distributions, OPINION_INVALID or OPINION_DIMENSION for a bad one,
 *   INPUT_INVALID for weights that are negative, all zero or not one for each distribution.
 */
export function jensenShannonDivergence(
  distributions: readonly (readonly number[])[],
  weights?: readonly number[],
): number {
  const rows = checkedRows(distributions);
  return divergenceAmong(rows, checkedWeights(weights, rows.length));
}

/**
 * The square root of the two-way Jensen-Shannon divergence to base 2: a metric, 0 (equal) to 1 (they exclude each other).
 * Source: Endres and Schindelin 2003, "A new metric for probability distributions", IEEE Transactions on Information
 * Theory 49(7).
 * @throws {MycroftError} as `jensenShannonDivergence`.
 */
export function jensenShannonDistance(a: readonly number[], b: readonly number[]): number {
  const [first = [], second = []] = checkedRows([a, b]);
  return distanceBetween(first, second);
}

function checkedRows(distributions: readonly (readonly number[])[]): number[][] {
  const place = placeOf("distributions");
  const rows = readList(distributions, place, Number.MAX_SAFE_INTEGER);
  if (rows.length === 0) throw new MycroftError("ENSEMBLE_EMPTY", "There is no distribution to compare.");
  const { length } = checkDistribution(rows[0], "distributions[0]");
  return rows.map((row, index) => normalized(readDistribution(row, inside(place, index), length)));
}

function checkedWeights(weights: readonly number[] | undefined, count: number): number[] {
  if (weights === undefined) return uniformWeights(count);
  const place = placeOf("weights");
  for (const [index, weight] of readList(weights, place, Number.MAX_SAFE_INTEGER).entries()) {
    readNumber(weight, inside(place, index), { min: 0, max: Number.MAX_VALUE / count });
  }
  if (weights.length === count && weights.some((weight) => weight > 0)) return normalizedWeights(weights);
  throw new MycroftError(
    "INPUT_INVALID",
    `There are ${weights.length} weights for ${count} distributions; there must be one each, not all zero.`,
    { details: { field: "weights", value: weights.length, limit: count } },
  );
}

export function uniformWeights(count: number): number[] {
  return normalizedWeights(Array.from({ length: count }, () => 1));
}

/** `jensenShannonDivergence` of what has been checked already. */
export function divergenceAmong(rows: readonly (readonly number[])[], weights: readonly number[]): number {
  const heard = rows.flatMap((row, index) => {
    const weight = weights[index] ?? 0;
    return weight > 0 ? [{ row, weight }] : [];
  });
  const reference = heard[0]?.row;
  if (reference === undefined || heard.length === 1) return 0;
  let divergence = 0;
  reference.forEach((origin, outcome) => {
    // Measured from the first opinion, the pool of equal opinions is exactly that opinion.
    let pooled = origin;
    for (const { row, weight } of heard) pooled += weight * ((row[outcome] ?? 0) - origin);
    for (const { row, weight } of heard) divergence += weight * relativeTerm(row[outcome] ?? 0, pooled);
  });
  return Math.min(1, divergence / log(reference.length));
}

/** `jensenShannonDistance` of what has been checked already. */
export function distanceBetween(a: readonly number[], b: readonly number[]): number {
  let divergence = 0;
  for (let outcome = 0; outcome < a.length; outcome += 1) {
    const p = a[outcome] ?? 0;
    const q = b[outcome] ?? 0;
    const middle = p / 2 + q / 2;
    divergence += (relativeTerm(p, middle) + relativeTerm(q, middle)) / 2;
  }
  return Math.sqrt(Math.min(1, divergence / Math.LN2));
}

/**
 * One outcome's part of the relative entropy, `p ln(p/m) - p + m`. The added `m - p` sums to zero over the outcomes and
 * makes every part non-negative, so that nothing cancels when p and m are close.
 */
function relativeTerm(p: number, m: number): number {
  if (m <= 0) return 0;
  if (p <= 0) return m;
  const ratio = (m - p) / p;
  // Beyond the neighbourhood of 1 the plain form is exact enough, and it cannot overflow where p is tiny.
  const term = Math.abs(ratio) < 0.5 ? p * (ratio - log1p(ratio)) : p * (log(p) - log(m)) + m - p;
  return Math.max(0, term);
}
