/** The limits on what agents send each other (principle 6, P8). Errors name them by these names. */
import { canonicalJson, type JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { wrongField } from "../ports/wrong-field.ts";

export const messageLimits = {
  /** Characters of a blackboard's key. */
  keyLength: 100,
  /** Of the JSON of a message, a question, an answer, a blackboard's value. */
  bodyBytes: 64 * 1024,
  /** What one attempt sends, asks, writes and reads, with what those whom it asks do for it. */
  perAttempt: 500,
  /** As `perAttempt`, for answering one question; less where the one who asked has little left. */
  perAnswer: 20,
  /** How deep agents ask each other. */
  askDepth: 4,
  /** A few more fit in when several are created in the same moment. */
  blackboardKeys: 200,
  /** How long a blackboard's entry is kept after it was last written: 30 days. */
  blackboardMs: 30 * 86_400_000,
  /** How many questions one process answers at once. */
  questionsInHand: 1_000,
  /** How long a subscriber may take for one message. */
  handlerMs: 60_000,
} as const;

type CountedLimit = keyof typeof messageLimits;

/** LIMIT_EXCEEDED. `what` is a sentence without its end. */
export function limitExceeded(limit: CountedLimit, what: string, retryable = false): MycroftError {
  const value = messageLimits[limit];
  return new MycroftError("LIMIT_EXCEEDED", `${what}; the limit ${limit} is ${value}.`, {
    details: { limit, [limit]: value },
    retryable,
  });
}

/** @throws {MycroftError} OUTPUT_NOT_JSON, LIMIT_EXCEEDED. */
export function checkBody(body: JsonValue, what: string): void {
  const bytes = Buffer.byteLength(canonicalJson(body));
  if (bytes > messageLimits.bodyBytes) {
    throw limitExceeded("bodyBytes", `${what} takes ${bytes} bytes of JSON`);
  }
}

const nameForm = /^[A-Za-z][A-Za-z0-9._-]{0,99}$/;

/** Of an agent or a topic. @throws {MycroftError} INPUT_INVALID. */
export function checkName(field: "agent" | "topic", name: string): void {
  if (typeof name === "string" && nameForm.test(name)) return;
  const rule = "is a letter, then letters, digits and . _ -, at most 100 characters";
  throw wrongField(field, name, `The name of ${field === "agent" ? "an agent" : "a topic"} ${rule}`, 100);
}

/** @throws {MycroftError} INPUT_INVALID. */
export function checkKey(key: string): void {
  const { keyLength } = messageLimits;
  if (typeof key === "string" && key !== "" && key.length <= keyLength && key.isWellFormed()) return;
  throw wrongField("key", key, `A blackboard's key is 1 to ${keyLength} characters of text`, keyLength);
}
