/**
 * The store is the only truth (principle 2): plans, runs and their events. `storeContract` says in tests what
 * every implementation owes.
 */
import type { JsonValue, Plan, RunEvent, RunStatus } from "@mycroft/engine";

/** Where a run came from, kept with it so that it can be explained and reproduced. */
export interface Provenance {
  /** The version of Mycroft and, where known, the commit that ran it. */
  readonly codeVersion: string;
  /** The content hash of the market data that agents were shown. */
  readonly dataHash?: string;
}

export interface RunHeader {
  /** 1 to 200 printable ASCII characters without spaces, so that ids sort alike on every host. */
  readonly runId: string;
  readonly workflow: string;
  readonly planHash: string;
  readonly status: RunStatus;
  /** The day beyond which nothing in this run may look (P5). */
  readonly asOf: string;
  readonly provenance: Provenance;
  readonly createdAt: number;
  readonly settledAt: number | null;
  /** How many events are recorded. */
  readonly events: number;
  /** Words to find runs by, in the order of `Array.sort` and once each: at most 20, each 1 to 100 characters. */
  readonly tags: readonly string[];
  /**
   * 1 to 200 printable ASCII characters. No two runs of a store have the same: starting a run again under its key gives
   * the run that there is.
   */
  readonly startKey: string | null;
  /** The task that waits for this run, when it is a child run (E7). */
  readonly parent: RunParent | null;
  /** The run whose results this one began with, when it is a retry or a fork. */
  readonly forkedFrom: RunFork | null;
}

export interface RunParent {
  /** Another run's. Whether there is one of that id is not checked. */
  readonly runId: string;
  readonly task: string;
  /** The parent's fencing token (E10), from 1 on. */
  readonly attempt: number;
}

export interface RunFork {
  /** Another run's, which may be forgotten before this one. */
  readonly runId: string;
  /** The tasks of that run from which on everything is done again: at most 10,000. */
  readonly tasks: readonly string[];
}

export type NewRun = Omit<RunHeader, "status" | "settledAt" | "events">;

/** Events to add to one run, atomically: all of them or none. Times are in milliseconds since the epoch. */
export interface RunAppend {
  readonly runId: string;
  /** The run itself, with its first events. */
  readonly create?: NewRun;
  /** The sequence number of the first of `events`: 0 for a new run. */
  readonly fromSeq: number;
  readonly events: readonly RunEvent[];
  /** Given when these events settle the run. */
  readonly settle?: { readonly status: Exclude<RunStatus, "running">; readonly at: number };
}

/**
 * `conflict`: somebody else appended at `fromSeq` first, the run exists already (or another one with its start key),
 * it does not exist, or it would settle a second time; nothing of this append was stored.
 */
export type AppendOutcome = "stored" | "conflict";

export interface RunQuery {
  readonly workflow?: string;
  readonly status?: RunStatus;
  readonly runIdPrefix?: string;
  readonly tag?: string;
  /** Only the child runs of this run; theirs are not among them. Null: only runs that are nobody's child. */
  readonly parentRunId?: string | null;
  /** 1 to 1,000. */
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

export interface RunPage {
  /** Newest first (by run id, which sorts by time). */
  readonly runs: readonly RunHeader[];
  readonly nextCursor: string | null;
}

/**
 * A small JSON value kept beside the runs, found by its collection and id: where a schedule stands, a backfill, a
 * result that may be used again.
 */
export interface StoredDocument {
  /** 1 to 500 characters, unique in its collection. */
  readonly id: string;
  /** 1 when it is created, one more with each change; 1 again when it is created after it was deleted or expired. */
  readonly revision: number;
  readonly value: JsonValue;
}

export interface DocumentWrite {
  /** A letter, then letters, digits and `-`; at most 50 characters. */
  readonly collection: string;
  readonly id: string;
  /** The revision that is replaced: 0 to create the document; null to write whatever there is. */
  readonly replaces: number | null;
  /** Null deletes the document. At most 1 MiB of JSON. */
  readonly value: JsonValue;
  /**
   * In milliseconds since the epoch, by the store's clock: from then on it is as if the document did not exist, and
   * pruning forgets it. Never unless given, also when the revision before would have expired.
   */
  readonly expiresAt?: number;
}

export interface DocumentPageQuery {
  /** 1 to 1,000. */
  readonly limit: number;
  /** `nextCursor` of the page before: an id, of which only what comes after it is listed. */
  readonly cursor?: string;
}

export interface DocumentPage {
  /** In the order of their ids by code points, which is that of their UTF-8 bytes, so that it is the same on every host. */
  readonly documents: readonly StoredDocument[];
  readonly nextCursor: string | null;
}

export interface Store {
  /** Storing a plan twice is the same as storing it once. */
  putPlan(plan: Plan): Promise<void>;
  getPlan(hash: string): Promise<Plan | undefined>;

