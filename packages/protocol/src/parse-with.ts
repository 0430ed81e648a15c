/** Parses unknown data with a schema; what is wrong is told as field, value and limit (P7). */
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import type { z } from "zod";

/** One thing that is wrong with a value. */
export interface ValueProblem {
  /** The place in the value, such as `universe[3]`; empty for the value itself. */
  readonly field: string;
  readonly message: string;
  /** The value found there, shortened. */
  readonly value: string;
  /** The bound that it breaks, where there is one. */
  readonly limit?: number | string;
}

const shownProblems = 3;
const keptProblems = 20;
const shownCharacters = 80;
/** A message or a place may be made of the value's own keys, of any number and length. */
const messageCharacters = 300;

/**
 * @param what what is parsed, as the subject of a sentence: `The input of workflow "x"`.
 * @throws {MycroftError} `code` (INPUT_INVALID unless given), with the first problem's `field`, `value` and `limit`
 *   and the list of `problems` (at most 20) in its details.
 */
export function parseWith<T>(
  schema: z.ZodType<T>,
  value: unknown,
  what: string,
  code: ErrorCode = "INPUT_INVALID",
): T {
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.slice(0, keptProblems).map(describeIssue);
  const shown = problems.slice(0, shownProblems).map(problemText).join("; ");
  const more = parsed.error.issues.length - shownProblems;
  const text = more > 0 ? `${shown}; and ${more} more` : shown;
  throw new MycroftError(code, `${what} is wrong: ${text}.`, { details: { ...problems[0], problems } });
}

function problemText(problem: ValueProblem): string {
  const field = problem.field === "" ? "" : `${problem.field}: `;
  return `${field}${problem.message} (it is ${problem.value})`;
}

function describeIssue(given: z.core.$ZodIssue): ValueProblem {
  const issue = innermost(given, []);
  const limit = limitOf(issue);
  return {
    field: cut(pathText(issue.path)),
    message: cut(issue.message),
    value: describeValue(issue.input),
    ...(limit === undefined ? {} : { limit }),
  };
}

/** Of a union's alternatives, the one that came furthest into the value says best what is wrong. */
function innermost(issue: z.core.$ZodIssue, prefix: readonly PropertyKey[]): z.core.$ZodIssue {
  const path = [...prefix, ...issue.path];
  if (issue.code === "invalid_union") {
    const inner = issue.errors.flat().map((one) => innermost(one, path));
    const [first, ...rest] = inner;
    if (first !== undefined) {
      const deepest = rest.reduce((best, one) => (one.path.length > best.path.length ? one : best), first);
      if (deepest.path.length > path.length) return deepest;
    }
  }
  return { ...issue, path };
}

function limitOf(issue: z.core.$ZodIssue): number | string | undefined {
  switch (issue.code) {
    case "too_big":
      return Number(issue.maximum);
    case "too_small":
      return Number(issue.minimum);
    case "not_multiple_of":
      return issue.divisor;
    case "invalid_format":
      return issue.format;
    case "invalid_value":
      return issue.values.map(String).join(", ");
    case "invalid_type":
      return issue.expected;
    default:
      return undefined;
  }
}

function cut(text: string): string {
  return text.length > messageCharacters ? `${text.slice(0, messageCharacters)}...` : text;
}

function describeValue(value: unknown): string {
  if (value === undefined) return "missing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value !== "string") return String(value);
  // Cut first: the value may be of any size.
  const shown = JSON.stringify(value.slice(0, shownCharacters));
  return value.length > shownCharacters ? `${shown}... of ${value.length} characters` : shown;
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return text.replace(/^\./, "");
}
