/** What approve, waitFor and sleep steps wait for, and what comes of it (E8, E9). */
import { planLimits } from "./plan.ts";
import type { ApproveWork, SleepWork, WaitForWork } from "./plan-index.ts";
import type { Task } from "./run-state.ts";
import type { SignalAddress } from "./signal-box.ts";
import type { JsonValue, TaskError, Verdict } from "./workflow-definition.ts";

export type WaitOutcome = { readonly output: JsonValue } | { readonly error: TaskError };

/** The signal that a task waits for. A key that is a number is written as JSON writes it. */
export function signalAddress(task: Task, { signal, key }: WaitForWork): SignalAddress {
  const value = key?.(task.scope) ?? null;
  if (value === null) return { signal, key: null };
  return { signal, key: typeof value === "string" ? value : JSON.stringify(value) };
}

export function signalTimedOut(task: Task, work: WaitForWork): WaitOutcome {
  if (work.default !== null) return { output: work.default(task.scope) ?? null };
  const { signal, key } = signalAddress(task, work);
  const of = key === null ? "" : ` with the key ${JSON.stringify(key)}`;
  return failure("SIGNAL_TIMED_OUT", `No signal "${signal}"${of} came within ${work.timeoutMs} ms.`);
}

/** @param by who decided; null for the step's deadline. */
export function approvalOutcome(
  work: ApproveWork,
  { verdict, by, comment }: { verdict: Verdict; by: string | null; comment: string | null },
): WaitOutcome {
  const approved = verdict === "approve";
  if (approved || !work.failsOnReject) return { output: { approved, by, comment } };
  const who = by ?? `its deadline of ${work.timeoutMs} ms`;
  const why = comment === null ? "" : `: ${comment}`;
  return failure("APPROVAL_REJECTED", `It was rejected by ${who}${why}.`);
}

/** When a sleep that begins at `at` ends, in milliseconds since the epoch; or why that cannot be said. */
export function wakeTime(task: Task, work: SleepWork, at: number): number | TaskError {
  if (work.durationMs !== null) {
    const duration = work.durationMs(task.scope) ?? null;
    const isGood = typeof duration === "number" && duration >= 0 && duration <= planLimits.durationMs;
    if (isGood) return at + Math.ceil(duration);
    return sleepError(`durationMs must be a number from 0 to ${planLimits.durationMs}`, duration);
  }
  const until = work.until?.(task.scope) ?? null;
  const moment = typeof until === "string" ? momentOf(until) : null;
  if (moment === null) {
    return sleepError("until must be a moment such as 2026-01-31T16:00:00-05:00 or 2026-01-31T21:00Z", until);
  }
  if (moment <= at + planLimits.durationMs) return moment;
  return sleepError(`until must lie within ${planLimits.durationMs} ms from now`, until);
}

const momentForm =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,3})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** A form that ECMA-262 defines, offset included, so that no machine's time zone enters; null for any other text. */
function momentOf(text: string): number | null {
  if (!momentForm.test(text)) return null;
  const moment = Date.parse(text);
  return Number.isNaN(moment) ? null : moment;
}

function sleepError(problem: string, given: JsonValue): TaskError {
  const shown = JSON.stringify(given) ?? "nothing";
  return failure("SLEEP_INVALID", `The sleep's ${problem}, not ${shown.slice(0, 60)}.`).error;
}

function failure(code: string, message: string): { readonly error: TaskError } {
  return { error: { code, message, retryable: false } };
}
