/** Squint: exponential weights on the second-order regret, over a grid of learning rates at once. */

import { exp } from "../portable-math/exp.ts";
import { type StartRule, scaleToOne } from "./online-rule.ts";
import { neverNegative, ruleOf } from "./rule-memory.ts";

/** The rates, in the unit of the largest regret so far: 1/2, 1/4, ... down to about 1 / (2 sqrt(T)) for 250,000 rounds. */
const rates = Array.from({ length: 10 }, (_, index) => 0.5 / (1 << index));

/** Terms that are this far below the largest, as logarithms, are left out: together they are below a rounding error. */
const negligible = 45;

/**
 * `w_k ~ sum_eta eta exp(eta R_k - eta^2 V_k)`, with R_k and V_k the sums of r and r^2 in units of B, the largest regret
 * of anybody in any round so far, and a prior with equal shares over a grid of J rates. While B does not change,
 * `R_k <= eta V_k + (ln N + ln J) / eta` for every rate of the grid at once. A limit: when B grows, what was learned is
 * taken over in the new unit, where the analysis would start again.
 * Source: Koolen and van Erven 2015, "Second-order quantile methods for experts and combinatorial games", COLT, section 3:
 * the potential of Equation 4, with a discrete prior on the rate.
 */
export const squint: StartRule = ruleOf({
  columns: { regret: 0, squares: 0 },
  scalars: { largest: 0 },
  ranges: { squares: neverNegative, largest: neverNegative },
  weigh(memory, into, awake) {
    const regret = memory.column("regret");
    const squares = memory.column("squares");
    const unit = memory.scalars.largest;
    if (unit === 0) {
      into.fill(1);
      scaleToOne(into, awake);
      return;
    }
    let largest = 0;
    for (let k = 0; k < regret.length; k += 1) {
      if (awake !== undefined && awake[k] === 0) continue;
      const gain = (regret[k] ?? 0) / unit;
      // Not by the square of the unit, which may be 0 when the unit is not.
      const spread = (squares[k] ?? 0) / unit / unit;
      // The largest term has the rate nearest to gain / (2 spread); all are below 0 when the gain is.
      if (gain <= 0) continue;
      for (const rate of rates) {
        const exponent = rate * (gain - rate * spread);
        if (exponent > largest) largest = exponent;
      }
    }
    for (let k = 0; k < regret.length; k += 1) {
      const gain = (regret[k] ?? 0) / unit;
      const spread = (squares[k] ?? 0) / unit / unit;
      let weight = 0;
      for (const rate of rates) {
        const exponent = rate * (gain - rate * spread) - largest;
        if (exponent > -negligible) weight += rate * exp(exponent);
      }
      into[k] = weight;
    }
    scaleToOne(into, awake);
  },
  learn(memory, regrets) {
    const regret = memory.column("regret");
    const squares = memory.column("squares");
    let { largest } = memory.scalars;
    for (let k = 0; k < regret.length; k += 1) {
      const own = regrets[k] ?? 0;
      regret[k] = (regret[k] ?? 0) + own;
      squares[k] = (squares[k] ?? 0) + own * own;
      largest = Math.max(largest, Math.abs(own));
    }
    memory.scalars.largest = largest;
  },
});

/** For tests and readers of the bound. */
export const squintRates: readonly number[] = rates;
