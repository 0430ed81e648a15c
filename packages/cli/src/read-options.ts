/** Reads what was given on the command line; what cannot be understood is USAGE, naming the option and the form. */
import { MycroftError } from "@mycroft/errors";
import type { Invocation } from "./command.ts";

type Options = Invocation["options"];
type Arguments = Invocation["arguments"];

export function readText(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === "string" ? value : undefined;
}

export function readFlag(options: Options, name: string): boolean {
  return options[name] === true;
}

export function readList(options: Options, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? value : [];
}

/** @throws {MycroftError} USAGE when it is not a whole number from `min` to `max`. */
export function readWholeNumber(
  options: Options,
  name: string,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const text = readText(options, name);
  if (text === undefined) return undefined;
  const number = /^\d{1,15}$/u.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  throw unusable(name, text, `a whole number from ${min} to ${max}`);
}

const longestGraceSeconds = 3_600;
const usualGraceSeconds = 30;

/** How long what is in hand may take when a process is told to end. @throws {MycroftError} USAGE. */
export function readGraceMs(options: Options): number {
  const seconds = readWholeNumber(options, "grace", { min: 0, max: longestGraceSeconds });
  return (seconds ?? usualGraceSeconds) * 1_000;
}

/** @throws {MycroftError} USAGE when it is not one of `choices`. */
export function readChoice<Choice extends string>(
  options: Options,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = readText(options, name);
  if (text === undefined) return undefined;
  const choice = choices.find((one) => one === text);
  if (choice !== undefined) return choice;
  throw unusable(name, text, `one of ${choices.join(", ")}`);
}

/** @throws {MycroftError} USAGE when it is not a day of the calendar. */
export function readDate(options: Options, name: string): string | undefined {
  const text = readText(options, name);
  if (text === undefined || isDate(text)) return text;
  throw unusable(name, text, "a day of the form YYYY-MM-DD, such as 2008-10-31");
}

export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(text)) return false;
  const at = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(text);
}

/**
 * What an option states of several things, such as `--set TASK=JSON`: by their names.
 * @throws {MycroftError} USAGE when it states something of one of them twice.
 */
export function statedOnce<Value>(
  option: string,
  pairs: readonly (readonly [string, Value])[],
): ReadonlyMap<string, Value> {
  const stated = new Map<string, Value>();
  for (const [name, value] of pairs) {
    if (stated.has(name)) {
      const flag = optionFlag(option);
      throw new MycroftError("USAGE", `${flag} states ${name} twice. Leave one out.`, {
        details: { option: flag, value: name },
      });
    }
    stated.set(name, value);
  }
  return stated;
}

/** An argument that the command table calls required. */
export function readArgument(given: Arguments, name: string): string {
  const value = given[name];
  if (typeof value === "string") return value;
  throw new MycroftError("USAGE", `The argument <${name}> is missing.`);
}

/** `asOf` as `--as-of`. */
export function optionFlag(name: string): string {
  return `--${name.replace(/[A-Z]/gu, (letter) => `-${letter.toLowerCase()}`)}`;
}

function unusable(option: string, value: string, form: string): MycroftError {
  const flag = optionFlag(option);
  return new MycroftError("USAGE", `${flag} is ${JSON.stringify(value)}; it must be ${form}.`, {
    details: { option: flag, value },
  });
}
