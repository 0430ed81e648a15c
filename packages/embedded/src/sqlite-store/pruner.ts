/** Forgets settled runs, their events and orphaned artifacts (P8), in pieces short enough to go unnoticed. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { ArtifactIndex } from "./artifact-index.ts";
import type { EventLog } from "./event-log.ts";
import type { Transaction } from "./transaction.ts";

/** Runs and events that one transaction forgets at most, but always one run: about 20 ms of work. */
const pieceRuns = 500;
const pieceEvents = 10_000;

interface SettledRow {
  readonly run_no: number;
  readonly run_id: string;
}

export class Pruner {
  readonly #events: EventLog;
  readonly #artifacts: ArtifactIndex;
  readonly #transaction: Transaction;
  readonly #findSettled: StatementSync;
  readonly #deleteEvents: StatementSync;
  readonly #deleteRun: StatementSync;

  constructor(database: DatabaseSync, events: EventLog, artifacts: ArtifactIndex, transaction: Transaction) {
    this.#events = events;
    this.#artifacts = artifacts;
    this.#transaction = transaction;
    this.#findSettled = database.prepare(
      "SELECT run_no, run_id FROM runs WHERE settled_at < ? ORDER BY settled_at LIMIT ?",
    );
    this.#deleteEvents = database.prepare("DELETE FROM events WHERE run_no = ?");
    this.#deleteRun = database.prepare("DELETE FROM runs WHERE run_no = ?");
  }

  isDue(settledBefore: number): boolean {
    return this.#findSettled.get(settledBefore, 1) !== undefined;
  }

  /** Returns how many runs were forgotten. `pause` is awaited between the pieces, and may throw to stop. */
  async prune(settledBefore: number, pause: () => Promise<void>): Promise<number> {
    let forgotten = 0;
    for (let piece = -1; piece !== 0; ) {
      piece = this.#pruneRuns(settledBefore);
      forgotten += piece;
      await pause();
    }
    for (const _ of this.#artifacts.sweep(settledBefore)) await pause();
    return forgotten;
  }

  #pruneRuns(settledBefore: number): number {
    const rows = this.#findSettled.all(settledBefore, pieceRuns) as unknown as readonly SettledRow[];
    if (rows.length === 0) return 0;
    return this.#transaction.run(() => {
      let runs = 0;
      let events = 0;
      for (const { run_no, run_id } of rows) {
        events += Number(this.#deleteEvents.run(run_no).changes);
        this.#artifacts.forgetNamesOf(run_no);
        this.#deleteRun.run(run_no);
        this.#events.forgetHead(run_id);
        runs += 1;
        if (events >= pieceEvents) break;
      }
      return runs;
    });
  }
}
