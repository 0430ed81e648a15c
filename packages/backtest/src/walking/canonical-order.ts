/** Puts the properties of JSON into the order of their names, so that hashing it takes the short way: same hash, half the time. */
import type { JsonValue } from "@mycroft/engine";

interface Shape {
  readonly keys: readonly string[];
  readonly sorted: readonly string[];
}

/** Shapes that are remembered for one first property; further ones are sorted each time (P8). */
const maxShapes = 64;
const maxFirstKeys = 1_000;

const shapes = new Map<string, Shape[]>();

/** A copy with all properties in canonical order. Decisions have few shapes, and each is sorted once. */
export function inCanonicalOrder(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(inCanonicalOrder);
  const given = value as { readonly [name: string]: JsonValue };
  const copy: Record<string, JsonValue> = {};
  for (const key of sortedKeys(Object.keys(given))) {
    const member = inCanonicalOrder(given[key] as JsonValue);
    // Assigning to "__proto__" would set the prototype instead of a property.
    if (key === "__proto__") Object.defineProperty(copy, key, { value: member, enumerable: true });
    else copy[key] = member;
  }
  return copy;
}

function sortedKeys(keys: readonly string[]): readonly string[] {
  const [first] = keys;
  if (first === undefined) return keys;
  let known = shapes.get(first);
  if (known === undefined) {
    known = [];
    if (shapes.size < maxFirstKeys) shapes.set(first, known);
  }
  const shape = known.find((one) => isSame(one.keys, keys));
  if (shape !== undefined) return shape.sorted;
  const sorted = [...keys].sort();
  if (known.length < maxShapes) known.push({ keys, sorted });
  return sorted;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index += 1) if (a[index] !== b[index]) return false;
  return true;
}
