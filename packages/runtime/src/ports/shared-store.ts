/**
 * What a store offers when several processes advance its runs and execute their attempts: `sharedStoreContract` says in tests
 * what every implementation owes. All times are the store's own, so that it does not matter what the processes' clocks show.
 *
 * Runs are dealt out to orchestrators by *shards*, which are leases. Attempts in flight lie here as *offers* (the outbox: they
 * come with the events that bring them about, or not at all), and whoever wants to tell a run something writes it a *letter*
 * (the inbox: it goes with the events that it becomes, or not at all). Leases save work; what makes a mistake harmless is that
 * an append counts only at the place in its run that it was made for.
 */
import type { AttemptReport, RunEvent } from "@mycroft/engine";
import type { RateLimit } from "../dispatch/rate-limiter.ts";
import type { AttemptOutcome, AttemptRequest } from "./gateway.ts";
import type { TaskMessage } from "./queue.ts";
import type { AppendOutcome, RunAppend, RunPage, Store } from "./store.ts";

/** Which attempt: its token makes it the only one of its kind (E10). */
export type AttemptKey = Pick<TaskMessage, "runId" | "task" | "attempt">;

/** An attempt in flight, for whichever worker gets its message. */
export interface AttemptOffer {
  readonly message: TaskMessage;
  readonly request: AttemptRequest;
  /** What paces the calls of its agent; null when nothing does. */
  readonly rateLimit: RateLimit | null;
}

/** An attempt that is in flight by what somebody has read of its run. */
export interface OutstandingOffer extends AttemptOffer {
  /** How many events the run had then. When it has another number by now, the offer is left out: the attempt may be over. */
  readonly events?: number;
}

/** What changes with the events of an append, in the same transaction. */
export interface OutboxChange {
  readonly offers?: readonly AttemptOffer[];
  /** Attempts of the run that are not wanted any more: their workers are told. */
  readonly withdrawals?: readonly Pick<AttemptKey, "task" | "attempt">[];
  /** Ids of the letters that these events stand for. When one of them is gone, the append is a conflict. */
  readonly lettersTaken?: readonly string[];
  /** Letters to any runs. */
  readonly lettersSent?: readonly Letter[];
}

export interface SharedAppend extends RunAppend {
  readonly outbox?: OutboxChange;
}

/** What happens to a run at somebody else's hands: recorded by the orchestrator that has its shard. */
export type LetterBody =
  | {
      readonly kind: "outcome";
      readonly key: AttemptKey;
      readonly outcome: AttemptOutcome;
      readonly report: AttemptReport;
    }
  | {
      readonly kind: "event";
      readonly event: Extract<RunEvent, { type: "cancelRequested" | "signalReceived" | "approvalDecided" }>;
    }
  /** Somebody has created the run: it is to be carried on. */
  | { readonly kind: "begin" };

export interface Letter {
  /** Unique; ids sort by the time at which they were made (`newLetterId`). Sent again, it is the same letter. */
  readonly id: string;
  readonly runId: string;
  readonly body: LetterBody;
}

/** `againInMs`: its agent may not be called before; null: it is not wanted, or in the hands of another worker. */
export type ClaimAnswer = { readonly request: AttemptRequest } | { readonly againInMs: number } | null;

export interface HandedBack {
  readonly key: AttemptKey;
  /** When its message is to be published again, at the latest. */
  readonly againInMs: number;
  /** Why nobody has it, for whoever asks what it waits for; null when there is nothing to say. */
  readonly reason: string | null;
}

export interface DueQuery {
  readonly shards: readonly number[];
  /** 1 to 1,000. */
  readonly limit: number;
  /** They are due again after this long, and then after twice as long each time, up to 64 times as long. */
  readonly againInMs: number;
}

export interface LetterQuery {
  readonly shards: readonly number[];
  /** 1 to 1,000. */
  readonly limit: number;
  /** Letters that are not to be read again. */
  readonly except: readonly string[];
}

/** A process that works on the store, as it tells of itself. */
export interface ProcessStatus {
  /** Unique among the processes of a store. */
  readonly name: string;
  readonly kind: "orchestrator" | "worker";
  readonly host: string;
  readonly pid: number;
  readonly startedAt: number;
  /** Of a worker: how many attempts it takes at once in each pool, and has in hand. */
  readonly pools: Readonly<Record<string, { readonly concurrency: number; readonly inHand: number }>>;
  /** The code that it runs. */
  readonly version: string;
}

