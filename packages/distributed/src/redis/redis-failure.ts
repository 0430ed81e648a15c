/**
 * What a Redis client throws, as a MycroftError. Errors of the server are told apart by the code word that the protocol puts
 * first, never by their text. The thrown value is never kept as the cause: it holds the command, and with it the password.
 */
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import type { RedisAddress } from "./redis-address.ts";

/** https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors; what is not here is a defect. */
const codeOfWord: Readonly<Record<string, ErrorCode>> = {
  WRONGPASS: "SERVER_REFUSED",
  NOAUTH: "SERVER_REFUSED",
  NOPERM: "SERVER_REFUSED",
  OOM: "SERVER_FULL",
  MISCONF: "SERVER_FULL",
  LOADING: "SERVER_UNREACHABLE",
  BUSY: "SERVER_UNREACHABLE",
  MASTERDOWN: "SERVER_UNREACHABLE",
  READONLY: "SERVER_UNREACHABLE",
  TRYAGAIN: "SERVER_UNREACHABLE",
  UNBLOCKED: "SERVER_UNREACHABLE",
};

/** The word that a reply of the server begins with; null when the failure is the client's or the network's. */
export function replyWord(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || thrown.name !== "ReplyError") return null;
  return /^-?([A-Z]+)/.exec(thrown.message)?.[1] ?? "ERR";
}

/** @param what what was being done, for the message: "publish to topic news". */
export function redisFailure(thrown: unknown, address: RedisAddress, what: string): MycroftError {
  if (thrown instanceof MycroftError) return thrown;
  const word = replyWord(thrown);
  const code = word === null ? "SERVER_UNREACHABLE" : (codeOfWord[word] ?? "INTERNAL");
  const said = withoutPassword(thrown instanceof Error ? thrown.message : String(thrown), address);
  return new MycroftError(
    code,
    `Redis at ${address.label} could not ${what}: ${said} ${advice[code] ?? ""}`,
    {
      details: { server: address.label, ...(word === null ? {} : { reply: word }) },
    },
  );
}

const advice: Partial<Record<ErrorCode, string>> = {
  SERVER_UNREACHABLE: "Check that the server runs and that the address is right.",
  SERVER_REFUSED: "Check the user and the password in the address, and the user's rights.",
  SERVER_FULL: "Give the server more memory or disk, or wait until there is room.",
};

function withoutPassword(text: string, { password }: RedisAddress): string {
  return password === null ? text : text.replaceAll(password, "***");
}

export function noAnswer(address: RedisAddress, what: string, timeoutMs: number): MycroftError {
  return new MycroftError(
    "SERVER_UNREACHABLE",
    `Redis at ${address.label} gave no answer within ${timeoutMs} ms (timeoutMs) when asked to ${what}. ${advice.SERVER_UNREACHABLE}`,
    { details: { server: address.label, timeoutMs } },
  );
}
