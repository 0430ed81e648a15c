/** The Page-Hinkley test, in both directions: how far have the values strayed from their own mean, added up? */
import { inside, placeOf, readDate, readNumber, readObject, readStrictObject } from "../json-reader.ts";
import {
  type Change,
  type ChangeDetector,
  noValues,
  readDay,
  readStretch,
  readValue,
  type Stretch,
  without,
  withValue,
} from "./change-detector.ts";

export interface PageHinkleySettings {
  /** What is forgiven of each value, in standard deviations: half the smallest shift that matters. 0.25 unless stated. */
  readonly tolerance?: number | undefined;
  /** What the sum must exceed, in standard deviations. 12 unless stated. */
  readonly threshold?: number | undefined;
  /** Values that must be there before the test begins, at least 2. 10 unless stated. */
  readonly minValues?: number | undefined;
}

/** No one value counts for more standard deviations than this: an outlier is not a change. */
const largestStep = 3;

type Run = {
  /** The sum since it was last at its least: never below 0. */
  readonly sum: number;
  /** The values since then, and the day of the first; null while there are none. */
  readonly values: Stretch;
  readonly since: string | null;
};

const noRun: Run = { sum: 0, values: noValues, since: null };

/**
 * With z_t the distance of a value from the mean of those before it, in their standard deviations, the test adds up
 * `z_t - tolerance`, and calls a rise when the sum is more than `threshold` above its least; falls alike, mirrored. The
 * change is dated to where the sum was least (Hinkley's estimate). After a change it begins anew, with nothing: the
 * values that gave the change away are extreme ones, and would mislead it. Units do not matter. Constant memory and time.
 * Measured with the settings unless stated: of streams of independent values without a change it calls one in some 2 % of
 * those of 60 values and 8 % of those of 200; a shift by one standard deviation is called after 20 values on average.
 * Limits: it takes values for independent; where neighbours are alike (outcomes that overlap), it calls more often than
 * on independent ones. A slow change is partly followed by the mean, and called later or never.
 * Sources: Page 1954, "Continuous inspection schemes", Biometrika 41(1/2); Hinkley 1971, "Inference about the
 * change-point from cumulative sum tests", Biometrika 58(3). The standard deviation as unit and the cut of outliers are ours.
 */
export class PageHinkley implements ChangeDetector {
  readonly settings: Readonly<Record<keyof PageHinkleySettings, number>>;
  #all: Stretch = noValues;
  #rise: Run = noRun;
  #fall: Run = noRun;

  /** @throws {MycroftError} INPUT_INVALID, naming the setting or the field of the state, the value and the limit. */
  constructor(settings?: unknown, saved?: unknown) {
    this.settings = readSettings(settings ?? {});
    if (saved === undefined) return;
    const place = placeOf("state");
    const fields = readObject<"all" | "rise" | "fall">(saved, place);
    this.#all = readStretch(fields.all, inside(place, "all"));
    this.#rise = readRun(fields.rise, "rise");
    this.#fall = readRun(fields.fall, "fall");
  }

  add(value: number, on: string): Change | null {
    readValue(value, placeOf("value"));
    readDate(on, placeOf("on"));
    if (this.#all.count >= this.settings.minValues) {
      const step = stepOf(this.#all, value);
      this.#rise = this.#stepped(this.#rise, step, value, on);
      this.#fall = this.#stepped(this.#fall, -step, value, on);
    }
    this.#all = withValue(this.#all, value);
    if (this.#rise.sum > this.settings.threshold) return this.#restart("rose", this.#rise);
    if (this.#fall.sum > this.settings.threshold) return this.#restart("fell", this.#fall);
    return null;
  }

  #stepped(run: Run, step: number, value: number, on: string): Run {
    const sum = run.sum + step - this.settings.tolerance;
    if (sum <= 0) return noRun;
    return { sum, values: withValue(run.values, value), since: run.since ?? on };
  }

  #restart(direction: Change["direction"], { values, since }: Run): Change {
    const before = without(this.#all, values);
    this.#all = noValues;
    this.#rise = noRun;
    this.#fall = noRun;
    return { direction, since: since ?? "", before, after: values };
  }

  save(): { readonly all: Stretch; readonly rise: Run; readonly fall: Run } {
    return { all: this.#all, rise: this.#rise, fall: this.#fall };
  }
}

/** How far off the mean a value is, in standard deviations; equal values have none, and any other is far from them. */
function stepOf({ count, mean, squares }: Stretch, value: number): number {
  const off = value - mean;
  const deviation = Math.sqrt(squares / (count - 1));
  if (off === 0) return 0;
  if (!(deviation > Math.abs(off) / largestStep)) return Math.sign(off) * largestStep;
  return off / deviation;
}

function readSettings(value: unknown): Record<keyof PageHinkleySettings, number> {
  const place = placeOf("settings");
  const fields = readStrictObject(value, place, ["tolerance", "threshold", "minValues"]);
  return {
    tolerance: readNumber(fields.tolerance ?? 0.25, inside(place, "tolerance"), { min: 0, max: 2 }),
    threshold: readNumber(fields.threshold ?? 12, inside(place, "threshold"), { min: 1, max: 1_000 }),
    minValues: readNumber(fields.minValues ?? 10, inside(place, "minValues"), {
      min: 2,
      max: 1_000,
      integer: true,
    }),
  };
}

function readRun(value: unknown, field: "rise" | "fall"): Run {
  const place = inside(placeOf("state"), field);
  const fields = readObject<keyof Run>(value, place);
  return {
    sum: readNumber(fields.sum, inside(place, "sum"), { min: 0, max: Number.MAX_VALUE }),
    values: readStretch(fields.values, inside(place, "values")),
    since: readDay(fields.since, inside(place, "since")),
  };
}
