/** Whether the needs of a task let it run (E2), and how failures travel along tasks that were kept from running. */
import type { Task } from "./run-state.ts";

/** Whether a task whose needs have all settled may run, by its trigger rule. */
export function triggerHolds(task: Task): boolean {
  switch (task.step.trigger) {
    case "allSuccess":
      return task.succeededNeeds === task.step.needs;
    case "allDone":
      return true;
    case "anySuccess":
      return task.succeededNeeds > 0;
    case "noneFailed":
      return task.failedNeeds === 0;
  }
}

/** Why a skipped task was skipped. */
export function skipReason(task: Task): string {
  if (triggerHolds(task)) return "its condition does not hold";
  const because = task.blockedBy === null ? "" : ` because of "${task.blockedBy.id}"`;
  return `its trigger rule ${task.step.trigger} does not hold${because}`;
}

/**
 * A failure goes on through the tasks that were skipped after it, whatever they were skipped for, and ends at a task
 * that ran in spite of it.
 */
export function isFailure(task: Task): boolean {
  const { status, failedNeeds } = task;
  return status === "failed" || status === "cancelled" || (status === "skipped" && failedNeeds > 0);
}

/** Notes that a need of `task` has settled. */
export function countNeed(task: Task, need: Task): void {
  task.openNeeds -= 1;
  if (isFailure(need)) task.failedNeeds += 1;
  if (need.status === "succeeded") task.succeededNeeds += 1;
  else if (task.blockedBy === null || blocksBefore(need, task.blockedBy)) task.blockedBy = need;
}

/** Failures first, then the plan's order: which need settled first is chance, and must not show in the record. */
function blocksBefore(need: Task, other: Task): boolean {
  return isFailure(need) === isFailure(other) ? need.step.index < other.step.index : isFailure(need);
}
