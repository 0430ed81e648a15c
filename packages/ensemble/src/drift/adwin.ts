/** ADWIN: a window of the newest values that shrinks by itself when its older part no longer has the mean of its newer. */
import { MycroftError } from "@mycroft/errors";
import { roundingNoise } from "../distribution.ts";
import {
  inside,
  type Place,
  placeOf,
  readDate,
  readList,
  readNumber,
  readObject,
  readStrictObject,
} from "../json-reader.ts";
import { log } from "../portable-math/log.ts";
import {
  type Change,
  type ChangeDetector,
  joined,
  noValues,
  readStretch,
  type Stretch,
} from "./change-detector.ts";

export interface AdwinSettings {
  /** The confidence with which two parts must differ, 1e-9 to 0.5: smaller calls less often. 0.002 unless stated. */
  readonly confidence?: number | undefined;
  /** The range of the values; 0 and 1 unless stated. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

/** The values of a bucket, as shares of the range; the number of them is a power of two. */
type Bucket = Stretch & { readonly since: string };

/** Buckets of one size; one more joins the two oldest into one of twice the size. */
const bucketsPerSize = 5;

/** Sizes of buckets: 2^40 values are more than anybody can feed. */
const mostSizes = 40;
const mostBuckets = mostSizes * bucketsPerSize;

/** Each part of the window must have as many values before they are compared. */
const leastPart = 5;

/**
 * The window is cut where the means of its older part (n_0 values) and its newer part (n_1) differ by at least
 * `sqrt(2/m v ln(2/d)) + 2/(3m) ln(2/d)`, with m the harmonic mean `1 / (1/n_0 + 1/n_1)`, v the window's variance,
 * `d = confidence / ln n` and n its length; the older part is then forgotten. Only borders between buckets of doubling
 * sizes are tried, so that memory and the time of a value are O(log n).
 * Limits: it needs values from a known range, and tens of them: the second term alone is 4.6 / m of the range at the
 * default confidence. As Page-Hinkley, it takes values for independent.
 * Source: Bifet and Gavalda 2007, "Learning from time-changing data with adaptive windowing", SIAM International
 * Conference on Data Mining: ADWIN2, with the test of Equation 3.1.
 */
export class Adwin implements ChangeDetector {
  readonly settings: Readonly<Record<keyof AdwinSettings, number>>;
  /** The oldest first. */
  #buckets: Bucket[] = [];

  /** @throws {MycroftError} INPUT_INVALID, naming the setting or the field of the state, the value and the limit. */
  constructor(settings?: unknown, saved?: unknown) {
    this.settings = readSettings(settings ?? {});
    if (saved === undefined) return;
    const place = placeOf("state");
    const list = readObject<"buckets">(saved, place).buckets;
    this.#buckets = readList(list, inside(place, "buckets"), mostBuckets).map((item, index) =>
      readBucket(item, inside(inside(place, "buckets"), index)),
    );
  }

  /** How many values are remembered in how many buckets. */
  get size(): { readonly values: number; readonly buckets: number } {
    return { values: this.#window().count, buckets: this.#buckets.length };
  }

  add(value: number, on: string): Change | null {
    const { low, high } = this.settings;
    readNumber(value, placeOf("value"), { min: low, max: high });
    readDate(on, placeOf("on"));
    this.#buckets.push({ count: 1, mean: (value - low) / (high - low), squares: 0, since: on });
    this.#compress();
    let before = noValues;
    for (let cut = this.#findCut(); cut > 0; cut = this.#findCut()) {
      for (const bucket of this.#buckets.splice(0, cut)) before = joined(before, bucket);
    }
    return before.count === 0 ? null : this.#changeFrom(before);
  }

  save(): { readonly buckets: readonly Bucket[] } {
    return { buckets: this.#buckets.map((bucket) => ({ ...bucket })) };
  }

  #window(): Stretch {
    return this.#buckets.reduce<Stretch>(joined, noValues);
  }

  /** Joins the two oldest buckets of each size of which there is one too many. */
  #compress(): void {
    let end = this.#buckets.length;
    for (let size = 1; end > bucketsPerSize; size *= 2) {
      let start = end;
      while (start > 0 && this.#buckets[start - 1]?.count === size) start -= 1;
      if (end - start <= bucketsPerSize) return;
      const [older, newer] = this.#buckets.slice(start, start + 2);
      if (older === undefined || newer === undefined) return;
      this.#buckets.splice(start, 2, { ...joined(older, newer), since: older.since });
      end = start + 1;
    }
  }

  /** How many of the oldest buckets go; 0 when the window holds together. */
  #findCut(): number {
    const all = this.#window();
    if (all.count < 2 * leastPart) return 0;
    const variance = all.squares / all.count;
    const doubt = log((2 * log(all.count)) / this.settings.confidence);
    let older = noValues;
    for (const [index, bucket] of this.#buckets.entries()) {
      older = joined(older, bucket);
      const newer = all.count - older.count;
      if (newer < leastPart) return 0;
      if (older.count < leastPart) continue;
      const harmonic = 1 / (1 / older.count + 1 / newer);
      const newerMean = all.mean + ((all.mean - older.mean) * older.count) / newer;
      const allowed = Math.sqrt((2 / harmonic) * variance * doubt) + (2 / (3 * harmonic)) * doubt;
      if (Math.abs(older.mean - newerMean) >= allowed) return index + 1;
    }
    return 0;
  }

  #changeFrom(before: Stretch): Change {
    const after = this.#window();
    return {
      direction: after.mean > before.mean ? "rose" : "fell",
      since: this.#buckets[0]?.since ?? "",
      before: this.#inUnit(before),
      after: this.#inUnit(after),
    };
  }

  #inUnit({ count, mean, squares }: Stretch): Stretch {
    const { low, high } = this.settings;
    const range = high - low;
    return { count, mean: low + mean * range, squares: squares * range * range };
  }
}

function readSettings(value: unknown): Record<keyof AdwinSettings, number> {
  const place = placeOf("settings");
  const fields = readStrictObject(value, place, ["confidence", "low", "high"]);
  const low = readNumber(fields.low ?? 0, inside(place, "low"), { min: -1e9, max: 1e9 });
  const high = readNumber(fields.high ?? 1, inside(place, "high"), { min: -1e9, max: 1e9 });
  if (high <= low) {
    const message = `settings.high is ${high}; it must be above settings.low, ${low}.`;
    throw new MycroftError("INPUT_INVALID", message, { details: { field: "settings.high", value: high } });
  }
  const confidence = readNumber(fields.confidence ?? 0.002, inside(place, "confidence"), {
    min: 1e-9,
    max: 0.5,
  });
  return { confidence, low, high };
}

function readBucket(value: unknown, place: Place): Bucket {
  const stretch = readStretch(value, place);
  if (!isPowerOfTwo(stretch.count) || Math.abs(stretch.mean - 0.5) > 0.5 + roundingNoise) {
    throw new MycroftError(
      "INPUT_INVALID",
      `A bucket holds ${stretch.count} values of mean ${stretch.mean}; it must hold a power of two, of a mean from 0 to 1.`,
      { details: { field: "state.buckets" } },
    );
  }
  const { since } = readObject<"since">(value, place);
  return { ...stretch, since: readDate(since, inside(place, "since")) };
}

function isPowerOfTwo(count: number): boolean {
  let power = 1;
  while (power < count) power *= 2;
  return power === count;
}