  /**
   * Appends to many runs at once. Resolves when everything stored is durable (P1), with one outcome for each
   * append, in order. Appends to one run take effect in the batch's order. Rejects (INPUT_INVALID, OUTPUT_NOT_JSON,
   * LIMIT_EXCEEDED, STORE_FULL, STORE_IO, STORE_UNREACHABLE) only when nothing of the batch was stored, nor will be unless
   * it is tried again. Two exceptions: the process dies before the store has written anything else, and what was on its way
   * to the disk turns out to have arrived; and a server that cannot be asked what became of the batch, which
   * `details.isUndecided` says: the same batch appended again is then stored once.
   */
  append(batch: readonly RunAppend[]): Promise<readonly AppendOutcome[]>;

  getRun(runId: string): Promise<RunHeader | undefined>;
  findRunByStartKey(startKey: string): Promise<RunHeader | undefined>;
  /** INPUT_INVALID for a limit or a tag out of range. */
  listRuns(query: RunQuery): Promise<RunPage>;
  /**
   * A run's events in order, from sequence number `fromSeq` (0 unless given): the first `limit` of them, from 1 on, or all.
   * Empty for an unknown run. INPUT_INVALID for numbers out of range.
   */
  readEvents(runId: string, fromSeq?: number, limit?: number): Promise<readonly RunEvent[]>;

  /** Keeps `value` under the hash of its canonical JSON, and returns that hash. Durable when it resolves. */
  putArtifact(value: JsonValue): Promise<string>;
  /** ARTIFACT_DAMAGED when the content no longer matches the hash, ARTIFACT_MISSING when it was lost. */
  getArtifact(hash: string): Promise<JsonValue | undefined>;

  getDocument(collection: string, id: string): Promise<StoredDocument | undefined>;
  /**
   * Durable when it resolves. `conflict` when the document has another revision than the one to be replaced; one that
   * does not exist counts as revision 0. Rejects, and stores nothing, with INPUT_INVALID, OUTPUT_NOT_JSON,
   * LIMIT_EXCEEDED, STORE_FULL or STORE_IO.
   */
  putDocument(write: DocumentWrite): Promise<"stored" | "conflict">;
  listDocuments(collection: string, page: DocumentPageQuery): Promise<DocumentPage>;

  /**
   * Forgets what is old (P8); returns how many runs. These are the runs that settled before `settledBefore`, with all
   * that is kept with them, artifacts that were last put before it and are orphaned, and, whatever that time is, the
   * documents that have expired. A child run stays as long as one of the runs above it does, whose recovery may read
   * its result. An artifact is orphaned unless a run names its hash: as its `dataHash`, or anywhere in an event that was
   * appended after the artifact was put.
   */
  prune(settledBefore: number): Promise<number>;

  /** Everything else then rejects with STORE_CLOSED. Closing twice is the same as closing once. */
  close(): Promise<void>;
}
