/** How a person moves one probability of a distribution: the others give way in proportion, and the sum stays one. */

/** Probabilities made by hand are whole multiples of this: short in a link, and equal wherever they are read. */
const grain = 10_000;

/**
 * `to` (0 to 1) becomes the probability of `outcome`; the others keep their proportions, or share equally where all of
 * them were 0. Moving from one `base` to many places, as in a drag, never loses the proportions.
 */
export function moveProbability(base: readonly number[], outcome: number, to: number): readonly number[] {
  const target = Math.min(1, Math.max(0, to));
  const others = base.reduce((sum, probability, index) => (index === outcome ? sum : sum + probability), 0);
  const moved = base.map((probability, index) => {
    if (index === outcome) return target;
    return others > 0 ? (probability / others) * (1 - target) : (1 - target) / (base.length - 1);
  });
  return roundDistribution(moved, outcome);
}

/**
 * Rounds to four decimals with a sum of one: what rounding leaves over goes to the largest that is not `kept`, so that a
 * probability that was just set stays what it was set to.
 */
export function roundDistribution(distribution: readonly number[], kept = -1): readonly number[] {
  const grains = distribution.map((probability) => Math.round(probability * grain));
  const over = grain - grains.reduce((sum, grains) => sum + grains, 0);
  let taker = kept === 0 ? 1 : 0;
  for (const [index, count] of grains.entries()) {
    if (index !== kept && count > (grains[taker] ?? 0)) taker = index;
  }
  grains[taker] = Math.max(0, (grains[taker] ?? 0) + over);
  return grains.map((count) => count / grain);
}

export function uniform(size: number): readonly number[] {
  return roundDistribution(Array.from({ length: size }, () => 1 / size));
}
