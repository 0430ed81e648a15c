/** What is said to a client whose request cannot be read as HTTP, or does not arrive in time: there is no request to answer yet. */
import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { errorCodes } from "@mycroft/errors";
import type { Problem } from "@mycroft/protocol";
import { problemType } from "./problem-details.ts";

interface Refusal extends Pick<Problem, "status" | "detail"> {
  readonly code: "INPUT_INVALID" | "LIMIT_EXCEEDED";
}

export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  if (socket.writable) socket.write(answerTo(refusalOf(error.code)));
  socket.destroy();
}

function refusalOf(code: string | undefined): Refusal {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { status: 408, code: "LIMIT_EXCEEDED", detail: "The request did not arrive in time." };
    case "HPE_HEADER_OVERFLOW":
      return { status: 431, code: "LIMIT_EXCEEDED", detail: "The address and the headers are too long." };
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return { status: 413, code: "LIMIT_EXCEEDED", detail: "The body's chunks say too much of themselves." };
    default:
      return { status: 400, code: "INPUT_INVALID", detail: "This is not HTTP/1.1 as the standard has it." };
  }
}

function answerTo({ status, code, detail }: Refusal): string {
  const { meaning: title, retryable } = errorCodes[code];
  const problem: Problem = { type: `/docs/errors#${code}`, title, status, detail, code, retryable };
  const body = JSON.stringify(problem);
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}`,
    `content-type: ${problemType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    "cache-control: no-store",
    "x-content-type-options: nosniff",
    "connection: close",
    "",
    body,
  ].join("\r\n");
}
