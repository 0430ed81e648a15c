/** Which way a distribution over ordered outcomes leans. */

/** Towards the lowest outcome, the highest, or neither. */
export type Side = "lower" | "middle" | "upper";

export type Lean = {
  /** The mean place on a scale from -1 (all on the lowest outcome) to 1 (all on the highest). */
  readonly tilt: number;
  readonly side: Side;
};

/** A tilt nearer to zero than this takes no side: over down/flat/up, a difference under 5 points. */
const neutralTilt = 0.05;

/**
 * The tilt is `sum_k p_k (2k/(K-1) - 1)` for k from 0; over three outcomes, P(highest) - P(lowest).
 * The distribution must have been checked.
 */
export function leanOf(distribution: readonly number[]): Lean {
  const last = distribution.length - 1;
  let sum = 0;
  distribution.forEach((probability, outcome) => {
    sum += probability * ((2 * outcome) / last - 1);
  });
  const tilt = Math.min(1, Math.max(-1, sum));
  if (Math.abs(tilt) < neutralTilt) return { tilt, side: "middle" };
  return { tilt, side: tilt < 0 ? "lower" : "upper" };
}
