/**
 * Publishes the messages of offers: at once when they are durable, and again when their time has come, be it that the queue has
 * lost a message or that a worker is silent (P3, P4). The offers themselves are in the store, so whatever the queue forgets,
 * refuses or repeats costs time only.
 *
 * A queue that has lost everything says so by another `generation`: then all that waits is published again at once.
 */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { Clock, Timer } from "../ports/clock.ts";
import type { TaskMessage, TaskQueue } from "../ports/queue.ts";
import type { DueQuery, SharedStore } from "../ports/shared-store.ts";

export interface RelayOptions {
  readonly store: SharedStore;
  readonly queue: TaskQueue;
  readonly clock: Clock;
  readonly shards: () => readonly number[];
  /** How often it is looked for what is due. */
  readonly pollMs: number;
  /** How long a message may go unclaimed before it is published again. */
  readonly redeliverAfterMs: number;
  readonly onError: (error: MycroftError) => void;
}

const pageSize = 1_000;

export class Relay {
  readonly #options: RelayOptions;
  #generation: string | null = null;
  /** A publication failed since the queue last answered. */
  #isBehind = false;
  #isLooking = false;
  #isNewsDue = false;
  #timer: Timer | null = null;
  #isStopped = false;

  constructor(options: RelayOptions) {
    this.#options = options;
  }

  start(): void {
    this.#lookLater();
  }

  /** Something may be due. */
  wake(): void {
    this.#isNewsDue = true;
    if (!this.#isLooking && !this.#isStopped) this.#lookNow();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  publish(messages: readonly TaskMessage[]): void {
    if (messages.length === 0 || this.#isStopped) return;
    this.#options.queue.publish(messages).catch((thrown: unknown) => {
      this.#isBehind = true;
      this.#options.onError(asMycroftError(thrown));
    });
  }

  #lookLater(): void {
    if (this.#isStopped) return;
    this.#timer = this.#options.clock.setDelay(this.#options.pollMs, () => this.#lookNow());
  }

  #lookNow(): void {
    this.#timer?.cancel();
    this.#isLooking = true;
    this.#isNewsDue = false;
    this.#look()
      .catch((thrown: unknown) => this.#options.onError(asMycroftError(thrown)))
      .finally(() => {
        this.#isLooking = false;
        if (this.#isNewsDue && !this.#isStopped) this.#lookNow();
        else this.#lookLater();
      });
  }

  async #look(): Promise<void> {
    const { store, queue, shards, redeliverAfterMs } = this.#options;
    const looked = shards();
    if (looked.length === 0) return;
    const generation = (await queue.generation?.()) ?? "";
    const isNew = this.#generation !== null && generation !== this.#generation;
    if (isNew || this.#isBehind) {
      this.#isBehind = false;
      await store.hurry(looked).catch((thrown: unknown) => {
        this.#isBehind = true;
        throw thrown;
      });
    }
    this.#generation = generation;
    for (let isMore = true; isMore && !this.#isStopped; ) {
      const due = await this.#takeDue({ shards: looked, limit: pageSize, againInMs: redeliverAfterMs });
      if (due.length > 0) await this.#publishDue(due);
      isMore = due.length === pageSize;
    }
  }

  /** What was taken in a call whose answer is lost is nobody's until it is due again: the next look hurries it. */
  async #takeDue(query: DueQuery): Promise<readonly TaskMessage[]> {
    try {
      return await this.#options.store.takeDue(query);
    } catch (thrown) {
      this.#isBehind = true;
      throw thrown;
    }
  }

  async #publishDue(due: readonly TaskMessage[]): Promise<void> {
    try {
      await this.#options.queue.publish(due);
    } catch (thrown) {
      this.#isBehind = true;
      throw thrown;
    }
  }
}
