/** Task statuses in the order in which they want attention, and what many of them amount to. */
import type { TaskStatusName } from "@mycroft/protocol";

/** A person's attention first; then what goes on; then how it ended, the worst first. */
const statusOrder = [
  "waitingForApproval",
  "waitingForSignal",
  "retrying",
  "running",
  "expanded",
  "sleeping",
  "waiting",
  "failed",
  "cancelled",
  "succeeded",
  "skipped",
] as const satisfies readonly TaskStatusName[];

export type StatusCounts = Readonly<Partial<Record<TaskStatusName, number>>>;

export function isSettledStatus(status: TaskStatusName): boolean {
  return status === "succeeded" || status === "failed" || status === "skipped" || status === "cancelled";
}

/** Null for no tasks at all: then nothing is known of a node yet. */
export function foldStatus(counts: StatusCounts): TaskStatusName | null {
  return statusOrder.find((status) => (counts[status] ?? 0) > 0) ?? null;
}

/** Pairs of those that occur, in the order of attention. */
export function countEntries(counts: StatusCounts): readonly (readonly [TaskStatusName, number])[] {
  return statusOrder.flatMap((status) => {
    const count = counts[status] ?? 0;
    return count > 0 ? [[status, count] as const] : [];
  });
}
