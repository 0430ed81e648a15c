/** What a condition says of given values (E2). Total: values that cannot be compared are not less, equal or greater. */
import type { ComparisonOperator, Condition, Expression } from "./workflow-definition.ts";

/** @param read gives an expression's value; undefined when it is not there. */
export function evaluateCondition(condition: Condition, read: (expression: Expression) => unknown): boolean {
  switch (condition.op) {
    case "exists":
      return (read(condition.value) ?? null) !== null;
    case "and":
      return condition.all.every((part) => evaluateCondition(part, read));
    case "or":
      return condition.all.some((part) => evaluateCondition(part, read));
    case "not":
      return !evaluateCondition(condition.condition, read);
    case "in": {
      const list = read(condition.right);
      const value = read(condition.left);
      return Array.isArray(list) && list.some((item) => areEqual(item, value));
    }
    default:
      return compare(condition.op, read(condition.left), read(condition.right));
  }
}

function compare(op: ComparisonOperator, left: unknown, right: unknown): boolean {
  if (op === "eq") return areEqual(left, right);
  if (op === "ne") return !areEqual(left, right);
  const comparable =
    (typeof left === "number" && typeof right === "number") ||
    (typeof left === "string" && typeof right === "string");
  if (!comparable) return false;
  switch (op) {
    case "lt":
      return left < right;
    case "le":
      return left <= right;
    case "gt":
      return left > right;
    case "ge":
      return left >= right;
  }
}

/** Equality of JSON values of any depth; a value that is not there equals null. */
function areEqual(left: unknown, right: unknown): boolean {
  const pairs: [unknown, unknown][] = [[left, right]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [a = null, b = null] = pair;
    if (a === b) continue;
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
    if (Array.isArray(a) !== Array.isArray(b)) return false;
    const keys = Object.keys(a);
    if (keys.length !== Object.keys(b).length) return false;
    for (const key of keys) {
      if (!Object.hasOwn(b, key)) return false;
      pairs.push([Reflect.get(a, key), Reflect.get(b, key)]);
    }
  }
  return true;
}
