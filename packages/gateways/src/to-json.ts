/** Makes sure that what an agent or function gave is JSON within its limits (P7), before it can reach the record. */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { limits } from "@mycroft/protocol";

const maxDepth = 100;

/**
 * A plain copy of the value. Properties that are undefined are left out, as JSON.stringify does; what JSON would
 * silently change (NaN, infinities, dates, functions ...) is an error.
 * @param what whose output it is, as the subject of a sentence.
 * @throws {MycroftError} OUTPUT_NOT_JSON or OUTPUT_TOO_LARGE, naming the field and the limit.
 */
export function toJson(value: unknown, what: string): JsonValue {
  return new JsonCopy(what).copy(value, "", 0);
}

class JsonCopy {
  readonly #what: string;
  #bytesLeft: number = limits.outputBytes;

  constructor(what: string) {
    this.#what = what;
  }

  copy(value: unknown, field: string, depth: number): JsonValue {
    if (depth > maxDepth)
      throw this.#notJson(field, `is nested deeper than ${maxDepth}, or refers to itself`);
    switch (typeof value) {
      case "string":
        this.#count(value.length + 2);
        if (!value.isWellFormed()) throw this.#notJson(field, "has half a surrogate pair, which is no text");
        return value;
      case "boolean":
        this.#count(5);
        return value;
      case "number":
        if (!Number.isFinite(value)) throw this.#notJson(field, `is ${value}`);
        this.#count(8);
        return value;
      case "object":
        return value === null ? null : this.#copyObject(value, field, depth);
      default:
        throw this.#notJson(field, `is ${value === undefined ? "undefined" : `a ${typeof value}`}`);
    }
  }

  #copyObject(value: object, field: string, depth: number): JsonValue {
    this.#count(2);
    if (Array.isArray(value)) {
      // An array can be longer than what it holds: count before walking it.
      this.#count(value.length);
      return value.map((item, index) => this.copy(item, `${field}[${index}]`, depth + 1));
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      throw this.#notJson(field, `is a ${value.constructor?.name ?? "special object"}`);
    }
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    return Object.fromEntries(
      entries.map(([key, item]) => {
        this.#count(key.length + 4);
        if (!key.isWellFormed()) throw this.#notJson(field, "has a name with half a surrogate pair");
        return [key, this.copy(item, field === "" ? key : `${field}.${key}`, depth + 1)];
      }),
    );
  }

  /** A lower bound of the bytes of JSON: enough to stop anything that is out of proportion. */
  #count(bytes: number): void {
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft >= 0) return;
    throw new MycroftError(
      "OUTPUT_TOO_LARGE",
      `${this.#what} is larger than the limit outputBytes (${limits.outputBytes} bytes of JSON).`,
      { details: { limit: "outputBytes", outputBytes: limits.outputBytes } },
    );
  }

  #notJson(field: string, because: string): MycroftError {
    const place = field === "" ? this.#what : `${this.#what}, field ${field},`;
    return new MycroftError("OUTPUT_NOT_JSON", `${place} cannot be kept as JSON: it ${because}.`, {
      details: { field },
    });
  }
}
