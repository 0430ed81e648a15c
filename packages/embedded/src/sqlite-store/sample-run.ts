/** The smallest runs that tests of the SQLite store need; the contract suites bring their own. */
import type { RunEvent } from "@mycroft/engine";
import type { NewRun, RunAppend } from "@mycroft/runtime";

export function succeeded(task: string, output: string): RunEvent {
  return { type: "attemptSucceeded", at: 2_000, task, attempt: 1, output };
}

export function creation(runId: string, changes: Partial<NewRun> = {}): RunAppend {
  const create: NewRun = {
    runId,
    workflow: "sample",
    planHash: "0".repeat(64),
    asOf: "2020-02-28",
    provenance: { codeVersion: "0.1.0" },
    createdAt: 1_000,
    tags: [],
    startKey: null,
    parent: null,
    forkedFrom: null,
    ...changes,
  };
  return { runId, create, fromSeq: 0, events: [{ type: "runStarted", at: 1_000, input: null }] };
}

export function settlement(runId: string, fromSeq: number, at: number): RunAppend {
  return { runId, fromSeq, events: [], settle: { status: "succeeded", at } };
}
