/** What tells archived records apart: the key that they are read in the order of, and a hash of all that they hold. */
import { createHash } from "node:crypto";
import { canonicalJson, type JsonValue } from "@mycroft/engine";
import type { ArchiveRecord } from "../ports/store-archive.ts";

/** Compared by its UTF-8 bytes, it is in the order of the reading. No collection has a character below the space. */
export function recordKey(record: ArchiveRecord): string {
  switch (record.kind) {
    case "plan":
    case "artifact":
      return record.hash;
    case "document":
      return `${record.collection} ${record.id}`;
    case "run":
      return record.header.runId;
  }
}

/** Two keys by their UTF-8 bytes: below 0, 0 or above 0. */
export function compareKeys(left: string, right: string): number {
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** SHA-256 of everything that the record holds, whatever the store that it was read from. */
export function recordDigest(record: ArchiveRecord): Buffer {
  const digest = createHash("sha256");
  // With its length before it, no text can be mistaken for two.
  for (const text of textsOf(record)) digest.update(`${text.length} ${text}`);
  return digest.digest();
}

function textsOf(record: ArchiveRecord): readonly string[] {
  switch (record.kind) {
    case "plan":
      return [record.hash, record.body];
    case "artifact":
      return [record.hash, String(record.putAt), record.body];
    case "document": {
      const { collection, id, revision, expiresAt, body } = record;
      return [collection, id, String(revision), String(expiresAt), body];
    }
    case "run":
      return [canonicalJson(record.header as unknown as JsonValue), ...record.events];
  }
}

/** The name of the first part in which two records of one key differ: `body`, `header.status`, `events from 3 on`. */
export function differingPart(left: ArchiveRecord, right: ArchiveRecord): string {
  if (left.kind !== "run" || right.kind !== "run") return differingField(left, right);
  const field = differingField(left.header, right.header);
  if (field !== "") return `header.${field}`;
  const seq = left.events.findIndex((text, index) => text !== right.events[index]);
  return `events from ${seq === -1 ? left.events.length : seq} on`;
}

function differingField(left: object, right: object): string {
  const text = (of: object, field: string) => canonicalJson(Reflect.get(of, field) ?? null);
  return Object.keys(left).find((field) => text(left, field) !== text(right, field)) ?? "";
}
