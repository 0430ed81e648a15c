/** Fixed share with a self-tuned learning rate and share. */

import { exp } from "../portable-math/exp.ts";
import { type StartRule, scaleToOne } from "./online-rule.ts";
import { learnOfRuns, meanSize, weighRuns } from "./rate-grid.ts";
import { mostRemembered, neverNegative, ruleOf } from "./rule-memory.ts";

/** The rates are `4^-6 ... 4^1` in the unit of the regrets: their mean size in the first round that has any. */
const slowest = 1 / 4_096;
const rates = 8;
const sharesForAll = [0.001, 0.01, 0.1] as const;

/** One run for each rate and share; its column holds its weights times N. */
const columns = Array.from({ length: rates * sharesForAll.length }, (_, run) => `run${run}`);
const runs = columns.length;

/** Weights times N: the share of all is their least. */
const weightRange = { min: sharesForAll[0] / 2, max: mostRemembered };
const weightRanges = Object.fromEntries(columns.map((name) => [name, weightRange]));

/**
 * The mixture of fixed share over a grid of 8 rates and 3 shares, weighed by AdaHedge. The regret is at most that of the
 * best run (see `fixedShare`; share by share in the unit of the first regrets), plus AdaHedge's against 24 experts.
 * Source: Herbster and Warmuth 1998, "Tracking the best expert", Machine Learning 32(2), under de Rooij, van Erven,
 * Grunwald and Koolen 2014, "Follow the leader if you can, hedge if you must", Theorem 6; after the calibration over
 * grids of Devaine, Gaillard, Goude and Stoltz 2013, Machine Learning 90(2).
 */
export const tunedFixedShare: StartRule = (size, saved) => {
  // Scratch space, of no meaning between two calls.
  const gained = new Float64Array(runs);
  const weightsOfRuns = new Float64Array(runs);
  let powers = new Float64Array(size);
  const start = ruleOf({
    columns: Object.fromEntries(columns.map((name) => [name, 1])),
    scalars: { unit: 0, gap: 0 },
    lists: { gains: runs },
    ranges: { ...weightRanges, unit: neverNegative, gap: neverNegative },
    weigh(memory, into, awake) {
      weighRuns({ gains: memory.list("gains"), gap: memory.scalars.gap }, weightsOfRuns);
      into.fill(0);
      columns.forEach((name, run) => {
        const weights = memory.column(name);
        let total = 0;
        for (let k = 0; k < weights.length; k += 1) {
          if (awake === undefined || awake[k] !== 0) total += weights[k] ?? 0;
        }
        const part = (weightsOfRuns[run] ?? 0) / total;
        for (let k = 0; k < weights.length; k += 1) into[k] = (into[k] ?? 0) + part * (weights[k] ?? 0);
      });
      scaleToOne(into, awake);
    },
    learn(memory, regrets) {
      const { scalars, size: experts } = memory;
      if (scalars.unit === 0) scalars.unit = meanSize(regrets);
      if (scalars.unit === 0) return;
      if (powers.length !== experts) powers = new Float64Array(experts);
      let top = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < experts; k += 1) top = Math.max(top, regrets[k] ?? 0);
      for (let k = 0; k < experts; k += 1) {
        powers[k] = exp((slowest * ((regrets[k] ?? 0) - top)) / scalars.unit);
      }
      columns.forEach((name, run) => {
        const share = run % sharesForAll.length;
        if (run > 0 && share === 0) raiseToFourth(powers);
        gained[run] = step(memory.column(name), regrets, powers, sharesForAll[share] ?? 0);
      });
      const hedged = { gains: memory.list("gains"), gap: scalars.gap };
      learnOfRuns(hedged, gained);
      scalars.gap = hedged.gap;
    },
  });
  return start(size, saved);
};

function raiseToFourth(powers: Float64Array): void {
  for (let k = 0; k < powers.length; k += 1) {
    const square = (powers[k] ?? 0) * (powers[k] ?? 0);
    powers[k] = square * square;
  }
}

/** One round of a run: what it gained, by the weights before it; the weights are then updated in place. */
function step(weights: Float64Array, regrets: Float64Array, powers: Float64Array, share: number): number {
  const size = weights.length;
  let gained = 0;
  let total = 0;
  for (let k = 0; k < size; k += 1) {
    const weight = weights[k] ?? 0;
    const next = weight * (powers[k] ?? 0);
    gained += weight * (regrets[k] ?? 0);
    total += next;
    weights[k] = next;
  }
  const scale = ((1 - share) * size) / total;
  for (let k = 0; k < size; k += 1) weights[k] = share + scale * (weights[k] ?? 0);
  return gained / size;
}
