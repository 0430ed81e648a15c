/**
 * A distribution's departure from a centre, what is usually said, split into how wide it is (dispersion, the same mirrored) and which
 * way it points (direction, reversed when mirrored). The ranked probability score falls apart into the two exactly, so
 * that each can be judged without the noise of the other.
 */

/** Both parts of one forecast, or of one outcome; each sums to 0, and the centre with both added is the distribution. */
export interface Departure {
  readonly dispersion: Float64Array;
  readonly direction: Float64Array;
}

/** What the two parts are stretched by. */
export interface Gains {
  readonly dispersion: number;
  readonly direction: number;
}

/** No change of either part. */
export const unitGains: Gains = { dispersion: 1, direction: 1 };

export function uniformCentre(outcomes: number): Float64Array {
  return new Float64Array(outcomes).fill(1 / outcomes);
}

export function blankDeparture(outcomes: number): Departure {
  return { dispersion: new Float64Array(outcomes), direction: new Float64Array(outcomes) };
}

/** Adds `share` times the departure of a distribution, each part times its gain, to what stands in `into`. */
export function addDeparture(
  into: Departure,
  probabilities: Float64Array | readonly number[],
  gains: Gains,
  share: number,
  centre: Float64Array,
): void {
  const size = probabilities.length;
  for (let k = 0; k < size; k += 1) {
    const here = (probabilities[k] ?? 0) - (centre[k] ?? 0);
    const mirrored = (probabilities[size - 1 - k] ?? 0) - (centre[size - 1 - k] ?? 0);
    into.dispersion[k] = (into.dispersion[k] ?? 0) + share * gains.dispersion * ((here + mirrored) / 2);
    into.direction[k] = (into.direction[k] ?? 0) + share * gains.direction * ((here - mirrored) / 2);
  }
}

/** Overwrites `into` with the departure of one distribution. */
export function departureOf(
  into: Departure,
  probabilities: Float64Array | readonly number[],
  centre: Float64Array,
): void {
  into.dispersion.fill(0);
  into.direction.fill(0);
  addDeparture(into, probabilities, unitGains, 1, centre);
}

/** The inner product of the ranked probability score, `(1/K) sum_k X_k Y_k` with X and Y the cumulative sums. */
export function rankedProduct(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  let reachedX = 0;
  let reachedY = 0;
  for (let k = 0; k < x.length; k += 1) {
    reachedX += x[k] ?? 0;
    reachedY += y[k] ?? 0;
    sum += reachedX * reachedY;
  }
  return sum / x.length;
}
