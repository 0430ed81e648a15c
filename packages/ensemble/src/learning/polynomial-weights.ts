/** ML-Poly: polynomially weighted averages with a rate for each expert. */
import { type StartRule, scaleToOne } from "./online-rule.ts";
import { neverNegative, ruleOf } from "./rule-memory.ts";

/**
 * `w_k ~ eta_k max(R_k, 0)` with `1 / eta_k = B + sum r_k^2`, R_k the cumulative regret and B the largest squared regret
 * of anybody in any round so far; equal weights while nobody awake has a positive R_k. The rule has no parameter and does
 * not depend on the losses' unit. For losses in [0, 1], with B = 1, the regret against expert k is at most
 * `sqrt(N (1 + ln(1 + T)) (1 + sum r_k^2))`.
 * Source: Gaillard, Stoltz and van Erven 2014, "A second-order bound with excess losses", COLT, Theorem 5; the running
 * B as in the R package opera.
 */
export const polynomialWeights: StartRule = ruleOf({
  columns: { regret: 0, squares: 0 },
  scalars: { largestSquare: 0 },
  ranges: { squares: neverNegative, largestSquare: neverNegative },
  weigh(memory, into, awake) {
    const regret = memory.column("regret");
    const squares = memory.column("squares");
    const { largestSquare } = memory.scalars;
    for (let k = 0; k < regret.length; k += 1) {
      const value = regret[k] ?? 0;
      into[k] = value > 0 ? value / (largestSquare + (squares[k] ?? 0)) : 0;
    }
    scaleToOne(into, awake);
  },
  learn(memory, regrets) {
    const regret = memory.column("regret");
    const squares = memory.column("squares");
    let largest = memory.scalars.largestSquare;
    for (let k = 0; k < regret.length; k += 1) {
      const own = regrets[k] ?? 0;
      const square = own * own;
      // What is too small for its square to be told from 0 is not counted: its rate would be infinite.
      if (square === 0) continue;
      regret[k] = (regret[k] ?? 0) + own;
      squares[k] = (squares[k] ?? 0) + square;
      if (square > largest) largest = square;
    }
    memory.scalars.largestSquare = largest;
  },
});
