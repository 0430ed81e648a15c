/** What a change detector is: it is fed numbers one by one, and says when their mean has moved. */
import { inside, type NumberRange, type Place, readDate, readNumber, readObject } from "../json-reader.ts";
import { ensembleLimits } from "../limits.ts";

export interface ChangeDetector {
  /**
   * One more value.
   * @param on the day of the value, `YYYY-MM-DD`; it is only remembered, to say since when.
   * @returns the change that this value gives away, or null.
   * @throws {MycroftError} INPUT_INVALID for a value or a day that cannot be.
   */
  add(value: number, on: string): Change | null;
  /** All that it remembers, as JSON; its size is bounded whatever the number of values. */
  save(): DetectorState;
}

export type DetectorState = { readonly [field: string]: unknown };

export type Change = {
  readonly direction: "rose" | "fell";
  /** The day of the first value after the change, as estimated. */
  readonly since: string;
  readonly before: Stretch;
  readonly after: Stretch;
};

/** Some values in a row: their mean and the sum of their squared distances from it (Welford 1962, Technometrics 4(3)). */
export type Stretch = {
  readonly count: number;
  readonly mean: number;
  readonly squares: number;
};

export const noValues: Stretch = { count: 0, mean: 0, squares: 0 };

export function withValue({ count, mean, squares }: Stretch, value: number): Stretch {
  const off = value - mean;
  const moved = mean + off / (count + 1);
  return { count: count + 1, mean: moved, squares: squares + off * (value - moved) };
}

/** Both together (Chan, Golub and LeVeque 1983, The American Statistician 37(3), Equation 2.1). */
export function joined(a: Stretch, b: Stretch): Stretch {
  const count = a.count + b.count;
  if (count === 0) return noValues;
  const off = b.mean - a.mean;
  return {
    count,
    mean: a.mean + (off * b.count) / count,
    squares: a.squares + b.squares + (off * off * a.count * b.count) / count,
  };
}

/** What is left of `all` without `part`, which is in it; never less than nothing, whatever rounding does. */
export function without(all: Stretch, part: Stretch): Stretch {
  const count = all.count - part.count;
  if (count <= 0) return noValues;
  const mean = all.mean + ((all.mean - part.mean) * part.count) / count;
  const off = part.mean - mean;
  const between = (off * off * count * part.count) / all.count;
  return { count, mean, squares: Math.max(0, all.squares - part.squares - between) };
}

/** Squares of differences of such values stay finite. */
const valueRange: NumberRange = {
  min: -ensembleLimits.pointMagnitude,
  max: ensembleLimits.pointMagnitude,
};

export function readValue(value: unknown, place: Place): number {
  return readNumber(value, place, valueRange);
}

export function readStretch(value: unknown, place: Place): Stretch {
  const fields = readObject<keyof Stretch>(value, place);
  return {
    count: readNumber(fields.count, inside(place, "count"), countRange),
    mean: readValue(fields.mean, inside(place, "mean")),
    squares: readNumber(fields.squares, inside(place, "squares"), { min: 0, max: Number.MAX_VALUE }),
  };
}

export const countRange: NumberRange = { min: 0, max: Number.MAX_SAFE_INTEGER, integer: true };

export function readDay(value: unknown, place: Place): string | null {
  return value === null ? null : readDate(value, place);
}
