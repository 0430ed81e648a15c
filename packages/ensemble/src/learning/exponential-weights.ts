/** The exponentially weighted average with a fixed learning rate. */
import { exponentiate, type StartRule } from "./online-rule.ts";
import { ruleOf } from "./rule-memory.ts";

/**
 * `w_k ~ exp(rate * R_k)` with R_k the cumulative regret. With losses in an interval of length 1 the regret after T
 * rounds is at most `ln N / rate + rate T / 8`.
 * Source: Cesa-Bianchi and Lugosi 2006, "Prediction, Learning, and Games", Theorem 2.2.
 */
export function exponentialWeights(rate: number): StartRule {
  return ruleOf({
    columns: { regret: 0 },
    scalars: {},
    weigh(memory, into, awake) {
      const regret = memory.column("regret");
      for (let k = 0; k < regret.length; k += 1) into[k] = rate * (regret[k] ?? 0);
      exponentiate(into, awake);
    },
    learn(memory, regrets) {
      const regret = memory.column("regret");
      for (let k = 0; k < regret.length; k += 1) regret[k] = (regret[k] ?? 0) + (regrets[k] ?? 0);
    },
  });
}
