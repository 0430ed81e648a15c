/** Where a page of what runs hold ends: a run, and how many of its entries came before. Opaque to whoever sends it back. */
import { MycroftError } from "@mycroft/errors";
import { z } from "zod";

export interface PagePlace {
  readonly runId: string;
  /** Entries of that run to leave out. */
  readonly skip: number;
}

const shape = z.tuple([z.string().min(1).max(200), z.number().int().min(0).max(10_000_000)]);

export function writeCursor({ runId, skip }: PagePlace): string {
  return Buffer.from(JSON.stringify([runId, skip])).toString("base64url");
}

/** @throws {MycroftError} INPUT_INVALID. */
export function readCursor(cursor: string): PagePlace {
  const parsed = shape.safeParse(jsonIn(Buffer.from(cursor, "base64url").toString()));
  // Run ids are printable ASCII without spaces.
  if (parsed.success && /^[!-~]+$/u.test(parsed.data[0]))
    return { runId: parsed.data[0], skip: parsed.data[1] };
  throw new MycroftError("INPUT_INVALID", "cursor is none that an earlier page gave; begin without one.", {
    details: { field: "cursor" },
  });
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
