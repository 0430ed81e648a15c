/** Ways to read what property access cannot: list items, records, and steps that may have given nothing. */
import type { Expression, PathSegment, TaskError } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { View } from "@mycroft/protocol";
import type { Opinions } from "./opinions.ts";
import {
  type AbsentIn,
  extendRef,
  makeRef,
  type Ref,
  type RefState,
  type RefTo,
  refStateOf,
  type Step,
} from "./ref.ts";

/** How a step settled, as data. */
export type Settled<T> =
  | { readonly status: "succeeded"; readonly output: T }
  | { readonly status: "failed"; readonly error: TaskError }
  | { readonly status: "skipped"; readonly reason: string };

/** To be handed on as a whole, or read: what does not go with how the step settled is absent. */
export type SettledRef<T> = RefTo<Settled<T>> & {
  readonly status: Ref<Settled<T>["status"]>;
  readonly output: Ref<T | undefined>;
  readonly error: Ref<TaskError | undefined>;
  readonly reason: Ref<string | undefined>;
};

type KeyOf<T> = NonNullable<T> extends readonly unknown[] ? number : string;
type ValueAt<T> =
  NonNullable<T> extends readonly (infer Item)[]
    ? Item
    : NonNullable<T> extends { readonly [key: string]: infer Value }
      ? Value
      : never;

/**
 * The item of a list at `key`, counted from 0, or the value of a record under `key`. It may turn out to be absent.
 * @throws {MycroftError} PLAN_INVALID when `key` is no index or name.
 */
export function at<T>(whole: RefTo<T>, key: KeyOf<T>): Ref<ValueAt<T> | AbsentIn<T> | undefined> {
  const segment: PathSegment = key;
  const usable = typeof segment === "string" || (Number.isSafeInteger(segment) && segment >= 0);
  if (usable) return makeRef(extendRef(stateOf(whole, "at"), segment));
  throw new MycroftError("PLAN_INVALID", `at() takes an index from 0 or a name, not ${JSON.stringify(key)}.`);
}

/**
 * Says that a step may have given nothing (it was skipped, or failed) and that the reader is made for that. An absent
 * value leaves its property out; as a list item, or as a whole input, it is null. The reader's trigger rule decides
 * whether it runs at all then.
 */
export function optional(opinions: Opinions): Ref<(View | null)[]>;
export function optional<T>(ref: RefTo<T>): Ref<T | undefined>;
export function optional(ref: RefTo<unknown>): RefTo<unknown> {
  stateOf(ref, "optional");
  return ref;
}

/**
 * How a step, or each asking of an `ask`, settled: its output, its error, or why it was skipped. Only a reader whose
 * trigger rule lets it run then sees anything but a success.
 * @throws {MycroftError} PLAN_INVALID for anything but a step.
 */
export function settled(opinions: Opinions): Ref<Settled<View>[]>;
export function settled<T>(step: Step<T>): SettledRef<T>;
export function settled(step: RefTo<unknown>): RefTo<unknown> {
  const { owner, expression } = stateOf(step, "settled");
  return makeRef({ owner, expression: settledExpression(expression) });
}

function settledExpression(expression: Expression): Expression {
  if (expression.kind === "array") return { kind: "array", items: expression.items.map(settledExpression) };
  if (expression.kind === "step" && expression.path.length === 0) {
    return { kind: "settled", step: expression.step };
  }
  throw new MycroftError("PLAN_INVALID", "settled() takes a step as a whole, not a part of its output.");
}

function stateOf(value: unknown, reader: string): RefState {
  const state = refStateOf(value);
  if (state !== undefined) return state;
  throw new MycroftError("PLAN_INVALID", `${reader}() takes a reference, such as a step or w.input.`);
}
