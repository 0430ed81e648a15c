/**
 * The clock as processes see it: it is set forward or back at times, while time itself goes on. Like a system's clock it
 * holds timers by its own time and looks again at least once a minute, so a timer may be late after a jump. What elapses
 * is time itself: delays know of no jumps.
 */
import type { Clock, Timer } from "../ports/clock.ts";

const longestSleepMs = 60_000;

export class ProcessClock implements Clock {
  readonly #world: Clock;
  #skewMs = 0;

  constructor(world: Clock) {
    this.#world = world;
  }

  now(): number {
    return this.#world.now() + this.#skewMs;
  }

  elapsed(): number {
    return this.#world.elapsed();
  }

  jump(byMs: number): void {
    this.#skewMs += byMs;
  }

  setTimer(dueAt: number, action: () => void): Timer {
    let timer: Timer;
    const sleep = (): void => {
      const leftMs = Math.min(Math.max(0, dueAt - this.now()), longestSleepMs);
      timer = this.#world.setTimer(this.#world.now() + leftMs, wake);
    };
    const wake = (): void => (this.now() >= dueAt ? action() : sleep());
    sleep();
    return { cancel: () => timer.cancel() };
  }

  setDelay(delayMs: number, action: () => void): Timer {
    return this.#world.setDelay(delayMs, action);
  }

  defer(action: () => void): void {
    this.#world.defer(action);
  }
}
