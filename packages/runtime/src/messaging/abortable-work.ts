/** Work with a signal that ends in time, also when whoever does it ignores the signal: when its time is over, or at closing. */
import { MycroftError } from "@mycroft/errors";
import type { Clock } from "../ports/clock.ts";
import { messengerClosed } from "./messenger-closed.ts";

export class AbortableWork {
  readonly #clock: Clock;
  readonly #controllers = new Set<AbortController>();
  readonly #tracked = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws {MycroftError} ANSWER_TIMED_OUT, WORKER_CLOSED, or what `work` throws. */
  async run<Result>(timeoutMs: number, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw messengerClosed();
    const controller = new AbortController();
    const { signal } = controller;
    this.#controllers.add(controller);
    const timer = this.#clock.setDelay(timeoutMs, () => controller.abort(tooLate(timeoutMs)));
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    try {
      return await Promise.race([work(signal), aborted]);
    } finally {
      timer.cancel();
      this.#controllers.delete(controller);
    }
  }

  /** What closing waits for: not longer than it takes to notice. */
  async track<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = work();
    this.#tracked.add(done);
    try {
      return await done;
    } finally {
      this.#tracked.delete(done);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const controller of this.#controllers) controller.abort(messengerClosed());
    await Promise.allSettled(this.#tracked);
  }
}

function tooLate(timeoutMs: number): MycroftError {
  const message = `It was not done within ${Math.round(timeoutMs)} ms, so nobody waits for it any more.`;
  return new MycroftError("ANSWER_TIMED_OUT", message, { details: { timeoutMs } });
}
