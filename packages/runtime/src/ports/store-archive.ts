/**
 * The whole of a store, to be moved into another: everything it holds, with the times and revisions that its ordinary port
 * gives out itself. `archiveContract` says in tests what every implementation owes. Nothing else uses the store meanwhile.
 */
import type { RunHeader } from "./store.ts";

/** Bodies are the JSON texts that were stored, to the letter. Times are in milliseconds since the epoch. */
export interface ArchivedPlan {
  readonly kind: "plan";
  readonly hash: string;
  readonly body: string;
}

export interface ArchivedArtifact {
  readonly kind: "artifact";
  /** SHA-256 of the body. */
  readonly hash: string;
  /** When it was last put: pruning goes by it. */
  readonly putAt: number;
  readonly body: string;
}

export interface ArchivedDocument {
  readonly kind: "document";
  readonly collection: string;
  readonly id: string;
  readonly revision: number;
  readonly body: string;
  /** Null for one that never expires. One that has expired may be there still. */
  readonly expiresAt: number | null;
}

export interface ArchivedRun {
  readonly kind: "run";
  readonly header: RunHeader;
  /** As many as the header says, from sequence number 0 on. */
  readonly events: readonly string[];
}

export type ArchiveRecord = ArchivedPlan | ArchivedArtifact | ArchivedDocument | ArchivedRun;

export type ArchiveKind = ArchiveRecord["kind"];

export interface StoreArchive {
  /** Says where the store is, in a form that may be shown. */
  readonly address: string;
  /** How many records there are, as far as the caller has them seen or written. */
  count(kind: ArchiveKind): Promise<number>;
  /**
   * Every record of a kind, in the order of their keys' UTF-8 bytes: a plan's or an artifact's hash, a document's collection
   * and then its id, a run's id. A batch is not empty, and takes no more than some megabytes unless it is a single record.
   * The caller ends one reading before it begins the next.
   *
   * Rejects with STORE_DAMAGED, ARTIFACT_DAMAGED or ARTIFACT_MISSING when a record cannot be given as it was stored.
   */
  read(kind: ArchiveKind): AsyncIterable<readonly ArchiveRecord[]>;
}

export interface WritableArchive extends StoreArchive {
  /**
   * Adds records, of which none is there. Artifacts come before the runs that name them. Rejects (INPUT_INVALID,
   * LIMIT_EXCEEDED, STORE_FULL, ...) for what this store cannot keep; nothing more may be asked of the archive then.
   */
  write(batch: readonly ArchiveRecord[]): Promise<void>;
}
