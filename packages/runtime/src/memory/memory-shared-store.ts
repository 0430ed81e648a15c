/**
 * A shared store in memory: for simulations, and for tests of what works on one. Its processes are objects of one process; its
 * clock is whatever it is given.
 */
import { RateLimiter } from "../dispatch/rate-limiter.ts";
import type { AttemptRequest } from "../ports/gateway.ts";
import type { TaskMessage } from "../ports/queue.ts";
import type {
  AttemptKey,
  AttemptOffer,
  ClaimAnswer,
  DueQuery,
  HandedBack,
  Letter,
  LetterQuery,
  ListedProcess,
  OutboxChange,
  PoolBacklog,
  ProcessStatus,
  SharedAppend,
  SharedStore,
  StoreNews,
} from "../ports/shared-store.ts";
import type { AppendOutcome, RunHeader, RunPage } from "../ports/store.ts";
import { shardCount, shardOf } from "../shared/shard-of.ts";
import { MemoryStore, type MemoryStoreOptions } from "./memory-store.ts";

interface KeptOffer {
  readonly message: TaskMessage;
  /** JSON, so that what is handed out is never what was given. */
  readonly request: string;
  readonly limiter: RateLimiter | null;
  readonly offeredAt: number;
  dueAt: number;
  deliveries: number;
  worker: string | null;
  reason: string | null;
}

interface KeptShard {
  owner: string;
  leasedUntil: number;
}

interface KeptProcess {
  readonly status: ProcessStatus;
  readonly seenAt: number;
  readonly aliveUntil: number;
}

const mostReasons = 10;
const unclaimedForMs = 60_000;

export class MemorySharedStore extends MemoryStore implements SharedStore {
  readonly #now: () => number;
  readonly #offers = new Map<string, KeptOffer>();
  readonly #letters = new Map<string, string>();
  readonly #shards = new Map<number, KeptShard>();
  readonly #processes = new Map<string, KeptProcess>();
  readonly #limiters = new Map<string, RateLimiter>();
  readonly #listeners = new Set<(news: StoreNews) => void>();

  constructor(options: MemoryStoreOptions = {}) {
    super(options);
    this.#now = options.now ?? Date.now;
  }

  async now(): Promise<number> {
    return this.#now();
  }

