/** The best fixed mixture in hindsight: the weights, kept through all cases, whose linear pool would have scored best. */
import type { Score } from "../walk/score.ts";

/** One case as the search sees it: each agent's forecast (of an agent that abstained: what the others' mean was). */
export interface MixtureCase {
  readonly forecasts: readonly Float64Array[];
  readonly observed: Float64Array;
}

export interface BestMixture {
  /** One for each agent; they sum to 1. */
  readonly weights: Float64Array;
  /** Its mean score. */
  readonly score: number;
  /** The true optimum lies at most this far below `score`: a proof, not an estimate. */
  readonly gap: number;
  /** What it scored case by case. */
  readonly scores: Float64Array;
}

/** Where the search stops: gap relative to the score, rounds, and numbers touched (a few seconds of work). */
const enoughGap = 1e-7;
const mostRounds = 2_000;
const mostWork = 4e9;

/**
 * Minimizes the mean score over the simplex by pairwise Frank-Wolfe steps with exact line search. Every supported score
 * is convex in the forecast, so that linearizations bound what is left to gain. A score with kinks (absolute, pinball) is
 * smoothed from below, by a little that counts towards the gap.
 * Source: Lacoste-Julien and Jaggi 2015, "On the global linear convergence of Frank-Wolfe optimization variants", NIPS;
 *   Nesterov 2005, "Smooth minimization of non-smooth functions", Mathematical Programming 103(1).
 * @param cases at least one, all with the same number of agents.
 */
export function findBestMixture(cases: readonly MixtureCase[], agents: number, score: Score): BestMixture {
  const search = new MixtureSearch(
    cases,
    agents,
    score.smoothed === null ? score : smoothOf(cases, agents, score),
  );
  const width = cases[0]?.observed.length ?? 1;
  const rounds = Math.max(3, Math.min(mostRounds, mostWork / (cases.length * agents * width)));
  for (let round = 0; round < rounds; round += 1) if (!search.step()) break;
  const { weights, pools, lowerBound } = search.result();
  const scores = Float64Array.from(cases, ({ observed }, index) =>
    score.of(pools[index] ?? observed, observed),
  );
  const mean = scores.reduce((sum, value) => sum + value, 0) / cases.length;
  return { weights, score: mean, gap: Math.max(0, mean - lowerBound), scores };
}

/**
 * Smoothed over a thousandth of what the equal pool's forecasts miss by, or, where they hardly miss, over a millionth of
 * what the agents lie apart: narrower kinks than that cannot be told from corners.
 */
function smoothOf(cases: readonly MixtureCase[], agents: number, score: Score): Score {
  const equal = new MixtureSearch(cases, agents, score).value();
  let apart = 0;
  for (const { forecasts } of cases) {
    const points = forecasts.map((forecast) => forecast[0] ?? 0);
    apart = Math.max(apart, Math.max(...points) - Math.min(...points));
  }
  const width = Math.max(equal / 1_000, apart / 1e6);
  return score.smoothed === null || width === 0 ? score : score.smoothed(width);
}

class MixtureSearch {
  readonly #cases: readonly MixtureCase[];
  readonly #score: Score;
  readonly #weights: Float64Array;
  readonly #pools: Float64Array[];
  readonly #steps: Float64Array[];
  readonly #scratch: Float64Array;
  readonly #slope: Float64Array;
  readonly #gradient: Float64Array;
  /** The mean of all linearizations so far: its constant, and its slope by agent. */
  readonly #planeSlopes: Float64Array;
  #planeConstants = 0;
  #planes = 0;
  #lowerBound = Number.NEGATIVE_INFINITY;
  #best: { readonly value: number; readonly weights: Float64Array };

  constructor(cases: readonly MixtureCase[], agents: number, score: Score) {
    const width = cases[0]?.observed.length ?? 1;
    this.#cases = cases;
    this.#score = score;
    this.#weights = new Float64Array(agents).fill(1 / agents);
    this.#pools = cases.map(() => new Float64Array(width));
    this.#steps = cases.map(() => new Float64Array(width));
    this.#scratch = new Float64Array(width);
    this.#slope = new Float64Array(width);
    this.#gradient = new Float64Array(agents);
    this.#planeSlopes = new Float64Array(agents);
    this.#pool();
    this.#best = { value: this.value(), weights: this.#weights.slice() };
  }

