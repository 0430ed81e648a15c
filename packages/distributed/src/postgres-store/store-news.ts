/**
 * News of what has changed in the store, by LISTEN and NOTIFY: soon, and perhaps not at all. They are sent after the commit that
 * they tell of, in a transaction that writes nothing: NOTIFY takes a lock on the whole database for as long as its transaction
 * commits, which with a write in it would let only one process at a time wait for the disk. What one process tells itself does
 * not take that way.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { AttemptKey, StoreNews } from "@mycroft/runtime";
import type { Client } from "pg";
import type { Connections } from "./connections.ts";

export interface NewsExchangeOptions {
  readonly connections: Connections;
  readonly schema: string;
}

/** Beyond it Postgres refuses a notification, which has at most 8,000 bytes. */
const longestPayload = 7_000;
const retryMs = 500;
/** How often it is looked whether the way to the server is still open. */
const probeMs = 10_000;

/** What goes over the wire: who sends, and what. */
interface Payload {
  readonly from: string;
  readonly letters?: readonly number[];
  readonly withdrawn?: readonly (readonly [string, string, number])[];
  readonly settled?: readonly string[];
  readonly shards?: true;
}

export class NewsExchange {
  readonly #options: NewsExchangeOptions;
  readonly #channel: string;
  readonly #instance = randomUUID().slice(0, 8);
  readonly #listeners = new Set<(news: StoreNews) => void>();
  readonly #closing = new AbortController();
  #waiting: StoreNews[] = [];
  #isSending = false;
  #listening: Promise<void> | null = null;

  constructor(options: NewsExchangeOptions) {
    this.#options = options;
    // Names have 63 characters at most.
    this.#channel = `m_${options.schema}`;
  }

  listen(listener: (news: StoreNews) => void): () => void {
    this.#listeners.add(listener);
    this.#listening ??= this.#listen();
    return () => this.#listeners.delete(listener);
  }

  /** Tells this process's listeners at once, others soon. */
  tell(news: readonly StoreNews[]): void {
    if (news.length === 0 || this.#closing.signal.aborted) return;
    queueMicrotask(() => {
      for (const one of news) this.#hear(one);
    });
    this.#waiting.push(...news);
    if (this.#isSending) return;
    this.#isSending = true;
    queueMicrotask(() => void this.#send());
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#listeners.clear();
    await this.#listening;
  }

  #hear(news: StoreNews): void {
    for (const listener of this.#listeners) listener(news);
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const payloads = payloadsOf(this.#instance, this.#waiting);
      this.#waiting = [];
      try {
        await this.#options.connections.once((client) =>
          client.query({
            name: "tell",
            text: "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload",
            values: [this.#channel, payloads],
          }),
        );
      } catch {
        // Whoever waits for it asks as well.
      }
    }
    this.#isSending = false;
  }

  async #listen(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      try {
        await this.#options.connections.apart((client) => this.#listenOn(client));
      } catch {
        // Until it is back, whoever needs news asks for them.
      }
      await delay(retryMs, undefined, { signal }).catch(() => {});
    }
  }

  async #listenOn(client: Client): Promise<void> {
    const { signal } = this.#closing;
    if (signal.aborted) return;
    const ended = new Promise<void>((resolve) => {
      client.on("end", resolve);
      client.on("error", () => resolve());
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    client.on("notification", ({ payload }) => {
      for (const news of newsOf(this.#instance, payload ?? "")) this.#hear(news);
    });
    await client.query(`LISTEN "${this.#channel}"`);
    // What was missed meanwhile.
    this.#hear({ type: "shards" });
    // A server that is gone without a word is only noticed by asking.
    const probe = setInterval(() => client.query("SELECT 1").catch(() => {}), probeMs);
    await ended.finally(() => clearInterval(probe));
  }
}

/** News of one kind go together, in as many payloads as they need. */
function payloadsOf(from: string, news: readonly StoreNews[]): readonly string[] {
  const letters = new Set<number>();
  const withdrawn: (readonly [string, string, number])[] = [];
  const settled: string[] = [];
  let shards = false;
  for (const one of news) {
    if (one.type === "letters") for (const shard of one.shards) letters.add(shard);
    else if (one.type === "withdrawn") withdrawn.push(...one.attempts.map(tupleOf));
    else if (one.type === "settled") settled.push(...one.runIds);
    else shards = true;
  }
  const payloads: Payload[] = [
    ...(letters.size > 0 ? [{ from, letters: [...letters] }] : []),
    ...pieces(withdrawn).map((piece) => ({ from, withdrawn: piece })),
    ...pieces(settled).map((piece) => ({ from, settled: piece })),
    ...(shards ? [{ from, shards: true } as const] : []),
  ];
  // What alone is too long is left to be found out.
  return payloads.map((payload) => JSON.stringify(payload)).filter((text) => Buffer.byteLength(text) < 8_000);
}

function pieces<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const found: Item[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (bytes + size > longestPayload) {
      found.push([]);
      bytes = 0;
    }
    bytes += size;
    found.at(-1)?.push(item);
  }
  return found;
}

function tupleOf({ runId, task, attempt }: AttemptKey): readonly [string, string, number] {
  return [runId, task, attempt];
}

/** Empty when the sender has heard it already, or somebody else uses the channel (P7). */
function newsOf(instance: string, payload: string): readonly StoreNews[] {
  const read = readPayload(payload);
  if (read === null || read.from === instance) return [];
  const { letters, withdrawn, settled, shards } = read;
  return [
    ...(letters === undefined ? [] : [{ type: "letters", shards: letters } as const]),
    ...(withdrawn === undefined
      ? []
      : [
          {
            type: "withdrawn",
            attempts: withdrawn.map(([runId, task, attempt]) => ({ runId, task, attempt })),
          } as const,
        ]),
    ...(settled === undefined ? [] : [{ type: "settled", runIds: settled } as const]),
    ...(shards === true ? [{ type: "shards" } as const] : []),
  ];
}

function readPayload(text: string): Payload | null {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null && "from" in read ? (read as Payload) : null;
  } catch {
    return null;
  }
}
