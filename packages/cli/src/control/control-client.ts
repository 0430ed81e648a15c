/** Asks the process that holds a store to do something. */
import { connect, type Socket } from "node:net";
import { MycroftError } from "@mycroft/errors";
import { type ControlAddress, controlAddresses, isTrusted } from "./control-address.ts";
import {
  type ControlAnswer,
  type ControlRequest,
  controlLimits,
  readAnswer,
  requestLine,
} from "./control-protocol.ts";
import { readLine } from "./read-line.ts";

export interface AskOptions {
  /** For the answer: 60 seconds unless given. */
  readonly answerMs?: number;
}

/**
 * What the holder answers; null when nobody listens: there is no holder, or it does not listen yet, or not any more.
 * @throws {MycroftError} CONTROL_UNANSWERED when the holder heard it and gave no answer; CONTROL_INVALID.
 */
export async function askHolder(
  recordFolder: string,
  request: ControlRequest,
  { answerMs = controlLimits.answerMs }: AskOptions = {},
): Promise<ControlAnswer | null> {
  const line = requestLine(request);
  const { requestBytes } = controlLimits;
  if (Buffer.byteLength(line) > requestBytes) {
    throw new MycroftError(
      "LIMIT_EXCEEDED",
      `This is more than the ${requestBytes} bytes that another process can be asked in.`,
      { details: { limit: requestBytes } },
    );
  }
  for (const address of controlAddresses(recordFolder)) {
    const socket = isTrusted(address) ? await reach(address) : null;
    if (socket !== null) return converse(socket, line, answerMs);
  }
  return null;
}

/** Null when nobody listens there: there is no socket, or one that a process left behind that was killed. */
function reach({ path }: ControlAddress): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const onError = () => resolve(null);
    socket.once("error", onError);
    socket.once("connect", () => {
      socket.off("error", onError);
      resolve(socket);
    });
  });
}

async function converse(socket: Socket, line: string, answerMs: number): Promise<ControlAnswer> {
  const limits = {
    maxBytes: controlLimits.answerBytes,
    withinMs: answerMs,
    what: "The answer of the process that holds the store",
  };
  try {
    const answer = readLine(socket, limits);
    socket.write(`${line}\n`);
    const said = await answer;
    if (said !== null) return readAnswer(said);
  } finally {
    socket.destroy();
  }
  throw new MycroftError(
    "CONTROL_UNANSWERED",
    "The process that holds the store ended without an answer. `mycroft runs` says what was done.",
  );
}
