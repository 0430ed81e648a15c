/** Numbers that follow from a seed, so that a failure can be had again: a counter that is mixed (the finalizer of MurmurHash3). */

export class SeededRandom {
  #count: number;

  constructor(seed: number) {
    this.#count = Math.imul(seed, 0x9e3779b1);
  }

  /** From 0, below 1. */
  fraction(): number {
    this.#count = (this.#count + 0x6d2b79f5) | 0;
    let mixed = this.#count;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0, below `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** One of them. */
  pick<Item>(items: readonly Item[]): Item {
    const picked = items[this.below(items.length)];
    if (picked === undefined) throw new Error("There is nothing to pick from.");
    return picked;
  }
}
