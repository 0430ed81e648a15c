/**
 * Many deadlines on one timer: most are cleared long before they are due, and a timer of the clock for each would cost
 * more than the rest of a short attempt (E4). While no deadline is set, no timer is. Time is what has elapsed, so
 * setting the machine's clock makes nothing due.
 */
import type { Clock, Timer } from "./ports/clock.ts";

export interface Deadline {
  /** By the clock's `elapsed`. */
  readonly dueAt: number;
  readonly action: () => void;
}

export class Deadlines {
  readonly #clock: Clock;
  readonly #deadlines = new Set<Deadline>();
  /** Fires at the earliest deadline, or before it when that one was cleared. */
  #timer: Timer | null = null;
  #timerAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls the deadline's action once, at or after its time, unless it is cleared before. */
  set(deadline: Deadline): void {
    this.#deadlines.add(deadline);
    if (deadline.dueAt < this.#timerAt) this.#setTimer(deadline.dueAt);
  }

  clear(deadline: Deadline): void {
    this.#deadlines.delete(deadline);
    if (this.#deadlines.size === 0) this.#setTimer(Number.POSITIVE_INFINITY);
  }

  #setTimer(at: number): void {
    this.#timer?.cancel();
    this.#timerAt = at;
    if (at === Number.POSITIVE_INFINITY) this.#timer = null;
    else this.#timer = this.#clock.setDelay(at - this.#clock.elapsed(), () => this.#fire());
  }

  #fire(): void {
    const now = this.#clock.elapsed();
    const due: Deadline[] = [];
    let earliest = Number.POSITIVE_INFINITY;
    for (const deadline of this.#deadlines) {
      if (deadline.dueAt <= now) due.push(deadline);
      else earliest = Math.min(earliest, deadline.dueAt);
    }
    this.#setTimer(earliest);
    for (const deadline of due) {
      // An action before it may have cleared it.
      if (!this.#deadlines.has(deadline)) continue;
      this.clear(deadline);
      deadline.action();
    }
  }
}
