/**
 * How far forecasts' departures from knowing nothing should be stretched: the evidence for it, one row for each
 * forecaster, and the gain that follows, learned from few rounds with care.
 */
import { rankedProduct } from "./departure.ts";

/**
 * What is known of gains, by row. With x a forecast's departure, y the outcome's and `<,>` the inner product whose square
 * is the loss, a round gives the means over its cases `a = <x,x>` and `b = <x,y>`; the gain that would have been best is
 * `sum b / sum a`.
 */
export interface GainEvidence {
  /** In how many rounds there was a case. */
  readonly rounds: Float64Array;
  /** The sum over rounds of a. */
  readonly power: Float64Array;
  /** The sum over rounds of b - a: above 0 the forecasts were too timid, below 0 too bold. */
  readonly excess: Float64Array;
  /** The sum over rounds of (b - a)^2. */
  readonly noise: Float64Array;
  /** The sum over rounds of 2 (b - a) times what of earlier rounds still overlaps; 0 when outcomes do not overlap. */
  readonly serial: Float64Array;
  /** What of the rounds so far overlaps with the next, as a sum of b - a. */
  readonly trail: Float64Array;
}

/** Forecasts closer than this to knowing nothing have no departure that could be stretched. */
const leastPower = 1e-20;

/** Beyond this a gain is a sign of forecasts that are all but the same, not of skill. */
const largestGain = 100;

/**
 * The posterior mean of a row's gain under a normal prior of mean 1 and standard deviation `priorDeviation`, from 0 to
 * 100. The estimate is `1 + excess / power`. Its variance is the sandwich with rounds as clusters, since the cases of one
 * round share their fate and are worth far less than their number: the squares of `b - a` about their mean, and one
 * round more in which all of the mean was noise. So a single round moves the gain by at most half of `priorDeviation`,
 * and what keeps coming is believed soon. Rounds whose outcomes overlap (daily forecasts of 20 days) share their fate
 * too: `serial` is what this adds, and never takes away.
 * Sources: Liang and Zeger 1986, "Longitudinal data analysis using generalized linear models", Biometrika 73(1), and Newey
 * and West 1987, Econometrica 55(3), for the variance; the rest is the posterior mean of a normal with a normal prior.
 */
export function gainFrom(evidence: GainEvidence, row: number, priorDeviation: number): number {
  const power = evidence.power[row] ?? 0;
  const rounds = evidence.rounds[row] ?? 0;
  if (!(power > leastPower && rounds > 0)) return 1;
  const excess = evidence.excess[row] ?? 0;
  const mean = excess / rounds;
  const aboutMean = Math.max(0, (evidence.noise[row] ?? 0) - mean * excess);
  const spread = aboutMean + mean * mean + Math.max(0, evidence.serial[row] ?? 0);
  const variance = spread / power / power;
  const priorVariance = priorDeviation * priorDeviation;
  const gain = 1 + (excess / power) * (priorVariance / (priorVariance + variance));
  return Math.min(largestGain, Math.max(0, gain));
}

/** Gathers one round, case by case. */
export class GainRound {
  readonly #cases: Float64Array;
  readonly #power: Float64Array;
  readonly #excess: Float64Array;

  constructor(rows: number) {
    this.#cases = new Float64Array(rows);
    this.#power = new Float64Array(rows);
    this.#excess = new Float64Array(rows);
  }

  add(row: number, forecast: Float64Array, outcome: Float64Array): void {
    const own = rankedProduct(forecast, forecast);
    this.#cases[row] = (this.#cases[row] ?? 0) + 1;
    this.#power[row] = (this.#power[row] ?? 0) + own;
    this.#excess[row] = (this.#excess[row] ?? 0) + rankedProduct(forecast, outcome) - own;
  }

  /**
   * Adds the round to what is known; rows without a case stay as they are. `overlap` is the number of other rounds with
   * which the outcomes of this one overlap. Earlier rounds count by weights that fall geometrically, with the sum that
   * Bartlett's weights over these rounds have: so there is one number to keep, and not a round.
   */
  closeInto({ rounds, power, excess, noise, serial, trail }: GainEvidence, overlap: number): void {
    const decay = overlap / (overlap + 2);
    this.#cases.forEach((cases, row) => {
      if (cases === 0) return;
      const mean = (this.#excess[row] ?? 0) / cases;
      rounds[row] = (rounds[row] ?? 0) + 1;
      power[row] = (power[row] ?? 0) + (this.#power[row] ?? 0) / cases;
      excess[row] = (excess[row] ?? 0) + mean;
      noise[row] = (noise[row] ?? 0) + mean * mean;
      const shared = decay * (trail[row] ?? 0);
      serial[row] = (serial[row] ?? 0) + 2 * mean * shared;
      trail[row] = mean + shared;
    });
  }
}
