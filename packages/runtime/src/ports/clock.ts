/** Time as the shell sees it. The engine has none: it reads the `at` of events. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the epoch, as the machine's clock shows them: it may be set forward and back. */
  now(): number;
  /** Milliseconds since some moment of this process's life: never set, for measuring how long something lasts. */
  elapsed(): number;
  /** Calls `action` once, at or after `dueAt`; a time in the past means as soon as possible. */
  setTimer(dueAt: number, action: () => void): Timer;
  /** Calls `action` once, after `delayMs` or more have elapsed, however the machine's clock is set meanwhile. */
  setDelay(delayMs: number, action: () => void): Timer;
  /** Calls `action` once, after what is under way in this turn: what arrives together is handled together. */
  defer(action: () => void): void;
}
