/** Votes: each agent's most probable outcome, which is all that a vote keeps of an opinion. */
import type { Opinion } from "../opinion.ts";

/** Votes are counted in fractions; sums of these closer than this are equal. */
const tie = 1e-9;

/** One vote for the most probable outcome; outcomes that are equally probable share it. */
export function voteOf({ probabilities }: Opinion): number[] {
  return shareAmongLargest(probabilities, 0);
}

/** Certainty of the outcome with the largest total, or an equal share for those with the same. */
export function winnerOf(totals: readonly number[]): number[] {
  return shareAmongLargest(totals, tie);
}

function shareAmongLargest(values: readonly number[], tolerance: number): number[] {
  const largest = Math.max(...values);
  const winners = values.map((value) => value >= largest - tolerance);
  const share = 1 / winners.filter((won) => won).length;
  return winners.map((won) => (won ? share : 0));
}
