/** Runs and events as the orchestrator would hand them to the store. */
import type { RunEvent } from "@mycroft/engine";
import type { NewRun, RunAppend } from "@mycroft/runtime";

export function eventNumber(number: number, by = ""): RunEvent {
  return {
    type: "attemptSucceeded",
    at: 2_000 + number,
    task: `task-${number}`,
    attempt: 1,
    output: { number, by },
    report: { startedAt: 1_500, worker: "worker-1", version: "1.2.3" },
  };
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
  return { runId, create, fromSeq: 0, events: [{ type: "runStarted", at: 1_000, input: {} }] };
}

/** The append of one event at that place. */
export function continuation(runId: string, fromSeq: number, by = ""): RunAppend {
  return { runId, fromSeq, events: [eventNumber(fromSeq, by)] };
}
