/**
 * Dispatch by offers: what starts was offered in the store together with the events that brought it about, so that here only
 * its message is left to be published. Slots of pools are the queue's, leases and rate limits the store's.
 */
import { defaultPool, type StartAttempt } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { Dispatch } from "../dispatch/dispatch.ts";
import type { LiveRun } from "../live-run.ts";
import type { TaskMessage } from "../ports/queue.ts";
import type { AttemptOffer } from "../ports/shared-store.ts";

/** An attempt that was in flight when its run was taken over. */
export interface OutstandingAttempt {
  readonly run: LiveRun;
  readonly command: StartAttempt;
  readonly readyAt: number;
}

export interface OfferDispatchOptions {
  readonly offerOf: (run: LiveRun, command: StartAttempt, readyAt: number) => AttemptOffer;
  readonly publish: (messages: readonly TaskMessage[]) => void;
  /** Sees to it that there is an offer of each. */
  readonly ensure: (attempts: readonly OutstandingAttempt[]) => void;
  /** The pools that are declared, beside `default`. */
  readonly pools: readonly string[];
}

export class OfferDispatch implements Dispatch {
  readonly #options: OfferDispatchOptions;
  readonly #pools: ReadonlySet<string>;
  #messages: TaskMessage[] = [];
  #outstanding: OutstandingAttempt[] = [];

  constructor(options: OfferDispatchOptions) {
    this.#options = options;
    this.#pools = new Set([defaultPool, ...options.pools]);
  }

  requirePool(name: string): void {
    if (this.#pools.has(name)) return;
    const known = [...this.#pools];
    throw new MycroftError(
      "POOL_UNKNOWN",
      `There is no pool ${JSON.stringify(name)}; there are ${known.join(", ")}. Declare it with its number of slots.`,
      { details: { pool: name, known } },
    );
  }

  submit(run: LiveRun, command: StartAttempt, readyAt: number): void {
    this.#messages.push(this.#options.offerOf(run, command, readyAt).message);
  }

  resubmit(run: LiveRun, command: StartAttempt, readyAt: number): void {
    this.#outstanding.push({ run, command, readyAt });
  }

  flush(): void {
    const messages = this.#messages;
    const outstanding = this.#outstanding;
    this.#messages = [];
    this.#outstanding = [];
    if (messages.length > 0) this.#options.publish(messages);
    if (outstanding.length > 0) this.#options.ensure(outstanding);
  }

  // An offer ends in the store, with the events that end it; a message that comes all the same is not claimed.
  release(): void {}
  releaseRun(): void {}
  stop(): void {}
}
