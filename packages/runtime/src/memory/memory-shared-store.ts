/**
 * A shared store in memory: for simulations, and for tests of what works on one. Its processes are objects of one process; its
 * clock is whatever it is given. Each call takes effect within one turn, so none sees another half done.
 */
import type { TaskMessage } from "../ports/queue.ts";
import type {
  AttemptKey,
  ClaimAnswer,
  DueQuery,
  HandedBack,
  Letter,
  LetterQuery,
  ListedProcess,
  OutboxChange,
  OutstandingOffer,
  PoolBacklog,
  ProcessStatus,
  SharedAppend,
  SharedStore,
  StoreNews,
} from "../ports/shared-store.ts";
import type { AppendOutcome, RunHeader, RunPage } from "../ports/store.ts";
import { shardOf } from "../shared/shard-of.ts";
import { type LetterText, letterText, MemoryLetters } from "./memory-letters.ts";
import { MemoryOffers, type OfferText, offerText } from "./memory-offers.ts";
import { MemoryShards } from "./memory-shards.ts";
import { MemoryStore, type MemoryStoreOptions } from "./memory-store.ts";
import { SortedIds } from "./sorted-ids.ts";

/** What an append changes beside its run, made ready before anything is stored. */
interface ReadyChange {
  readonly offers: readonly OfferText[];
  readonly withdrawals: readonly AttemptKey[];
  readonly lettersTaken: readonly string[];
  readonly lettersSent: readonly LetterText[];
}

/** When an offer that comes with events is due: whoever stored them publishes its message at once. */
const unclaimedForMs = 60_000;

export class MemorySharedStore extends MemoryStore implements SharedStore {
  readonly #now: () => number;
  readonly #offers: MemoryOffers;
  readonly #letters = new MemoryLetters();
  readonly #shards: MemoryShards;
  /** The runs under way, by shard. */
  readonly #unsettled = new Map<number, SortedIds>();
  readonly #listeners = new Set<(news: StoreNews) => void>();

  constructor(options: MemoryStoreOptions = {}) {
    super(options);
    this.#now = options.now ?? Date.now;
    this.#offers = new MemoryOffers(this.#now);
    this.#shards = new MemoryShards(this.#now);
  }

  async now(): Promise<number> {
    this.assertOpen();
    return this.#now();
  }

  override async append(batch: readonly SharedAppend[]): Promise<readonly AppendOutcome[]> {
    const texts = this.readBatch(batch);
    const changes = batch.map(({ runId, outbox = {} }) => readyChange(runId, outbox));
    const outcomes: AppendOutcome[] = [];
    const stored: ReadyChange[] = [];
    for (const [index, append] of batch.entries()) {
      const change = changes[index] ?? readyChange(append.runId, {});
      const isLate = change.lettersTaken.some((id) => !this.#letters.has(id));
      const outcome = isLate ? "conflict" : this.appendOne(append, texts[index] ?? []);
      outcomes.push(outcome);
      if (outcome === "conflict") continue;
      this.#noteStatus(append);
      this.#change(change);
      stored.push(change);
    }
    this.#tellOfAppends(
      batch.filter((_, index) => outcomes[index] === "stored"),
      stored,
    );
    return outcomes;
  }

