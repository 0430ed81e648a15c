/**
 * Forgets settled runs, their events, orphaned artifacts and expired documents (P8), in pieces short enough to go
 * unnoticed.
 */
import type { ArtifactIndex } from "./artifact-index.ts";
import type { DocumentTable } from "./document-table.ts";
import type { EventLog } from "./event-log.ts";
import type { RunTable, SettledRun } from "./run-table.ts";
import type { Transaction } from "./transaction.ts";

/** Runs and events that one transaction forgets at most, but always one run: about 20 ms of work. */
const pieceRuns = 500;
const pieceEvents = 10_000;

export interface PrunerParts {
  readonly runs: RunTable;
  readonly events: EventLog;
  readonly artifacts: ArtifactIndex;
  readonly documents: DocumentTable;
  readonly transaction: Transaction;
}

export class Pruner {
  readonly #parts: PrunerParts;

  constructor(parts: PrunerParts) {
    this.#parts = parts;
  }

  /** Returns how many runs were forgotten. `takeTurn` does each piece of the work when its turn comes, or throws to stop. */
  async prune(
    settledBefore: number,
    takeTurn: <Result>(piece: () => Result) => Promise<Result>,
  ): Promise<number> {
    const pieces = this.#pieces(settledBefore);
    for (let forgotten = 0; ; ) {
      const piece = await takeTurn(() => pieces.next());
      if (piece.done === true) return forgotten;
      forgotten += piece.value;
    }
  }

  /** Does the work piece by piece, and yields how many runs each has forgotten. */
  *#pieces(settledBefore: number): Generator<number> {
    const { runs, artifacts, documents } = this.#parts;
    let place: SettledRun | undefined;
    for (;;) {
      const settled = runs.findSettledBefore(settledBefore, pieceRuns, place);
      if (settled.length === 0) break;
      const { forgotten, last } = this.#forgetSome(settled, settledBefore);
      // Runs that must stay are passed over, so that they do not hide the ones behind them.
      place = last;
      yield forgotten;
    }
    for (const _ of artifacts.sweep(settledBefore)) yield 0;
    for (const _ of documents.sweep()) yield 0;
  }

  /** Forgets those of the runs that may go, up to a piece's measure; tells at which one it stopped. */
  #forgetSome(
    settled: readonly SettledRun[],
    settledBefore: number,
  ): { forgotten: number; last: SettledRun | undefined } {
    const { runs, events, artifacts, transaction } = this.#parts;
    return transaction.run(() => {
      let forgotten = 0;
      let forgottenEvents = 0;
      for (const run of settled) {
        if (!runs.isFreeBefore(settledBefore, run)) continue;
        forgottenEvents += events.forget(run.runNo);
        artifacts.forgetNamesOf(run.runNo);
        runs.forget(run);
        forgotten += 1;
        if (forgottenEvents >= pieceEvents) return { forgotten, last: run };
      }
      return { forgotten, last: settled.at(-1) };
    });
  }
}
