/** Long paths as a page can draw them: fewer points, and no digits that nobody sees (P8). */

/** Evenly spaced places, the first and the last among them; all of them where there are no more than `most`, at least 2. */
export function thinnedIndices(length: number, most: number): readonly number[] {
  const kept = Math.max(2, most);
  if (length <= kept) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: kept }, (_, index) => Math.round((index * (length - 1)) / (kept - 1)));
}

/** @param digits significant ones. */
export function roundedTo(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}
