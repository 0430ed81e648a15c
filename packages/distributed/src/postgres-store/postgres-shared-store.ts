/**
 * The Postgres store as the one that orchestrators and workers share (see `SharedStore`): shards, offers and letters in tables
 * beside the runs, changed in the transaction that stores the events, and news by LISTEN and NOTIFY.
 */
import {
  type AttemptKey,
  type ClaimAnswer,
  type DueQuery,
  type HandedBack,
  type Letter,
  type LetterQuery,
  type ListedProcess,
  type OutstandingOffer,
  type PoolBacklog,
  type ProcessStatus,
  type RunPage,
  type SharedStore,
  type StoreNews,
  shardOf,
  type TaskMessage,
} from "@mycroft/runtime";
import { dropLetters, readLetters, reportAttempts, sendLetters } from "./letter-table.ts";
import {
  claimAttempts,
  ensureOffers,
  handBackAttempts,
  hurry,
  listBacklogs,
  renewAttempts,
  takeDue,
} from "./offer-table.ts";
import { PostgresStore, type PostgresStoreParts } from "./postgres-store.ts";
import {
  forgetProcess,
  holdShards,
  listProcesses,
  listUnsettled,
  releaseShards,
  reportProcess,
} from "./shard-table.ts";
import { NewsExchange } from "./store-news.ts";
import type { WorkedOut } from "./work-out-batch.ts";

export interface PostgresSharedStoreParts extends Omit<PostgresStoreParts, "onStored"> {
  readonly schema: string;
}

export class PostgresSharedStore extends PostgresStore implements SharedStore {
  readonly #news: NewsExchange;

  constructor(parts: PostgresSharedStoreParts) {
    const news = new NewsExchange(parts);
    super({
      ...parts,
      onStored: (workedOut) => news.tell(newsOf(workedOut)),
      onClosing: async () => {
        await Promise.all([news.close(), parts.onClosing()]);
      },
    });
    this.#news = news;
  }

  async holdShards(owner: string, leaseMs: number): Promise<readonly number[]> {
    return this.change("hold shards", (client) => holdShards(client, owner, leaseMs));
  }

  async releaseShards(owner: string, shards: readonly number[]): Promise<void> {
    const isAnyFree = await this.change("release shards", (client) => releaseShards(client, owner, shards));
    if (isAnyFree) this.#news.tell([{ type: "shards" }]);
  }

  async listUnsettled(
    shard: number,
    page: { readonly limit: number; readonly cursor?: string },
  ): Promise<RunPage> {
    return this.read("list the runs of a shard", (client) => listUnsettled(client, shard, page));
  }

  async reportProcess(status: ProcessStatus, ttlMs: number): Promise<void> {
    const isNew = await this.change("report a process", (client) => reportProcess(client, status, ttlMs));
    if (isNew && status.kind === "orchestrator") this.#news.tell([{ type: "shards" }]);
  }

  async forgetProcess(name: string): Promise<void> {
    await this.change("forget a process", (client) => forgetProcess(client, name));
    this.#news.tell([{ type: "shards" }]);
  }

  async listProcesses(): Promise<readonly ListedProcess[]> {
    return this.read("list processes", listProcesses);
  }

  async ensureOffers(offers: readonly OutstandingOffer[]): Promise<readonly AttemptKey[]> {
    return this.change("offer attempts", (client) => ensureOffers(client, offers));
  }

  async claimAttempts(
    worker: string,
    leaseMs: number,
    keys: readonly AttemptKey[],
  ): Promise<readonly ClaimAnswer[]> {
    return this.change("claim attempts", (client) => claimAttempts(client, worker, leaseMs, keys));
  }

  async renewAttempts(
    worker: string,
    leaseMs: number,
    keys: readonly AttemptKey[],
  ): Promise<readonly boolean[]> {
    return this.change("renew leases", (client) => renewAttempts(client, worker, leaseMs, keys));
  }

  async handBackAttempts(worker: string, handedBack: readonly HandedBack[]): Promise<void> {
    await this.change("hand attempts back", (client) => handBackAttempts(client, worker, handedBack));
  }

  async reportAttempts(letters: readonly Letter[]): Promise<void> {
    await this.change("report attempts", (client) => reportAttempts(client, letters));
    this.#news.tell(lettersTo(letters));
  }

  async takeDue(query: DueQuery): Promise<readonly TaskMessage[]> {
    // Asked again, it would leave out what the answer that was lost has named.
    return this.changeOnce("look for what is due", (client) => takeDue(client, query));
  }

  async hurry(shards: readonly number[], withinMs?: number): Promise<void> {
    await this.change("hurry offers", (client) => hurry(client, shards, withinMs));
  }

  async listBacklogs(): Promise<readonly PoolBacklog[]> {
    return this.read("list backlogs", listBacklogs);
  }

  async sendLetters(letters: readonly Letter[]): Promise<void> {
    await this.change("send letters", (client) => sendLetters(client, letters));
    this.#news.tell(lettersTo(letters));
  }

  async readLetters(query: LetterQuery): Promise<readonly Letter[]> {
    return this.read("read letters", (client) => readLetters(client, query));
  }

  async dropLetters(ids: readonly string[]): Promise<void> {
    await this.change("drop letters", (client) => dropLetters(client, ids));
  }

  listen(listener: (news: StoreNews) => void): () => void {
    return this.#news.listen(listener);
  }
}

function lettersTo(letters: readonly Letter[]): readonly StoreNews[] {
  if (letters.length === 0) return [];
  return [{ type: "letters", shards: [...new Set(letters.map(({ runId }) => shardOf(runId)))] }];
}

function newsOf({ runs, outboxes }: WorkedOut): readonly StoreNews[] {
  const withdrawn = outboxes.flatMap(({ runId, change }) =>
    (change.withdrawals ?? []).map(({ task, attempt }) => ({ runId, task, attempt })),
  );
  const settled = runs.flatMap(({ runId, settle }) => (settle === null ? [] : [runId]));
  return [
    ...lettersTo(outboxes.flatMap(({ change }) => change.lettersSent ?? [])),
    ...(withdrawn.length === 0 ? [] : [{ type: "withdrawn", attempts: withdrawn } as const]),
    ...(settled.length === 0 ? [] : [{ type: "settled", runIds: settled } as const]),
  ];
}
