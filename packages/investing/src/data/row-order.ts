/** Which rows of a symbol stand in order, and which break it. */

export interface RowOrder {
  /** Indices of the rows to use, oldest first. */
  readonly kept: readonly number[];
  /** Rows for a day that an earlier row of the file is for. */
  readonly duplicates: readonly number[];
  readonly misplaced: readonly number[];
}

/**
 * A file is oldest first or newest first: whichever most steps from row to row say. Of several rows for one day the
 * first is kept. Of the rest the longest run in order is kept, so that one wrong date costs one row, however
 * far off it is. O(n) for a file in order, O(n log n) otherwise.
 */
export function orderRows(days: readonly number[]): RowOrder {
  const steps = countSteps(days);
  const all = Array.from(days.keys());
  if (steps.up === days.length - 1) return { kept: all, duplicates: [], misplaced: [] };

  const { first, duplicates } = firstPerDay(days);
  const chronological = steps.down > steps.up ? first.toReversed() : first;
  const kept = longestRun(chronological, days);
  const keptSet = new Set(kept);
  return { kept, duplicates, misplaced: first.filter((row) => !keptSet.has(row)) };
}

function countSteps(days: readonly number[]): { readonly up: number; readonly down: number } {
  let up = 0;
  let down = 0;
  for (let row = 1; row < days.length; row += 1) {
    const step = (days[row] ?? 0) - (days[row - 1] ?? 0);
    if (step > 0) up += 1;
    if (step < 0) down += 1;
  }
  return { up, down };
}

function firstPerDay(days: readonly number[]): { readonly first: number[]; readonly duplicates: number[] } {
  const seen = new Set<number>();
  const first: number[] = [];
  const duplicates: number[] = [];
  for (const [row, day] of days.entries()) {
    (seen.has(day) ? duplicates : first).push(row);
    seen.add(day);
  }
  return { first, duplicates };
}

/**
 * The longest strictly increasing subsequence by patience sorting (Fredman 1975, "On computing the length of
 * longest increasing subsequences", Discrete Mathematics 11).
 */
function longestRun(rows: readonly number[], days: readonly number[]): number[] {
  const dayOf = (row: number | undefined) => days[row ?? 0] ?? 0;
  /** `tails[k]`: the row with the smallest day that ends a run of k + 1 rows. */
  const tails: number[] = [];
  const before = new Map<number, number>();
  for (const row of rows) {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (dayOf(tails[middle]) < dayOf(row)) low = middle + 1;
      else high = middle;
    }
    const previous = tails[low - 1];
    if (previous !== undefined) before.set(row, previous);
    tails[low] = row;
  }
  const run: number[] = [];
  for (let row = tails.at(-1); row !== undefined; row = before.get(row)) run.push(row);
  return run.reverse();
}
