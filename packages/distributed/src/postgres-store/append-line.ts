/**
 * All appends of a process, one batch at a time and in the order in which they were asked for (P1, P2).
 *
 * A batch is worked out from what is remembered of its runs, and written in one statement that fails when that was
 * wrong. Then, and for runs that nothing is remembered of, it is worked out again from their rows, which are locked in a
 * transaction until the batch is written. So several processes may append to the same runs: whoever is late gets
 * `conflict`.
 *
 * When the connection is lost on the way, nobody knows whether the batch was stored. It is appended again: what it has
 * brought about itself the first time is no conflict. What cannot be decided because the server stays away stays in
 * doubt, and is decided when the same appends are tried again.
 */
import { setTimeout as delay } from "node:timers/promises";
import { MycroftError } from "@mycroft/errors";
import type { AppendOutcome, RunAppend } from "@mycroft/runtime";
import type { PoolClient } from "pg";
import { ConnectionLost, type Connections } from "./connections.ts";
import { isThere } from "./is-there.ts";
import { readHeads } from "./read-heads.ts";
import { RunHeads } from "./run-heads.ts";
import { RunNumbers } from "./run-numbers.ts";
import { sqlStateOf } from "./store-error.ts";
import { type AppendTexts, type KnownRuns, type WorkedOut, workOutBatch } from "./work-out-batch.ts";
import { batchStatement, eventPieces, writeEvents } from "./write-batch.ts";

export interface AppendLineOptions {
  readonly connections: Connections;
  /** For how long it is tried to decide what became of a batch whose connection was lost. */
  readonly decideWithinMs: number;
  /** Told of each batch when it is stored. */
  readonly onStored: (workedOut: WorkedOut) => void;
}

/** A rival was faster (MY001 is `expect_rows`), or both waited for each other: looking again helps. */
const racedStates = new Set(["MY001", "23505", "40001", "40P01"]);
/** What only a race can violate, unless the tables are damaged. */
const racedConstraints = new Set(["runs_by_run_id", "runs_by_start_key", "runs_pkey"]);
const mostRaces = 50;

/** Between attempts to decide what is in doubt. */
const decidingPauseMs = 100;
/** Appends in doubt that are remembered, should they be tried again. */
const rememberedDoubts = 100_000;

