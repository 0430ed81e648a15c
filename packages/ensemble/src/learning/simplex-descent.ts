/** Online gradient descent on the simplex. */
import { type StartRule, scaleToOne } from "./online-rule.ts";
import { neverNegative, ruleOf } from "./rule-memory.ts";

/**
 * Each round steps along the regrets (the gradient, up to a constant that the simplex ignores) by `1 / (G sqrt(t))`,
 * and back to the nearest point of the simplex; G is the largest gradient so far. With D the simplex's diameter,
 * `sqrt(2)`, the regret after T rounds is at most `(D^2 / 2 + 1) G sqrt(T) = 2 G sqrt(T)`.
 * Source: Zinkevich 2003, "Online convex programming and generalized infinitesimal gradient ascent", ICML, Theorem 1; a
 * G that is the largest so far keeps its proof, as steps still never grow.
 */
export const simplexDescent: StartRule = ruleOf({
  // The point times N: a newcomer stands at 1, the equal share, and the sum stays N when one comes.
  columns: { point: 1 },
  scalars: { rounds: 0, largest: 0 },
  ranges: { point: neverNegative, rounds: neverNegative, largest: neverNegative },
  weigh(memory, into, awake) {
    into.set(memory.column("point"));
    scaleToOne(into, awake);
  },
  learn(memory, regrets) {
    const point = memory.column("point");
    const { scalars } = memory;
    let square = 0;
    for (let k = 0; k < point.length; k += 1) {
      const own = regrets[k] ?? 0;
      square += own * own;
    }
    scalars.rounds += 1;
    scalars.largest = Math.max(scalars.largest, Math.sqrt(square));
    if (scalars.largest === 0) return;
    const step = point.length / (scalars.largest * Math.sqrt(scalars.rounds));
    for (let k = 0; k < point.length; k += 1) point[k] = (point[k] ?? 0) + step * (regrets[k] ?? 0);
    projectOntoSimplex(point, point.length);
  },
});

/**
 * Moves `point` to the nearest one with non-negative coordinates and this sum: all are lowered by one threshold and cut at
 * 0. The threshold rises to its place, as each coordinate that falls below it leaves; few passes are needed.
 * Source: Michelot 1986, "A finite algorithm for finding the projection of a point onto the canonical simplex of R^n",
 * Journal of Optimization Theory and Applications 50(1).
 */
export function projectOntoSimplex(point: Float64Array, sum: number): void {
  let threshold = Number.NEGATIVE_INFINITY;
  for (let counted = point.length + 1; ; ) {
    let total = 0;
    let above = 0;
    for (let k = 0; k < point.length; k += 1) {
      const value = point[k] ?? 0;
      if (value > threshold) {
        total += value;
        above += 1;
      }
    }
    // Nobody new has left: the threshold is in its place. Rounding may even bring one back: that must end it too.
    if (above === 0 || above >= counted) break;
    counted = above;
    threshold = (total - sum) / above;
  }
  for (let k = 0; k < point.length; k += 1) point[k] = Math.max(0, (point[k] ?? 0) - threshold);
}
