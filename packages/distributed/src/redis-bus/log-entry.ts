/** Entries of a topic's log as the server gives them, and offsets, which are their ids: a time in ms and a number. */
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { BusMessage } from "@mycroft/runtime";

export interface LogEntry {
  readonly offset: string;
  readonly key: string;
  /** The body's JSON: parsed anew for each delivery. */
  readonly text: string;
}

const offsetForm = /^([0-9]{1,15})-([0-9]{1,15})$/;

/** Before every message. */
export const firstOffset = "0-0";

/** @throws {MycroftError} INPUT_INVALID. */
export function checkOffset(offset: string): string {
  if (typeof offset === "string" && offsetForm.test(offset)) return offset;
  throw new MycroftError(
    "INPUT_INVALID",
    `after is ${JSON.stringify(offset)}; it must be an offset that this bus gave.`,
    {
      details: { field: "after", value: offset },
    },
  );
}

export function isBefore(left: string, right: string): boolean {
  const [leftMs = 0, leftNumber = 0] = left.split("-").map(Number);
  const [rightMs = 0, rightNumber = 0] = right.split("-").map(Number);
  return leftMs < rightMs || (leftMs === rightMs && leftNumber < rightNumber);
}

/** @param reply `[[id, ["k", key, "b", body, ...]], ...]`; of a dead letter, a third pair holds the offset that it had. */
export function readEntries(reply: unknown): readonly LogEntry[] {
  return (reply as readonly (readonly [string, readonly string[]])[]).map(([id, fields]) => ({
    offset: fields[5] ?? id,
    key: fields[1] ?? "",
    text: fields[3] ?? "null",
  }));
}

export function toMessage(topic: string, { offset, key, text }: LogEntry): BusMessage {
  return { topic, key, body: JSON.parse(text) as JsonValue, offset, at: Number(offset.split("-")[0]) };
}
