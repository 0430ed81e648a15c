/** One competitor's way through the cases: what it scored where, summed by period. */
import { type ReliabilityCurve, reliabilityCurve } from "@mycroft/ensemble";
import type { Panel } from "./panel.ts";
import type { Score } from "./score.ts";

export interface Track {
  /** By case; NaN where it did not speak. Never leaves this package. */
  readonly scores: Float64Array;
  /** Of all outcomes' probabilities; with many cases, every so-many-th is looked at. */
  readonly calibration: ReliabilityCurve | null;
  readonly bias: number | null;
}

/** Sums of weights may end a rounding above one. */
function inRange(probability: number): number {
  return Math.min(1, Math.max(0, probability));
}

/** Calibration is sorted work: this many cases tell it well enough. */
const mostCalibrated = 20_000;

export function trackOf(
  panel: Panel,
  score: Score,
  forecastOf: (index: number) => Float64Array | null,
): Track {
  const scores = new Float64Array(panel.cases.length).fill(Number.NaN);
  const isPoint = score.forecasts === "points";
  const stride = Math.ceil(panel.cases.length / mostCalibrated);
  const said: { readonly probabilities: readonly number[]; readonly observed: readonly number[] }[] = [];
  let bias = 0;
  let count = 0;
  panel.cases.forEach(({ observed }, index) => {
    const forecast = forecastOf(index);
    if (forecast === null) return;
    scores[index] = score.of(forecast, observed);
    count += 1;
    if (isPoint) bias += (forecast[0] ?? 0) - (observed[0] ?? 0);
    else if (count % stride === 0)
      said.push({ probabilities: Array.from(forecast, inRange), observed: Array.from(observed) });
  });
  return {
    scores,
    calibration: said.length === 0 ? null : reliabilityCurve(said),
    // Adding 0 turns -0, which JSON cannot tell from 0, into 0.
    bias: isPoint && count > 0 ? bias / count + 0 : null,
  };
}

/** Sums and counts by period of `scores`, less `others` where they are given; cases that lack either are left out. */
export interface PeriodSums {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
  readonly sum: number;
  readonly count: number;
}

export function sumByPeriod(panel: Panel, scores: Float64Array, others?: Float64Array): PeriodSums {
  const sums = new Float64Array(panel.periods.length);
  const counts = new Float64Array(panel.periods.length);
  let sum = 0;
  let count = 0;
  panel.cases.forEach(({ round }, index) => {
    const value = differenceOf(scores[index], others === undefined ? 0 : others[index]);
    if (Number.isNaN(value)) return;
    sums[round] = (sums[round] ?? 0) + value;
    counts[round] = (counts[round] ?? 0) + 1;
    sum += value;
    count += 1;
  });
  return { sums, counts, sum, count };
}

/** Two that are equal but for the last digits of a sum are equal. */
function differenceOf(a = Number.NaN, b = Number.NaN): number {
  const difference = a - b;
  return Math.abs(difference) <= 1e-12 * (Math.abs(a) + Math.abs(b)) ? 0 : difference;
}

/** By period; null where there is none. */
export function periodMeans({ sums, counts }: PeriodSums): readonly (number | null)[] {
  return Array.from(sums, (sum, period) => {
    const count = counts[period] ?? 0;
    return count === 0 ? null : sum / count;
  });
}
