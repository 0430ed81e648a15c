/**
 * Does steps, one after another, until there is nothing more to do for now; after a failure it tries again, later each time.
 * Whatever else touches the same state takes turns with the steps.
 */
import { asMycroftError, type ErrorCode, type MycroftError } from "@mycroft/errors";
import type { Clock, Timer } from "../ports/clock.ts";

export interface StepLoopOptions {
  readonly clock: Clock;
  /** Whether another step is to follow at once. */
  readonly step: () => Promise<boolean>;
  /** Called when there is nothing more to do for now. */
  readonly onIdle: () => void;
  /** Told of a failure when its code differs from that of the try before. */
  readonly onError: (error: MycroftError) => void;
}

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

export class StepLoop {
  readonly #options: StepLoopOptions;
  #turns: Promise<unknown> = Promise.resolve();
  #isRunning = false;
  #wokenAgain = false;
  #isClosed = false;
  #retryMs = firstRetryMs;
  #retry: Timer | null = null;
  #lastCode: ErrorCode | null = null;

  constructor(options: StepLoopOptions) {
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Why the last step failed; null once one has succeeded since. */
  get failure(): ErrorCode | null {
    return this.#lastCode;
  }

  /** Says that there may be something to do. */
  wake(): void {
    if (this.#isClosed) return;
    this.#wokenAgain = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#retry?.cancel();
    this.#retry = null;
    this.#run().then(
      () => this.#rest(),
      (thrown: unknown) => this.#fail(asMycroftError(thrown)),
    );
  }

  /** Wakes after a while. */
  wakeLater(): void {
    if (this.#isClosed) return;
    this.#retry?.cancel();
    this.#retry = this.#options.clock.setDelay(this.#retryMs, () => this.wake());
  }

  /** Does something else between two steps. */
  async inTurn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(act, act);
    // What fails is told to whoever took the turn; the next one does not care.
    this.#turns = turn.catch(() => {});
    return turn;
  }

  /** Resolves when what is under way has ended; no step follows. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.cancel();
    await this.#turns;
  }

  async #run(): Promise<void> {
    while (this.#wokenAgain && !this.#isClosed) {
      this.#wokenAgain = false;
      if (await this.inTurn(this.#options.step)) this.#wokenAgain = true;
      this.#retryMs = firstRetryMs;
      this.#lastCode = null;
    }
  }

  #rest(): void {
    this.#isRunning = false;
    if (this.#isClosed) return;
    if (this.#wokenAgain) this.wake();
    else this.#options.onIdle();
  }

  #fail(error: MycroftError): void {
    this.#isRunning = false;
    if (this.#isClosed) return;
    if (error.code !== this.#lastCode) this.#options.onError(error);
    this.#lastCode = error.code;
    this.wakeLater();
    this.#retryMs = Math.min(this.#retryMs * 2, longestRetryMs);
  }
}
