/** A chart marks only the days that it has: what happened between two of them is marked at the later one. */

/** @param days in order. Gives the last for what is after all of them; null without days. */
export function dayAtOrAfter(days: readonly string[], day: string): string | null {
  return days.find((one) => one >= day) ?? days.at(-1) ?? null;
}
