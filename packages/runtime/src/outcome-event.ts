/** How an attempt's outcome goes on record. */
import type { AttemptReport, RunEvent } from "@mycroft/engine";
import type { AttemptOutcome } from "./ports/gateway.ts";
import type { TaskMessage } from "./ports/queue.ts";

/** @param at when it was reported, in milliseconds since the epoch. */
export function outcomeEvent(
  message: TaskMessage,
  outcome: AttemptOutcome,
  report: AttemptReport,
  at: number,
): RunEvent {
  const of = { at, task: message.task, attempt: message.attempt };
  const version = outcome.version === undefined ? {} : { version: outcome.version };
  if (!outcome.ok)
    return { type: "attemptFailed", ...of, error: outcome.error, report: { ...report, ...version } };
  const cached = outcome.isCached === true ? ({ cached: true } as const) : {};
  return {
    type: "attemptSucceeded",
    ...of,
    output: outcome.output,
    report: { ...report, ...version, ...cached },
  };
}
