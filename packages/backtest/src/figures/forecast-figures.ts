/** What a strategy's forecasts were worth over all days. */

import { bootstrapInterval, type Draws, type Interval } from "@mycroft/evaluation";
import { type DayScore, scoreBins } from "../record/day-record.ts";

export interface ForecastFigures {
  /** Forecasts whose outcome is known by the end of the backtest. */
  readonly cases: number;
  /** Mean scores; lower is better. Null without a case. */
  readonly rps: number | null;
  readonly rpsInterval: Interval | null;
  readonly brier: number | null;
  /** Of the forecasts that lean to one side where the outcome was not flat, the share that leaned to the right one. */
  readonly hitRate: number | null;
  readonly hitRateInterval: Interval | null;
  /** Expected calibration error of the highest probability. */
  readonly calibrationError: number | null;
  /** For each bin that is not empty: mean highest probability, how often it was right, and cases. */
  readonly reliability: readonly (readonly [stated: number, found: number, cases: number])[];
}

/**
 * Calibration error: the mean distance of confidence and frequency over bins of equal width, weighed by their cases (Guo,
 * Pleiss, Sun and Weinberger 2017, "On calibration of modern neural networks", ICML).
 * @param draws of the decision days, in their order.
 */
export function forecastFigures(scores: readonly DayScore[], draws: Draws): ForecastFigures {
  const ratio = (over: (score: DayScore) => number, under: (score: DayScore) => number) => {
    const tops = Float64Array.from(scores, over);
    const bottoms = Float64Array.from(scores, under);
    const bottom = sumOf(bottoms);
    return bottom === 0
      ? { value: null, interval: null }
      : { value: sumOf(tops) / bottom, interval: bootstrapInterval(tops, bottoms, draws, 0.95) };
  };
  const rps = ratio(
    (score) => score.rps,
    (score) => score.cases,
  );
  const hits = ratio(
    (score) => score.right,
    (score) => score.leaning,
  );
  const cases = scores.reduce((sum, score) => sum + score.cases, 0);
  const brier = scores.reduce((sum, score) => sum + score.brier, 0);
  const reliability = reliabilityOf(scores);
  return {
    cases,
    rps: rps.value,
    rpsInterval: rps.interval,
    brier: cases === 0 ? null : brier / cases,
    hitRate: hits.value,
    hitRateInterval: hits.interval,
    calibrationError:
      cases === 0
        ? null
        : reliability.reduce((sum, [stated, found, count]) => sum + Math.abs(stated - found) * count, 0) /
          cases,
    reliability,
  };
}

function reliabilityOf(scores: readonly DayScore[]): ForecastFigures["reliability"] {
  const counts = new Float64Array(scoreBins);
  const stated = new Float64Array(scoreBins);
  const right = new Float64Array(scoreBins);
  for (const { bins } of scores) {
    for (const [bin, cases, sum, correct] of bins) {
      counts[bin] = (counts[bin] ?? 0) + cases;
      stated[bin] = (stated[bin] ?? 0) + sum;
      right[bin] = (right[bin] ?? 0) + correct;
    }
  }
  return [...counts].flatMap((count, bin) =>
    count === 0 ? [] : [[(stated[bin] ?? 0) / count, (right[bin] ?? 0) / count, count] as const],
  );
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
