/**
 * What a command and the process that holds the store say to each other: one line of JSON asks, one line of JSON
 * answers, and that is all of a connection. Neither side trusts what the other one sends (P7).
 */
import { type ErrorRecord, isErrorCode, MycroftError } from "@mycroft/errors";
import { limits, parseWith } from "@mycroft/protocol";
import { z } from "zod";

/** Raised when either line changes its meaning. */
export const controlVersion = 1;

export const controlLimits = {
  /** A fork may bring another input and stated outcomes along. */
  requestBytes: 2 * limits.outputBytes,
  answerBytes: 64 * 1024 * 1024,
  /** For a request to arrive, once a connection is open. */
  requestMs: 10_000,
  /** For an answer. A store on a slow disk takes its time; one that is full takes until there is room. */
  answerMs: 60_000,
  connections: 64,
} as const;

/** Who holds the store. */
export interface HolderMark {
  readonly pid: number;
  /** Whether it keeps running (`mycroft up`), rather than until its own work is done. */
  readonly isStaying: boolean;
}

export interface ControlRequest {
  readonly operation: string;
  readonly input: unknown;
}

export type ControlAnswer = { readonly holder: HolderMark } & (
  | { readonly value: unknown }
  | { readonly error: MycroftError }
);

const versioned = z.looseObject({ version: z.int() });
const requestShape = z.strictObject({
  version: z.literal(controlVersion),
  operation: z.string().min(1).max(100),
  input: z.unknown(),
});
const errorShape = z.object({
  code: z.string().max(100),
  message: z.string(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
});
const answerShape = z.strictObject({
  version: z.literal(controlVersion),
  holder: z.strictObject({ pid: z.int().min(0), isStaying: z.boolean() }),
  value: z.unknown().optional(),
  error: errorShape.optional(),
});

export function requestLine({ operation, input }: ControlRequest): string {
  return JSON.stringify({ version: controlVersion, operation, input });
}

/** @throws {MycroftError} CONTROL_INVALID. */
export function readRequest(line: string): ControlRequest {
  const { operation, input } = parseLine(requestShape, line, "A request");
  return { operation, input };
}

export function answerLine(answer: ControlAnswer): string {
  const { holder } = answer;
  const said = "error" in answer ? { error: answer.error.toRecord() } : { value: answer.value };
  try {
    return JSON.stringify({ version: controlVersion, holder, ...said });
  } catch (cause) {
    if (!("error" in answer)) throw cause;
    // Details may hold anything, and must not keep the error itself from being told.
    const { code, message, retryable } = answer.error;
    return JSON.stringify({ version: controlVersion, holder, error: { code, message, retryable } });
  }
}

/** @throws {MycroftError} CONTROL_INVALID. */
export function readAnswer(line: string): ControlAnswer {
  const { holder, value, error } = parseLine(answerShape, line, "The answer");
  return error === undefined ? { holder, value } : { holder, error: errorOf(error) };
}

function parseLine<Said>(shape: z.ZodType<Said>, line: string, what: string): Said {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new MycroftError("CONTROL_INVALID", `${what} is not JSON.`, { cause });
  }
  const { version } = parseWith(versioned, value, what, "CONTROL_INVALID");
  if (version !== controlVersion) {
    throw new MycroftError(
      "CONTROL_INVALID",
      `${what} is of version ${version}, and this process speaks version ${controlVersion}: the two were started from ` +
        "different versions of Mycroft.",
      { details: { version, known: controlVersion } },
    );
  }
  return parseWith(shape, value, what, "CONTROL_INVALID");
}

/** A newer process may know codes that this one does not. */
function errorOf({ code, message, retryable, details }: z.output<typeof errorShape>): MycroftError {
  const known: ErrorRecord["code"] = isErrorCode(code) ? code : "INTERNAL";
  const own = known === code ? {} : { holderCode: code };
  return new MycroftError(known, message, { retryable, details: { ...details, ...own } });
}
