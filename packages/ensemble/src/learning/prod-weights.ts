/** ML-Prod: products of 1 + eta r, with a rate for each expert. */

import { log, log1p } from "../portable-math/log.ts";
import { exponentiate, type StartRule } from "./online-rule.ts";
import { neverNegative, ruleOf } from "./rule-memory.ts";

/**
 * `w_k ~ eta_k exp(p_k)`. After each round `eta_k = min(1 / (2 max |r_k|), sqrt(ln N / (1 + sum r_k^2)))`, and p_k becomes
 * `p_k eta_k / (its eta before) + ln(1 + eta_k r_k)`. For losses in [0, 1] the regret against expert k is at most
 * `C / sqrt(ln N) sqrt(1 + sum r_k^2) + 2 C` with `C = 3 ln N + ln(1 + N / (2e) (1 + ln(T + 1)))`.
 * Source: Gaillard, Stoltz and van Erven 2014, "A second-order bound with excess losses", COLT, Corollary 4. As in the R
 * package opera, the newest rate is in the product, where the paper has the one before; and the 1 under the root is in
 * the unit of the losses, so that the rule is slow where losses are much smaller than 1.
 */
export const prodWeights: StartRule = ruleOf({
  // A rate of 0 stands for none yet: nobody has a rate before the first round, and all weigh the same.
  columns: { logProduct: 0, squares: 1, largest: 0, rate: 0 },
  scalars: {},
  ranges: {
    // Sums of logarithms: no number of rounds brings them further.
    logProduct: { min: -1e100, max: 1e100 },
    squares: { ...neverNegative, min: 1 },
    largest: neverNegative,
    rate: neverNegative,
  },
  weigh(memory, into, awake) {
    const logProduct = memory.column("logProduct");
    const rate = memory.column("rate");
    const usual = usualRate(memory.size);
    for (let k = 0; k < logProduct.length; k += 1) {
      into[k] = (logProduct[k] ?? 0) + log(inForce(rate[k] ?? 0, usual));
    }
    exponentiate(into, awake);
  },
  learn(memory, regrets) {
    const logProduct = memory.column("logProduct");
    const squares = memory.column("squares");
    const largest = memory.column("largest");
    const rate = memory.column("rate");
    const usual = usualRate(memory.size);
    for (let k = 0; k < logProduct.length; k += 1) {
      const regret = regrets[k] ?? 0;
      const square = (squares[k] ?? 0) + regret * regret;
      const most = Math.max(largest[k] ?? 0, Math.abs(regret));
      const next = Math.min(1 / (2 * most), usual / Math.sqrt(square));
      const before = inForce(rate[k] ?? 0, usual);
      logProduct[k] = (next / before) * (logProduct[k] ?? 0) + log1p(next * regret);
      squares[k] = square;
      largest[k] = most;
      rate[k] = next;
    }
  },
});

/** The least rate that regrets up to 1e100 can lead to; what is saved as less is none. */
const leastRate = 1e-130;

function inForce(rate: number, usual: number): number {
  return rate < leastRate ? usual : rate;
}

/** The rate of one that has slept so far, or of all before the first round; one expert counts as two, as ln 1 is 0. */
function usualRate(size: number): number {
  return Math.sqrt(log(Math.max(2, size)));
}
