/**
 * What an online rule over experts is. Experts are indices and a round is two arrays, so that a rule costs a few
 * operations per expert and round and allocates nothing; names, forecasts and outcomes are the learner's business.
 */
import { exp } from "../portable-math/exp.ts";

/**
 * In each round the rule's weights, restricted to the experts that are awake and scaled to a sum of one, make a mixture.
 * The regret of an expert in the round is the mixture's loss less the expert's; it is 0 while the expert sleeps. As the
 * weights of those asleep do not count and their regrets are 0, the weighted sum of regrets over all experts is 0 for
 * linear losses, and a bound that a rule has with all awake holds with sleeping experts too (Freund, Schapire, Singer and
 * Warmuth 1997, "Using and combining predictors that specialize", STOC; Gaillard, Stoltz and van Erven 2014, section 5).
 */
export interface OnlineRule {
  readonly size: number;
  /** Makes room for newcomers; each starts as one that has slept until now. */
  grow(size: number): void;
  /**
   * Writes the weights in force into `into`: non-negative, with a sum of one over those with `awake[k]` not 0 (all, when
   * it is left out), 0 for the others; all 0 when nobody is awake. Never NaN.
   */
  weigh(into: Float64Array, awake?: Uint8Array): void;
  /** One round. Regrets are finite, at most 1e100 in size, and 0 where `awake[k]` is 0. */
  learn(regrets: Float64Array, awake: Uint8Array): void;
  /** All that the rule remembers; its size does not depend on the number of rounds. */
  save(): RuleState;
}

/** Plain JSON; every number is finite. */
export type RuleState = {
  readonly size: number;
  readonly columns: { readonly [name: string]: readonly number[] };
  readonly scalars: { readonly [name: string]: number };
};

/** Starts a rule over `size` experts, or goes on from what one has saved. */
export type StartRule = (size: number, saved?: RuleState) => OnlineRule;

/** Equal weights for those awake, 0 for the others. */
function weighEqually(into: Float64Array, awake?: Uint8Array): void {
  let count = 0;
  for (let k = 0; k < into.length; k += 1) if (awake === undefined || awake[k] !== 0) count += 1;
  for (let k = 0; k < into.length; k += 1) into[k] = awake === undefined || awake[k] !== 0 ? 1 / count : 0;
}

/**
 * Scales non-negative weights in place to a sum of one over those awake, and makes the others 0. Where those awake have
 * no weight at all, they share equally.
 */
export function scaleToOne(weights: Float64Array, awake?: Uint8Array): void {
  let sum = 0;
  for (let k = 0; k < weights.length; k += 1) {
    if (awake !== undefined && awake[k] === 0) weights[k] = 0;
    sum += weights[k] ?? 0;
  }
  if (sum === 0) {
    weighEqually(weights, awake);
    return;
  }
  for (let k = 0; k < weights.length; k += 1) weights[k] = (weights[k] ?? 0) / sum;
}

/**
 * Weights in proportion to `exp(logWeights[k])`, in place. Relative to the largest of those awake, so that the sum can be
 * neither 0 nor infinite however far apart they are.
 */
export function exponentiate(logWeights: Float64Array, awake?: Uint8Array): void {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < logWeights.length; k += 1) {
    const value = logWeights[k] ?? 0;
    if (value > largest && (awake === undefined || awake[k] !== 0)) largest = value;
  }
  for (let k = 0; k < logWeights.length; k += 1) {
    const asleep = awake !== undefined && awake[k] === 0;
    logWeights[k] = asleep ? 0 : exp((logWeights[k] ?? 0) - largest);
  }
  scaleToOne(logWeights, awake);
}
