/** The smallest runs that tests of the SQLite store need; the contract suites bring their own. */
import type { RunEvent } from "@mycroft/engine";
import type { RunAppend } from "@mycroft/runtime";

export function succeeded(task: string, output: string): RunEvent {
  return { type: "attemptSucceeded", at: 2_000, task, attempt: 1, output };
}

export function creation(runId: string): RunAppend {
  const provenance = { codeVersion: "0.1.0" };
  const planHash = "0".repeat(64);
  return {
    runId,
    create: { runId, workflow: "sample", planHash, asOf: "2020-02-28", provenance, createdAt: 1_000 },
    fromSeq: 0,
    events: [{ type: "runStarted", at: 1_000, input: null }],
  };
}

export function settlement(runId: string, fromSeq: number, at: number): RunAppend {
  return { runId, fromSeq, events: [], settle: { status: "succeeded", at } };
}