  #noteStatus({ runId, create, settle }: SharedAppend): void {
    const shard = shardOf(runId);
    const ids = this.#unsettled.get(shard) ?? new SortedIds();
    this.#unsettled.set(shard, ids);
    if (settle !== undefined) ids.remove(runId);
    else if (create !== undefined) ids.add(runId);
  }

  #change({ offers, withdrawals, lettersTaken, lettersSent }: ReadyChange): void {
    for (const offer of offers) this.#offers.add(offer, unclaimedForMs);
    for (const key of withdrawals) this.#offers.remove(key);
    for (const id of lettersTaken) this.#letters.remove(id);
    for (const letter of lettersSent) this.#letters.add(letter);
  }

  #tellOfAppends(appends: readonly SharedAppend[], changes: readonly ReadyChange[]): void {
    const runIds = appends.flatMap(({ runId, settle }) => (settle === undefined ? [] : [runId]));
    if (runIds.length > 0) this.#tell({ type: "settled", runIds });
    const attempts = changes.flatMap(({ withdrawals }) => withdrawals);
    if (attempts.length > 0) this.#tell({ type: "withdrawn", attempts });
    this.#tellOfLetters(changes.flatMap(({ lettersSent }) => lettersSent));
  }

  async holdShards(owner: string, leaseMs: number): Promise<readonly number[]> {
    this.assertOpen();
    return this.#shards.hold(owner, leaseMs);
  }

  async releaseShards(owner: string, shards: readonly number[]): Promise<void> {
    this.assertOpen();
    if (this.#shards.release(owner, shards)) this.#tell({ type: "shards" });
  }

  async listUnsettled(
    shard: number,
    { limit, cursor }: { readonly limit: number; readonly cursor?: string },
  ): Promise<RunPage> {
    this.assertOpen();
    const runs: RunHeader[] = [];
    for (const id of this.#unsettled.get(shard)?.descending("", cursor) ?? []) {
      if (runs.length === limit) return { runs, nextCursor: runs.at(-1)?.runId ?? null };
      const header = this.headerOf(id);
      if (header !== undefined) runs.push(header);
    }
    return { runs, nextCursor: null };
  }

  async reportProcess(status: ProcessStatus, ttlMs: number): Promise<void> {
    this.assertOpen();
    const isNew = this.#shards.report(status, ttlMs);
    if (isNew && status.kind === "orchestrator") this.#tell({ type: "shards" });
  }

  async forgetProcess(name: string): Promise<void> {
    this.assertOpen();
    this.#shards.forget(name);
    this.#tell({ type: "shards" });
  }

  async listProcesses(): Promise<readonly ListedProcess[]> {
    this.assertOpen();
    return this.#shards.list();
  }

  async ensureOffers(offers: readonly OutstandingOffer[]): Promise<readonly AttemptKey[]> {
    this.assertOpen();
    return offers
      .filter(
        ({ events, message }) => events === undefined || events === this.headerOf(message.runId)?.events,
      )
      .map(offerText)
      .filter((offer) => this.#offers.add(offer, 0))
      .map(({ message: { runId, task, attempt } }) => ({ runId, task, attempt }));
  }

  async claimAttempts(
    worker: string,
    leaseMs: number,
    keys: readonly AttemptKey[],
  ): Promise<readonly ClaimAnswer[]> {
    this.assertOpen();
    return keys.map((key) => this.#offers.claim(worker, leaseMs, key));
  }

  async renewAttempts(
    worker: string,
    leaseMs: number,
    keys: readonly AttemptKey[],
  ): Promise<readonly boolean[]> {
    this.assertOpen();
    return keys.map((key) => this.#offers.renew(worker, leaseMs, key));
  }

  async handBackAttempts(worker: string, handedBack: readonly HandedBack[]): Promise<void> {
    this.assertOpen();
    for (const one of handedBack) this.#offers.handBack(worker, one);
  }

  async reportAttempts(letters: readonly Letter[]): Promise<void> {
    this.assertOpen();
    const texts = letters.map(letterText);
    for (const { body } of letters) if (body.kind === "outcome") this.#offers.remove(body.key);
    this.#send(texts);
  }

  async takeDue(query: DueQuery): Promise<readonly TaskMessage[]> {
    this.assertOpen();
    return this.#offers.takeDue(query);
  }

  async hurry(shards: readonly number[], withinMs?: number): Promise<void> {
    this.assertOpen();
    this.#offers.hurry(shards, withinMs);
  }

  async listBacklogs(): Promise<readonly PoolBacklog[]> {
    this.assertOpen();
    return this.#offers.backlogs();
  }

  async sendLetters(letters: readonly Letter[]): Promise<void> {
    this.assertOpen();
    this.#send(letters.map(letterText));
  }

  async readLetters(query: LetterQuery): Promise<readonly Letter[]> {
    this.assertOpen();
    return this.#letters.read(query);
  }

  async dropLetters(ids: readonly string[]): Promise<void> {
    this.assertOpen();
    for (const id of ids) this.#letters.remove(id);
  }

  listen(listener: (news: StoreNews) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #send(letters: readonly LetterText[]): void {
    for (const letter of letters) this.#letters.add(letter);
    this.#tellOfLetters(letters);
  }

  #tellOfLetters(letters: readonly LetterText[]): void {
    const shards = [...new Set(letters.map(({ shard }) => shard))];
    if (shards.length > 0) this.#tell({ type: "letters", shards });
  }

  /** Later, as a server would. */
  #tell(news: StoreNews): void {
    if (this.#listeners.size === 0) return;
    queueMicrotask(() => {
      for (const listener of this.#listeners) listener(news);
    });
  }
}

function readyChange(
  runId: string,
  { offers = [], withdrawals = [], lettersTaken = [], lettersSent = [] }: OutboxChange,
): ReadyChange {
  return {
    offers: offers.map(offerText),
    withdrawals: withdrawals.map(({ task, attempt }) => ({ runId, task, attempt })),
    lettersTaken,
    lettersSent: lettersSent.map(letterText),
  };
}
