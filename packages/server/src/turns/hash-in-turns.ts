/**
 * The content hash of a large value, in turns beside the server's other work: what thousands of companies came to takes half a
 * second. The outer levels are walked here, and what lies within them is written as everywhere else.
 */
import { createHash } from "node:crypto";
import { canonicalJson, type JsonValue } from "@mycroft/engine";
import type { Turns } from "./turns.ts";

/** Levels that are walked: of a run's result the lists within its output are among them. */
const levels = 4;

/** As `contentHash`. @throws {MycroftError} as `canonicalJson`. */
export async function hashInTurns(value: JsonValue, turns: Turns): Promise<string> {
  const hash = createHash("sha256");
  for (const piece of canonicalPieces(value, levels)) {
    hash.update(piece);
    if (turns.isOver) await turns.giveWay();
  }
  return hash.digest("hex");
}

/** The text of `canonicalJson`, in pieces. */
function* canonicalPieces(value: JsonValue, depth: number): Generator<string> {
  if (depth === 0 || typeof value !== "object" || value === null) {
    yield canonicalJson(value);
  } else if (Array.isArray(value)) {
    let before = "[";
    for (const member of value) {
      yield before;
      yield* canonicalPieces(member, depth - 1);
      before = ",";
    }
    yield before === "[" ? "[]" : "]";
  } else {
    const object = value as { readonly [key: string]: JsonValue | undefined };
    let before = "{";
    // By UTF-16 code units, as there.
    for (const key of Object.keys(object).sort()) {
      const member = object[key];
      if (member === undefined) continue;
      yield `${before}${canonicalJson(key)}:`;
      yield* canonicalPieces(member, depth - 1);
      before = ",";
    }
    yield before === "{" ? "{}" : "}";
  }
}
