/** Forgets settled runs, their events and orphaned artifacts (P8), in pieces short enough to go unnoticed. */
import type { ArtifactIndex } from "./artifact-index.ts";
import type { EventLog } from "./event-log.ts";
import type { RunTable } from "./run-table.ts";
import type { Transaction } from "./transaction.ts";

/** Runs and events that one transaction forgets at most, but always one run: about 20 ms of work. */
const pieceRuns = 500;
const pieceEvents = 10_000;

export interface PrunerParts {
  readonly runs: RunTable;
  readonly events: EventLog;
  readonly artifacts: ArtifactIndex;
  readonly transaction: Transaction;
}

export class Pruner {
  readonly #parts: PrunerParts;

  constructor(parts: PrunerParts) {
    this.#parts = parts;
  }

  /** Returns how many runs were forgotten. `pause` is awaited between the pieces, and may throw to stop. */
  async prune(settledBefore: number, pause: () => Promise<void>): Promise<number> {
    let forgotten = 0;
    for (let piece = -1; piece !== 0; ) {
      piece = this.#pruneRuns(settledBefore);
      forgotten += piece;
      await pause();
    }
    for (const _ of this.#parts.artifacts.sweep(settledBefore)) await pause();
    return forgotten;
  }

  #pruneRuns(settledBefore: number): number {
    const { runs, events, artifacts, transaction } = this.#parts;
    const settled = runs.findSettledBefore(settledBefore, pieceRuns);
    if (settled.length === 0) return 0;
    return transaction.run(() => {
      let forgottenRuns = 0;
      let forgottenEvents = 0;
      for (const run of settled) {
        forgottenEvents += events.forget(run.runNo);
        artifacts.forgetNamesOf(run.runNo);
        runs.forget(run);
        forgottenRuns += 1;
        if (forgottenEvents >= pieceEvents) break;
      }
      return forgottenRuns;
    });
  }
}
