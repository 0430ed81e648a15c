/** A refusal or failure of the API as the page sees it: the problem details (RFC 9457) that the server sent, or why there are none. */
import type { Problem } from "@mycroft/protocol";

export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  /** 0 when no answer came at all. */
  readonly status: number;
  /** The stable code of the error; `OFFLINE` when no answer came, `ANSWER_UNREADABLE` when it was not understood. */
  readonly code: string;
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(facts: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly retryable?: boolean;
    readonly details?: Readonly<Record<string, unknown>> | undefined;
  }) {
    super(facts.message);
    this.status = facts.status;
    this.code = facts.code;
    this.retryable = facts.retryable ?? false;
    this.details = facts.details ?? {};
  }

  /** Field by field, where the server says so. */
  get problems(): readonly FieldProblem[] {
    const problems = this.details["problems"];
    return Array.isArray(problems) ? problems.filter(isFieldProblem) : [];
  }
}

function isFieldProblem(value: unknown): value is FieldProblem {
  return (
    typeof value === "object" &&
    value !== null &&
    "field" in value &&
    typeof value.field === "string" &&
    "message" in value &&
    typeof value.message === "string"
  );
}

/** What is wrong with one field of what was sent. */
export interface FieldProblem {
  /** Its place, such as `universe[3]`; empty for the whole. */
  readonly field: string;
  readonly message: string;
}

/** Reads the body of an answer that is not a success, without trust: a proxy on the way may have written it. */
export function problemOf(status: number, body: unknown): ApiProblem {
  if (!isProblem(body)) {
    return new ApiProblem({
      status,
      code: "ANSWER_UNREADABLE",
      message: `The server answered with status ${status} and no explanation.`,
      retryable: status >= 500,
    });
  }
  const { code, detail, title, retryable, details } = body;
  return new ApiProblem({ status, code, message: detail || title, retryable, details });
}

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === "object" &&
    body !== null &&
    "code" in body &&
    typeof body.code === "string" &&
    "detail" in body &&
    typeof body.detail === "string"
  );
}
