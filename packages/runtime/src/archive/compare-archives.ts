/** Holds two archives against each other, record by record in the order of their keys, so that memory holds a batch of each. */
import { createHash } from "node:crypto";
import type { ArchiveKind, ArchiveRecord, StoreArchive } from "../ports/store-archive.ts";
import { compareKeys, differingPart, recordDigest, recordKey } from "./record-digest.ts";

export interface ArchiveDifference {
  readonly kind: ArchiveKind;
  readonly key: string;
  /** `missing`: the second one lacks it. `added`: only the second one has it. Otherwise the first part that differs. */
  readonly part: string;
}

/** What both archives hold of a kind. */
export interface ArchiveSum {
  readonly count: number;
  /** SHA-256, in hex, of the records' own hashes in the order of their keys. */
  readonly hash: string;
  /** Of runs: their events, and how many of them are under way. */
  readonly events: number;
  readonly unsettled: number;
}

export interface CompareArchivesOptions {
  readonly kind: ArchiveKind;
  /** Records that count; the others are passed over on both sides. */
  readonly isMeant: (record: ArchiveRecord) => boolean;
  readonly onProgress: (done: number) => void;
}

/** What they have in common, or the first record in which they differ. */
export async function compareArchives(
  left: StoreArchive,
  right: StoreArchive,
  { kind, isMeant, onProgress }: CompareArchivesOptions,
): Promise<ArchiveSum | ArchiveDifference> {
  const sum = { count: 0, events: 0, unsettled: 0 };
  const digest = createHash("sha256");
  await using rights = recordsOf(right, kind, isMeant);
  await using lefts = recordsOf(left, kind, isMeant);
  for (;;) {
    const [{ value: one }, { value: other }] = [await lefts.next(), await rights.next()];
    if (one === undefined && other === undefined) return { ...sum, hash: digest.digest("hex") };
    const found = compareRecords(one, other);
    if (!Buffer.isBuffer(found)) return { kind, ...found };
    digest.update(found);
    sum.count += 1;
    if (one?.kind === "run") {
      sum.events += one.events.length;
      sum.unsettled += one.header.status === "running" ? 1 : 0;
    }
    onProgress(sum.count);
  }
}

/** The records' hash when they are the same. */
function compareRecords(
  one: ArchiveRecord | undefined,
  other: ArchiveRecord | undefined,
): Buffer | Omit<ArchiveDifference, "kind"> {
  const order =
    one === undefined ? 1 : other === undefined ? -1 : compareKeys(recordKey(one), recordKey(other));
  if (one !== undefined && order < 0) return { key: recordKey(one), part: "missing" };
  if (other !== undefined && order > 0) return { key: recordKey(other), part: "added" };
  if (one === undefined || other === undefined) return { key: "", part: "missing" };
  const digest = recordDigest(one);
  if (digest.equals(recordDigest(other))) return digest;
  return { key: recordKey(one), part: differingPart(one, other) };
}

async function* recordsOf(
  archive: StoreArchive,
  kind: ArchiveKind,
  isMeant: (record: ArchiveRecord) => boolean,
): AsyncGenerator<ArchiveRecord, undefined> {
  for await (const batch of archive.read(kind)) yield* batch.filter(isMeant);
  return undefined;
}
