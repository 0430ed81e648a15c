/** Intervals that respect time: whole stretches of periods are drawn anew, so that what hangs together stays together. */
import { randomNumbers } from "./random-numbers.ts";

export interface Resampling {
  readonly resamples: number;
  /** The mean number of periods in a stretch, at least 1. */
  readonly blockPeriods: number;
  readonly seed: number;
}

/** Indices of periods, one row for each resample: the same rows serve all competitors, so that they stay comparable. */
export type Draws = readonly Uint32Array[];

/** Stretches that grow with the cube root of the number of periods, as the theory of block bootstraps has it. */
export function usualBlockPeriods(periods: number): number {
  return Math.max(1, Math.round(Math.cbrt(periods)));
}

/**
 * The stationary bootstrap: each draw goes on to the next period (in a circle), or, with chance 1 / blockPeriods, to any.
 * Source: Politis and Romano 1994, "The stationary bootstrap", Journal of the American Statistical Association 89(428).
 */
export function drawPeriods(periods: number, { resamples, blockPeriods, seed }: Resampling): Draws {
  const random = randomNumbers(seed);
  const jump = 1 / blockPeriods;
  return Array.from({ length: resamples }, () => {
    const row = new Uint32Array(periods);
    let at = 0;
    for (let index = 0; index < periods; index += 1) {
      const isNew = index === 0 || random() < jump;
      at = isNew ? Math.floor(random() * periods) : (at + 1) % periods;
      row[index] = at;
    }
    return row;
  });
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The percentile interval of any figure of the periods that were drawn; null when it is no number on more than one in ten
 * of the draws.
 * @param level such as 0.95.
 */
export function figureInterval(
  draws: Draws,
  level: number,
  figure: (periods: Uint32Array) => number,
): Interval | null {
  const values = new Float64Array(draws.length);
  let kept = 0;
  for (const row of draws) {
    const value = figure(row);
    if (!Number.isFinite(value)) continue;
    values[kept] = value;
    kept += 1;
  }
  if (kept < 2 || kept < 0.9 * draws.length) return null;
  const sorted = values.subarray(0, kept).sort();
  return { low: quantileOf(sorted, (1 - level) / 2), high: quantileOf(sorted, (1 + level) / 2) };
}

/**
 * The percentile interval of a mean over cases, from each period's sum and number of cases; null when fewer than two
 * periods have any, or when resamples without any case are more than one in ten.
 * @param level such as 0.95.
 */
export function bootstrapInterval(
  sums: Float64Array,
  counts: Float64Array,
  draws: Draws,
  level: number,
): Interval | null {
  if (counts.reduce((spoken, count) => spoken + (count > 0 ? 1 : 0), 0) < 2) return null;
  return figureInterval(draws, level, (row) => {
    let sum = 0;
    let count = 0;
    for (const period of row) {
      sum += sums[period] ?? 0;
      count += counts[period] ?? 0;
    }
    return count === 0 ? Number.NaN : sum / count;
  });
}

/** With linear interpolation between the two nearest. */
function quantileOf(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
