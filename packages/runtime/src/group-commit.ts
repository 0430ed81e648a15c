/**
 * Commits together what arrives together (P1): appends that are made in one turn, or while a commit is under way,
 * go to the store in one batch. While the store cannot write for a reason that may pass, the batch is kept and tried
 * again; after any other failure nothing more is committed, since memory is then ahead of the store.
 */
import { asMycroftError, MycroftError } from "@mycroft/errors";
import type { Clock } from "./ports/clock.ts";
import type { AppendOutcome, RunAppend, Store } from "./ports/store.ts";

export interface CommitResult {
  /** The runs whose appends were refused because somebody else had appended. */
  readonly conflicts: ReadonlySet<string>;
}

export interface GroupCommitOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Gives the appends that have gathered since the last call. */
  readonly takeBatch: () => readonly RunAppend[];
  /** Called when a batch is durable, before those who wait for it are told. */
  readonly onCommitted: (batch: readonly RunAppend[], result: CommitResult) => void;
  /** Called each time that the store has failed to commit. */
  readonly onFailure: (error: MycroftError) => void;
  /** How long to wait before a failed batch is tried again. */
  readonly retryDelayMs: number;
}

const noConflicts: CommitResult = { conflicts: new Set() };

export class GroupCommit {
  readonly #options: GroupCommitOptions;
  /** Settles with the batch that is gathering; null while nothing gathers. */
  #gathering: PromiseWithResolvers<CommitResult> | null = null;
  #isCommitting = false;
  #failure: MycroftError | null = null;
  #isBroken = false;
  #isClosing = false;
  #endPause: () => void = () => {};

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Why the store cannot write at the moment; null when all is well. */
  get failure(): MycroftError | null {
    return this.#failure;
  }

  /** Whether nothing will be stored any more. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Resolves when everything that has been handed in so far is durable. */
  request(): Promise<CommitResult> {
    if (this.#isBroken) return Promise.reject(this.#failure);
    if (this.#gathering === null) {
      this.#gathering = Promise.withResolvers();
      if (!this.#isCommitting) this.#options.clock.defer(() => void this.#commitAll());
    }
    return this.#gathering.promise;
  }

  /**
   * Resolves when nothing is gathering or being committed. What the store still refuses after one more try is given up:
   * nobody was told of it, but those who wait for it are told so, as are all who come later.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#endPause();
    while (this.#gathering !== null || this.#isCommitting) await this.request().catch(() => {});
    this.#isBroken = true;
    this.#failure ??= new MycroftError("STORE_CLOSED", "The orchestrator has shut down.");
  }

  async #commitAll(): Promise<void> {
    if (this.#isCommitting) return;
    this.#isCommitting = true;
    while (this.#gathering !== null) {
      const waiting = this.#gathering;
      this.#gathering = null;
      try {
        waiting.resolve(await this.#commit(this.#options.takeBatch()));
      } catch (thrown) {
        waiting.reject(thrown);
      }
    }
    this.#isCommitting = false;
  }

  async #commit(batch: readonly RunAppend[]): Promise<CommitResult> {
    if (batch.length === 0) return noConflicts;
    const outcomes = await this.#append(batch);
    const refused = batch.filter((_, index) => outcomes[index] === "conflict");
    const conflicts = refused.map((append) => append.runId);
    const result = conflicts.length === 0 ? noConflicts : { conflicts: new Set(conflicts) };
    this.#options.onCommitted(batch, result);
    return result;
  }

  async #append(batch: readonly RunAppend[]): Promise<readonly AppendOutcome[]> {
    for (;;) {
      // Of what gathered while the batch before was refused for good, nothing is tried.
      if (this.#isBroken) throw this.#failure;
      try {
        const outcomes = await this.#options.store.append(batch);
        this.#failure = null;
        return outcomes;
      } catch (thrown) {
        this.#failure = asMycroftError(thrown);
        this.#isBroken = this.#isClosing || !this.#failure.retryable;
        this.#options.onFailure(this.#failure);
        if (this.#isBroken) throw this.#failure;
        await this.#pause();
      }
    }
  }

  #pause(): Promise<void> {
    const { clock, retryDelayMs } = this.#options;
    return new Promise((resolve) => {
      const timer = clock.setDelay(retryDelayMs, resolve);
      this.#endPause = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}
