/** A run's tasks as plain data, for people and programs that show them. */
import type { RunState, Task, TaskStatus } from "./run-state.ts";
import { skipText } from "./run-state.ts";
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
  readonly error?: TaskError;
  readonly skipped?: string;
}

/** In the order in which the tasks came into being. */
export function describeTasks(state: RunState): readonly TaskDescription[] {
  return Array.from(state.tasks.values(), describeTask);
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
    ...(task.skip === null ? {} : { skipped: skipText(task.skip) }),
  };
}
