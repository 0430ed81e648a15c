/**
 * Reads unknown JSON into typed values, piece by piece (P7). Every value is read at a spot, which says where it
 * stands and bounds how deep and how large a definition may be, even one that contains itself.
 */
import { planLimits } from "./plan.ts";
import { fieldWithin, type Place, type PlanErrorCode, planError } from "./plan-error.ts";
import type { JsonValue } from "./workflow-definition.ts";

export interface Spot extends Place {
  readonly depth: number;
  /** Common to all spots of one definition. */
  readonly progress: { valuesRead: number };
}

type Fields<Name extends string> = { readonly [K in Name]?: unknown };

export function startReading(): Spot {
  return { workflow: null, step: null, field: "", depth: 0, progress: { valuesRead: 0 } };
}

/** @throws {MycroftError} PLAN_INVALID or LIMIT_EXCEEDED when the definition is too deep or too large. */
export function inside(spot: Spot, key: string | number): Spot {
  const { workflow, step, progress } = spot;
  const inner = { workflow, step, field: fieldWithin(spot.field, key), depth: spot.depth + 1, progress };
  progress.valuesRead += 1;
  if (inner.depth > planLimits.depth) {
    refuse(inner, `is nested deeper than ${planLimits.depth} levels, or contains itself`);
  }
  if (progress.valuesRead > planLimits.values) {
    refuse(
      inner,
      `is one value more than the ${planLimits.values} of which a workflow may consist`,
      "LIMIT_EXCEEDED",
    );
  }
  return inner;
}

/** An object with no other fields than `names`: an unknown name is a typing error that must not be lost. */
export function readFields<Name extends string>(
  value: unknown,
  spot: Spot,
  names: readonly Name[],
): Fields<Name> {
  const fields = readRecord(value, spot);
  const known: readonly string[] = names;
  const unknown = Object.keys(fields).find((name) => fields[name] !== undefined && !known.includes(name));
  if (unknown === undefined) return fields as Fields<Name>;
  return refuse(inside(spot, unknown), `is no field that exists here; there are ${names.join(", ")}`);
}

/** An object whose keys are the author's. */
export function readRecord(value: unknown, spot: Spot): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : refuse(spot, `must be an object, not ${describe(value)}`);
}

export function readList<T>(
  value: unknown,
  spot: Spot,
  readItem: (item: unknown, spot: Spot) => T,
): readonly T[] {
  if (!Array.isArray(value)) return refuse(spot, `must be a list, not ${describe(value)}`);
  // Array.from visits holes, which map would leave in the result.
  return Array.from(value, (item: unknown, index) => readItem(item, inside(spot, index)));
}

/** A copy of any JSON value. */
export function readJson(value: unknown, spot: Spot): JsonValue {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return readText(value, spot);
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return readList(value, spot, readJson);
  return isRecord(value)
    ? readMembers(value, spot, readJson)
    : refuse(spot, `must be JSON, not ${describe(value)}`);
}

export function readMembers<T>(
  record: Readonly<Record<string, unknown>>,
  spot: Spot,
  readMember: (member: unknown, spot: Spot) => T,
): Readonly<Record<string, T>> {
  const members: [string, T][] = [];
  for (const [key, member] of Object.entries(record)) {
    const at = inside(spot, key);
    readText(key, at);
    if (member !== undefined) members.push([key, readMember(member, at)]);
  }
  // Not by assignment, for which "__proto__" is no property.
  return Object.fromEntries(members);
}

export function readText(value: unknown, spot: Spot): string {
  if (typeof value !== "string") return refuse(spot, `must be text, not ${describe(value)}`);
  return value.isWellFormed() ? value : refuse(spot, "has a lone surrogate, which JSON cannot carry");
}

export function readInteger(value: unknown, spot: Spot, least: number, most: number): number {
  if (Number.isInteger(value)) return readNumber(value, spot, least, most);
  return refuse(spot, `must be a whole number from ${least} to ${most}, not ${describe(value)}`);
}

export function readNumber(value: unknown, spot: Spot, least: number, most: number): number {
  if (typeof value === "number" && value >= least && value <= most) return value;
  return refuse(spot, `must be a number from ${least} to ${most}, not ${describe(value)}`);
}

export function readOneOf<T extends string>(value: unknown, spot: Spot, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  return found ?? refuse(spot, `must be one of ${choices.join(", ")}, not ${describe(value)}`);
}

const namePattern = /^[A-Za-z][A-Za-z0-9._-]*$/;

export function readName(value: unknown, spot: Spot): string {
  const { nameLength } = planLimits;
  if (typeof value === "string" && value.length <= nameLength && namePattern.test(value)) return value;
  const rule = `a letter, then letters, digits and . _ -; at most ${nameLength} characters`;
  return refuse(spot, `must be a name (${rule}), not ${describe(value)}`);
}

function refuse(spot: Spot, problem: string, code: PlanErrorCode = "PLAN_INVALID"): never {
  throw planError(code, spot, problem);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
