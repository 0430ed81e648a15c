/**
 * Templates: data with references anywhere inside. What a step is given is written as a template and becomes an
 * expression; whatever JSON cannot carry is refused with its place (P7).
 */
import type { Expression, JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { type IsAnyJson, type Owner, type Plain, pathText, type RefTo, refStateOf } from "./ref.ts";

type Scalar = string | number | boolean;

/** A template of whatever shape. */
export type AnyTemplate =
  | RefTo<unknown>
  | Scalar
  | null
  | undefined
  | readonly AnyTemplate[]
  | { readonly [key: string]: AnyTemplate };

/** How a value of type `T` may be written. Where null is allowed an absent value is too, since it becomes null. */
export type Template<T> = RefTo<Plain<T> | (null extends T ? undefined : never)> | Literal<T>;

type Literal<T> =
  IsAnyJson<T> extends true
    ? AnyTemplate
    : T extends Scalar | null | undefined
      ? T
      : T extends readonly unknown[]
        ? { readonly [K in keyof T]: Template<T[K]> }
        : { readonly [K in keyof T]: FieldTemplate<T[K]> };

/** An absent value leaves its property out, so only an optional property takes it. */
export type FieldTemplate<T> = RefTo<Plain<T>> | Literal<T>;

/** The type of the value that a template becomes in a run. */
export type ValueOf<R> =
  IsAnyJson<R> extends true
    ? unknown
    : R extends RefTo<infer T>
      ? T
      : R extends Scalar | null | undefined
        ? R
        : { -readonly [K in keyof R]: ValueOf<R[K]> };

/** As `ValueOf`, for a value that others of its kind will follow: `false` is the first of some booleans. */
export type FirstOf<R> =
  IsAnyJson<R> extends true
    ? unknown
    : R extends RefTo<infer T>
      ? T
      : R extends boolean
        ? boolean
        : R extends Scalar | null | undefined
          ? R
          : { -readonly [K in keyof R]: FirstOf<R[K]> };

/** What a value is where it is looked at as a whole: there, an absent one is null. */
export type OrNull<T> = undefined extends T ? Exclude<T, undefined> | null : T;

/** Where a template stands, for messages. */
export interface Place {
  readonly owner: Owner;
  /** The step's name; null for the workflow's own output. */
  readonly step: string | null;
  /** `input`, `over`, `when` ... */
  readonly field: string;
}

const maxDepth = 32;

/**
 * The expression that a template states. Properties that are undefined are left out.
 * @throws {MycroftError} PLAN_INVALID naming step and field for what JSON cannot carry; PLAN_UNKNOWN_STEP for a
 *   reference of another workflow.
 */
export function toExpression(template: unknown, place: Place): Expression {
  return convert(template, place, []);
}

function convert(value: unknown, place: Place, path: readonly PropertyKey[]): Expression {
  if (path.length > maxDepth)
    refuse(`is nested deeper than ${maxDepth} levels, or contains itself`, place, path);
  const state = refStateOf(value);
  if (state !== undefined) {
    if (state.owner === place.owner) return state.expression;
    const message = `refers to a step or input of workflow "${state.owner.workflow}", not of this one`;
    throw placeError("PLAN_UNKNOWN_STEP", message, place, path);
  }
  if (typeof value === "object" && value !== null) {
    return Array.isArray(value) ? convertList(value, place, path) : convertObject(value, place, path);
  }
  return { kind: "const", value: toScalar(value, place, path) };
}

function toScalar(value: unknown, place: Place, path: readonly PropertyKey[]): JsonValue {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") {
    return value.isWellFormed() ? value : refuse("is text with a lone surrogate", place, path);
  }
  // JSON has no negative zero.
  if (typeof value === "number" && Number.isFinite(value)) return value === 0 ? 0 : value;
  return refuse(`is ${describeForeign(value)}`, place, path);
}

function convertList(list: readonly unknown[], place: Place, path: readonly PropertyKey[]): Expression {
  // Array.from visits holes, which map would leave.
  const items = Array.from(list, (item, index) => convert(item, place, [...path, index]));
  const constants = items.flatMap((item) => (item.kind === "const" ? [item.value] : []));
  if (constants.length === items.length) return { kind: "const", value: constants };
  return { kind: "array", items };
}

function convertObject(object: object, place: Place, path: readonly PropertyKey[]): Expression {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype !== Object.prototype && prototype !== null) {
    refuse(`is ${describeForeign(object)}`, place, path);
  }
  const fields = Object.entries(object)
    .filter(([, field]) => field !== undefined)
    .map(([key, field]) => [key, convert(field, place, [...path, key])] as const);
  const constants = fields.flatMap(([key, field]) =>
    field.kind === "const" ? [[key, field.value] as const] : [],
  );
  if (constants.length === fields.length) return { kind: "const", value: Object.fromEntries(constants) };
  return { kind: "object", fields: Object.fromEntries(fields) };
}

function describeForeign(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (typeof value !== "object" || value === null) {
    return value === undefined ? "undefined" : `a ${typeof value}`;
  }
  if (value instanceof Promise) return "a promise (do not write async or await here)";
  return `a ${value.constructor?.name ?? "foreign object"}`;
}

function refuse(what: string, place: Place, path: readonly PropertyKey[]): never {
  throw placeError("PLAN_INVALID", `${what}, which JSON cannot carry`, place, path);
}

function placeError(
  code: "PLAN_INVALID" | "PLAN_UNKNOWN_STEP",
  message: string,
  place: Place,
  path: readonly PropertyKey[],
): MycroftError {
  const field = `${place.field}${pathText(path)}`;
  const { workflow } = place.owner;
  const where =
    place.step === null ? `Workflow "${workflow}"` : `Workflow "${workflow}", step "${place.step}"`;
  return new MycroftError(code, `${where}: ${field} ${message}.`, {
    details: { workflow, ...(place.step === null ? {} : { step: place.step }), field },
  });
}
