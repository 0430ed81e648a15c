/** A clock for tests: time stands still, and delays end when the test says so. */
import type { Clock, Timer } from "../ports/clock.ts";

export class HandClock implements Clock {
  readonly #delays = new Set<() => void>();
  #elapsed = 0;

  now(): number {
    return Date.now();
  }

  elapsed(): number {
    return this.#elapsed;
  }

  setTimer(_dueAt: number, action: () => void): Timer {
    return this.setDelay(0, action);
  }

  setDelay(_delayMs: number, action: () => void): Timer {
    this.#delays.add(action);
    return { cancel: () => this.#delays.delete(action) };
  }

  defer(action: () => void): void {
    setImmediate(action);
  }

  /** Lets time go by without ending a delay. */
  advance(elapsedMs: number): void {
    this.#elapsed += elapsedMs;
  }

  /** Ends every delay that is set. */
  endDelays(): void {
    for (const action of [...this.#delays]) {
      this.#delays.delete(action);
      action();
    }
  }
}
