/**
 * Keeps types small enough to reason about (P7). A type that is put together from others shares their parts, so that a
 * few steps can make one that is beyond all bounds when it is walked.
 */
import type { JsonSchema } from "./workflow-definition.ts";

const maxParts = 10_000;
const maxDepth = 500;

interface Size {
  readonly parts: number;
  readonly depth: number;
}

const sizes = new WeakMap<object, Size>();

/** The type; or one that says nothing, when it has too many parts. Quick where the parts were asked about before. */
export function bounded(schema: JsonSchema): JsonSchema {
  const { parts, depth } = sizeOf(schema);
  return parts > maxParts || depth > maxDepth ? {} : schema;
}

/** Of the tree that a walk would see: what is shared counts each time. */
function sizeOf(part: unknown): Size {
  if (typeof part !== "object" || part === null) return { parts: 1, depth: 0 };
  const known = sizes.get(part);
  if (known !== undefined) return known;
  let parts = 1;
  let depth = 0;
  for (const member of Object.values(part)) {
    const inner = sizeOf(member);
    parts += inner.parts;
    depth = Math.max(depth, inner.depth + 1);
  }
  const size = { parts, depth };
  sizes.set(part, size);
  return size;
}
