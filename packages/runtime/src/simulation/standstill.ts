/**
 * What a process that is stopped or swapped out does not notice: all that comes to it meanwhile is kept, and dealt with in
 * order when it wakes up, one thing at a time, each with all that follows from it.
 */
import type { Clock } from "../ports/clock.ts";

export class Standstill {
  readonly #clock: Clock;
  /** What came while it stood still; null while it is awake and has dealt with that. */
  #kept: (() => void)[] | null = null;
  #isAsleep = false;
  #stoodStillAt = Number.NEGATIVE_INFINITY;

  /** @param clock stops with its process. */
  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Also while it deals with what came meanwhile. */
  get isFrozen(): boolean {
    return this.#kept !== null;
  }

  /** Whether it has stood still at that time or later: milliseconds elapsed. */
  stoodStillSince(time: number): boolean {
    return this.isFrozen || this.#stoodStillAt >= time;
  }

  freeze(): void {
    this.#isAsleep = true;
    this.#kept ??= [];
  }

  wake(): void {
    this.#isAsleep = false;
    this.#goOn();
  }

  pass(action: () => void): void {
    if (this.#kept === null) action();
    else this.#kept.push(action);
  }

  async answer<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } finally {
      await this.awake();
    }
  }

  /** Resolves when all that came before is dealt with; undefined when it is awake. */
  awake(): Promise<void> | undefined {
    if (this.#kept === null) return undefined;
    return new Promise((resolve) => {
      this.pass(resolve);
    });
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      elapsed: () => clock.elapsed(),
      setTimer: (dueAt, action) => clock.setTimer(dueAt, () => this.pass(action)),
      setDelay: (delayMs, action) => clock.setDelay(delayMs, () => this.pass(action)),
      defer: (action) => clock.defer(() => this.pass(action)),
    };
  }

  #goOn(): void {
    if (this.#isAsleep || this.#kept === null) return;
    this.#stoodStillAt = this.#clock.elapsed();
    const next = this.#kept.shift();
    if (next === undefined) this.#kept = null;
    else {
      next();
      this.#clock.defer(() => this.#goOn());
    }
  }
}
