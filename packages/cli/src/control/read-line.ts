/** Reads one line from a socket, within a limit of bytes and of time, and without trusting that it is text (P7). */
import type { Socket } from "node:net";
import { MycroftError } from "@mycroft/errors";

export interface LineLimits {
  readonly maxBytes: number;
  readonly withinMs: number;
  /** What the line is, as a subject: `The request`. */
  readonly what: string;
}

const newline = 0x0a;

/**
 * What comes after the line is left unread. Null when the other side closes before it has said a whole line.
 * @throws {MycroftError} LIMIT_EXCEEDED (the bytes), CONTROL_UNANSWERED (the time), CONTROL_INVALID (no UTF-8).
 */
export function readLine(socket: Socket, { maxBytes, withinMs, what }: LineLimits): Promise<string | null> {
  const read = Promise.withResolvers<string | null>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const fail = (code: "LIMIT_EXCEEDED" | "CONTROL_UNANSWERED", message: string, limit: object) =>
    read.reject(new MycroftError(code, message, { details: { ...limit } }));
  const onData = (chunk: Buffer) => {
    const end = chunk.indexOf(newline);
    chunks.push(end === -1 ? chunk : chunk.subarray(0, end));
    bytes += end === -1 ? chunk.length : end;
    if (bytes > maxBytes) {
      const message = `${what} has more than the ${maxBytes} bytes that it may have.`;
      fail("LIMIT_EXCEEDED", message, { limit: maxBytes });
    } else if (end !== -1) {
      const text = decode(Buffer.concat(chunks));
      if (text !== null) read.resolve(text);
      else read.reject(new MycroftError("CONTROL_INVALID", `${what} is not valid UTF-8.`));
    }
  };
  const onEnd = () => read.resolve(null);
  const late = setTimeout(() => {
    fail("CONTROL_UNANSWERED", `${what} did not come within ${withinMs} ms.`, { limit: withinMs });
  }, withinMs);
  // A connection that breaks is one that is closed.
  socket.on("data", onData).on("end", onEnd).on("error", onEnd).on("close", onEnd);
  return read.promise.finally(() => {
    clearTimeout(late);
    socket.off("data", onData).off("end", onEnd).off("close", onEnd);
  });
}

/** Null for what is no UTF-8. */
function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
