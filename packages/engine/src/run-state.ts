/**
 * The state of one run: what its events so far amount to (E12). `apply` owns and changes it; everybody else reads
 * it through `describeTasks`.
 */
import type { Frame } from "./bind-expression.ts";
import type { IndexedPlan, IndexedScope, IndexedStep } from "./plan-index.ts";
import type { RunResult } from "./run-event.ts";
import type { JsonValue, SettledValue, TaskError, TriggerRule } from "./workflow-definition.ts";

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

/** Why a task was skipped (E2). */
export type SkipReason =
  | { readonly kind: "condition" }
  | { readonly kind: "trigger"; readonly rule: TriggerRule; readonly because: string | null };

export interface Task {
  readonly id: string;
  readonly step: IndexedStep;
  readonly scope: ScopeInstance;
  status: TaskStatus;
  openNeeds: number;
  succeededNeeds: number;
  /** Needs that failed, or were skipped because something before them failed. */
  failedNeeds: number;
  /** The first need that did not succeed. */
  blockedBy: Task | null;
  /** The number of the newest attempt, 0 before the first: the fencing token (E10). */
  attempt: number;
  retryAt: number;
  output: JsonValue | undefined;
  error: TaskError | null;
  skip: SkipReason | null;
  items: ScopeInstance[] | null;
  openItems: number;
  failedItems: number;
  readyAt: number | null;
  settledAt: number | null;
}

/** One instance of a scope: the root of the run, or the body of a map for one item. */
export class ScopeInstance implements Frame {
  readonly plan: IndexedScope;
  readonly parent: Task | null;
  readonly outer: ScopeInstance | null;
  readonly item: JsonValue;
  readonly index: number;
  readonly runInput: JsonValue;
  readonly tasks: Task[];
  openTasks: number;
  output: JsonValue | undefined;
  error: TaskError | null = null;

  constructor(plan: IndexedScope, runInput: JsonValue, parent: Task | null, item: JsonValue, index: number) {
    this.plan = plan;
    this.parent = parent;
    this.outer = parent?.scope ?? null;
    this.item = item;
    this.index = index;
    this.runInput = runInput;
    this.openTasks = plan.steps.length;
    const prefix = parent === null ? "" : `${parent.id}[${index}]/`;
    this.tasks = plan.steps.map((step) => newTask(`${prefix}${step.name}`, step, this));
  }

  outputOf(step: number): JsonValue | undefined {
    return this.tasks[step]?.output;
  }

  settledOf(step: number): JsonValue {
    const task = this.tasks[step];
    // A settled value is plain JSON; its type only says more about it.
    return (task === undefined ? null : settledValue(task)) as unknown as JsonValue;
  }
}

export interface RunState {
  readonly runId: string;
  readonly plan: IndexedPlan;
  input: JsonValue;
  root: ScopeInstance | null;
  readonly tasks: Map<string, Task>;
  startedAt: number | null;
  /** When the run times out; null without a timeout. */
  deadlineAt: number | null;
  result: RunResult | null;
  settledAt: number | null;
  /** Events that changed nothing: stale, repeated or out of place (E10). */
  ignored: number;
}

export function createRun(plan: IndexedPlan, runId: string): RunState {
  return {
    runId,
    plan,
    input: null,
    root: null,
    tasks: new Map(),
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

/** A failure, or a skip that goes back to one. */
export function isFailure(task: Task): boolean {
  return task.status === "failed" || (task.status === "skipped" && task.failedNeeds > 0);
}

/** The error that a failure goes back to. */
export function causeOf(task: Task): TaskError | null {
  let at: Task | null = task;
  while (at !== null && at.error === null) at = at.blockedBy;
  return at?.error ?? null;
}

export function skipText(reason: SkipReason): string {
  if (reason.kind === "condition") return "its condition does not hold";
  const because = reason.because === null ? "" : ` because of "${reason.because}"`;
  return `its trigger rule ${reason.rule} does not hold${because}`;
}

function settledValue(task: Task): SettledValue {
  if (task.status === "succeeded") return { status: "succeeded", output: task.output ?? null };
  if (task.status === "failed" && task.error !== null) return { status: "failed", error: task.error };
  return { status: "skipped", reason: task.skip === null ? task.status : skipText(task.skip) };
}

function newTask(id: string, step: IndexedStep, scope: ScopeInstance): Task {
  return {
    id,
    step,
    scope,
    status: "waiting",
    openNeeds: step.needs,
    succeededNeeds: 0,
    failedNeeds: 0,
    blockedBy: null,
    attempt: 0,
    retryAt: 0,
    output: undefined,
    error: null,
    skip: null,
    items: null,
    openItems: 0,
    failedItems: 0,
    readyAt: null,
    settledAt: null,
  };
}
