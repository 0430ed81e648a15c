/**
 * The clock of the machine. A timer holds for any distance in time and across jumps of the wall clock; a delay holds for
 * any length and does not see such jumps.
 */
import { performance } from "node:perf_hooks";
import { MycroftError } from "@mycroft/errors";
import type { Clock, Timer } from "./ports/clock.ts";

export interface SystemClockOptions {
  /** Whether the process may end while timers wait: false unless given. */
  readonly unref?: boolean;
}

/**
 * The longest that a timer sleeps before it looks at the clock again. Node's own timers hold no more than 2^31-1 ms,
 * do not count the time in which the machine sleeps, and do not see the wall clock being set.
 */
const longestSleepMs = 60_000;

/** The longest that a timer of Node holds. */
const longestTimeoutMs = 2 ** 31 - 1;

export class SystemClock implements Clock {
  readonly #unref: boolean;

  constructor({ unref = false }: SystemClockOptions = {}) {
    this.#unref = unref;
  }

  now(): number {
    return Date.now();
  }

  /** Counts from the start of the process, in steps of microseconds. It stands still while the machine sleeps. */
  elapsed(): number {
    return performance.now();
  }

  /** INPUT_INVALID when `dueAt` is NaN; a timer for `Infinity` never fires. */
  setTimer(dueAt: number, action: () => void): Timer {
    assertTime("dueAt", dueAt);
    return this.#sleepUntil(Date.now, dueAt, longestSleepMs, action);
  }

  /** INPUT_INVALID when `delayMs` is NaN; a delay of `Infinity` never ends. */
  setDelay(delayMs: number, action: () => void): Timer {
    assertTime("delayMs", delayMs);
    const dueAt = performance.now() + delayMs;
    return this.#sleepUntil(() => performance.now(), dueAt, longestTimeoutMs, action);
  }

  defer(action: () => void): void {
    setImmediate(action);
  }

  #sleepUntil(time: () => number, dueAt: number, longestMs: number, action: () => void): Timer {
    let timeout: NodeJS.Timeout;
    const sleep = (): void => {
      // Rounded up: Node cuts fractions off, and would wake too early.
      const leftMs = Math.ceil(Math.max(0, dueAt - time()));
      timeout = setTimeout(wake, Math.min(leftMs, longestMs));
      if (this.#unref) timeout.unref();
    };
    // Node's timers may also fire a millisecond before the clock says so.
    const wake = (): void => (time() >= dueAt ? action() : sleep());
    sleep();
    return { cancel: () => clearTimeout(timeout) };
  }
}

function assertTime(field: string, time: number): void {
  if (!Number.isNaN(time)) return;
  throw new MycroftError("INPUT_INVALID", `A timer's ${field} is not a number.`, { details: { field } });
}
