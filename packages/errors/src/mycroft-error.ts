/**
 * The one error class. An error tells a person what is wrong, where, and what to do; a program reads its
 * `code`, never its message.
 */
import { type ErrorCode, errorCodes } from "./error-codes.ts";

/** Facts about a failure that a program may read: the file, field, step, value and limit concerned. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

export interface MycroftErrorOptions {
  readonly details?: ErrorDetails;
  readonly cause?: unknown;
  /** Overrides the code's own answer to "may the same request succeed later?". */
  readonly retryable?: boolean;
}

/** The form of an error that is stored, sent and compared. */
export interface ErrorRecord {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly details?: ErrorDetails;
}

export class MycroftError extends Error {
  override readonly name = "MycroftError";
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly details: ErrorDetails | undefined;

  constructor(code: ErrorCode, message: string, options: MycroftErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = options.retryable ?? errorCodes[code].retryable;
    this.details = options.details;
  }

  toRecord(): ErrorRecord {
    const record = { code: this.code, message: this.message, retryable: this.retryable };
    return this.details === undefined ? record : { ...record, details: this.details };
  }
}

/** Any thrown value as a MycroftError; a value of another kind becomes `code`, with itself as the cause. */
export function asMycroftError(thrown: unknown, code: ErrorCode = "INTERNAL"): MycroftError {
  return isMycroftError(thrown) ? thrown : new MycroftError(code, messageOf(thrown), { cause: thrown });
}

function isMycroftError(thrown: unknown): thrown is MycroftError {
  try {
    return thrown instanceof MycroftError;
  } catch {
    // A proxy may throw when it is asked what it is.
    return false;
  }
}

/** Anything can be thrown, even what throws when it is looked at. */
function messageOf(thrown: unknown): string {
  try {
    return thrown instanceof Error ? String(thrown.message) : String(thrown);
  } catch {
    return "Something was thrown that cannot be put into words.";
  }
}
