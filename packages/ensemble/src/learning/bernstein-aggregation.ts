/** Bernstein online aggregation (BOA): exponential weights with a second-order correction and a rate for each expert. */
import { exp } from "../portable-math/exp.ts";
import { type StartRule, scaleToOne } from "./online-rule.ts";
import { neverNegative, ruleOf } from "./rule-memory.ts";

/** The factor of the squares in a learning rate; opera's, after Wintenberger's later analysis. */
const squareFactor = 2.2;

/**
 * `w_k ~ eta_k exp(eta_k L_k)`, where `eta_k = (2.2 sum r_k^2)^(-1/2)` and L_k is the sum of `r_k - eta_k r_k^2`, each
 * with the rate after its own round. An expert that has not had any regret yet, of either sign, has no rate: it keeps its
 * equal share. The rule has no parameter and does not depend on the losses' unit.
 * Source: Wintenberger 2017, "Optimal learning with Bernstein online aggregation", Machine Learning 106(1), Algorithm 2
 * with multiple learning rates; the rates as in the R package opera.
 */
export const bernsteinAggregation: StartRule = ruleOf({
  columns: { gain: 0, squares: 0 },
  scalars: {},
  ranges: { squares: neverNegative },
  weigh(memory, into, awake) {
    const gain = memory.column("gain");
    const squares = memory.column("squares");
    let moved = 0;
    let present = 0;
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < gain.length; k += 1) {
      if (awake !== undefined && awake[k] === 0) continue;
      present += 1;
      const square = squares[k] ?? 0;
      if (square <= 0) continue;
      moved += 1;
      const exponent = (gain[k] ?? 0) / Math.sqrt(square);
      into[k] = exponent;
      if (exponent > largest) largest = exponent;
    }
    let sum = 0;
    for (let k = 0; k < gain.length; k += 1) {
      const square = squares[k] ?? 0;
      if ((awake !== undefined && awake[k] === 0) || square <= 0) continue;
      const weight = exp((into[k] ?? 0) - largest) / Math.sqrt(square);
      into[k] = weight;
      sum += weight;
    }
    // Those who have been moved share what is due to as many; each of the others keeps an equal part.
    const scale = moved / (sum * present);
    for (let k = 0; k < gain.length; k += 1) {
      const isMoved = (squares[k] ?? 0) > 0;
      into[k] = isMoved ? (into[k] ?? 0) * scale : 1 / present;
    }
    scaleToOne(into, awake);
  },
  learn(memory, regrets) {
    const gain = memory.column("gain");
    const squares = memory.column("squares");
    for (let k = 0; k < gain.length; k += 1) {
      const regret = regrets[k] ?? 0;
      const square = (squares[k] ?? 0) + squareFactor * regret * regret;
      squares[k] = square;
      if (square > 0) gain[k] = (gain[k] ?? 0) + regret - (regret * regret) / Math.sqrt(square);
    }
  },
});
