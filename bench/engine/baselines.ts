/** What the engine is measured against, in the same run and on the same disk: the bare event log, and SQLite alone. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { DatabaseSync } from "node:sqlite";
import { setImmediate } from "node:timers/promises";
import { openSqliteStore } from "@mycroft/embedded";
import type { RunEvent } from "@mycroft/engine";
import { newRunId, type RunAppend, type Store } from "@mycroft/runtime";
import { stepsOf, type Workload } from "./workloads.ts";

/**
 * The store without the engine: microseconds for each step when the rows of a workload are appended as a host
 * would, one batch for each turn of the event loop, but nobody works out what they should be.
 */
export async function measureBareLog(workload: Workload): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-bench-"));
  // Whoever only appends, and waits for it, is faster without the append thread: the bare log is to be as fast as it can.
  const store = await openSqliteStore({ folder, appendThread: "never" });
  await store.putPlan(workload.plan);
  await appendAll(store, workload);
  const start = performance.now();
  await appendAll(store, workload);
  const elapsedMs = performance.now() - start;
  await store.close();
  rmSync(folder, { recursive: true });
  return (elapsedMs * 1_000) / stepsOf(workload);
}

async function appendAll(store: Store, workload: Workload): Promise<void> {
  for (let left = workload.runs; left > 0; left -= workload.atOnce) {
    const runIds = Array.from({ length: Math.min(left, workload.atOnce) }, () => newRunId(Date.now()));
    let fromSeq = 0;
    for (const [turn, events] of eventsByTurn(workload).entries()) {
      await store.append(runIds.map((runId) => appendOf(workload, runId, turn, fromSeq, events())));
      fromSeq += events().length;
      await setImmediate();
    }
  }
}

/** The start, and then the results of each turn; made anew each time, as they are in a host. */
function eventsByTurn({ input, turns }: Workload): readonly (() => readonly RunEvent[])[] {
  const started = (): readonly RunEvent[] => [{ type: "runStarted", at: Date.now(), input }];
  return [started, ...turns.map((tasks) => () => tasks.map(succeeded))];
}

function succeeded(task: string): RunEvent {
  const at = Date.now();
  const report = { startedAt: at, worker: "machine/12345", version: "1" };
  return { type: "attemptSucceeded", at, task, attempt: 1, output: null, report };
}

function appendOf(
  { plan, turns }: Workload,
  runId: string,
  turn: number,
  fromSeq: number,
  events: readonly RunEvent[],
): RunAppend {
  const at = Date.now();
  const provenance = { codeVersion: "bench" };
  const origin = { tags: [], startKey: null, parent: null, forkedFrom: null };
  const of = { runId, workflow: plan.workflow.name, planHash: plan.hash, asOf: "2010-02-26", provenance };
  const header = { ...of, ...origin };
  return {
    runId,
    fromSeq,
    events,
    ...(turn === 0 ? { create: { ...header, createdAt: at } } : {}),
    ...(turn === turns.length ? { settle: { status: "succeeded", at } } : {}),
  };
}

/** SQLite without any store: microseconds for each row of about the size of an event. */
export function measureRaw(rows: number, rowsPerCommit: number): number {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-bench-"));
  const database = new DatabaseSync(join(folder, "raw.sqlite"));
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
  database.exec(
    "CREATE TABLE events (run INTEGER, seq INTEGER, body TEXT, PRIMARY KEY (run, seq)) WITHOUT ROWID",
  );
  const insert = database.prepare("INSERT INTO events VALUES (?, ?, ?)");
  const body = JSON.stringify(succeeded("step-0"));
  const write = (from: number): void => {
    for (let row = from; row < from + rows; row += rowsPerCommit) {
      database.exec("BEGIN IMMEDIATE");
      for (let index = row; index < Math.min(from + rows, row + rowsPerCommit); index += 1) {
        insert.run(index, 0, body);
      }
      database.exec("COMMIT");
    }
  };
  write(0);
  const start = performance.now();
  write(rows);
  const elapsedMs = performance.now() - start;
  database.close();
  rmSync(folder, { recursive: true });
  return (elapsedMs * 1_000) / rows;
}
