/** Reads what was kept as JSON, without trust: each function throws when the value is of another kind. */
import type { JsonValue } from "@mycroft/engine";
import { type ErrorCode, isErrorCode } from "@mycroft/errors";

/** A JSON object whose fields are not known yet. */
export type Fields = Readonly<Record<string, JsonValue | undefined>>;

export function objectOf(value: JsonValue | undefined): Fields {
  if (typeof value === "object" && value !== null && !isList(value)) return value;
  throw new TypeError("not an object");
}

export function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (isList(value)) return value;
  throw new TypeError("not a list");
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

export function textOf(value: JsonValue | undefined): string {
  if (typeof value === "string") return value;
  throw new TypeError("not a text");
}

export function countOf(value: JsonValue | undefined): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0) return value;
  throw new TypeError("not a count");
}

export function momentOf(value: JsonValue | undefined): number {
  const at = Date.parse(textOf(value));
  if (Number.isNaN(at)) throw new TypeError("not a moment");
  return at;
}

/** What is kept of an error. */
export type KeptError = { readonly code: ErrorCode; readonly message: string };

export function errorOf(value: JsonValue | undefined): KeptError {
  const { code, message } = objectOf(value);
  return { code: isErrorCode(code) ? code : "INTERNAL", message: textOf(message) };
}