  override async append(batch: readonly SharedAppend[]): Promise<readonly AppendOutcome[]> {
    const outcomes: AppendOutcome[] = [];
    const settled: string[] = [];
    for (const one of batch) {
      const taken = one.outbox?.lettersTaken ?? [];
      const isLate = taken.some((id) => !this.#letters.has(id));
      const [outcome = "conflict"] = isLate ? [] : await super.append([one]);
      outcomes.push(outcome);
      if (outcome !== "stored") continue;
      this.#change(one.runId, one.outbox ?? {});
      if (one.settle !== undefined) settled.push(one.runId);
    }
    if (settled.length > 0) this.#tell({ type: "settled", runIds: settled });
    return outcomes;
  }

  async holdShards(owner: string, leaseMs: number): Promise<readonly number[]> {
    const now = this.#now();
    const alive = [...this.#processes.values()].filter(
      ({ status, aliveUntil }) => status.kind === "orchestrator" && aliveUntil > now,
    );
    const owners = new Set([owner, ...alive.map(({ status }) => status.name)]);
    const share = Math.ceil(shardCount / owners.size);
    const mine: number[] = [];
    for (let shard = 0; shard < shardCount; shard += 1) {
      const kept = this.#shards.get(shard);
      if (kept?.owner !== owner) continue;
      kept.leasedUntil = now + leaseMs;
      mine.push(shard);
    }
    for (let shard = 0; shard < shardCount && mine.length < share; shard += 1) {
      const kept = this.#shards.get(shard);
      if (kept?.owner === owner || (kept !== undefined && kept.leasedUntil > now)) continue;
      this.#shards.set(shard, { owner, leasedUntil: now + leaseMs });
      mine.push(shard);
    }
    return mine.sort((left, right) => left - right).slice(0, share);
  }

  async releaseShards(owner: string, shards: readonly number[]): Promise<void> {
    for (const shard of shards) if (this.#shards.get(shard)?.owner === owner) this.#shards.delete(shard);
    this.#tell({ type: "shards" });
  }

  async listUnsettled(
    shard: number,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string },
  ): Promise<RunPage> {
    const runs: RunHeader[] = [];
    let from: string | null | undefined = cursor;
    while (from !== null) {
      const query = { status: "running", limit: 1_000 } as const;
      const page: RunPage = await this.listRuns(from === undefined ? query : { ...query, cursor: from });
      for (const header of page.runs) {
        if (shardOf(header.runId) !== shard) continue;
        if (runs.length === limit) return { runs, nextCursor: runs.at(-1)?.runId ?? null };
        runs.push(header);
      }
      from = page.nextCursor;
    }
    return { runs, nextCursor: null };
  }

  async reportProcess(status: ProcessStatus, ttlMs: number): Promise<void> {
    const isNew = !this.#processes.has(status.name);
    const now = this.#now();
    this.#processes.set(status.name, { status, seenAt: now, aliveUntil: now + ttlMs });
    if (isNew && status.kind === "orchestrator") this.#tell({ type: "shards" });
  }

  async forgetProcess(name: string): Promise<void> {
    this.#processes.delete(name);
    for (const [shard, { owner }] of this.#shards) if (owner === name) this.#shards.delete(shard);
    this.#tell({ type: "shards" });
  }

  async listProcesses(): Promise<readonly ListedProcess[]> {
    const now = this.#now();
    const alive = [...this.#processes.values()].filter(({ aliveUntil }) => aliveUntil > now);
    const owners = [...this.#shards.values()].filter(({ leasedUntil }) => leasedUntil > now);
    return alive
      .map(({ status, seenAt }) => ({
        ...status,
        seenAt,
        shards: owners.filter(({ owner }) => owner === status.name).length,
      }))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  async ensureOffers(offers: readonly AttemptOffer[]): Promise<readonly AttemptKey[]> {
    const missing = offers.filter(({ message }) => !this.#offers.has(keyText(message)));
    for (const offer of missing) this.#offer(offer, this.#now());
    return missing.map(({ message: { runId, task, attempt } }) => ({ runId, task, attempt }));
  }

  async claimAttempts(
    worker: string,
    leaseMs: number,
    keys: readonly AttemptKey[],
  ): Promise<readonly ClaimAnswer[]> {
    return keys.map((key) => this.#claim(worker, leaseMs, key));
  }

  #claim(worker: string, leaseMs: number, key: AttemptKey): ClaimAnswer {
    const now = this.#now();
    const offer = this.#offers.get(keyText(key));
    if (offer === undefined) return null;
    if (offer.worker !== null && offer.worker !== worker && offer.dueAt > now) return null;
    if (offer.limiter !== null && !offer.limiter.take(now)) {
      return { againInMs: Math.ceil(offer.limiter.opensInMs(now)) };
    }
    offer.worker = worker;
    offer.dueAt = now + leaseMs;
    offer.reason = null;
    return { request: JSON.parse(offer.request) as AttemptRequest };
  }

  async renewAttempts(
    worker: string,
    leaseMs: number,
    keys: readonly AttemptKey[],
  ): Promise<readonly boolean[]> {
    return keys.map((key) => {
      const offer = this.#offers.get(keyText(key));
      if (offer?.worker !== worker) return false;
      offer.dueAt = this.#now() + leaseMs;
      return true;
    });
  }

  async handBackAttempts(worker: string, handedBack: readonly HandedBack[]): Promise<void> {
    for (const { key, againInMs, reason } of handedBack) {
      const offer = this.#offers.get(keyText(key));
      if (offer?.worker !== worker) continue;
      offer.worker = null;
      offer.dueAt = this.#now() + againInMs;
      offer.reason = reason;
    }
  }

  async reportAttempts(letters: readonly Letter[]): Promise<void> {
    for (const { body } of letters) if (body.kind === "outcome") this.#offers.delete(keyText(body.key));
    await this.sendLetters(letters);
  }

  async takeDue({ shards, limit, againInMs }: DueQuery): Promise<readonly TaskMessage[]> {
    const now = this.#now();
    const due = [...this.#offers.values()]
      .filter(({ message, dueAt }) => dueAt <= now && shards.includes(shardOf(message.runId)))
      .sort((left, right) => left.dueAt - right.dueAt)
      .slice(0, limit);
    for (const offer of due) {
      offer.worker = null;
      offer.dueAt = now + againInMs * 2 ** Math.min(offer.deliveries, 10);
      offer.deliveries += 1;
    }
    return due.map(({ message }) => message);
  }

  async hurry(shards: readonly number[], offeredWithinMs?: number): Promise<void> {
    const now = this.#now();
    for (const offer of this.#offers.values()) {
      if (offer.worker !== null || !shards.includes(shardOf(offer.message.runId))) continue;
      if (offeredWithinMs === undefined || offer.offeredAt > now - offeredWithinMs) offer.dueAt = now;
    }
  }

  async listBacklogs(): Promise<readonly PoolBacklog[]> {
    const pools = Map.groupBy(this.#offers.values(), ({ message }) => message.pool);
    return Array.from(pools, ([pool, offers]) => {
      const waiting = offers.filter(({ worker }) => worker === null);
      const reasons = new Set(waiting.flatMap(({ reason }) => (reason === null ? [] : [reason])));
      return {
        pool,
        claimed: offers.length - waiting.length,
        waiting: waiting.length,
        oldestAt: waiting.length === 0 ? null : Math.min(...waiting.map(({ offeredAt }) => offeredAt)),
        reasons: [...reasons].sort().slice(0, mostReasons),
      };
    }).sort((left, right) => (left.pool < right.pool ? -1 : 1));
  }

  async sendLetters(letters: readonly Letter[]): Promise<void> {
    for (const letter of letters) this.#letters.set(letter.id, JSON.stringify(letter));
    const shards = [...new Set(letters.map(({ runId }) => shardOf(runId)))];
    if (shards.length > 0) this.#tell({ type: "letters", shards });
  }

  async readLetters({ shards, limit, except }: LetterQuery): Promise<readonly Letter[]> {
    const passedOver = new Set(except);
    const letters: Letter[] = [];
    for (const id of [...this.#letters.keys()].sort()) {
      if (letters.length === limit) break;
      const letter = JSON.parse(this.#letters.get(id) ?? "") as Letter;
      if (!passedOver.has(id) && shards.includes(shardOf(letter.runId))) letters.push(letter);
    }
    return letters;
  }

  async dropLetters(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#letters.delete(id);
  }

  listen(listener: (news: StoreNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #change(
    runId: string,
    { offers = [], withdrawals = [], lettersTaken = [], lettersSent = [] }: OutboxChange,
  ) {
    const now = this.#now();
    for (const offer of offers) this.#offer(offer, now + unclaimedForMs);
    for (const { task, attempt } of withdrawals) this.#offers.delete(keyText({ runId, task, attempt }));
    for (const id of lettersTaken) this.#letters.delete(id);
    if (withdrawals.length > 0) {
      this.#tell({ type: "withdrawn", attempts: withdrawals.map((one) => ({ runId, ...one })) });
    }
    void this.sendLetters(lettersSent);
  }

  #offer({ message, request, rateLimit }: AttemptOffer, dueAt: number): void {
    const limiter = rateLimit === null ? null : this.#limiterOf(request.target.name, rateLimit);
    this.#offers.set(keyText(message), {
      message,
      request: JSON.stringify(request),
      limiter,
      offeredAt: this.#now(),
      dueAt,
      deliveries: 0,
      worker: null,
      reason: null,
    });
  }

  #limiterOf(agent: string, limit: NonNullable<AttemptOffer["rateLimit"]>): RateLimiter {
    const known = this.#limiters.get(agent) ?? new RateLimiter(limit, this.#now());
    this.#limiters.set(agent, known);
    return known;
  }

  /** Later, as a server would. */
  #tell(news: StoreNews): void {
    queueMicrotask(() => {
      for (const listener of this.#listeners) listener(news);
    });
  }
}

function keyText({ runId, task, attempt }: AttemptKey): string {
  return `${runId} ${attempt} ${task}`;
}
