/**
 * Makes JSON of what somebody gave to a log beside its words, whatever it is: what is no JSON is described, what is too much is
 * cut or counted. It never throws (P7), and looks at no more than it keeps (P8): a line about a huge object costs little.
 */
import type { JsonValue } from "@mycroft/engine";
import { logLimits } from "@mycroft/runtime";

export type FieldValues = { readonly [name: string]: JsonValue };

export function logFields(given: unknown): FieldValues {
  const copy = new FieldCopy();
  const isGroup = typeof given === "object" && given !== null && !(isError(given) || Array.isArray(given));
  return isGroup ? copy.group(given) : { value: copy.value(given, 0) };
}

/** What was given instead of words, in words. */
export function logText(given: unknown): string {
  if (typeof given === "string") return given;
  const value = new FieldCopy().value(given, 0);
  if (typeof value === "string") return value;
  if (isError(given))
    return `${Reflect.get(Object(value), "name")}: ${Reflect.get(Object(value), "message")}`;
  return JSON.stringify(value);
}

const maxDepth = 6;
const longestText = 500;
const shortestText = 80;
const longestName = 60;
/** For the last value that is kept, and for saying at each depth what is not. */
const reserve = 500;

class FieldCopy {
  /** Characters of JSON that may still be kept. */
  #left: number = logLimits.fields - reserve;

  group(of: object): FieldValues {
    try {
      return this.#members(of, 0);
    } catch (thrown) {
      return { unreadable: told(thrown) };
    }
  }

  value(given: unknown, depth: number): JsonValue {
    try {
      return this.#copy(given, depth);
    } catch {
      // A getter or a proxy that throws.
      return this.#text("what cannot be read");
    }
  }

  #copy(given: unknown, depth: number): JsonValue {
    switch (typeof given) {
      case "string":
        return this.#text(given);
      case "boolean":
        return this.#counted(given);
      case "number":
        return Number.isFinite(given) ? this.#counted(given) : this.#text(String(given));
      case "undefined":
        return this.#counted(null);
      case "object":
        return given === null ? this.#counted(null) : this.#object(given, depth);
      case "function":
        return this.#text(`function ${given.name}`);
      default:
        return this.#text(String(given));
    }
  }

  #object(given: object, depth: number): JsonValue {
    if (isError(given)) return this.#error(given, depth);
    if (given instanceof Date) return this.#text(given.toJSON() ?? told(given));
    const kind = kindOf(given);
    if (kind !== null) return this.#text(kind);
    if (depth >= maxDepth) return this.#text("what is nested deeper");
    const toJson: unknown = Reflect.get(given, "toJSON");
    if (typeof toJson === "function") return this.value(Reflect.apply(toJson, given, []), depth + 1);
    return Array.isArray(given) ? this.#items(given, depth) : this.#members(given, depth);
  }

  #items(all: readonly unknown[], depth: number): JsonValue {
    this.#left -= 2;
    const kept: JsonValue[] = [];
    for (let index = 0; index < all.length; index += 1) {
      if (this.#left <= 0) return [...kept, `${all.length - index} more`];
      this.#left -= 1;
      kept.push(this.value(all[index], depth + 1));
    }
    return kept;
  }

  #members(of: object, depth: number): FieldValues {
    this.#left -= 2;
    const kept: [string, JsonValue][] = [];
    const names = Object.keys(of);
    for (const [index, name] of names.entries()) {
      if (this.#left <= 0)
        return Object.fromEntries([...kept, ["leftOut", fieldCount(names.length - index)]]);
      const member = readMember(of, name);
      if (member === undefined) continue;
      this.#left -= 2;
      kept.push([this.#counted(fitted(name, longestName)), this.value(member, depth + 1)]);
    }
    return Object.fromEntries(kept);
  }

  /** Its name, its words, its code, and what caused it. */
  #error(error: Error, depth: number): JsonValue {
    const { name, message, cause } = error;
    const code: unknown = Reflect.get(error, "code");
    const facts: [string, JsonValue][] = [
      ["name", this.#text(told(name))],
      ["message", this.#text(told(message))],
    ];
    if (typeof code === "string" || typeof code === "number") facts.push(["code", this.value(code, depth)]);
    if (cause !== undefined && depth < maxDepth) facts.push(["cause", this.value(cause, depth + 1)]);
    return Object.fromEntries(facts);
  }

  #text(text: string): string {
    return this.#counted(fitted(text, Math.max(shortestText, Math.min(longestText, this.#left))));
  }

  #counted<Kept extends string | number | boolean | null>(kept: Kept): Kept {
    this.#left -= JSON.stringify(kept).length;
    return kept;
  }
}

/** A member whose getter throws is described like any other value. */
function readMember(of: object, name: string): unknown {
  try {
    return Reflect.get(of, name);
  } catch {
    return "what cannot be read";
  }
}

function fieldCount(count: number): string {
  return count === 1 ? "1 field" : `${count} fields`;
}

/** What holds more than JSON would say of it. */
function kindOf(given: object): string | null {
  if (given instanceof Map || given instanceof Set) return `${given.constructor.name} of ${given.size}`;
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) {
    return `${given.constructor.name} of ${given.byteLength} bytes`;
  }
  return given instanceof RegExp || given instanceof Promise ? told(given) : null;
}

function isError(given: unknown): given is Error {
  try {
    return given instanceof Error;
  } catch {
    return false;
  }
}

function told(given: unknown): string {
  try {
    return String(given);
  } catch {
    return "what cannot be told";
  }
}

/** At most `most` characters, and twice as many in JSON, where a control character takes six. */
function fitted(text: string, most: number): string {
  const kept = cut(text, most);
  return JSON.stringify(kept).length <= 2 * most ? kept : cut(text, Math.floor(most / 3));
}

function cut(text: string, most: number): string {
  if (text.length <= most) return text.toWellFormed();
  const note = `... (${text.length} characters)`;
  return `${text.slice(0, Math.max(0, most - note.length)).toWellFormed()}${note}`;
}
