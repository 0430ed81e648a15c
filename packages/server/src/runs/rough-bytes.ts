/** What a JSON value takes in memory, about: to keep caches within limits (P8) without writing anything out. */
import type { JsonValue } from "@mycroft/engine";

const perValue = 16;

export function roughBytes(value: JsonValue): number {
  if (typeof value === "string") return perValue + 2 * value.length;
  if (typeof value !== "object" || value === null) return perValue;
  let bytes = 2 * perValue;
  if (Array.isArray(value)) {
    for (const item of value) bytes += roughBytes(item);
    return bytes;
  }
  for (const field of Object.values(value)) bytes += perValue + roughBytes(field);
  return bytes;
}
