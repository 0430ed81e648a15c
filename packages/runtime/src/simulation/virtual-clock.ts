/** A clock whose time moves only when it is told to: the same steps give the same order, however fast the machine is. */
import type { Clock, Timer } from "../ports/clock.ts";

interface Entry {
  readonly dueAt: number;
  readonly order: number;
  readonly action: () => void;
}

export class VirtualClock implements Clock {
  readonly #startAt: number;
  #now: number;
  #order = 0;
  /** Kept in order of time, then of setting. Simulations hold few timers at once. */
  readonly #entries: Entry[] = [];

  constructor(startAt: number) {
    this.#startAt = startAt;
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  elapsed(): number {
    return this.#now - this.#startAt;
  }

  setTimer(dueAt: number, action: () => void): Timer {
    const entry = { dueAt, order: this.#order, action };
    this.#order += 1;
    const at = this.#entries.findIndex((other) => other.dueAt > dueAt);
    this.#entries.splice(at === -1 ? this.#entries.length : at, 0, entry);
    return {
      cancel: () => {
        const index = this.#entries.indexOf(entry);
        if (index !== -1) this.#entries.splice(index, 1);
      },
    };
  }

  setDelay(delayMs: number, action: () => void): Timer {
    return this.setTimer(this.#now + Math.max(0, delayMs), action);
  }

  defer(action: () => void): void {
    this.setTimer(this.#now, action);
  }

  /** Moves to `time` and fires what is due by then, in order. */
  advanceTo(time: number): void {
    while ((this.#entries[0]?.dueAt ?? Number.POSITIVE_INFINITY) <= time) this.advance();
    this.#now = Math.max(this.#now, time);
  }

  /** Lets time pass in which nothing can happen: what is due meanwhile comes late. */
  stall(forMs: number): void {
    this.#now += forMs;
  }

  /** Moves to the next timer and fires it; false when there is none. */
  advance(): boolean {
    const entry = this.#entries.shift();
    if (entry === undefined) return false;
    this.#now = Math.max(this.#now, entry.dueAt);
    entry.action();
    return true;
  }
}
