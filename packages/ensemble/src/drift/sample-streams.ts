/** Seeded streams of numbers for this folder's tests. */

/** Mulberry32: small, seeded, good enough to shake a test. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How one value is drawn; each has a standard deviation of about 1 (`loss`: of about 0.18, from 0 to 1). */
export const draws = {
  normal: (random: () => number) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  skewed: (random: () => number) => -Math.log(1 - random()),
  /** As scores of opinions over three outcomes are: a few levels, one of them rare. */
  loss: (random: () => number) => (random() < 0.25 ? 0.45 : 0.05) + 0.1 * random(),
} as const;

export function dayAt(index: number): string {
  return new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10);
}
