/** How an attempt's outcome goes on record, and whether it still counts (E10). */
import type { AttemptReport, RunEvent } from "@mycroft/engine";
import type { LiveRun } from "./live-run.ts";
import type { AttemptOutcome } from "./ports/gateway.ts";
import type { TaskMessage } from "./ports/queue.ts";

/** Whether the run waits for another attempt of the task, or for none. */
export function attemptIsStale(run: LiveRun, { task, attempt }: TaskMessage): boolean {
  const found = run.state.tasks.get(task);
  return run.isSettled || found?.status !== "running" || found.attempt !== attempt;
}

/** @param at when it was reported, in milliseconds since the epoch. */
export function outcomeEvent(
  { task, attempt }: TaskMessage,
  outcome: AttemptOutcome,
  by: AttemptReport,
  at: number,
): RunEvent {
  const { version } = outcome;
  const report = version === undefined ? by : { ...by, version };
  if (!outcome.ok) return { type: "attemptFailed", at, task, attempt, error: outcome.error, report };
  const { output, isCached } = outcome;
  return {
    type: "attemptSucceeded",
    at,
    task,
    attempt,
    output,
    report: isCached === true ? { ...report, cached: true } : report,
  };
}
