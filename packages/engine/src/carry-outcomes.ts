/**
 * What a new run may take over from another one: the outcomes of all tasks but those to be done again and those that
 * follow them. Each is bound to the hash of its input, so that a changed input does again whatever it reaches.
 */
import { contentHash } from "./canonical-json.ts";
import type { CarriedOutcome } from "./run-event.ts";
import type { RunState, ScopeInstance, Task } from "./run-state.ts";
import type { JsonValue } from "./workflow-definition.ts";

/**
 * @param from the ids of tasks (or names of steps: all their tasks) that are to be done again, with all that follows.
 *   What was cancelled is always done again.
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
  for (const task of state.tasks.values()) {
    // Of a map or repeat that was cancelled, what was done by then stays done.
    if (task.status === "cancelled" && task.body === null) doAgain(task, again);
  }
  const outcomes: CarriedOutcome[] = [];
  if (state.root !== null) collect(state, state.root, again, outcomes);
  return outcomes;
}

/**
 * The ids of the tasks that a retry does again: those that failed or were cancelled themselves, not through others, also
 * where the run went on in spite of it.
 */
export function tasksToRetry(state: RunState): readonly string[] {
  return state.root === null ? [] : failedIn(state.root).map((task) => task.id);
}

function failedIn(scope: ScopeInstance): readonly Task[] {
  return scope.tasks.flatMap((task) => {
    if (failedItself(task)) return [task];
    return (task.body?.scopes ?? []).flatMap(failedIn);
  });
}

/** A map or repeat did when none of its items or rounds did: by a limit, or after its last round. */
function failedItself({ status, body }: Task): boolean {
  if (body === null) return status === "failed" || status === "cancelled";
  return status === "failed" && body.scopes.every((scope) => scope.error === null);
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
    open.push(...followersOf(task));
  }
  for (let owner = first.scope.parent; owner !== null; owner = owner.scope.parent) {
    for (const follower of followersOf(owner)) if (!again.has(follower)) doAgain(follower, again);
  }
  for (let { scope } = first; scope.parent !== null; scope = scope.parent.scope) {
    if (scope.parent.step.work.kind !== "repeat") continue;
    for (const later of (scope.parent.body?.scopes ?? []).slice(scope.index + 1)) {
      for (const task of later.tasks) again.add(task);
    }
  }
}

function followersOf({ scope, step }: Task): readonly Task[] {
  return step.dependents.flatMap((index) => scope.tasks[index] ?? []);
}

function collect(
  state: RunState,
  scope: ScopeInstance,
  again: ReadonlySet<Task>,
  outcomes: CarriedOutcome[],
): void {
  for (const task of scope.tasks) {
    if (again.has(task)) continue;
    const outcome = outcomeOf(state, task);
    if (outcome !== null) outcomes.push(outcome);
    for (const inner of task.body?.scopes ?? []) collect(state, inner, again, outcomes);
  }
}

/** Null for what is not an outcome of its own: a skip follows from others, and so does what a map or repeat comes to. */
function outcomeOf(state: RunState, task: Task): CarriedOutcome | null {
  const { id, status, output, error } = task;
  if (status !== "succeeded" && status !== "failed") return null;
  const carried = state.carried?.get(id);
  // What was stated stays so: it did not come from the input that the task happened to have.
  if (carried?.inputHash === null) return carried;
  const hash = inputHash(task);
  if (hash === null) return null;
  if (status === "succeeded") return { task: id, inputHash: hash, output: output ?? null };
  return error === null ? null : { task: id, inputHash: hash, error };
}

/** The outcome that a task whose turn has come takes over; null when it is to be done. */
export function carriedFor({ carried }: RunState, task: Task): CarriedOutcome | null {
  const outcome = carried?.get(task.id);
  if (outcome === undefined) return null;
  return outcome.inputHash === null || outcome.inputHash === inputHash(task) ? outcome : null;
}

/**
 * The hash of what decides a task's outcome: its input, or what it waits for. Null for a map or repeat, of which the
 * tasks within are what is done, and for an input that nests too deep to be hashed.
 */
function inputHash(task: Task): string | null {
  const input = inputOf(task);
  if (input === undefined) return null;
  try {
    return contentHash(input);
  } catch {
    return null;
  }
}

function inputOf({ scope, step: { work } }: Task): JsonValue | undefined {
  switch (work.kind) {
    case "call":
    case "resolve":
    case "run":
    case "approve":
      return work.input(scope) ?? null;
    case "waitFor":
      return [work.key?.(scope) ?? null, work.default?.(scope) ?? null];
    case "sleep":
      return (work.durationMs ?? work.until)?.(scope) ?? null;
    case "map":
    case "repeat":
      return undefined;
  }
}
