/** What changed from one JSON value to another, as the innermost places that differ. */
import type { JsonValue } from "@mycroft/engine";

export interface ValueChange {
  /** Such as `weights[2].weight`; empty for the value itself. */
  readonly path: string;
  /** Undefined where that side has nothing. */
  readonly left: JsonValue | undefined;
  readonly right: JsonValue | undefined;
}

/** The places at which two values differ, in the order of the left one. */
export function* valueChanges(
  left: JsonValue | undefined,
  right: JsonValue | undefined,
  path = "",
): Generator<ValueChange> {
  if (left === right) return;
  if (!isContainer(left) || !isContainer(right) || Array.isArray(left) !== Array.isArray(right)) {
    yield { path, left, right };
    return;
  }
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    yield* valueChanges(memberOf(left, key), memberOf(right, key), pathTo(path, key, Array.isArray(left)));
  }
}

type Container = readonly JsonValue[] | { readonly [key: string]: JsonValue };

function isContainer(value: JsonValue | undefined): value is Container {
  return typeof value === "object" && value !== null;
}

function memberOf(container: Container, key: string): JsonValue | undefined {
  return Object.hasOwn(container, key) ? (Reflect.get(container, key) as JsonValue) : undefined;
}

function pathTo(path: string, key: string, inList: boolean): string {
  if (inList) return `${path}[${key}]`;
  return path === "" ? key : `${path}.${key}`;
}
