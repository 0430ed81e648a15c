/**
 * One text for one JSON value, and the hash that names it. Plans, artifacts and decisions are identified by this
 * hash (E1, P6), so the text may never depend on the order in which an object was built.
 */
import { hash } from "node:crypto";
import { MycroftError } from "@mycroft/errors";
import type { JsonValue } from "./workflow-definition.ts";

/** Deeper values are refused: they are cycles, or would exhaust the stack of whoever reads them. */
const maxDepth = 1_000;

/**
 * The canonical text of `value` by RFC 8785 (JSON Canonicalization Scheme): properties sorted by UTF-16 code
 * units, numbers and strings as ECMAScript writes them, no white space. A property that is `undefined` counts as
 * absent, as in `JSON.stringify`.
 *
 * Throws OUTPUT_NOT_JSON, naming the place, for what JSON cannot carry: NaN, infinities, lone surrogates,
 * functions, class instances, cycles, nesting beyond 1,000 levels.
 */
export function canonicalJson(value: JsonValue): string {
  // What is in order already is what JSON.stringify writes, several times faster.
  return isInOrder(value, 0) ? JSON.stringify(value) : write(value, []);
}

/** SHA-256 of the canonical text's UTF-8 bytes, in lower-case hex. Throws as `canonicalJson` does. */
export function contentHash(value: JsonValue): string {
  return hash("sha256", canonicalJson(value), "hex");
}

/** Whether `value` is JSON whose properties all stand in canonical order. */
function isInOrder(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case "string":
      return value.isWellFormed();
    case "number":
      return Number.isFinite(value);
    case "boolean":
      return true;
    case "object":
      if (value === null) return true;
      if (depth >= maxDepth) return false;
      return Array.isArray(value) ? isListInOrder(value, depth) : isObjectInOrder(value, depth);
    default:
      return false;
  }
}

function isListInOrder(list: readonly unknown[], depth: number): boolean {
  // A loop sees the holes that `every` would pass over.
  for (const member of list) if (!isInOrder(member, depth + 1)) return false;
  return true;
}

function isObjectInOrder(object: object, depth: number): boolean {
  if (!isPlain(object)) return false;
  let before = "";
  for (const key of Object.keys(object)) {
    const member: unknown = Reflect.get(object, key);
    if (key < before || !key.isWellFormed()) return false;
    if (member !== undefined && !isInOrder(member, depth + 1)) return false;
    before = key;
  }
  return true;
}

function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return prototype === Object.prototype || prototype === null;
}

function write(value: unknown, path: (string | number)[]): string {
  switch (typeof value) {
    case "string":
      return writeString(value, path);
    case "number":
      if (!Number.isFinite(value)) throw notJson(String(value), path);
      return JSON.stringify(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      if (path.length >= maxDepth) throw notJson("a cycle, or nesting beyond 1,000 levels", path);
      return Array.isArray(value) ? writeList(value, path) : writeObject(value, path);
    default:
      throw notJson(value === undefined ? "undefined" : `a ${typeof value}`, path);
  }
}

function writeString(text: string, path: readonly (string | number)[]): string {
  if (!text.isWellFormed()) throw notJson("a string with a lone surrogate", path);
  return JSON.stringify(text);
}

function writeList(list: readonly unknown[], path: (string | number)[]): string {
  const members: string[] = [];
  for (let index = 0; index < list.length; index++) {
    path.push(index);
    members.push(write(list[index], path));
    path.pop();
  }
  // Joined: a text that is added up keeps each of its pieces in memory.
  return `[${members.join(",")}]`;
}

function writeObject(object: object, path: (string | number)[]): string {
  if (!isPlain(object)) throw notJson("a class instance", path);
  const members: string[] = [];
  // Array.prototype.sort compares strings by UTF-16 code units, which is what the RFC asks for.
  for (const key of Object.keys(object).sort()) {
    const member: unknown = Reflect.get(object, key);
    if (member === undefined) continue;
    path.push(key);
    members.push(`${writeString(key, path)}:${write(member, path)}`);
    path.pop();
  }
  return `{${members.join(",")}}`;
}

function notJson(found: string, path: readonly (string | number)[]): MycroftError {
  const shown = path.slice(0, 10);
  const at = `$${shown.map((part) => (typeof part === "number" ? `[${part}]` : `.${part}`)).join("")}`;
  const where = path.length > shown.length ? `${at}...` : at;
  return new MycroftError("OUTPUT_NOT_JSON", `JSON cannot carry ${found}, found at ${where}.`, {
    details: { path: shown, found },
  });
}
