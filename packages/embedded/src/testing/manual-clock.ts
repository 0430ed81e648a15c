/** Time that passes only when it is told to. */
import type { Clock, Timer } from "@mycroft/runtime";

interface Waiting {
  readonly isDue: () => boolean;
  readonly action: () => void;
}

export class ManualClock implements Clock {
  #now: number;
  #elapsed = 0;
  readonly #waiting = new Set<Waiting>();

  /** `now` is in milliseconds since the epoch. */
  constructor(now: number) {
    this.#now = now;
  }

  /** How many timers and delays wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  setTimer(dueAt: number, action: () => void): Timer {
    return this.#wait({ isDue: () => this.#now >= dueAt, action });
  }

  setDelay(delayMs: number, action: () => void): Timer {
    const dueAt = this.#elapsed + delayMs;
    return this.#wait({ isDue: () => this.#elapsed >= dueAt, action });
  }

  #wait(waiting: Waiting): Timer {
    this.#waiting.add(waiting);
    return { cancel: () => void this.#waiting.delete(waiting) };
  }

  defer(action: () => void): void {
    setImmediate(action);
  }

  /** Lets time pass. */
  advance(byMs: number): void {
    this.#elapsed += byMs;
    this.shift(byMs);
  }

  /** Sets the wall clock forward, or back. */
  shift(byMs: number): void {
    this.#now += byMs;
    for (const waiting of this.#waiting) {
      if (!waiting.isDue()) continue;
      this.#waiting.delete(waiting);
      waiting.action();
    }
  }
}
