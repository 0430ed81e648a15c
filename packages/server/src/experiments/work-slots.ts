/**
 * Work that a request waits for: no more than so much at once (P8), and ended when whoever asked has gone, or when the
 * server ends.
 */
import { MycroftError } from "@mycroft/errors";

export interface WorkSlotsOptions {
  /** How much is done at once. */
  readonly atOnce: number;
  /** In the plural, as in a sentence. */
  readonly what: string;
}

export class WorkSlots {
  readonly #options: WorkSlotsOptions;
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(options: WorkSlotsOptions) {
    this.#options = options;
  }

  /**
   * @param gone aborts when nobody waits for it any more.
   * @throws {MycroftError} RATE_LIMITED when as much as may be is under way; SERVER_ENDING; what the work throws.
   */
  async run<Result>(gone: AbortSignal, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const { atOnce, what } = this.#options;
    if (this.#closing.signal.aborted) throw ending();
    if (this.#underWay.size >= atOnce) {
      throw new MycroftError(
        "RATE_LIMITED",
        `${atOnce} ${what} are under way, and no more are done at once. Ask again in a moment.`,
        { retryable: true, details: { limit: atOnce } },
      );
    }
    const working = work(AbortSignal.any([gone, this.#closing.signal]));
    this.#underWay.add(working);
    try {
      return await working;
    } catch (thrown) {
      throw this.#closing.signal.aborted ? ending() : thrown;
    } finally {
      this.#underWay.delete(working);
    }
  }

  /** Ends what is under way; resolves when it has ended. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.allSettled([...this.#underWay]);
  }
}

function ending(): MycroftError {
  return new MycroftError("SERVER_ENDING", "The server is ending. It may be back in a moment.", {
    retryable: true,
  });
}
