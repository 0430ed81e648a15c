/** A run's tasks as plain data, for people and programs that show them. */
import type { RunState, ScopeInstance, Task, TaskStatus } from "./run-state.ts";
import { skipReason } from "./trigger-rule.ts";
import { signalAddress } from "./waits.ts";
import type { JsonValue, StepDefinition, TaskError } from "./workflow-definition.ts";

export interface TaskDescription {
  readonly id: string;
  readonly step: string;
  readonly kind: StepDefinition["kind"];
  readonly status: TaskStatus;
  readonly attempt: number;
  /** When nothing was left to wait for, and when it settled: milliseconds since the epoch. */
  readonly readyAt: number | null;
  readonly settledAt: number | null;
  /** Of a task with a timer: when its next attempt, the end of its sleep, or the deadline of its wait is due. */
  readonly dueAt?: number;
  /** What a task waits for from outside. */
  readonly waitsFor?: Wait;
  readonly output?: JsonValue;
  /** The newest failure; of a task that succeeded, none. */
  readonly error?: TaskError;
  readonly skipped?: string;
}

export type Wait =
  /** A person's verdict (E8) on what is shown. */
  | { readonly kind: "approval"; readonly shown: JsonValue }
  /** A signal (E9) of that name and key. */
  | { readonly kind: "signal"; readonly signal: string; readonly key: string | null };

/** In the plan's order, items and rounds after the step that they belong to: the same however the run went. */
export function describeTasks(state: RunState): readonly TaskDescription[] {
  const descriptions: TaskDescription[] = [];
  if (state.root !== null) describeScope(state.root, descriptions);
  return descriptions;
}

function describeScope(scope: ScopeInstance, descriptions: TaskDescription[]): void {
  for (const task of scope.tasks) {
    descriptions.push(describeTask(task));
    for (const inner of task.body?.scopes ?? []) describeScope(inner, descriptions);
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
    ...(task.dueAt === null ? {} : { dueAt: task.dueAt }),
    ...describeWait(task),
    ...(task.output === undefined ? {} : { output: task.output }),
    ...(task.error === null ? {} : { error: task.error }),
    ...(task.status === "skipped" ? { skipped: skipReason(task) } : {}),
  };
}

function describeWait(task: Task): { readonly waitsFor?: Wait } {
  const { work } = task.step;
  if (task.status === "waitingForApproval" && work.kind === "approve") {
    return { waitsFor: { kind: "approval", shown: work.input(task.scope) ?? null } };
  }
  if (task.status === "waitingForSignal" && work.kind === "waitFor") {
    return { waitsFor: { kind: "signal", ...signalAddress(task, work) } };
  }
  return {};
}
