/** AdaHedge: exponential weights whose rate follows from what hedging has cost so far. */

import { exp, expm1 } from "../portable-math/exp.ts";
import { log, log1p } from "../portable-math/log.ts";
import { type StartRule, scaleToOne } from "./online-rule.ts";
import { neverNegative, ruleOf } from "./rule-memory.ts";

/**
 * `w_k ~ exp(eta R_k)` with `eta = ln N / gap`, where the gap is the sum over rounds of the expected less the mix loss,
 * `h - m`, `m = -(1 / eta) ln sum_k w_k exp(-eta loss_k)`. Equal weights for the leaders while the gap is 0. No parameter;
 * neither the losses' unit nor their range has to be known. With S the widest range of a round's losses, and V the sum of
 * the losses' variances under the weights, the regret is at most `2 sqrt(V ln N) + S (4/3 ln N + 2)`.
 * Source: de Rooij, van Erven, Grunwald and Koolen 2014, "Follow the leader if you can, hedge if you must", Journal of
 * Machine Learning Research 15, section 2 and Theorem 6. Sleepers take the ensemble's loss.
 */
export const adaHedge: StartRule = ruleOf({
  columns: { regret: 0 },
  scalars: { gap: 0 },
  ranges: { gap: neverNegative },
  weigh(memory, into, awake) {
    weighAtRate(memory.column("regret"), rateOf(memory.size, memory.scalars.gap), into, awake);
  },
  learn(memory, regrets) {
    const regret = memory.column("regret");
    const rate = rateOf(memory.size, memory.scalars.gap);
    memory.scalars.gap += hedgingCost(regret, regrets, rate);
    for (let k = 0; k < regret.length; k += 1) regret[k] = (regret[k] ?? 0) + (regrets[k] ?? 0);
  },
});

/** The rate of AdaHedge; Infinity while hedging has cost nothing. */
export function rateOf(size: number, gap: number): number {
  return gap > 0 ? log(size) / gap : Number.POSITIVE_INFINITY;
}

function largestOf(values: Float64Array, awake?: Uint8Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < values.length; k += 1) {
    const value = values[k] ?? 0;
    if (value > largest && (awake === undefined || awake[k] !== 0)) largest = value;
  }
  return largest;
}

/** Writes the weights `~ exp(rate * regret)` of those awake; at an infinite rate the leaders share equally. */
export function weighAtRate(
  regret: Float64Array,
  rate: number,
  into: Float64Array,
  awake?: Uint8Array,
): void {
  const lead = largestOf(regret, awake);
  for (let k = 0; k < regret.length; k += 1) into[k] = weightBehind(lead - (regret[k] ?? 0), rate);
  scaleToOne(into, awake);
}

/** `exp(-rate * behind)`; leaders have `behind` 0, and weigh 1 at any rate. */
function weightBehind(behind: number, rate: number): number {
  return behind <= 0 ? 1 : exp(-rate * behind);
}

/** One round's expected loss less its mix loss, for the weights before it; never negative. */
export function hedgingCost(regret: Float64Array, regrets: Float64Array, rate: number): number {
  const lead = largestOf(regret);
  if (rate === Number.POSITIVE_INFINITY) return costOfLeaders(regret, regrets, lead);
  // Relative to the largest gain in the round, so that nothing overflows.
  const top = largestOf(regrets);
  let sum = 0;
  let expected = 0;
  let mix = 0;
  for (let k = 0; k < regret.length; k += 1) {
    const weight = weightBehind(lead - (regret[k] ?? 0), rate);
    if (weight === 0) continue;
    const below = top - (regrets[k] ?? 0);
    sum += weight;
    expected += weight * below;
    mix += weight * expm1(-rate * below);
  }
  const share = mix / sum;
  const loss =
    share > -0.5 ? log1p(share) / rate : -farMixLoss(regret, regrets, { rate, lead, top }) - log(sum) / rate;
  return Math.max(0, expected / sum + loss);
}

/**
 * The mix loss, from the top gain down, without the division by the sum of the weights: where next to nothing of the
 * weights gained as much as the top, one less the share that did not is lost. The largest term is taken out of the sum.
 */
function farMixLoss(
  regret: Float64Array,
  regrets: Float64Array,
  { rate, lead, top }: { readonly rate: number; readonly lead: number; readonly top: number },
): number {
  const behind = (k: number): number => lead - (regret[k] ?? 0) + (top - (regrets[k] ?? 0));
  let least = Number.POSITIVE_INFINITY;
  for (let k = 0; k < regret.length; k += 1) least = Math.min(least, behind(k));
  let sum = 0;
  for (let k = 0; k < regret.length; k += 1) sum += weightBehind(behind(k) - least, rate);
  return least - log(sum) / rate;
}

/** The same at an infinite rate: the leaders' mean loss less the least loss among them. */
function costOfLeaders(regret: Float64Array, regrets: Float64Array, lead: number): number {
  let leaders = 0;
  let total = 0;
  let best = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < regret.length; k += 1) {
    if ((regret[k] ?? 0) < lead) continue;
    leaders += 1;
    total += regrets[k] ?? 0;
    best = Math.max(best, regrets[k] ?? 0);
  }
  return Math.max(0, best - total / leaders);
}
