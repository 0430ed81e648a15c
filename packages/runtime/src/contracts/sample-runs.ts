/** Runs, events and plans as the orchestrator would hand them to a store; small, and different where it matters. */
import {
  contentHash,
  type JsonValue,
  type Plan,
  type RunEvent,
  type WorkflowDefinition,
} from "@mycroft/engine";
import type { NewRun, RunAppend, Store } from "../ports/store.ts";

const workflow: WorkflowDefinition = {
  name: "sample",
  input: { type: "object" },
  steps: [
    {
      kind: "call",
      name: "trend",
      target: { kind: "agent", name: "trend" },
      input: { kind: "input", path: ["subject"] },
    },
  ],
  output: { kind: "step", step: "trend", path: [] },
};

export function samplePlan(name: string): Plan {
  return { format: 1, hash: contentHash(name), workflow: { ...workflow, name } };
}

export function sampleRun(runId: string, changes: Partial<NewRun> = {}): NewRun {
  return {
    runId,
    workflow: "sample",
    planHash: contentHash("sample"),
    asOf: "2020-02-28",
    provenance: { codeVersion: "0.1.0+abc1234" },
    createdAt: 1_000,
    tags: [],
    startKey: null,
    parent: null,
    forkedFrom: null,
    ...changes,
  };
}

export function started(input: JsonValue = { subject: "AAPL" }): RunEvent {
  return { type: "runStarted", at: 1_000, input };
}

export function succeeded(task: string, output: JsonValue): RunEvent {
  return {
    type: "attemptSucceeded",
    at: 2_000,
    task,
    attempt: 1,
    output,
    report: { startedAt: 1_500, worker: "worker-1", version: "1.2.3" },
  };
}

/** The append that creates a run with its first event. */
export function creation(runId: string, changes: Partial<NewRun> = {}): RunAppend {
  return { runId, create: sampleRun(runId, changes), fromSeq: 0, events: [started()] };
}

/** The append that settles a run whose only event so far is its first. */
export function settlement(runId: string, at: number): RunAppend {
  return { runId, fromSeq: 1, events: [succeeded("trend", "up")], settle: { status: "succeeded", at } };
}

/** The append that creates a child run of the first attempt of `task` of another run. */
export function childCreation(runId: string, parentRunId: string, task = "child"): RunAppend {
  return creation(runId, { parent: { runId: parentRunId, task, attempt: 1 } });
}

export async function createRuns(store: Store, runIds: readonly string[]): Promise<void> {
  await store.append(runIds.map((runId) => creation(runId)));
}
