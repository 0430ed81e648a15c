/** Brings the tasks of a scope into being: at the start of a run, and for each item or round of a body. */
import type { IndexedScope, IndexedStep } from "./plan-index.ts";
import type { ScopeInstance, Task } from "./run-state.ts";
import { skipReason } from "./trigger-rule.ts";
import type { JsonValue, SettledValue, TaskError } from "./workflow-definition.ts";

/** @param parent the task that `item` belongs to; null for the root, which works on the run's input. */
export function instantiateScope(
  plan: IndexedScope,
  parent: Task | null,
  item: JsonValue,
  index: number,
): ScopeInstance {
  return new Instance(plan, parent, item, index);
}

class Instance implements ScopeInstance {
  readonly plan: IndexedScope;
  readonly parent: Task | null;
  readonly item: JsonValue;
  readonly index: number;
  readonly tasks: readonly Task[];
  openTasks: number;
  output: JsonValue | undefined = undefined;
  error: TaskError | null = null;

  constructor(plan: IndexedScope, parent: Task | null, item: JsonValue, index: number) {
    this.plan = plan;
    this.parent = parent;
    this.item = item;
    this.index = index;
    this.openTasks = plan.steps.length;
    const prefix = parent === null ? "" : `${parent.id}[${index}]/`;
    this.tasks = plan.steps.map((step) => newTask(prefix + step.name, step, this));
  }

  get outer(): ScopeInstance | null {
    return this.parent === null ? null : this.parent.scope;
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

function isFailed({ status }: Task): boolean {
  return status === "failed" || status === "cancelled";
}

function settledValue(task: Task): SettledValue {
  if (task.status === "succeeded") return { status: "succeeded", output: task.output ?? null };
  if (isFailed(task) && task.error !== null) return { status: "failed", error: task.error };
  return { status: "skipped", reason: skipReason(task) };
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
    dueAt: null,
    output: undefined,
    error: null,
    body: null,
    readyAt: null,
    settledAt: null,
  };
}
