/**
 * Reads unknown JSON into typed values at the package's edge (P7). An error names the agent, the field, the value
 * and the limit; where a value stands is a linked list, so that its text costs nothing until an error needs it.
 */
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import { ensembleLimits } from "./limits.ts";

/** Where a value stands: `views[2].evidence[0].date`, and in which agent's answer. */
export interface Place {
  readonly key: string | number;
  readonly within: Place | null;
  readonly agent: string | null;
}

export function placeOf(key: string): Place {
  return { key, within: null, agent: null };
}

export function inside(place: Place, key: string | number, agent: string | null = null): Place {
  return { key, within: place, agent: agent ?? place.agent };
}

function textOf(place: Place): string {
  if (place.within === null) return String(place.key);
  const outer = textOf(place.within);
  return typeof place.key === "number" ? `${outer}[${place.key}]` : `${outer}.${place.key}`;
}

/** The error for a value that breaks a limit; `limit` completes the sentence "it must be ...". */
export function rejection(code: ErrorCode, place: Place, value: unknown, limit: string): MycroftError {
  const field = textOf(place);
  const owner = place.agent === null ? "" : ` of agent ${JSON.stringify(place.agent)}`;
  const shown = show(value);
  const details = { field, value: shown, limit };
  return new MycroftError(code, `${field}${owner} is ${shown}; it must be ${limit}.`, {
    details: place.agent === null ? details : { ...details, agent: place.agent },
  });
}

function show(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "string")
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value);
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "function" || typeof value === "symbol" ? `a ${typeof value}` : String(value);
}

type Fields<Key extends string> = { readonly [K in Key]?: unknown };

function isFields<Key extends string>(value: unknown): value is Fields<Key> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object of which the fields `Key` are read; others are left alone, as a newer contract may carry more. */
export function readObject<Key extends string>(value: unknown, place: Place): Fields<Key> {
  if (!isFields<Key>(value)) throw rejection("INPUT_INVALID", place, value, "an object");
  return value;
}

/** An object that holds nothing but `keys`: what people write by hand, where an unknown name is a typing error. */
export function readStrictObject<Key extends string>(
  value: unknown,
  place: Place,
  keys: readonly Key[],
  code: ErrorCode = "INPUT_INVALID",
): Fields<Key> {
  if (!isFields<Key>(value)) throw rejection(code, place, value, "an object");
  const known: readonly string[] = keys;
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  if (stranger !== undefined) {
    const limit = keys.length === 0 ? "left out: nothing can be set here" : `one of ${keys.join(", ")}`;
    throw rejection(code, inside(place, stranger), "not a known field", limit);
  }
  return value;
}

/** An object whose keys are data, such as agents' names. */
export function readDictionary(
  value: unknown,
  place: Place,
  code: ErrorCode,
): Readonly<Partial<Record<string, unknown>>> {
  if (!isFields<string>(value)) throw rejection(code, place, value, "an object");
  return value;
}

export function readList(value: unknown, place: Place, maxLength: number): readonly unknown[] {
  if (!Array.isArray(value)) throw rejection("INPUT_INVALID", place, value, "a list");
  if (value.length > maxLength) {
    throw rejection("LIMIT_EXCEEDED", place, value, `a list of at most ${maxLength}`);
  }
  // `map` and `forEach` pass over the holes of a sparse list; a copy has none, and what is missing is told of.
  return value.includes(undefined) ? Array.from<unknown>(value) : value;
}

export function readText(
  value: unknown,
  place: Place,
  maxLength: number = ensembleLimits.textLength,
): string {
  if (typeof value !== "string" || value === "" || value.length > maxLength) {
    throw rejection("INPUT_INVALID", place, value, `a text of 1 to ${maxLength} characters`);
  }
  return value;
}

export function readName(value: unknown, place: Place): string {
  return readText(value, place, ensembleLimits.nameLength);
}

export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly integer?: boolean;
  readonly code?: ErrorCode;
}

export function readNumber(value: unknown, place: Place, range: NumberRange): number {
  const { min, max, integer = false, code = "INPUT_INVALID" } = range;
  const fits = typeof value === "number" && value >= min && value <= max;
  if (!fits || (integer && !Number.isInteger(value))) {
    const noun = integer ? "a whole number" : "a number";
    throw rejection(code, place, value, `${noun} from ${min} to ${max}`);
  }
  return value;
}

const datePattern = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;

/** A day of the calendar, `YYYY-MM-DD`; such texts compare as the days do. */
export function readDate(value: unknown, place: Place): string {
  if (typeof value !== "string" || !datePattern.test(value) || !isInCalendar(value)) {
    throw rejection("INPUT_INVALID", place, value, "a day of the calendar, YYYY-MM-DD");
  }
  return value;
}

/** A 31st of April is read as the 1st of May, or not at all; only a day that exists comes back as it was. */
function isInCalendar(date: string): boolean {
  if (date.slice(8) <= "28") return true;
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date);
}
