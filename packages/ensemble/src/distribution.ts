/** Distributions over ordered outcomes: what counts as one (P7), and the little arithmetic that all else shares. */
import { MycroftError } from "@mycroft/errors";
import { inside, type Place, placeOf, readNumber, rejection } from "./json-reader.ts";
import { ensembleLimits } from "./limits.ts";

/** The sum in the order given: the order is part of the result, bit for bit (E1). */
export function sumInOrder(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function isNumberList(value: unknown): value is number[] {
  if (!Array.isArray(value)) return false;
  // Not `every`, which passes over the holes of a sparse list.
  for (const item of value) if (typeof item !== "number") return false;
  return true;
}

/**
 * A list of `size` probabilities, each from 0 to 1, with a sum within 1e-6 of 1.
 * @throws {MycroftError} OPINION_INVALID, or OPINION_DIMENSION when there are not `size` of them.
 */
export function readDistribution(value: unknown, place: Place, size: number): number[] {
  if (!isNumberList(value)) throw rejection("OPINION_INVALID", place, value, "a list of numbers");
  if (value.length !== size) {
    throw rejection("OPINION_DIMENSION", place, value, `a list of ${size}, one for each outcome`);
  }
  value.forEach((probability, index) => {
    if (probability >= 0 && probability <= 1) return;
    const item: Place = { key: index, within: place, agent: place.agent };
    throw rejection("OPINION_INVALID", item, probability, "a number from 0 to 1");
  });
  const sum = sumInOrder(value);
  const tolerance = ensembleLimits.probabilitySumTolerance;
  if (Math.abs(sum - 1) > tolerance) {
    const total: Place = { key: "sum", within: place, agent: place.agent };
    throw rejection("OPINION_INVALID", total, sum, `1, within ${tolerance}`);
  }
  return value;
}

/**
 * Checks a distribution that stands alone; `field` is what an error calls it.
 * @throws {MycroftError} OPINION_INVALID or OPINION_DIMENSION (fewer than 2 or more than 101 outcomes).
 */
export function checkDistribution(values: unknown, field: string): number[] {
  const place = placeOf(field);
  const size = Array.isArray(values) ? values.length : 0;
  if (Array.isArray(values) && (size < 2 || size > ensembleLimits.outcomes)) {
    throw rejection("OPINION_DIMENSION", place, values, `a list of 2 to ${ensembleLimits.outcomes}`);
  }
  return readDistribution(values, place, size);
}

/** Sums off one by no more than this come from adding rounded numbers, and are left as they are. */
export const roundingNoise = 1e-12;

/** The same distribution with a sum of one; a list whose sum is one but for rounding is given back untouched. */
export function normalized(values: number[]): number[] {
  const sum = sumInOrder(values);
  return Math.abs(sum - 1) <= roundingNoise ? values : values.map((value) => value / sum);
}

/**
 * Non-negative numbers, not all zero, as weights. Their sum in order is 1 within rounding and never above 1, so
 * that no probability pooled with them is above 1 either.
 * @throws {MycroftError} INTERNAL for other numbers, which a policy, or a state that was tampered with, may come up with.
 */
export function normalizedWeights(raw: readonly number[]): number[] {
  let weights = shares(raw);
  for (let excess = sumInOrder(weights) - 1; excess > 0; excess = sumInOrder(weights) - 1) {
    const shrink = 1 - 2 * excess;
    weights = weights.map((weight) => weight * shrink);
  }
  return weights;
}

function shares(raw: readonly number[]): number[] {
  for (const [index, weight] of raw.entries()) {
    if (weight >= 0 && weight < Number.POSITIVE_INFINITY) continue;
    throw rejection("INTERNAL", inside(placeOf("weights"), index), weight, "a finite number from 0");
  }
  const total = sumInOrder(raw);
  if (raw.length > 0 && total === 0) throw rejection("INTERNAL", placeOf("weights"), raw, "not all 0");
  if (total < Number.POSITIVE_INFINITY) return raw.map((weight) => weight / total);
  // The largest numbers have no finite sum.
  return shares(raw.map((weight) => weight / raw.length));
}

/** The outcome `index` of `size`, as the distribution that scores are computed against. */
export function certainOutcome(index: number, size: number): number[] {
  const code = "OPINION_DIMENSION";
  readNumber(size, placeOf("size"), { min: 1, max: ensembleLimits.outcomes, integer: true, code });
  if (!Number.isInteger(index) || index < 0 || index >= size) {
    throw new MycroftError("OPINION_DIMENSION", `There is no outcome ${index} among ${size} outcomes.`, {
      details: { field: "index", value: String(index), limit: `0 to ${size - 1}` },
    });
  }
  return Array.from({ length: size }, (_, outcome) => (outcome === index ? 1 : 0));
}
