/** A run's tasks as plain data, for people and programs that show them. */
import type { RunState, ScopeInstance, Task, TaskStatus } from "./run-state.ts";
import { skipReason } from "./trigger-rule.ts";
import type { JsonValue, TaskError } from "./workflow-definition.ts";

export interface TaskDescription {
  readonly id: string;
  readonly step: string;
  readonly kind: "call" | "resolve" | "map";
  readonly status: TaskStatus;
  readonly attempt: number;
  /** When nothing was left to wait for, and when it settled: milliseconds since the epoch. */
  readonly readyAt: number | null;
  readonly settledAt: number | null;
  readonly output?: JsonValue;
  /** The newest failure; of a task that succeeded, none. */
  readonly error?: TaskError;
  readonly skipped?: string;
}

/** In the plan's order, a map's items after the map: the same however the run went. */
export function describeTasks(state: RunState): readonly TaskDescription[] {
  const descriptions: TaskDescription[] = [];
  if (state.root !== null) describeScope(state.root, descriptions);
  return descriptions;
}

function describeScope(scope: ScopeInstance, descriptions: TaskDescription[]): void {
  for (const task of scope.tasks) {
    descriptions.push(describeTask(task));
    for (const item of task.items?.scopes ?? []) describeScope(item, descriptions);
  }
}

function describeTask(task: Task): TaskDescription {
  return {
    id: task.id,
    step: task.step.name,
    kind: task.step.work.kind,
    status: task.status,
    attempt: task.attempt,
    readyAt: task.readyAt,
    settledAt: task.settledAt,
    ...(task.output === undefined ? {} : { output: task.output }),
    ...(task.error === null ? {} : { error: task.error }),
    ...(task.status === "skipped" ? { skipped: skipReason(task) } : {}),
  };
}
