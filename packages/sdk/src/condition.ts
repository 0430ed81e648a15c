/** Conditions: what must hold of a run's data for a step to run (E2). They are data, seen before anything runs. */
import type { ComparisonOperator, Condition as ConditionDefinition, Expression } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { RefTo } from "./ref.ts";

type ToExpression = (operand: unknown) => Expression;

/** Built by `eq`, `lt`, `exists`, `and` and the like; taken by the option `when` of any step. */
export interface Condition {
  readonly kind: "condition";
  /** The condition as the definition states it. */
  readonly define: (toExpression: ToExpression) => ConditionDefinition;
}

type Present<T> = Exclude<T, null | undefined>;
type NullIfAbsent<T> = [Extract<T, null | undefined>] extends [never] ? never : null;

/** What a reference to a `T` may be compared with. A value that is absent equals null. */
type Equal<T> = RefTo<T> | RefTo<T | null | undefined> | Present<T> | NullIfAbsent<T>;

type Ordered<T> = T extends number ? number : string;

/** What a number or text may be ordered against. */
type Bound<T> = RefTo<Ordered<T>> | RefTo<Ordered<T> | null | undefined> | Ordered<T>;

/** Equal as JSON, at any depth. */
export function eq<T>(left: RefTo<T>, right: Equal<NoInfer<T>>): Condition {
  return compare("eq", left, right);
}

export function ne<T>(left: RefTo<T>, right: Equal<NoInfer<T>>): Condition {
  return compare("ne", left, right);
}

/** Less than. Numbers by size, text by code unit; false when either side is absent. */
export function lt<T extends number | string>(
  left: RefTo<T | null | undefined>,
  right: Bound<NoInfer<T>>,
): Condition {
  return compare("lt", left, right);
}

/** Less than or equal; otherwise as `lt`. */
export function le<T extends number | string>(
  left: RefTo<T | null | undefined>,
  right: Bound<NoInfer<T>>,
): Condition {
  return compare("le", left, right);
}

/** Greater than; otherwise as `lt`. */
export function gt<T extends number | string>(
  left: RefTo<T | null | undefined>,
  right: Bound<NoInfer<T>>,
): Condition {
  return compare("gt", left, right);
}

/** Greater than or equal; otherwise as `lt`. */
export function ge<T extends number | string>(
  left: RefTo<T | null | undefined>,
  right: Bound<NoInfer<T>>,
): Condition {
  return compare("ge", left, right);
}

/** Equal to an item of a list. */
export function isIn<T>(
  left: RefTo<T>,
  list: RefTo<Present<NoInfer<T>>[]> | readonly Equal<NoInfer<T>>[],
): Condition {
  return { kind: "condition", define: (to) => ({ op: "in", left: to(left), right: to(list) }) };
}

/** Neither absent nor null. */
export function exists(value: RefTo<unknown>): Condition {
  return { kind: "condition", define: (to) => ({ op: "exists", value: to(value) }) };
}

export function and(...conditions: readonly [Condition, ...Condition[]]): Condition {
  return all("and", conditions);
}

export function or(...conditions: readonly [Condition, ...Condition[]]): Condition {
  return all("or", conditions);
}

export function not(condition: Condition): Condition {
  return { kind: "condition", define: (to) => ({ op: "not", condition: defineCondition(condition, to) }) };
}

/**
 * The condition as the definition states it.
 * @throws {MycroftError} PLAN_INVALID when it is no condition.
 */
export function defineCondition(condition: Condition, toExpression: ToExpression): ConditionDefinition {
  if (condition?.kind === "condition") return condition.define(toExpression);
  throw new MycroftError(
    "PLAN_INVALID",
    'A condition is built by eq, lt, exists, and ...: eq(w.input.mode, "fast").',
  );
}

function compare(op: ComparisonOperator, left: unknown, right: unknown): Condition {
  return { kind: "condition", define: (to) => ({ op, left: to(left), right: to(right) }) };
}

function all(op: "and" | "or", conditions: readonly Condition[]): Condition {
  return {
    kind: "condition",
    define: (to) => ({ op, all: conditions.map((part) => defineCondition(part, to)) }),
  };
}
