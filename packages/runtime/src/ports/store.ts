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
}

export type NewRun = Omit<RunHeader, "status" | "settledAt" | "events">;

/** Events to add to one run, atomically: all of them or none. */
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
 * `conflict`: somebody else appended at `fromSeq` first, the run exists already, it does not exist, or it would
 * settle a second time; nothing of this append was stored.
 */
export type AppendOutcome = "stored" | "conflict";

export interface RunQuery {
  readonly workflow?: string;
  readonly status?: RunStatus;
  readonly runIdPrefix?: string;
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

export interface Store {
  /** Storing a plan twice is the same as storing it once. */
  putPlan(plan: Plan): Promise<void>;
  getPlan(hash: string): Promise<Plan | undefined>;

  /**
   * Appends to many runs at once. Resolves when everything stored is durable (P1), with one outcome for each
   * append, in order. Appends to one run take effect in the batch's order. Rejects (INPUT_INVALID, STORE_FULL,
   * STORE_IO) only when nothing of the batch was stored.
   */
  append(batch: readonly RunAppend[]): Promise<readonly AppendOutcome[]>;

  getRun(runId: string): Promise<RunHeader | undefined>;
  listRuns(query: RunQuery): Promise<RunPage>;
  /** A run's events in order, from sequence number `fromSeq` (0 unless given). Empty for an unknown run. */
  readEvents(runId: string, fromSeq?: number): Promise<readonly RunEvent[]>;

  /** Keeps `value` under the hash of its canonical JSON, and returns that hash. Durable when it resolves. */
  putArtifact(value: JsonValue): Promise<string>;
  /** ARTIFACT_DAMAGED when the content no longer matches the hash, ARTIFACT_MISSING when it was lost. */
  getArtifact(hash: string): Promise<JsonValue | undefined>;

  /**
   * Forgets runs that settled before `settledBefore`, with their events, and artifacts that were last put before it
   * and are orphaned (P8); returns how many runs. An artifact is orphaned unless a run names its hash: as its
   * `dataHash`, or anywhere in an event that was appended after the artifact was put.
   */
  prune(settledBefore: number): Promise<number>;

  /** Everything else then rejects with STORE_CLOSED. Closing twice is the same as closing once. */
  close(): Promise<void>;
}
