/** A subscriber without a group: it reads a topic's log by itself, one message after the other, and keeps its own place. */
import { setTimeout as delay } from "node:timers/promises";
import type { RedisLink } from "../redis/redis-link.ts";
import type { BusLimits, TopicKeys } from "./bus-limits.ts";
import { firstOffset, isBefore, type LogEntry, readEntries } from "./log-entry.ts";
import { addDeadLetter, readAfter } from "./topic-scripts.ts";

/** How many messages are read at once. */
const batch = 100;
const retryMs = 200;

export interface LoneSubscriberOptions {
  readonly link: RedisLink;
  readonly topic: string;
  readonly keys: TopicKeys;
  readonly limits: BusLimits;
  /** The offset after which it begins. */
  readonly place: string;
  readonly handle: (entry: LogEntry) => Promise<void>;
}

export class LoneSubscriber {
  readonly #options: LoneSubscriberOptions;
  #place: string;
  #isDue = false;
  #isClosed = false;
  #reading: Promise<void> | null = null;
  readonly #closing = new AbortController();

  constructor(options: LoneSubscriberOptions) {
    this.#options = options;
    this.#place = options.place;
  }

  /** To be called when there may be something new. */
  wake(): void {
    this.#isDue = true;
    if (this.#isClosed) return;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
      if (this.#isDue) this.wake();
    });
  }

  /** Takes no more and resolves when the message in hand is done. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#closing.abort();
    await this.#reading;
  }

  async #read(): Promise<void> {
    while (this.#isDue && !this.#isClosed) {
      this.#isDue = false;
      try {
        const entries = await this.#next();
        if (entries.length > 0) this.#isDue = true;
        for (const entry of entries) await this.#deliver(entry);
      } catch (thrown) {
        this.#isDue = true;
        this.#options.link.warnUnlessCutOff(thrown);
        await this.#pause();
      }
    }
  }

  async #next(): Promise<readonly LogEntry[]> {
    const { link, topic, keys } = this.#options;
    const reply = await link.call(`read topic ${topic}`, (redis) =>
      readAfter.run(redis, [keys.log], [this.#place, batch]),
    );
    const [entries, newest] = reply as readonly [unknown, string | undefined];
    // A server that was started again, empty and with a slower clock, gives offsets before those of its earlier life.
    if (newest !== undefined && newest !== "" && isBefore(newest, this.#place)) {
      this.#place = firstOffset;
      this.#isDue = true;
    }
    return readEntries(entries);
  }

  async #deliver(entry: LogEntry): Promise<void> {
    const { handle, limits } = this.#options;
    for (let failures = 0; !this.#isClosed; ) {
      try {
        await handle(entry);
        break;
      } catch {
        failures += 1;
        if (failures >= limits.deliveryLimit) await this.#giveUp(entry);
        if (failures >= limits.deliveryLimit) break;
      }
    }
    this.#place = entry.offset;
  }

  async #giveUp({ key, text, offset }: LogEntry): Promise<void> {
    const { link, topic, keys, limits } = this.#options;
    const values = [limits.keptDeadLetters, key, text, offset, limits.idleMs];
    while (!this.#isClosed) {
      try {
        await link.call(`keep a dead letter of topic ${topic}`, (redis) =>
          addDeadLetter.run(redis, [keys.dead], values),
        );
        return;
      } catch {
        await this.#pause();
      }
    }
  }

  async #pause(): Promise<void> {
    await delay(retryMs, undefined, { signal: this.#closing.signal }).catch(() => {});
  }
}
