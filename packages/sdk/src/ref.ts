/**
 * Typed references to data that a run will have: its input, a map's item, a step's output. While a workflow is being
 * built there are no values yet, so a reference is a proxy that only remembers where its value will come from.
 */
import type { Expression, PathSegment } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";

type Scalar = string | number | boolean;

/** Any JSON, of any depth. */
type Json = Scalar | null | Json[] | { [key: string]: Json };

/** Whether `T` says nothing but "some JSON"; it is then treated as unknown, for its recursion has no end. */
export type IsAnyJson<T> = [Json] extends [T] ? true : false;

/**
 * A value's type without `readonly`, at every depth, so that lists from functions (readonly by house style) and
 * from schemas (not readonly) are one type.
 */
export type Plain<T> =
  IsAnyJson<T> extends true
    ? unknown
    : T extends Scalar | null | undefined
      ? T
      : { -readonly [K in keyof T]: Plain<T[K]> };

declare const valueType: unique symbol;

/** Something that stands for a value of type `T`. `undefined` in `T` says that the value may be absent. */
export interface RefTo<T> {
  /** Exists for the compiler alone. */
  readonly [valueType]: T;
}

/** A reference whose properties are references again: `order.limit.price`. For list items and records see `at`. */
export type Ref<T> = RefTo<Plain<T>> & RefProperties<T>;

type RefProperties<T> = unknown extends T
  ? unknown
  : [Extract<T, Scalar | readonly unknown[]>] extends [never]
    ? {
        readonly [K in keyof NonNullable<T> as string extends K ? never : Extract<K, string>]-?: Ref<
          NonNullable<T>[K] | AbsentIn<T>
        >;
      }
    : unknown;

/** A property of something absent, or of null, is absent. */
export type AbsentIn<T> = [Extract<T, null | undefined>] extends [never] ? never : undefined;

declare const stepMark: unique symbol;

/** What `after` takes: a step, whatever it gives. */
export interface AnyStep {
  /** Exists for the compiler alone. */
  readonly [stepMark]: true;
}

/** A step, which stands for its output. */
export type Step<T> = Ref<T> & AnyStep;

/** Which workflow a reference belongs to. Compared by identity. */
export interface Owner {
  readonly workflow: string;
}

/** What a reference remembers. */
export interface RefState {
  readonly owner: Owner;
  readonly expression: Expression;
}

const states = new WeakMap<object, RefState>();

/** What `value` remembers if it is a reference. */
export function refStateOf(value: unknown): RefState | undefined {
  return typeof value === "object" && value !== null ? states.get(value) : undefined;
}

/** The caller says what the reference stands for: this is the one place where a type is promised, not derived. */
export function makeRef<R extends RefTo<unknown>>(state: RefState): R {
  const proxy = new Proxy({ reference: describeExpression(state.expression) }, traps(state));
  states.set(proxy, state);
  return proxy as unknown as R;
}

function traps(state: RefState): ProxyHandler<object> {
  const refuse = (use: string) => (): never => {
    throw new MycroftError(
      "PLAN_INVALID",
      `${describeRef(state)} is a reference and has no value while the workflow is being built: it cannot be ${use}. ` +
        "Hand it to a step, or state a condition with eq, lt, exists and the like.",
      { details: { workflow: state.owner.workflow } },
    );
  };
  return {
    get(_, key) {
      if (typeof key === "string") return makeRef(extendRef(state, key));
      if (key === Symbol.toPrimitive) return refuse("computed with or made into text");
      if (key === Symbol.iterator) return refuse("iterated over (use map)");
      return undefined;
    },
    has: refuse("searched with `in`"),
    ownKeys: refuse("spread or listed (name its properties)"),
    set: refuse("assigned to"),
    defineProperty: refuse("assigned to"),
    deleteProperty: refuse("deleted from"),
  };
}

/** The reference to a property or list item of what `state` refers to. */
export function extendRef(state: RefState, segment: PathSegment): RefState {
  const { owner, expression } = state;
  switch (expression.kind) {
    case "input":
    case "item":
    case "step":
      return { owner, expression: { ...expression, path: [...expression.path, segment] } };
    case "settled":
      return { owner, expression: { ...expression, path: [...(expression.path ?? []), segment] } };
    case "array": {
      const item = typeof segment === "number" ? expression.items[segment] : undefined;
      if (item !== undefined) return { owner, expression: item };
      break;
    }
    default:
      break;
  }
  throw new MycroftError("PLAN_INVALID", `${describeRef(state)} has no part ${JSON.stringify(segment)}.`, {
    details: { workflow: owner.workflow },
  });
}

function describeRef(state: RefState): string {
  return `In workflow "${state.owner.workflow}", ${describeExpression(state.expression)}`;
}

function describeExpression(expression: Expression): string {
  switch (expression.kind) {
    case "input":
      return `the input${pathText(expression.path)}`;
    case "item":
      return `what "${expression.of}" works on${pathText(expression.path)}`;
    case "index":
      return `the index of "${expression.of}"`;
    case "step":
      return `the output of "${expression.step}"${pathText(expression.path)}`;
    case "settled":
      return `the outcome of "${expression.step}"${pathText(expression.path ?? [])}`;
    case "array":
      return `the list of ${expression.items.map(describeExpression).join(", ")}`;
    default:
      return "a value";
  }
}

/** A path as people write it: `.universe[3]`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
}
