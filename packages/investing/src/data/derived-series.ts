/** What a scan gives to a view: its values up to the view's day, and no way to those after it (P5). */
import type { DerivedSeries } from "@mycroft/sdk";

/** Numbers with NaN for "too little history"; what is not finite counts as that too. */
export class BoundDerivedSeries implements DerivedSeries {
  readonly #symbol: string;
  readonly #values: readonly number[];
  readonly #length: number;

  constructor(symbol: string, values: readonly number[], length: number) {
    this.#symbol = symbol;
    this.#values = values;
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  at(index: number): number | null {
    checkIndex(index, this.#length, this.#symbol);
    const value = this.#values[index];
    return value !== undefined && Number.isFinite(value) ? value : null;
  }
}

/** @throws {RangeError} for an index that the view does not hold. `what` is a series' item. */
export function checkIndex(index: number, length: number, symbol: string, what = "bar"): void {
  if (Number.isInteger(index) && index >= 0 && index < length) return;
  throw new RangeError(
    `${symbol} has no ${what} ${index}: the view holds ${length}, the oldest is ${what} 0.`,
  );
}
