/** The clock of the machine. A timer holds for any distance in time and across jumps of the wall clock. */
import { MycroftError } from "@mycroft/errors";
import type { Clock, Timer } from "@mycroft/runtime";

export interface SystemClockOptions {
  /** Whether the process may end while timers wait: false unless given. */
  readonly unref?: boolean;
}

/**
 * The longest that a timer sleeps before it looks at the clock again. Node's own timers hold no more than 2^31-1 ms,
 * do not count the time in which the machine sleeps, and do not see the wall clock being set.
 */
const longestSleepMs = 60_000;

export class SystemClock implements Clock {
  readonly #unref: boolean;

  constructor({ unref = false }: SystemClockOptions = {}) {
    this.#unref = unref;
  }

  now(): number {
    return Date.now();
  }

  /** INPUT_INVALID when `dueAt` is NaN; a timer for `Infinity` never fires. */
  setTimer(dueAt: number, action: () => void): Timer {
    if (Number.isNaN(dueAt)) {
      throw new MycroftError("INPUT_INVALID", "A timer's time is not a number.", {
        details: { field: "dueAt" },
      });
    }
    let timeout: NodeJS.Timeout;
    const sleep = (): void => {
      const leftMs = Math.max(0, dueAt - Date.now());
      timeout = setTimeout(wake, Math.min(leftMs, longestSleepMs));
      if (this.#unref) timeout.unref();
    };
    // Node's timers may also fire a millisecond before the wall clock says so.
    const wake = (): void => (Date.now() >= dueAt ? action() : sleep());
    sleep();
    return { cancel: () => clearTimeout(timeout) };
  }

  defer(action: () => void): void {
    setImmediate(action);
  }
}
