/** The nearest distribution in which no probability is below a floor or above a ceiling. */

/**
 * Nearest in the square sense: every probability is moved by the same amount, and those that would leave the bounds stop
 * there: `clip(p_k + s)` with the s that makes the sum 1, found exactly, as the sum is made of straight lines between the
 * points where a probability meets a bound. `floor` is at most 1/K and `ceiling` at least 1/K.
 * Source: projection onto the simplex with bounds; Wang and Lu 2015, "Projection onto the capped simplex",
 * arXiv:1503.01002.
 */
export function clampDistribution(
  probabilities: readonly number[],
  { floor, ceiling }: { readonly floor: number; readonly ceiling: number },
): number[] {
  const movedBy = (shift: number): number[] =>
    probabilities.map((probability) => Math.min(ceiling, Math.max(floor, probability + shift)));
  const sumAt = (shift: number): number => movedBy(shift).reduce((sum, probability) => sum + probability, 0);
  const bends = probabilities.flatMap((probability) => [floor - probability, ceiling - probability]);
  const inOrder = bends.toSorted((a, b) => a - b);
  // The sum only grows with the shift: the last bend at which it is still at most 1.
  let [low = 0] = inOrder;
  let high = inOrder.at(-1) ?? 0;
  for (const bend of inOrder) {
    if (sumAt(bend) <= 1) low = bend;
    else {
      high = bend;
      break;
    }
  }
  const [sumLow, sumHigh] = [sumAt(low), sumAt(high)];
  if (sumHigh <= sumLow) return movedBy(low);
  return movedBy(low + ((1 - sumLow) / (sumHigh - sumLow)) * (high - low));
}
