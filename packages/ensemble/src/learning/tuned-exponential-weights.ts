/** The exponentially weighted average with a self-tuned learning rate. */

import { exp } from "../portable-math/exp.ts";
import type { StartRule } from "./online-rule.ts";
import { scaleToOne } from "./online-rule.ts";
import { learnOfRuns, meanSize, weighRuns } from "./rate-grid.ts";
import { neverNegative, ruleOf } from "./rule-memory.ts";

/** The rates are `2^-12, 2^-11 ... 2^2` in the unit of the regrets: their mean size in the first round that has any. */
const slowest = 1 / 4_096;
const runs = 15;

/**
 * The mixture of `exp(eta R_k)` over a grid of 15 rates, each twice the one before, weighed by AdaHedge. The regret is at
 * most that of the best rate of the grid, `ln N / eta + eta sum s_t^2 / 8` with s_t the range of the losses in round t,
 * plus AdaHedge's against 15 experts. All rates share the cumulative regrets, as losses are linear in the weights; so the
 * memory is one number per expert, and one exponential with 14 squarings gives all weights of an expert.
 * Source: Cesa-Bianchi and Lugosi 2006, "Prediction, Learning, and Games", Theorem 2.2, under de Rooij, van Erven,
 * Grunwald and Koolen 2014, "Follow the leader if you can, hedge if you must", Theorem 6; after the calibration over a
 * grid of Devaine, Gaillard, Goude and Stoltz 2013, "Forecasting electricity consumption by aggregating specialized
 * experts", Machine Learning 90(2), which follows the best rate instead and needs the whole history.
 */
export const tunedExponentialWeights: StartRule = (size, saved) => {
  // Scratch space, of no meaning between two calls.
  const totals = new Float64Array(runs);
  const gained = new Float64Array(runs);
  const shares = new Float64Array(runs);
  const start = ruleOf({
    columns: { regret: 0 },
    scalars: { unit: 0, gap: 0 },
    lists: { gains: runs },
    ranges: { unit: neverNegative, gap: neverNegative },
    weigh(memory, into, awake) {
      const regret = memory.column("regret");
      const { unit, gap } = memory.scalars;
      if (unit === 0) {
        into.fill(1);
        scaleToOne(into, awake);
        return;
      }
      weighRuns({ gains: memory.list("gains"), gap }, shares);
      const lead = leadOf(regret, awake);
      addUp(regret, lead, unit, awake);
      for (let j = 0; j < runs; j += 1) shares[j] = (shares[j] ?? 0) / (totals[j] ?? 1);
      for (let k = 0; k < regret.length; k += 1) {
        if (awake !== undefined && awake[k] === 0) continue;
        let weight = exp((slowest * ((regret[k] ?? 0) - lead)) / unit);
        let mixed = 0;
        for (let j = 0; j < runs; j += 1) {
          mixed += (shares[j] ?? 0) * weight;
          weight *= weight;
        }
        into[k] = mixed;
      }
      scaleToOne(into, awake);
    },
    learn(memory, regrets) {
      const regret = memory.column("regret");
      const { scalars } = memory;
      if (scalars.unit === 0) scalars.unit = meanSize(regrets);
      if (scalars.unit === 0) return;
      addUp(regret, leadOf(regret), scalars.unit, undefined, regrets);
      for (let j = 0; j < runs; j += 1) gained[j] = (gained[j] ?? 0) / (totals[j] ?? 1);
      const hedged = { gains: memory.list("gains"), gap: scalars.gap };
      learnOfRuns(hedged, gained);
      scalars.gap = hedged.gap;
      for (let k = 0; k < regret.length; k += 1) regret[k] = (regret[k] ?? 0) + (regrets[k] ?? 0);
    },
  });
  return start(size, saved);

  /** Adds up the weights of each run, and with `regrets` what they come to. */
  function addUp(
    regret: Float64Array,
    lead: number,
    unit: number,
    awake?: Uint8Array,
    regrets?: Float64Array,
  ): void {
    totals.fill(0);
    gained.fill(0);
    for (let k = 0; k < regret.length; k += 1) {
      if (awake !== undefined && awake[k] === 0) continue;
      const own = regrets?.[k] ?? 0;
      let weight = exp((slowest * ((regret[k] ?? 0) - lead)) / unit);
      for (let j = 0; j < runs; j += 1) {
        totals[j] = (totals[j] ?? 0) + weight;
        gained[j] = (gained[j] ?? 0) + weight * own;
        weight *= weight;
      }
    }
  }
};

function leadOf(regret: Float64Array, awake?: Uint8Array): number {
  let lead = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < regret.length; k += 1) {
    if (awake === undefined || awake[k] !== 0) lead = Math.max(lead, regret[k] ?? 0);
  }
  return lead;
}
