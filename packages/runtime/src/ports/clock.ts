/** Time as the shell sees it. The engine has none: it reads the `at` of events. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `action` once, at or after `dueAt`; a time in the past means as soon as possible. */
  setTimer(dueAt: number, action: () => void): Timer;
  /** Calls `action` once, after what is under way in this turn: what arrives together is handled together. */
  defer(action: () => void): void;
}
