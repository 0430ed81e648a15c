/** Conflict as evidence theory counts it: the mass that combining the opinions puts on the impossible. */

/** From 0 (none) to 1. All 0 for a single opinion but `own`. */
export type ConflictMass = {
  /** Of all opinions combined: the probability that independent draws, one from each, do not all agree. */
  readonly all: number;
  /** The same for two of them, the mean over all pairs; unlike `all` it does not grow with their number. */
  readonly pairwise: number;
  /**
   * Of an opinion with itself, the mean: what doubt alone comes to. `pairwise - own`, never below 0, is what disagreement
   * adds: half the mean squared distance of two opinions.
   */
  readonly own: number;
};

/**
 * Opinions are taken as mass functions on single outcomes, undiscounted: `1 - sum_k prod_i p_ik`, in pairs
 * `1 - sum_k p_ik p_jk`, with itself `1 - sum_k p_ik^2`. Linear in opinions and outcomes. Null without opinions.
 * Source: Shafer 1976, "A mathematical theory of evidence", chapter 3 (weight of conflict); the conflict of a source with
 * itself after Osswald and Martin 2006, "Understanding the large family of Dempster-Shafer theory's fusion operators: a
 * decision-based measure", FUSION 2006. The distributions must have been checked.
 */
export function conflictMassOf(rows: readonly (readonly number[])[]): ConflictMass | null {
  const first = rows[0];
  if (first === undefined) return null;
  let agreedByAll = 0;
  let squares = 0;
  let pairs = 0;
  for (let outcome = 0; outcome < first.length; outcome += 1) {
    let product = 1;
    let before = 0;
    for (const row of rows) {
      const probability = row[outcome] ?? 0;
      product *= probability;
      squares += probability * probability;
      // Pairs are counted as they are completed: no large sum is taken from another.
      pairs += probability * before;
      before += probability;
    }
    agreedByAll += product;
  }
  const own = massWithout(squares / rows.length);
  if (rows.length === 1) return { all: 0, pairwise: 0, own };
  const pairCount = (rows.length * (rows.length - 1)) / 2;
  // Rounding must not make equal opinions agree with each other less than with themselves.
  return { all: massWithout(agreedByAll), pairwise: Math.max(own, massWithout(pairs / pairCount)), own };
}

function massWithout(agreed: number): number {
  return Math.min(1, Math.max(0, 1 - agreed));
}
