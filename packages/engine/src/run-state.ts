/**
 * The state of one run: what its events so far amount to (E12). `apply` owns and changes it; everybody else reads
 * it through `describeTasks`.
 */
import type { Frame } from "./bind-expression.ts";
import type { IndexedPlan, IndexedScope, IndexedStep } from "./plan-index.ts";
import type { RunResult } from "./run-event.ts";
import type { JsonValue, TaskError } from "./workflow-definition.ts";

/**
 * The life of a task. `waiting` for its needs; then `running` an attempt, `retrying` (waiting for the delay before
 * the next one) or, for a map, `expanded` while its items are under way; at the end one of the last four.
 */
export type TaskStatus =
  | "waiting"
  | "running"
  | "retrying"
  | "expanded"
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
  /** When the next attempt is due; null unless the task is retrying. */
  retryAt: number | null;
  output: JsonValue | undefined;
  /** The newest failure. */
  error: TaskError | null;
  /** What became of a map's items; null before it is expanded. */
  items: MapItems | null;
  /** When the last need settled. */
  readyAt: number | null;
  settledAt: number | null;
}

export interface MapItems {
  readonly scopes: readonly ScopeInstance[];
  /** How many may fail. */
  readonly maxFailed: number;
  open: number;
  failed: number;
}

/** One instance of a scope: the root of the run, or the body of a map for one item. */
export interface ScopeInstance extends Frame {
  readonly plan: IndexedScope;
  /** The map task; null for the root. */
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
  /** Tasks and map items that have come into being. */
  size: number;
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
