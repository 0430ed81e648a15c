/** Random numbers that are the same for the same seed, on every machine. */

/**
 * sfc32, seeded by splitmix32: numbers from 0 up to, not including, 1. Not for secrets.
 * Source: Doty-Humphrey 2010, PractRand, sfc32; Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators".
 */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  const spread = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
  let a = spread();
  let b = spread();
  let c = spread();
  let counter = 1;
  return () => {
    const sum = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) >>> 0;
    c = ((c << 21) | (c >>> 11)) >>> 0;
    c = (c + sum) >>> 0;
    return sum / 4294967296;
  };
}