  /** @returns whether there may be more to gain. */
  step(): boolean {
    this.#findGradient();
    const value = this.value();
    if (value < this.#best.value) this.#best = { value, weights: this.#weights.slice() };
    this.#bound(value);
    if (this.#best.value - this.#lowerBound <= enoughGap * Math.abs(this.#best.value)) return false;
    const { towards, away } = this.#pair();
    const most = this.#weights[away] ?? 0;
    if (towards === away || most <= 0) return false;
    this.#cases.forEach(({ forecasts }, index) => {
      const step = this.#steps[index];
      const gain = forecasts[towards];
      const loss = forecasts[away];
      if (step === undefined || gain === undefined || loss === undefined) return;
      for (let at = 0; at < step.length; at += 1) step[at] = (gain[at] ?? 0) - (loss[at] ?? 0);
    });
    const length = this.#lineSearch(most);
    if (length === 0) return false;
    this.#weights[towards] = (this.#weights[towards] ?? 0) + length;
    this.#weights[away] = length === most ? 0 : most - length;
    this.#pool();
    return true;
  }

  result() {
    this.#weights.set(this.#best.weights);
    this.#pool();
    return { weights: this.#best.weights, pools: this.#pools, lowerBound: this.#lowerBound };
  }

  #pool(): void {
    this.#cases.forEach(({ forecasts }, index) => {
      const pool = this.#pools[index];
      if (pool === undefined) return;
      pool.fill(0);
      forecasts.forEach((forecast, agent) => {
        const weight = this.#weights[agent] ?? 0;
        if (weight === 0) return;
        for (let at = 0; at < pool.length; at += 1) pool[at] = (pool[at] ?? 0) + weight * (forecast[at] ?? 0);
      });
    });
  }

  value(): number {
    let sum = 0;
    this.#cases.forEach(({ observed }, index) => {
      sum += this.#score.of(this.#pools[index] ?? this.#scratch, observed);
    });
    return sum / this.#cases.length;
  }

  #findGradient(): void {
    this.#gradient.fill(0);
    this.#cases.forEach(({ forecasts, observed }, index) => {
      this.#score.gradient(this.#pools[index] ?? this.#scratch, observed, this.#slope);
      forecasts.forEach((forecast, agent) => {
        let sum = 0;
        for (let at = 0; at < forecast.length; at += 1) sum += (this.#slope[at] ?? 0) * (forecast[at] ?? 0);
        this.#gradient[agent] = (this.#gradient[agent] ?? 0) + sum / this.#cases.length;
      });
    });
  }

  /** A linearization lies below a convex function, and so does a mean of them. */
  #bound(value: number): void {
    let here = 0;
    this.#gradient.forEach((slope, agent) => {
      here += slope * (this.#weights[agent] ?? 0);
      this.#planeSlopes[agent] = (this.#planeSlopes[agent] ?? 0) + slope;
    });
    this.#planeConstants += value - here;
    this.#planes += 1;
    const alone = value - here + minimumOf(this.#gradient);
    const together = (this.#planeConstants + minimumOf(this.#planeSlopes)) / this.#planes;
    this.#lowerBound = Math.max(this.#lowerBound, alone, together);
  }

  #pair(): { readonly towards: number; readonly away: number } {
    let towards = 0;
    let away = -1;
    this.#gradient.forEach((slope, agent) => {
      if (slope < (this.#gradient[towards] ?? 0)) towards = agent;
      if ((this.#weights[agent] ?? 0) > 0 && (away < 0 || slope > (this.#gradient[away] ?? 0))) away = agent;
    });
    return { towards, away };
  }

  /** By bisection on the sign of the slope along the step, which rises as the score is convex. */
  #lineSearch(most: number): number {
    if (this.#slopeAt(most) <= 0) return most;
    let low = 0;
    let high = most;
    for (let round = 0; round < 50 && high - low > 1e-12; round += 1) {
      const middle = (low + high) / 2;
      if (this.#slopeAt(middle) <= 0) low = middle;
      else high = middle;
    }
    return low;
  }

  #slopeAt(length: number): number {
    let sum = 0;
    this.#cases.forEach(({ observed }, index) => {
      const pool = this.#pools[index] ?? this.#scratch;
      const step = this.#steps[index] ?? this.#scratch;
      for (let at = 0; at < pool.length; at += 1) {
        this.#scratch[at] = (pool[at] ?? 0) + length * (step[at] ?? 0);
      }
      this.#score.gradient(this.#scratch, observed, this.#slope);
      for (let at = 0; at < pool.length; at += 1) sum += (this.#slope[at] ?? 0) * (step[at] ?? 0);
    });
    return sum;
  }
}

function minimumOf(values: Float64Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (const value of values) if (value < least) least = value;
  return least;
}
