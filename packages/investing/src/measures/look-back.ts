/** Finds the price of some time ago by the calendar, so that one method serves daily and monthly bars alike. */

/** The bar that stands for a day of the past may be this many days off it: a long weekend, or another month's length. */
const toleranceDays = 10;
/** Bars that no look-back can reach again are dropped in lots of this size. */
const dropSize = 1_024;

/** A causal memory: fed values in order of day, it answers for targets that never go back. */
export class LookBack {
  readonly #days: number[] = [];
  readonly #values: number[] = [];
  #head = 0;

  push(day: number, value: number): void {
    this.#days.push(day);
    this.#values.push(value);
  }

  /** The value nearest to `target` (the earlier of two equally near), or null when none is within the tolerance. */
  nearest(target: number): number | null {
    while (this.#distance(this.#head + 1, target) < this.#distance(this.#head, target)) this.#head += 1;
    if (this.#distance(this.#head, target) > toleranceDays) return null;
    const value = this.#values[this.#head];
    if (this.#head >= dropSize) this.#drop();
    return value ?? null;
  }

  #distance(index: number, target: number): number {
    const day = this.#days[index];
    return day === undefined ? Number.POSITIVE_INFINITY : Math.abs(day - target);
  }

  #drop(): void {
    this.#days.splice(0, this.#head);
    this.#values.splice(0, this.#head);
    this.#head = 0;
  }
}
