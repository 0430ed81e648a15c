/** A JSON value that may be too large to send: then it is told by its size and its hash. */
import { contentHash, type JsonValue } from "@mycroft/engine";
import { apiLimits, type BoundedValue } from "@mycroft/protocol";

/** How much all values of one answer may come to: many of them that are each small enough are too much together. */
const answerBytes = 8 * 1024 * 1024;

export class ValueBudget {
  #left = answerBytes;

  /** Whether there is room for it, which is then taken. */
  takes(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }
}

/** @param budget of the answer that the value is a part of, where there may be many. */
export function boundedJson(value: JsonValue, budget?: ValueBudget): BoundedValue {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  const hash = contentHash(value);
  const isSent = bytes <= apiLimits.valueBytes && (budget?.takes(bytes) ?? true);
  // What the contract calls a value is JSON, as this is; only the compiler tells read-only lists from others.
  return isSent ? { bytes, hash, value: value as BoundedValue["value"] } : { bytes, hash };
}
