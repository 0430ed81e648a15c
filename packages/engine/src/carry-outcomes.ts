/**
 * What a new run may take over from one that has settled: the outcomes of all tasks but those to be done again and those
 * that follow them. Each is bound to the hash of its input, so that a changed input does again whatever it reaches.
 */
import { contentHash } from "./canonical-json.ts";
import type { CarriedOutcome } from "./run-event.ts";
import type { RunState, ScopeInstance, Task } from "./run-state.ts";
import type { JsonValue } from "./workflow-definition.ts";

/**
 * @param from the ids of tasks (or names of steps: all their tasks) that are to be done again, with all that follows.
 * @returns the outcomes in the plan's order, or the first of `from` that the run does not have.
 */
export function outcomesToCarry(
  state: RunState,
  from: readonly string[],
): readonly CarriedOutcome[] | { readonly unknown: string } {
  const again = new Set<Task>();
  for (const name of from) {
    const tasks = tasksNamed(state, name);
    if (tasks.length === 0) return { unknown: name };
    for (const task of tasks) doAgain(task, again);
  }
  const outcomes: CarriedOutcome[] = [];
  if (state.root !== null) collect(state.root, again, outcomes);
  return outcomes;
}

/**
 * The ids of the tasks that a retry does again: those that failed or were cancelled themselves, not through others. A map
 * or repeat is one of them only when none of the tasks within it is.
 */
export function tasksToRetry(state: RunState): readonly string[] {
  return state.root === null ? [] : failedIn(state.root).map((task) => task.id);
}

function failedIn(scope: ScopeInstance): readonly Task[] {
  return scope.tasks.flatMap((task) => {
    if (task.status !== "failed" && task.status !== "cancelled") return [];
    const within = (task.body?.scopes ?? []).flatMap(failedIn);
    return within.length > 0 ? within : [task];
  });
}

function tasksNamed(state: RunState, name: string): readonly Task[] {
  const task = state.tasks.get(name);
  return task === undefined ? [...state.tasks.values()].filter(({ step }) => step.name === name) : [task];
}

/** The task, what needs it, later rounds of a repeat that it lies in, and what needs those that it lies in. */
function doAgain(first: Task, again: Set<Task>): void {
  const open = [first];
  for (let task = open.pop(); task !== undefined; task = open.pop()) {
    if (again.has(task)) continue;
    again.add(task);
    addFollowers(task, open);
  }
  for (let owner = first.scope.parent; owner !== null; owner = owner.scope.parent) {
    const { dependents } = owner.step;
    for (const index of dependents) {
      const follower = owner.scope.tasks[index];
      if (follower !== undefined) doAgainOnce(follower, again);
    }
  }
  for (let { scope } = first; scope.parent !== null; scope = scope.parent.scope) {
    if (scope.parent.step.work.kind !== "repeat") continue;
    for (const later of (scope.parent.body?.scopes ?? []).slice(scope.index + 1)) {
      for (const task of later.tasks) again.add(task);
    }
  }
}

function doAgainOnce(task: Task, again: Set<Task>): void {
  if (!again.has(task)) doAgain(task, again);
}

function addFollowers({ scope, step }: Task, open: Task[]): void {
  for (const index of step.dependents) {
    const follower = scope.tasks[index];
    if (follower !== undefined) open.push(follower);
  }
}

function collect(scope: ScopeInstance, again: ReadonlySet<Task>, outcomes: CarriedOutcome[]): void {
  for (const task of scope.tasks) {
    if (again.has(task)) continue;
    if (task.body !== null) {
      for (const inner of task.body.scopes) collect(inner, again, outcomes);
      continue;
    }
    const outcome = outcomeOf(task);
    if (outcome !== null) outcomes.push({ task: task.id, inputHash: inputHash(task), ...outcome });
  }
}

/** Null for what is not an outcome of its own: a skip follows from others, a cancellation from somebody. */
function outcomeOf(task: Task) {
  if (task.status === "succeeded" && task.output !== undefined) return { output: task.output };
  return task.status === "failed" && task.error !== null ? { error: task.error } : null;
}

/** The hash of what decides a task's outcome: its input, or what it waits for. */
export function inputHash(task: Task): string {
  return contentHash(inputOf(task));
}

function inputOf({ scope, step: { work } }: Task): JsonValue {
  switch (work.kind) {
    case "call":
    case "resolve":
    case "run":
    case "approve":
      return work.input(scope) ?? null;
    case "waitFor":
      return work.key?.(scope) ?? null;
    case "sleep":
      return (work.durationMs ?? work.until)?.(scope) ?? null;
    case "map":
    case "repeat":
      return null;
  }
}
