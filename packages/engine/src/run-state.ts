/**
 * The state of one run: what its events so far amount to (E12). `apply` owns and changes it; everybody else reads
 * it through `describeTasks`.
 */
import type { Frame } from "./bind-expression.ts";
import type { IndexedPlan, IndexedScope, IndexedStep } from "./plan-index.ts";
import type { CarriedOutcome, RunResult } from "./run-event.ts";
import type { SignalBox } from "./signal-box.ts";
import type { JsonValue, TaskError } from "./workflow-definition.ts";

/**
 * The life of a task. `waiting` for its needs; then `running` an attempt or a child run, `retrying` (waiting for the
 * delay before the next one), `expanded` while its items or rounds are under way, or waiting for what its kind waits
 * for; at the end one of the last four.
 */
export type TaskStatus =
  | "waiting"
  | "running"
  | "retrying"
  | "expanded"
  | "waitingForApproval"
  | "waitingForSignal"
  | "sleeping"
  | "succeeded"
  | "failed"
  | "skipped"
  | "cancelled";

export interface Task {
  readonly id: string;
  readonly step: IndexedStep;
  readonly scope: ScopeInstance;
  status: TaskStatus;
  /** Needs that have not settled yet. */
  openNeeds: number;
  succeededNeeds: number;
  /** Needs that are failures. */
  failedNeeds: number;
  /** Of the needs that did not succeed, the one that counts as the reason. */
  blockedBy: Task | null;
  /** The number of the newest attempt, 0 before the first: the fencing token (E10). */
  attempt: number;
  /** When its timer is due: the next attempt, the end of a sleep, the deadline of a wait; null without a timer. */
  dueAt: number | null;
  output: JsonValue | undefined;
  /** The newest failure. */
  error: TaskError | null;
  /** The items of a map or the rounds of a repeat so far; null before it is expanded. */
  body: BodyScopes | null;
  /** When the last need settled. */
  readyAt: number | null;
  settledAt: number | null;
}

export interface BodyScopes {
  readonly scopes: ScopeInstance[];
  open: number;
  failed: number;
}

/** One instance of a scope: the root of the run, or a body for one item or round. */
export interface ScopeInstance extends Frame {
  readonly plan: IndexedScope;
  /** The task whose body it is; null for the root. */
  readonly parent: Task | null;
  readonly outer: ScopeInstance | null;
  readonly tasks: readonly Task[];
  openTasks: number;
  output: JsonValue | undefined;
  error: TaskError | null;
}

export interface RunState {
  readonly runId: string;
  readonly plan: IndexedPlan;
  input: JsonValue;
  root: ScopeInstance | null;
  readonly tasks: Map<string, Task>;
  /** Tasks, items and rounds that have come into being. */
  size: number;
  /** What a fork took over, by task; null when it took over nothing. */
  carried: Map<string, CarriedOutcome> | null;
  /** Null before anything has to do with signals. */
  signals: SignalBox<Task> | null;
  startedAt: number | null;
  /** When the run times out; null without a timeout. */
  deadlineAt: number | null;
  result: RunResult | null;
  settledAt: number | null;
  /** Events that changed nothing: stale, repeated or out of place (E10). */
  ignored: number;
}

/** A run in which nothing has happened yet. `runId` enters the jitter of its retries (E3). */
export function createRun(plan: IndexedPlan, runId: string): RunState {
  return {
    runId,
    plan,
    input: null,
    root: null,
    tasks: new Map(),
    size: 0,
    carried: null,
    signals: null,
    startedAt: null,
    deadlineAt: null,
    result: null,
    settledAt: null,
    ignored: 0,
  };
}

export function isSettled(task: Task): boolean {
  return (
    task.status === "succeeded" ||
    task.status === "failed" ||
    task.status === "skipped" ||
    task.status === "cancelled"
  );
}

/** The tasks in the task's body, at any depth, that have not settled, each after those in its own body. */
export function* unsettledWithin(owner: Task): Iterable<Task> {
  for (const scope of owner.body?.scopes ?? []) {
    for (const task of scope.tasks) {
      if (isSettled(task)) continue;
      yield* unsettledWithin(task);
      yield task;
    }
  }
}
