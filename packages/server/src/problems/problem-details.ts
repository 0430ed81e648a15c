/**
 * Failures as problem details (RFC 9457) with our stable codes. What nobody expected is told to the operator; the caller gets
 * the id by which it is found there, and nothing of this machine.
 */
import { asMycroftError, type ErrorCode, errorCodes, MycroftError } from "@mycroft/errors";
import type { Problem } from "@mycroft/protocol";
import type { FastifyError, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { statusOf } from "./status-of.ts";

export const problemType = "application/problem+json; charset=utf-8";
const mostIssues = 50;
const detailsCharacters = 20_000;

export interface ToldProblem {
  readonly problem: Problem;
  /** For the operator; null when the caller was at fault or knows all there is. */
  readonly unexpected: MycroftError | null;
}

export function problemOf(thrown: unknown, request: Pick<FastifyRequest, "id">): ToldProblem {
  const known = knownError(thrown);
  const error = known?.error ?? asMycroftError(thrown);
  const status = known?.status ?? statusFor(error);
  if (!isOwnAffair(error.code)) return { problem: bodyOf(error, status, request), unexpected: null };
  const { code, retryable } = error;
  const told = new MycroftError(
    code,
    `${errorCodes[code].meaning} Whoever runs the server is told of it, with the id of this request: ${request.id}.`,
    { retryable },
  );
  return { problem: bodyOf(told, status, request), unexpected: withRequest(error, request.id) };
}

/** A limit that passes by itself is the server's; another one is that of what was sent. */
function statusFor({ code, retryable }: MycroftError): number {
  return code === "LIMIT_EXCEEDED" && retryable ? 503 : statusOf[code];
}

/** What is wrong with this machine, its disk and its servers: the words for it may name files, hosts and users. */
function isOwnAffair(code: ErrorCode): boolean {
  return statusOf[code] === 500 || ownAffairs.has(code);
}

const ownAffairs: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "DATA_FILE_UNREADABLE",
  "STORE_CONFLICT",
  "STORE_FULL",
  "STORE_IO",
  "STORE_UNREACHABLE",
  "STORE_UNSUPPORTED",
  "SERVER_FULL",
  "SERVER_REFUSED",
  "SERVER_UNFIT",
  "SERVER_UNREACHABLE",
]);

function withRequest(error: MycroftError, requestId: string): MycroftError {
  const { code, message, retryable, details } = error;
  return new MycroftError(code, `${message} (request ${requestId})`, {
    retryable,
    details: { ...details, requestId },
    cause: error,
  });
}

interface KnownError {
  readonly error: MycroftError;
  readonly status?: number;
}

/** What Fastify and the schemas refuse, in our words. */
function knownError(thrown: unknown): KnownError | null {
  if (hasZodFastifySchemaValidationErrors(thrown)) return { error: invalid(thrown) };
  const { code = "", statusCode } = Object(thrown) as Partial<FastifyError>;
  switch (code) {
    case "FST_ERR_CTP_INVALID_JSON_BODY":
    case "FST_ERR_CTP_EMPTY_JSON_BODY":
      return { error: new MycroftError("INPUT_INVALID", "The body is not JSON.") };
    case "FST_ERR_CTP_INVALID_CONTENT_LENGTH":
      return { error: new MycroftError("INPUT_INVALID", "The body is not as long as its header says.") };
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return {
        status: 415,
        error: new MycroftError(
          "INPUT_INVALID",
          "The body has to be application/json, and be said to be so.",
        ),
      };
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return { error: new MycroftError("LIMIT_EXCEEDED", "The body is larger than this route takes.") };
    case "FST_ERR_MAX_PARAM_LENGTH":
      return { error: new MycroftError("LIMIT_EXCEEDED", "A part of the address is too long."), status: 414 };
    case "FST_ERR_BAD_URL":
      return { error: new MycroftError("INPUT_INVALID", "The address is not well formed.") };
    default:
      break;
  }
  // Other refusals of the HTTP layer, such as a body that ends too early.
  if (code.startsWith("FST_") && statusCode !== undefined && statusCode < 500) {
    return {
      status: statusCode,
      error: new MycroftError("INPUT_INVALID", "The request cannot be understood."),
    };
  }
  return null;
}

function invalid(thrown: {
  readonly validation: readonly { readonly instancePath: string; readonly message?: string | undefined }[];
  readonly validationContext?: string | undefined;
}): MycroftError {
  const where = thrown.validationContext ?? "request";
  const issues = thrown.validation.slice(0, mostIssues).map(({ instancePath, message }) => ({
    path: `${where}${instancePath.replaceAll("/", ".")}`,
    message: message ?? "does not fit",
  }));
  const [first] = issues;
  const field = first?.path ?? where;
  return new MycroftError("INPUT_INVALID", `${field}: ${first?.message ?? "does not fit"}.`, {
    details: { field, issues },
  });
}

function bodyOf(error: MycroftError, status: number, request: Pick<FastifyRequest, "id">): Problem {
  const { code, message, retryable, details } = error;
  return {
    type: `/docs/errors#${code}`,
    title: errorCodes[code].meaning,
    status,
    detail: message,
    instance: `urn:request:${request.id}`,
    code,
    retryable,
    ...(details === undefined || isTooMuch(details) ? {} : { details }),
  };
}

function isTooMuch(details: object): boolean {
  try {
    return JSON.stringify(details).length > detailsCharacters;
  } catch {
    return true;
  }
}
