/** The way of a log line from whoever writes it to the attempt's report. Whatever is written, the attempt does not fail of it. */
import type { JsonValue, LogLevel } from "@mycroft/engine";
import type { AttemptControl } from "@mycroft/runtime";
import { type LogFields, type Logger, noLog } from "@mycroft/sdk";
import { toJson } from "./to-json.ts";

/** Beyond so many, they are counted. */
const mostFields = 50;
const longestText = 2_000;

export function attemptLogger(control: AttemptControl): Logger {
  if (control.log === undefined) return noLog;
  const write = (level: LogLevel) => (message: string, fields?: LogFields) => {
    control.log?.({
      level,
      message: textOf(message),
      ...(fields === undefined ? {} : { fields: fieldsOf(fields) }),
    });
  };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

/** Authors may write in JavaScript: a message may be anything. */
function textOf(message: unknown): string {
  if (typeof message === "string") return message.toWellFormed();
  return message instanceof Error ? describeError(message) : describe(message);
}

function fieldsOf(fields: unknown): { readonly [name: string]: JsonValue } {
  try {
    if (typeof fields !== "object" || fields === null || fields instanceof Error)
      return { value: fieldOf(fields) };
    const all = Object.entries(fields).filter(([, value]) => value !== undefined);
    const kept = all
      .slice(0, mostFields)
      .map(([name, value]) => [name.toWellFormed(), fieldOf(value)] as const);
    const rest = all.length - kept.length;
    return Object.fromEntries(rest === 0 ? kept : [...kept, ["leftOut", `${rest} fields`]]);
  } catch (thrown) {
    // A getter, or a proxy, that throws.
    return { unreadable: describe(thrown) };
  }
}

function fieldOf(value: unknown): JsonValue {
  if (value instanceof Error) {
    const code: unknown = Reflect.get(value, "code");
    const { name, message } = value;
    const facts = { name: String(name), message: String(message).toWellFormed() };
    return typeof code === "string" ? { ...facts, code } : facts;
  }
  try {
    return toJson(value, "The field");
  } catch {
    return describe(value);
  }
}

function describeError({ name, message }: Error): string {
  return `${name}: ${message}`.toWellFormed();
}

/** What is no JSON, in a few words: `NaN`, `2020-01-02T00:00:00.000Z`, `[object Map]`. */
function describe(value: unknown): string {
  try {
    return String(value).slice(0, longestText).toWellFormed();
  } catch {
    return "a value that cannot be told";
  }
}
