/**
 * Turns expressions into functions that find their steps by index, once per plan, so that starting a task costs
 * no look-ups by name (E13).
 */
import { canonicalJson } from "./canonical-json.ts";
import { evaluateCondition } from "./evaluate-condition.ts";
import { expressionsOf } from "./step-references.ts";
import type { Condition, Expression, JsonValue, Path } from "./workflow-definition.ts";

/** What a bound expression reads: one instance of a scope, with the ones around it. */
export interface Frame {
  readonly outer: Frame | null;
  /** What this instance works on: an item or a round, and its index; the run's input, for the root. */
  readonly item: JsonValue;
  readonly index: number;
  /** The output of a step of this scope; undefined when it has none. */
  outputOf(step: number): JsonValue | undefined;
  /** How a step of this scope settled. */
  settledOf(step: number): JsonValue;
}

/** Gives undefined when the value is not there. */
export type BoundExpression = (frame: Frame) => JsonValue | undefined;
export type BoundCondition = (frame: Frame) => boolean;

/** The names that can be seen from one scope: how far out they are, and where. */
export interface Names {
  step(name: string): { readonly depth: number; readonly index: number };
  /** How many scopes out the body of that step is. */
  body(name: string): number;
  /** How many scopes out the root is. */
  readonly root: number;
}

export function bindExpression(expression: Expression, names: Names): BoundExpression {
  switch (expression.kind) {
    case "const": {
      const value = inCanonicalOrder(expression.value);
      return () => value;
    }
    case "input": {
      const depth = names.root;
      return (frame) => valueAt(frameAt(frame, depth).item, expression.path);
    }
    case "item": {
      const depth = names.body(expression.of);
      return (frame) => valueAt(frameAt(frame, depth).item, expression.path);
    }
    case "index": {
      const depth = names.body(expression.of);
      return (frame) => frameAt(frame, depth).index;
    }
    case "step": {
      const { depth, index } = names.step(expression.step);
      return (frame) => valueAt(frameAt(frame, depth).outputOf(index), expression.path);
    }
    case "settled": {
      const { depth, index } = names.step(expression.step);
      const { path = [] } = expression;
      return (frame) => valueAt(frameAt(frame, depth).settledOf(index), path);
    }
    case "object":
      return bindObject(expression.fields, names);
    case "array": {
      const items = expression.items.map((item) => bindExpression(item, names));
      return (frame) => items.map((item) => item(frame) ?? null);
    }
  }
}

export function bindCondition(condition: Condition, names: Names): BoundCondition {
  const bound = new Map([...expressionsOf(condition)].map((part) => [part, bindExpression(part, names)]));
  return (frame) => evaluateCondition(condition, (expression) => bound.get(expression)?.(frame));
}

/** Equal plans may list properties in different orders; what they give must not (E1). */
function bindObject(fields: Readonly<Record<string, Expression>>, names: Names): BoundExpression {
  const bound = Object.entries(fields)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, field]) => [key, bindExpression(field, names)] as const);
  return (frame) => {
    const object: Record<string, JsonValue> = {};
    for (const [key, read] of bound) {
      const value = read(frame);
      if (value === undefined) continue;
      // Assigning to "__proto__" would set the prototype instead of a property.
      if (key === "__proto__") Object.defineProperty(object, key, { value, enumerable: true });
      else object[key] = value;
    }
    return object;
  };
}

function inCanonicalOrder(value: JsonValue): JsonValue {
  return JSON.parse(canonicalJson(value));
}

function frameAt(frame: Frame, depth: number): Frame {
  let at = frame;
  for (let left = depth; left > 0 && at.outer !== null; left -= 1) at = at.outer;
  return at;
}

function valueAt(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  let at = value;
  for (const segment of path) {
    if (typeof at !== "object" || at === null) return undefined;
    if (typeof segment === "number") {
      at = Array.isArray(at) ? at[segment] : undefined;
    } else {
      at = Object.hasOwn(at, segment) && !Array.isArray(at) ? Reflect.get(at, segment) : undefined;
    }
  }
  return at;
}
