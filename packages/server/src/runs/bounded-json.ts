/** A JSON value that may be too large to send: then it is told by its size and its hash. */
import { contentHash, type JsonValue } from "@mycroft/engine";
import { apiLimits, type BoundedValue } from "@mycroft/protocol";

export function boundedJson(value: JsonValue): BoundedValue {
  const bytes = Buffer.byteLength(JSON.stringify(value));
  const hash = contentHash(value);
  // What the contract calls a value is JSON, as this is; only the compiler tells read-only lists from others.
  return bytes > apiLimits.valueBytes
    ? { bytes, hash }
    : { bytes, hash, value: value as BoundedValue["value"] };
}
