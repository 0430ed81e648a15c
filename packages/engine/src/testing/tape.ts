/**
 * A tape of numbers from which everything random in a test is read. When it has run out it gives zeros, and zero is
 * always the simplest choice: shortening a tape, or making its numbers smaller, makes the example simpler.
 */
export class Tape {
  readonly #numbers: ArrayLike<number>;
  #next = 0;

  constructor(numbers: ArrayLike<number>) {
    this.#numbers = numbers;
  }

  /** A whole number from 0 to `most`. */
  draw(most: number): number {
    const number = this.#numbers[this.#next] ?? 0;
    this.#next += 1;
    return number % (most + 1);
  }

  pick<const T>(choices: readonly [T, ...T[]]): T {
    return choices[this.draw(choices.length - 1)] ?? choices[0];
  }

  /** True in about `percent` of a hundred cases; false when the tape has run out. */
  chance(percent: number): boolean {
    return this.draw(99) >= 100 - percent;
  }
}
