/** What approve, waitFor and sleep steps wait for, and what comes of it (E8, E9). */
import { momentOf } from "./moment.ts";
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

/** Why the task cannot wait: no signal can have its key. Null when it can, or has no key. */
export function keyProblem(task: Task, { signal, key }: WaitForWork): TaskError | null {
  if (key === null) return null;
  const value = key(task.scope) ?? null;
  const { signalKeyLength } = planLimits;
  if (typeof value === "number") return null;
  if (typeof value === "string" && value !== "" && value.length <= signalKeyLength) return null;
  if (typeof value === "string") {
    const length = `The key of the signal "${signal}" must have 1 to ${signalKeyLength} characters, not ${value.length}.`;
    return failure("INPUT_INVALID", length).error;
  }
  const problem = `The key of the signal "${signal}" must be text or a number, not ${show(value)}.`;
  return failure("INPUT_INVALID", problem).error;
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
  const why = comment === null ? "" : `: ${startOf(comment, 200)}`;
  const { error } = failure("APPROVAL_REJECTED", `It was rejected by ${who}${why}.`);
  return { error: { ...error, details: { by, comment } } };
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

function sleepError(problem: string, given: JsonValue): TaskError {
  return failure("SLEEP_INVALID", `The sleep's ${problem}, not ${show(given)}.`).error;
}

/** Of what has parts only what it is: in which order it lists them must not show in the record (E1). */
function show(value: JsonValue): string {
  if (typeof value === "object" && value !== null) return Array.isArray(value) ? "a list" : "an object";
  return startOf(JSON.stringify(value), 60);
}

function startOf(text: string, length: number): string {
  // A cut may fall between the halves of a character.
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}...`;
}

function failure(code: string, message: string): { readonly error: TaskError } {
  return { error: { code, message, retryable: false } };
}
