/** Where two JSON values differ, path by path. */

export interface JsonDifference {
  /** `steps[2].retry.maxAttempts`; empty for the values themselves. */
  readonly path: string;
  /** Absent where there is none on that side. */
  readonly left?: unknown;
  readonly right?: unknown;
}

/** At most `most` differences, in the order of the left value, then what only the right one has. */
export function compareJson(left: unknown, right: unknown, most = 200): readonly JsonDifference[] {
  const found: JsonDifference[] = [];
  collect(left, right, "", found, most);
  return found;
}

function collect(left: unknown, right: unknown, path: string, found: JsonDifference[], most: number): void {
  if (found.length >= most || Object.is(left, right)) return;
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let at = 0; at < Math.max(left.length, right.length); at++) {
      const side = { hasLeft: at < left.length, hasRight: at < right.length };
      collectPart(left[at], right[at], side, `${path}[${at}]`, found, most);
    }
    return;
  }
  if (isObject(left) && isObject(right)) {
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const side = { hasLeft: Object.hasOwn(left, key), hasRight: Object.hasOwn(right, key) };
      collectPart(left[key], right[key], side, path === "" ? key : `${path}.${key}`, found, most);
    }
    return;
  }
  found.push({ path, left, right });
}

interface Sides {
  readonly hasLeft: boolean;
  readonly hasRight: boolean;
}

function collectPart(
  left: unknown,
  right: unknown,
  { hasLeft, hasRight }: Sides,
  path: string,
  found: JsonDifference[],
  most: number,
): void {
  if (hasLeft && hasRight) collect(left, right, path, found, most);
  else if (found.length < most)
    found.push({ path, ...(hasLeft ? { left } : {}), ...(hasRight ? { right } : {}) });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
