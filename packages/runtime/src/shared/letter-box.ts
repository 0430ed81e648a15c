/**
 * Reads the letters to an orchestrator's runs, when it is told of some and now and then in any case. A letter that was read is in
 * hand until its events are stored or refused: it is not read again meanwhile, and is there again afterwards if they were refused.
 */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Letter, SharedStore } from "../ports/shared-store.ts";

export interface LetterBoxOptions {
  readonly store: SharedStore;
  readonly clock: Clock;
  /** How long news may be missed for. */
  readonly pollMs: number;
  readonly shards: () => readonly number[];
  /** True when the letter is in hand now; `isDone` is to be called for it later. Otherwise nothing follows from it. */
  readonly deliver: (letter: Letter) => Promise<boolean>;
  readonly onError: (error: MycroftError) => void;
}

const pageSize = 1_000;
/** Beyond this many in hand, it is waited until some are done (P8). */
const mostInHand = 4_000;

export class LetterBox {
  readonly #options: LetterBoxOptions;
  readonly #inHand = new Set<string>();
  #isReading = false;
  #isNewsDue = false;
  /** Those who wait for a look that has not begun yet. */
  #askers: PromiseWithResolvers<void> | null = null;
  #timer: Timer | null = null;
  #isStopped = false;

  constructor(options: LetterBoxOptions) {
    this.#options = options;
  }

  /** There may be letters. */
  wake(): void {
    if (this.#isStopped) return;
    if (this.#isReading) this.#isNewsDue = true;
    else void this.#read();
  }

  /**
   * Resolves when all letters that are there now are in hand, as far as there is room; rejects when they cannot be read.
   * Never, when it is stopped before.
   */
  readAll(): Promise<void> {
    this.#askers ??= Promise.withResolvers();
    const { promise } = this.#askers;
    this.wake();
    return promise;
  }

  /** The letter's events are stored, or refused. */
  isDone(id: string): void {
    const wasFull = this.#inHand.size >= mostInHand;
    this.#inHand.delete(id);
    if (wasFull) this.wake();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    this.#timer?.cancel();
    try {
      do {
        this.#isNewsDue = false;
        await this.#readPages();
      } while (this.#isNewsDue);
    } catch (thrown) {
      this.#options.onError(asMycroftError(thrown));
    }
    this.#isReading = false;
    if (this.#isStopped) return;
    this.#timer = this.#options.clock.setDelay(this.#options.pollMs, () => this.wake());
  }

  async #readPages(): Promise<void> {
    const askers = this.#askers;
    this.#askers = null;
    try {
      while (await this.#readPage());
      askers?.resolve();
    } catch (thrown) {
      askers?.reject(thrown);
      throw thrown;
    }
  }

  /** Whether there may be more. */
  async #readPage(): Promise<boolean> {
    const { store, shards, deliver } = this.#options;
    const asked = shards();
    if (asked.length === 0 || this.#inHand.size >= mostInHand || this.#isStopped) return false;
    const letters = await store.readLetters({ shards: asked, limit: pageSize, except: [...this.#inHand] });
    const dropped: string[] = [];
    let isTrouble = false;
    for (const letter of letters) this.#inHand.add(letter.id);
    // All of them in one turn, as far as their runs are in memory: what they become is one commit.
    await Promise.all(
      letters.map(async (letter) => {
        try {
          if (!(await deliver(letter))) dropped.push(letter.id);
        } catch (thrown) {
          // It stays where it is, and is tried again with the next look.
          isTrouble = true;
          this.#inHand.delete(letter.id);
          this.#options.onError(asMycroftError(thrown));
        }
      }),
    );
    // Nobody waits for that; until it is done they are in hand.
    if (dropped.length > 0) void this.#drop(dropped);
    return letters.length === pageSize && !isTrouble;
  }

  async #drop(ids: readonly string[]): Promise<void> {
    try {
      await this.#options.store.dropLetters(ids);
    } catch (thrown) {
      this.#options.onError(asMycroftError(thrown));
    }
    for (const id of ids) this.isDone(id);
  }
}
