/**
 * All writes of a store, one at a time (P1). Appends go where they cost least: a few events are written by the main
 * thread, which has them on disk soonest; under load the append thread writes, while the main one works out what comes
 * next. Each side has a connection and remembers things of its own, and forgets them when the other has written.
 *
 * The thread is started when it is first needed. Should it not start, or end, the main thread does everything: also the
 * batch that the thread had in hand, unless that was stored already.
 */
import { availableParallelism } from "node:os";
import { MycroftError } from "@mycroft/errors";
import { type AppendOutcome, checkAppend, eventText, type RunAppend } from "@mycroft/runtime";
import { AppendLoad } from "./append-load.ts";
import { type AppendAnswer, packAppends } from "./append-messages.ts";
import type { AppendThread } from "./append-thread.ts";
import type { RunTables } from "./run-tables.ts";
import { WriteLine } from "./write-line.ts";

/** When appends go to a thread of their own. */
export type AppendThreadUse = "auto" | "always" | "never";

export interface StoreWriterOptions {
  readonly tables: RunTables;
  readonly now: () => number;
  readonly use: AppendThreadUse;
  readonly startThread: () => AppendThread;
}

/** Texts of more UTF-16 code units than this stay on the main thread, which makes them one at a time. */
const longestCrossing = 32 * 1024 * 1024;

export class StoreWriter {
  readonly #options: StoreWriterOptions;
  readonly #line = new WriteLine();
  readonly #load = new AppendLoad();
  readonly #use: AppendThreadUse;
  #thread: AppendThread | null = null;
  #hasWrittenHere = false;
  #hasWrittenThere = false;

  constructor(options: StoreWriterOptions) {
    this.#options = options;
    // Two threads on one processor only get in each other's way.
    this.#use = options.use === "auto" && availableParallelism() === 1 ? "never" : options.use;
  }

  append(batch: readonly RunAppend[]): Promise<readonly AppendOutcome[]> {
    for (const append of batch) checkAppend(append);
    return this.#line.run(() => {
      const thread = this.#choose(batch);
      return thread === null ? this.#appendHere(batch) : this.#appendThere(batch, thread);
    });
  }

  /** Does another write, of what appends neither read nor change. */
  write<Result>(work: () => Result): Promise<Result> {
    return this.#line.run(work);
  }

  /** Does another write, of what appends remember. */
  writeShared<Result>(work: () => Result): Promise<Result> {
    return this.#line.run(() => {
      this.#takeOver();
      return work();
    });
  }

  /** Does the last work, when everything is written and the thread has ended. */
  close(work: () => void): Promise<void> {
    return this.#line.run(() => (this.#thread === null ? work() : this.#thread.close().then(work)));
  }

  #choose(batch: readonly RunAppend[]): AppendThread | null {
    if (this.#use === "never" || this.#thread?.isLost === true) return null;
    let events = 0;
    for (const append of batch) events += append.events.length;
    this.#load.note(events);
    if (this.#use === "auto" && !this.#load.isHigh) return null;
    this.#thread ??= this.#options.startThread();
    return this.#use === "always" || this.#thread.isReady ? this.#thread : null;
  }

  #takeOver(): void {
    if (this.#hasWrittenThere) this.#options.tables.transaction.forget();
    this.#hasWrittenThere = false;
    this.#hasWrittenHere = true;
  }

  #appendHere(batch: readonly RunAppend[]): readonly AppendOutcome[] {
    this.#takeOver();
    return this.#options.tables.events.append(batch, eventText);
  }

  async #appendThere(batch: readonly RunAppend[], thread: AppendThread): Promise<readonly AppendOutcome[]> {
    const appends = packAppends(batch, eventText, longestCrossing);
    if (appends === null) return this.#appendHere(batch);
    const isOvertaken = this.#hasWrittenHere;
    this.#hasWrittenHere = false;
    this.#hasWrittenThere = true;
    const result = await thread.append({ appends, now: this.#options.now(), isOvertaken });
    return result === "lost" ? this.#appendAgain(batch) : outcomesOf(batch, result);
  }

  /** Stores a batch that may be stored already: what it has brought about itself is no conflict. */
  #appendAgain(batch: readonly RunAppend[]): readonly AppendOutcome[] {
    const outcomes = this.#appendHere(batch);
    return batch.map((append, place) => (this.#isThere(append) ? "stored" : (outcomes[place] ?? "conflict")));
  }

  #isThere({ runId, create, fromSeq, events: [event], settle }: RunAppend): boolean {
    const { runs, events } = this.#options.tables;
    const header = runs.findHeader(runId);
    if (header === undefined || (create !== undefined && header.createdAt !== create.createdAt)) return false;
    if (event !== undefined) {
      const [found] = events.read(runId, fromSeq);
      return found !== undefined && eventText(found) === eventText(event);
    }
    if (settle === undefined) return create !== undefined;
    return header.status === settle.status && header.settledAt === settle.at;
  }
}

function outcomesOf(batch: readonly RunAppend[], answer: AppendAnswer): readonly AppendOutcome[] {
  if (!answer.ok) {
    const { code, message, ...options } = answer.error;
    throw new MycroftError(code, message, options);
  }
  const outcomes: AppendOutcome[] = Array.from(batch, () => "stored");
  for (const place of answer.conflicts) outcomes[place] = "conflict";
  return outcomes;
}