export class AppendLine {
  readonly #options: AppendLineOptions;
  readonly #heads = new RunHeads();
  readonly #numbers = new RunNumbers();
  readonly #doubts = new Set<string>();
  readonly #closing = new AbortController();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: AppendLineOptions) {
    this.#options = options;
  }

  append(batch: readonly AppendTexts[]): Promise<readonly AppendOutcome[]> {
    const outcomes = this.#last.then(() => this.#append(batch));
    this.#last = outcomes.catch(() => {});
    return outcomes;
  }

  /** Resolves when all that was asked for is done, or given up because the server is away. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#last;
  }

  async #append(batch: readonly AppendTexts[]): Promise<readonly AppendOutcome[]> {
    try {
      const { connections } = this.#options;
      if (batch.some(({ append }) => this.#doubts.has(doubtOf(append)))) return await this.#decide(batch);
      return await connections.once(
        async (client) =>
          (await this.#appendAtOnce(client, batch)) ?? (await this.#appendLocked(client, batch)),
      );
    } catch (thrown) {
      this.#forget(batch);
      if (!(thrown instanceof ConnectionLost)) throw thrown;
      return await this.#decide(batch);
    }
  }

  /** By what is remembered: null when that is not enough, or turns out to be wrong. Then nothing was stored. */
  async #appendAtOnce(
    client: PoolClient,
    batch: readonly AppendTexts[],
  ): Promise<readonly AppendOutcome[] | null> {
    // A run that is created by its batch may go on in it.
    const created = createdIn(batch);
    const isKnown = (runId: string) => created.has(runId) || this.#heads.get(runId) !== undefined;
    if (!batch.every(({ append }) => isKnown(append.runId))) return null;
    await this.#numbers.prepare(client, countCreations(batch));
    const workedOut = workOutBatch(
      batch,
      // Whether letters are there is found out as they are taken.
      this.#known((runId) => this.#heads.get(runId), new Set(), null),
    );
    if (workedOut.outcomes.includes("conflict")) return null;
    const [events = [], ...more] = eventPieces(workedOut.events);
    if (more.length > 0) return null;
    try {
      await client.query(batchStatement(workedOut, events));
    } catch (thrown) {
      if (!isRace(thrown)) throw thrown;
      this.#forget(batch);
      return null;
    }
    this.#remember(workedOut);
    return workedOut.outcomes;
  }

  /** By the rows of the runs. */
  async #appendLocked(client: PoolClient, batch: readonly AppendTexts[]): Promise<readonly AppendOutcome[]> {
    for (let races = 0; ; races += 1) {
      try {
        return await this.#tryLocked(client, batch);
      } catch (thrown) {
        this.#forget(batch);
        if (!isRace(thrown)) throw thrown;
        if (races >= mostRaces) throw outrun(thrown);
        await client.query("ROLLBACK");
      }
    }
  }

  async #tryLocked(client: PoolClient, batch: readonly AppendTexts[]): Promise<readonly AppendOutcome[]> {
    await this.#numbers.prepare(client, countCreations(batch));
    const { heads, startKeys, letters } = await readHeads(client, batch);
    const workedOut = workOutBatch(
      batch,
      this.#known((runId) => heads.get(runId), startKeys, letters),
    );
    if (workedOut.runs.length === 0) {
      await client.query("ROLLBACK");
      return workedOut.outcomes;
    }
    const [events = [], ...more] = eventPieces(workedOut.events);
    for (const piece of more) await writeEvents(client, piece);
    // Sent along with the statement: after a failure it rolls back.
    await allDone([client.query(batchStatement(workedOut, events)), client.query("COMMIT")]);
    this.#remember(workedOut);
    return workedOut.outcomes;
  }

  #known(
    headOf: KnownRuns["headOf"],
    startKeys: ReadonlySet<string>,
    letters: ReadonlySet<string> | null,
  ): KnownRuns {
    return {
      headOf,
      hasStartKey: (startKey) => startKeys.has(startKey),
      hasLetter: (id) => letters === null || letters.has(id),
      newRunNo: () => this.#numbers.next(),
    };
  }

  /** Stores a batch of which some may be stored already: what it has brought about itself is no conflict. */
  async #decide(batch: readonly AppendTexts[]): Promise<readonly AppendOutcome[]> {
    this.#doubt(batch);
    const giveUpAt = performance.now() + this.#options.decideWithinMs;
    for (;;) {
      try {
        const outcomes = await this.#options.connections.once(async (client) => {
          const found = await this.#appendLocked(client, batch);
          return await this.#confirm(client, batch, found);
        });
        for (const { append } of batch) this.#doubts.delete(doubtOf(append));
        return outcomes;
      } catch (thrown) {
        if (isDefinite(thrown)) throw thrown;
        if (performance.now() >= giveUpAt || this.#closing.signal.aborted) throw undecided(thrown);
        await delay(decidingPauseMs, undefined, { signal: this.#closing.signal }).catch(() => {});
      }
    }
  }

  async #confirm(
    client: PoolClient,
    batch: readonly AppendTexts[],
    outcomes: readonly AppendOutcome[],
  ): Promise<readonly AppendOutcome[]> {
    const confirmed: AppendOutcome[] = [];
    for (const [index, append] of batch.entries()) {
      const outcome = outcomes[index] ?? "conflict";
      const isOwn =
        outcome === "conflict" && this.#doubts.has(doubtOf(append.append)) && (await isThere(client, append));
      confirmed.push(isOwn ? "stored" : outcome);
    }
    return confirmed;
  }

  #doubt(batch: readonly AppendTexts[]): void {
    for (const { append } of batch) this.#doubts.add(doubtOf(append));
    for (const oldest of this.#doubts) {
      if (this.#doubts.size <= rememberedDoubts) break;
      this.#doubts.delete(oldest);
    }
  }

  #remember(workedOut: WorkedOut): void {
    for (const { runId, head } of workedOut.runs) this.#heads.set(runId, head);
    this.#options.onStored(workedOut);
  }

  #forget(batch: readonly AppendTexts[]): void {
    for (const { append } of batch) this.#heads.forget(append.runId);
    // Should a number be taken, so may the others of its block.
    this.#numbers.forget();
  }
}

function createdIn(batch: readonly AppendTexts[]): ReadonlySet<string> {
  return new Set(batch.flatMap(({ append }) => (append.create === undefined ? [] : [append.runId])));
}

/** Each may take a number, also one that turns out to be refused. */
function countCreations(batch: readonly AppendTexts[]): number {
  return batch.filter(({ append }) => append.create !== undefined).length;
}

/** What tells an append from others when it is tried again. */
function doubtOf({ runId, fromSeq, create }: RunAppend): string {
  return `${runId} ${fromSeq} ${create === undefined ? "" : "created"}`;
}

function isRace(thrown: unknown): boolean {
  const state = sqlStateOf(thrown);
  if (state === undefined || !racedStates.has(state)) return false;
  return state !== "23505" || racedConstraints.has(String(Reflect.get(Object(thrown), "constraint")));
}

/** Whether the server itself has said that it did not do what was asked. */
function isDefinite(thrown: unknown): boolean {
  const state = sqlStateOf(thrown);
  // Class 57P: it is starting, or stopping; 53300: it takes no more connections. Both may be over in a moment.
  return thrown instanceof MycroftError
    ? !thrown.retryable
    : state !== undefined && !state.startsWith("57P") && state !== "53300";
}

function outrun(cause: unknown): MycroftError {
  return new MycroftError(
    "STORE_IO",
    `Others changed the same runs each of the ${mostRaces} times that an append was tried; nothing of it was stored. ` +
      "Try it again later.",
    { cause },
  );
}

function undecided(cause: unknown): MycroftError {
  return new MycroftError(
    "STORE_UNREACHABLE",
    "The connection to the store's server was lost during an append, and the server has stayed away since: it is not " +
      "known whether the events were stored. Append the same again: what was stored already is then no conflict.",
    { cause, details: { isUndecided: true } },
  );
}

/** Resolves when all are done; rejects, when all have ended, with the first failure. */
async function allDone(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === "rejected") throw result.reason;
}
