/**
 * How a failure is told: to a person as `error CODE: message` with what else is known of it, to a program as
 * `{"error": {...}}`. A stack trace is for those who ask for it with --debug.
 */
import { asMycroftError, type ErrorDetails, type MycroftError } from "@mycroft/errors";
import { cut, escapeControls, printable, shortened } from "@mycroft/record/text";
import type { Terminal } from "./text/terminal.ts";

const usageExitCode = 2;
const failureExitCode = 1;
const shownItems = 20;
const shownCharacters = 500;
/** A message may repeat what it was given, of any size. */
const messageCharacters = 4_000;

/** Tells a failure; returns the exit code. */
export function reportFailure(thrown: unknown, terminal: Terminal): number {
  const error = asMycroftError(thrown);
  if (terminal.json) {
    const record = error.toRecord();
    terminal.printJson({ error: terminal.debug ? { ...record, stack: stackOf(error) } : record });
  } else {
    for (const line of failureLines(error)) terminal.note(line);
    if (terminal.debug) terminal.note(stackOf(error));
  }
  return error.code === "USAGE" ? usageExitCode : failureExitCode;
}

/** The failure in lines for a person. */
export function failureLines(error: MycroftError): readonly string[] {
  const message = cut(error.message, messageCharacters);
  const [first = "", ...more] = message.split("\n").map((line) => escapeControls(line.trimEnd()));
  const lines = [`error ${error.code}: ${first}`, ...more.map((line) => `  ${line}`)];
  const details = error.details === undefined ? [] : detailLines(error.details, error.message);
  const defect =
    error.code === "INTERNAL"
      ? ["  If nothing in your own code explains it, it is a defect in Mycroft; --debug shows where."]
      : [];
  return [...lines, ...details, ...defect];
}

/** What the message has not said already. */
function detailLines(details: ErrorDetails, message: string): readonly string[] {
  return Object.entries(details).flatMap(([key, value]) => {
    // A limit in words is the name of a form, which the message puts better.
    if (key === "limit" && typeof value === "string") return [];
    const texts = textsOf(value).filter((text) => !message.includes(text));
    if (texts.length === 0) return [];
    const shown = texts.slice(0, shownItems).map((text) => shortened(text, shownCharacters));
    const more = texts.length > shownItems ? [`and ${texts.length - shownItems} more`] : [];
    const parts = [...shown, ...more];
    if (isRecordList(value)) return [`  ${wordsOf(key)}:`, ...parts.map((part) => `    ${part}`)];
    return [`  ${wordsOf(key)}: ${parts.join(", ")}`];
  });
}

function textsOf(value: unknown): readonly string[] {
  if (value === undefined || value === null || value === "") return [];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object") return [String(value)];
  const { message } = value as { readonly message?: unknown };
  return [typeof message === "string" ? message : jsonText(value)];
}

function isRecordList(value: unknown): boolean {
  return Array.isArray(value) && value.some((item) => typeof item === "object");
}

/** `rowsRejected` as `rows rejected`. */
function wordsOf(key: string): string {
  return printable(key.replace(/([a-z])([A-Z])/gu, "$1 $2").toLowerCase());
}

function jsonText(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return String(value);
  }
}

/** With the stacks of what it was caused by. */
function stackOf(error: Error): string {
  const own = error.stack ?? error.message;
  return error.cause instanceof Error ? `${own}\nCaused by: ${stackOf(error.cause)}` : own;
}