export interface ListedProcess extends ProcessStatus {
  /** When it was last heard of. */
  readonly seenAt: number;
  /** How many shards it has. */
  readonly shards: number;
}

/** What is in flight in a pool. */
export interface PoolBacklog {
  readonly pool: string;
  /** Attempts in workers' hands, and those that wait for one. */
  readonly claimed: number;
  readonly waiting: number;
  /** Since when the oldest of those waits; null when none does. */
  readonly oldestAt: number | null;
  /** Why some of them were handed back, each reason once, 10 at most. */
  readonly reasons: readonly string[];
}

/** What listeners are told, soon and perhaps not at all: whoever needs it asks as well. */
export type StoreNews =
  | { readonly type: "letters"; readonly shards: readonly number[] }
  | { readonly type: "withdrawn"; readonly attempts: readonly AttemptKey[] }
  | { readonly type: "settled"; readonly runIds: readonly string[] }
  /** Shards have become free, or an orchestrator has come or gone. */
  | { readonly type: "shards" };

export interface SharedStore extends Store {
  /** As every store's, with what changes in the same transaction. */
  append(batch: readonly SharedAppend[]): Promise<readonly AppendOutcome[]>;

  /** Milliseconds since the epoch. */
  now(): Promise<number>;

  /**
   * Renews the owner's shards, and takes free ones (never had, given back, or not renewed in time) up to its fair share: the
   * shards divided by the orchestrators alive (`reportProcess`) and itself, rounded up. Resolves with those it is to have now.
   * What it has beyond its share, of which the highest are left out, it is to give back when it has nothing under way there.
   */
  holdShards(owner: string, leaseMs: number): Promise<readonly number[]>;
  /** Gives shards back, for others to take. */
  releaseShards(owner: string, shards: readonly number[]): Promise<void>;
  /** Unsettled runs of one shard (see `shardOf`), in the order of `listRuns`. */
  listUnsettled(shard: number, page: { readonly limit: number; readonly cursor?: string }): Promise<RunPage>;

  /** Says that the process is alive, for `ttlMs`. */
  reportProcess(status: ProcessStatus, ttlMs: number): Promise<void>;
  /** It has ended: it is not listed any more, and its shards are free. */
  forgetProcess(name: string): Promise<void>;
  /** Those alive, by name. */
  listProcesses(): Promise<readonly ListedProcess[]>;

  /** Offers those that there is no offer of; resolves with what was not there. */
  ensureOffers(offers: readonly OutstandingOffer[]): Promise<readonly AttemptKey[]>;
  /** One answer for each, in order. A claim that is granted is a lease. */
  claimAttempts(
    worker: string,
    leaseMs: number,
    keys: readonly AttemptKey[],
  ): Promise<readonly ClaimAnswer[]>;
  /** Whether each is still the worker's. */
  renewAttempts(worker: string, leaseMs: number, keys: readonly AttemptKey[]): Promise<readonly boolean[]>;
  /** Ends the worker's leases; those that it does not hold are passed over. */
  handBackAttempts(worker: string, handedBack: readonly HandedBack[]): Promise<void>;
  /** Ends the offers of these attempts, whoever has them, and sends the letters that tell of their outcomes. Durable (P1). */
  reportAttempts(letters: readonly Letter[]): Promise<void>;
  /** Offers whose time has come: their message may be lost, or their worker has lost its lease. */
  takeDue(query: DueQuery): Promise<readonly TaskMessage[]>;
  /**
   * Makes waiting offers due at once, as if none of their messages had been delivered: all, or those that were made, or taken
   * when they were due, in the last `withinMs`.
   */
  hurry(shards: readonly number[], withinMs?: number): Promise<void>;
  /** By pool. */
  listBacklogs(): Promise<readonly PoolBacklog[]>;

  /** Durable (P1). */
  sendLetters(letters: readonly Letter[]): Promise<void>;
  /** Oldest first. */
  readLetters(query: LetterQuery): Promise<readonly Letter[]>;
  /** Letters from which nothing follows. */
  dropLetters(ids: readonly string[]): Promise<void>;

  /** Calls `listener` with news, its own process's among them. Returns a function that stops this. */
  listen(listener: (news: StoreNews) => void): () => void;
}
