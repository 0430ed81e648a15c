/** What a scope comes to when all its tasks have settled: its failure, traced back to the task that it began with. */
import { MycroftError } from "@mycroft/errors";
import type { RunResult } from "./run-event.ts";
import type { ScopeInstance, Task } from "./run-state.ts";
import { isFailure } from "./trigger-rule.ts";
import type { TaskError } from "./workflow-definition.ts";

/** The error of the first of the scope's results, in the plan's order, that is a failure; null when none is. */
export function failureOf(scope: ScopeInstance): TaskError | null {
  for (const index of scope.plan.results) {
    const task = scope.tasks[index];
    if (task !== undefined && isFailure(task)) return scopeError(task);
  }
  return null;
}

/** What the run comes to when its root has closed. */
export function resultOf({ error, output }: ScopeInstance): RunResult {
  if (error !== null) return { status: "failed", error };
  return { status: "succeeded", output: output ?? null };
}

/** The failed task that a failure goes back to. */
function originOf(failure: Task): Task {
  let at = failure;
  while (at.error === null && at.blockedBy !== null) at = at.blockedBy;
  return at;
}

/** The error of a scope that a failure brought down, saying which task that goes back to. */
function scopeError(failure: Task): TaskError {
  const { id, error, step } = originOf(failure);
  if (error === null) throw new MycroftError("INTERNAL", `Task "${id}" is a failure without an error.`);
  // The error of a repeat's round says already which task in it that goes back to.
  if (step.work.kind === "repeat" && error.details?.["task"] !== undefined) return error;
  // The error of a map names the tasks within it that failed.
  const message = error.code === "MAP_ITEMS_FAILED" ? error.message : `Task "${id}" failed: ${error.message}`;
  return { ...error, message, retryable: false, details: { ...error.details, task: id } };
}
