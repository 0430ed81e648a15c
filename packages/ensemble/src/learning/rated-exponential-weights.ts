/** ML-EWA: exponential weights with a rate for each expert. */

import { log } from "../portable-math/log.ts";
import { exponentiate, type StartRule } from "./online-rule.ts";
import { neverNegative, ruleOf } from "./rule-memory.ts";

/**
 * `w_k ~ exp(eta_k R_k)` with `eta_k = sqrt(ln N / sum r_k^2)`. The rule has no parameter and does not depend on the
 * losses' unit. No bound on its regret has been published: it is here because it does well in practice.
 * Source: the rule MLewa of the R package opera (Gaillard and Goude), after Gaillard, Stoltz and van Erven 2014, "A
 * second-order bound with excess losses", COLT.
 */
export const ratedExponentialWeights: StartRule = ruleOf({
  columns: { regret: 0, squares: 0 },
  scalars: {},
  ranges: { squares: neverNegative },
  weigh(memory, into, awake) {
    const regret = memory.column("regret");
    const squares = memory.column("squares");
    const rootOfLogSize = Math.sqrt(log(memory.size));
    for (let k = 0; k < regret.length; k += 1) {
      const square = squares[k] ?? 0;
      // Root by root: ln N over the least of squares is infinite.
      into[k] = square > 0 ? ((regret[k] ?? 0) / Math.sqrt(square)) * rootOfLogSize : 0;
    }
    exponentiate(into, awake);
  },
  learn(memory, regrets) {
    const regret = memory.column("regret");
    const squares = memory.column("squares");
    for (let k = 0; k < regret.length; k += 1) {
      const own = regrets[k] ?? 0;
      const square = own * own;
      // What is too small for its square to be told from 0 is not counted: its rate would be infinite.
      if (square === 0) continue;
      regret[k] = (regret[k] ?? 0) + own;
      squares[k] = (squares[k] ?? 0) + square;
    }
  },
});
