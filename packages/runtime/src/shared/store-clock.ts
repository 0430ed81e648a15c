/**
 * The store's time, on a machine whose own clock may be wrong: every process that shares a store goes by the store's, so that
 * timers, deadlines and times on record agree however the machines are set.
 */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { Clock, Timer } from "../ports/clock.ts";

export interface StoreClockOptions {
  readonly clock: Clock;
  /** The store's time now, in milliseconds since the epoch. */
  readonly storeTime: () => Promise<number>;
  /** How often it is compared: 10,000 ms unless given. */
  readonly compareMs?: number;
  readonly onError?: (error: MycroftError) => void;
}

/** How long a timer sleeps before it looks at the clock again. */
const longestSleepMs = 60_000;

/** Below this the machine's clock is as good: what an answer takes is not known better. */
const toleratedMs = 20;

export class StoreClock implements Clock {
  readonly #options: StoreClockOptions;
  /** What the machine's clock is to be corrected by. */
  #offsetMs = 0;
  #timer: Timer | null = null;
  #isStopped = false;

  private constructor(options: StoreClockOptions) {
    this.#options = options;
  }

  /** Rejects when the store cannot be asked. */
  static async start(options: StoreClockOptions): Promise<StoreClock> {
    const clock = new StoreClock(options);
    await clock.#compare();
    clock.#compareLater();
    return clock;
  }

  /** By how much the machine's clock is behind the store's, in milliseconds. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  now(): number {
    return Math.round(this.#options.clock.now() + this.#offsetMs);
  }

  elapsed(): number {
    return this.#options.clock.elapsed();
  }

  /** Holds by the store's time, however the machine's clock is set meanwhile: then it may be a minute late, and is never early. */
  setTimer(dueAt: number, action: () => void): Timer {
    let timer: Timer;
    const sleep = (): void => {
      const leftMs = Math.min(Math.max(0, dueAt - this.now()), longestSleepMs);
      timer = this.#options.clock.setDelay(leftMs, wake);
    };
    const wake = (): void => (this.now() >= dueAt ? action() : sleep());
    sleep();
    return { cancel: () => timer.cancel() };
  }

  setDelay(delayMs: number, action: () => void): Timer {
    return this.#options.clock.setDelay(delayMs, action);
  }

  defer(action: () => void): void {
    this.#options.clock.defer(action);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #compare(): Promise<void> {
    const { clock, storeTime } = this.#options;
    const askedAt = clock.elapsed();
    const stored = await storeTime();
    const answeredMs = clock.elapsed() - askedAt;
    const offsetMs = stored + answeredMs / 2 - clock.now();
    if (Math.abs(offsetMs - this.#offsetMs) > toleratedMs + answeredMs / 2) this.#offsetMs = offsetMs;
  }

  #compareLater(): void {
    if (this.#isStopped) return;
    this.#timer = this.#options.clock.setDelay(this.#options.compareMs ?? 10_000, () => {
      this.#compare()
        .catch((thrown: unknown) => this.#options.onError?.(asMycroftError(thrown)))
        .finally(() => this.#compareLater());
    });
  }
}
