/**
 * Commits together what arrives together (P1): news that come in one turn, or while a commit is under way, go to the
 * store in one batch. While the store cannot write for a reason that may pass, the batch is kept and tried again; after
 * any other failure nothing more is committed, since memory is then ahead of the store.
 *
 * When a batch is durable, the next one goes to the store before anything else. Then what was held back until the first
 * was durable is carried out. A store that kept this thread busy meanwhile has it carried out at once. For one that works
 * beside this thread it is done in pieces, each in a turn of its own: what follows from the first piece is on its way to
 * the store while the next one is worked out. Done at once, all that is in flight would be either here or there, and one
 * of the two always idle.
 */
import { asMycroftError, MycroftError } from "@mycroft/errors";
import type { Clock } from "./ports/clock.ts";
import type { AppendOutcome, RunAppend, Store } from "./ports/store.ts";

/** What happened to one run, with whatever is to be remembered until it is durable. */
export interface RunNews {
  readonly append: RunAppend;
}

export interface GroupCommitOptions<News extends RunNews> {
  readonly store: Store;
  readonly clock: Clock;
  /** Gives the news that have gathered since the last call. */
  readonly takeBatch: () => readonly News[];
  /** Called for each of a batch when it is durable, or refused, before the next batch is taken. */
  readonly onStored: (news: News, outcome: AppendOutcome) => void;
  /** Called when news are durable, in their order, before those who wait for them are told. */
  readonly carryOut: (news: readonly News[]) => void;
  /** Called each time that the store has failed to commit. */
  readonly onFailure: (error: MycroftError) => void;
  /** How long to wait before a failed batch is tried again. */
  readonly retryDelayMs: number;
}

/** Some who asked one after the other, and are told together. */
type Askers = PromiseWithResolvers<void>;

interface Sent<News> {
  readonly batch: readonly News[];
  readonly askers: readonly Askers[];
  readonly outcomes: Promise<readonly AppendOutcome[]>;
  /** Whether a turn has passed since: the store leaves this thread free. */
  wasTurned: boolean;
}

interface Piece<News> {
  readonly news: readonly News[];
  readonly askers: readonly Askers[];
}

/** News, and askers, in a piece: enough that its turn costs little beside them. */
const pieceSize = 32;

export class GroupCommit<News extends RunNews> {
  readonly #options: GroupCommitOptions<News>;
  /** Those who wait for what is gathering, so many for each piece; none while nothing gathers. */
  #askers: Askers[] = [];
  #asked = 0;
  #isCommitting = false;
  /** What is durable, and yet to be carried out. */
  readonly #pieces: Piece<News>[] = [];
  #failure: MycroftError | null = null;
  #isBroken = false;
  #isClosing = false;
  #endPause: () => void = () => {};

  constructor(options: GroupCommitOptions<News>) {
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
  request(): Promise<void> {
    if (this.#isBroken) return Promise.reject(this.#failure);
    let askers = this.#askers.at(-1);
    if (askers === undefined && !this.#isCommitting) this.#options.clock.defer(() => void this.#commitAll());
    if (askers === undefined || this.#asked % pieceSize === 0) {
      askers = Promise.withResolvers();
      this.#askers.push(askers);
    }
    this.#asked += 1;
    return askers.promise;
  }

  /**
   * Resolves when nothing is gathering, being committed or to be carried out. What the store still refuses after one more
   * try is given up: nobody was told of it, but those who wait for it are told so, as are all who come later.
   */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#endPause();
    for (;;) {
      this.#carryOutPieces();
      if (this.#asked === 0 && !this.#isCommitting) break;
      await this.request().catch(() => {});
    }
    this.#isBroken = true;
    this.#failure ??= new MycroftError("STORE_CLOSED", "The orchestrator has shut down.");
  }

  async #commitAll(): Promise<void> {
    if (this.#isCommitting) return;
    this.#isCommitting = true;
    for (let sent = this.#send(); sent !== null; sent = this.#send()) {
      try {
        this.#noteOutcomes(sent.batch, await sent.outcomes);
        this.#carryOut(sent);
      } catch (thrown) {
        for (const { reject } of sent.askers) reject(thrown);
      }
    }
    this.#isCommitting = false;
  }

  /** Hands what has gathered to the store; null when nothing has, or so little that it waits for what is about to follow. */
  #send(): Sent<News> | null {
    const mayFollowMore = this.#pieces.length > 0 && !this.#isClosing;
    if (this.#asked === 0 || (this.#asked < pieceSize && mayFollowMore)) return null;
    const askers = this.#askers;
    this.#askers = [];
    this.#asked = 0;
    if (this.#isBroken) {
      for (const { reject } of askers) reject(this.#failure);
      return null;
    }
    const batch = this.#options.takeBatch();
    const sent: Sent<News> = { batch, askers, outcomes: this.#append(batch), wasTurned: false };
    this.#options.clock.defer(() => {
      sent.wasTurned = true;
    });
    return sent;
  }

  #noteOutcomes(batch: readonly News[], outcomes: readonly AppendOutcome[]): void {
    const { onStored } = this.#options;
    let place = 0;
    for (const news of batch) {
      onStored(news, outcomes[place] ?? "stored");
      place += 1;
    }
  }

  #carryOut({ batch, askers, wasTurned }: Sent<News>): void {
    // Whoever closes waits for all of it, and nothing else is to have a turn.
    if (this.#isClosing) this.#carryOutPieces();
    const isIdle = this.#pieces.length === 0;
    if (isIdle && (!wasTurned || this.#isClosing)) {
      this.#carryOutPiece({ news: batch, askers });
      return;
    }
    const count = Math.max(Math.ceil(batch.length / pieceSize), askers.length);
    for (let index = 0; index < count; index += 1) {
      const news = batch.slice(index * pieceSize, (index + 1) * pieceSize);
      this.#pieces.push({ news, askers: askers.slice(index, index + 1) });
    }
    if (isIdle) queueMicrotask(() => this.#nextPiece());
  }

  /** What follows from a piece goes to the store, if it is enough, before the next piece is carried out. */
  #nextPiece(): void {
    void this.#commitAll();
    const piece = this.#pieces.shift();
    if (piece === undefined) return;
    this.#carryOutPiece(piece);
    this.#options.clock.defer(() => this.#nextPiece());
  }

  #carryOutPieces(): void {
    for (const piece of this.#pieces.splice(0)) this.#carryOutPiece(piece);
  }

  #carryOutPiece({ news, askers }: Piece<News>): void {
    try {
      this.#options.carryOut(news);
      for (const { resolve } of askers) resolve();
    } catch (thrown) {
      for (const { reject } of askers) reject(thrown);
    }
  }

  async #append(batch: readonly News[]): Promise<readonly AppendOutcome[]> {
    if (batch.length === 0) return [];
    const appends = batch.map((news) => news.append);
    for (;;) {
      try {
        const outcomes = await this.#options.store.append(appends);
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
