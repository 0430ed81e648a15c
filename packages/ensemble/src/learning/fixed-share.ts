/** Fixed share: exponential weights that keep a share for everybody, so that they can follow a change of the best. */

import { log } from "../portable-math/log.ts";
import { exponentiate, type StartRule } from "./online-rule.ts";
import { ruleOf } from "./rule-memory.ts";

/**
 * After each round the exponentially updated weights v become `share / N + (1 - share) v`. With losses in an interval of
 * length 1, the regret after T rounds against the best sequence of experts with m switches is at most
 * `((m + 1) ln N + m ln(1 / share) + (T - m - 1) ln(1 / (1 - share))) / rate + rate T / 8`.
 * Source: Herbster and Warmuth 1998, "Tracking the best expert", Machine Learning 32(2); the bound as in Cesa-Bianchi
 * and Lugosi 2006, "Prediction, Learning, and Games", Theorem 5.2 with Corollary 5.1.
 */
export function fixedShare(rate: number, share: number): StartRule {
  return ruleOf({
    // Logarithms of weights, up to what all share; a newcomer gets what the smallest share is worth.
    columns: { logWeight: 0 },
    scalars: {},
    weigh(memory, into, awake) {
      into.set(memory.column("logWeight"));
      exponentiate(into, awake);
    },
    learn(memory, regrets) {
      const logWeight = memory.column("logWeight");
      for (let k = 0; k < logWeight.length; k += 1) {
        logWeight[k] = (logWeight[k] ?? 0) + rate * (regrets[k] ?? 0);
      }
      exponentiate(logWeight);
      shareLogarithms(logWeight, share);
    },
  });
}

/** From weights with a sum of one to the logarithms of `share / N + (1 - share) weight`, times N. */
function shareLogarithms(weights: Float64Array, share: number): void {
  const size = weights.length;
  // Times N, so that the mean weight stands at 0: where a newcomer starts.
  for (let k = 0; k < size; k += 1) weights[k] = log(share + (1 - share) * (weights[k] ?? 0) * size);
}
