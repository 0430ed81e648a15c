/**
 * The state machine: `apply(state, event) -> commands`. Upholds E1 to E5 and E10 to E13.
 *
 * A run starts with `runStarted`: its root scope gets one task per step, and the tasks that need nothing become
 * ready. A ready task whose trigger rule and condition hold is started: a call or resolve gets its first attempt, a
 * map gets one instance of its body per item, whose tasks start in the same way. Otherwise it is skipped.
 *
 * An attempt ends in `attemptSucceeded` or `attemptFailed`. A retryable failure with attempts left makes the task
 * wait for a timer and then try again under the next fencing token; otherwise the task has failed. A result under
 * any token but the newest one's is ignored (E10).
 *
 * When a task settles, the tasks that need it are counted down, and those with nothing left to wait for are decided.
 * When all tasks of a scope have settled the scope is closed: an item's scope counts down its map, the root's scope
 * settles the run. This goes on until nothing more follows from the event, through a list instead of recursion,
 * so that chains of any length settle. Each edge is walked once in a run (E13).
 *
 * Cancelling, and the run's own timeout, settle the run at once: attempts in flight are cancelled, what waited never
 * starts (E11), and every later event is ignored.
 */

import type { Plan } from "./plan.ts";
import { indexPlan } from "./plan-index.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { Command, RunEvent, RunResult } from "./run-event.ts";
import {
  causeOf,
  createRun,
  isFailure,
  isSettled,
  type RunState,
  ScopeInstance,
  type Task,
} from "./run-state.ts";
import type { JsonValue, TaskError } from "./workflow-definition.ts";

const runTimer = "run";

/**
 * Applies an event to a run. Owns and changes `state`; total: an event that is out of place is counted in
 * `state.ignored` and changes nothing else.
 * @returns what is to be done now, in a fixed order.
 */
export function apply(state: RunState, event: RunEvent): readonly Command[] {
  const transition = new Transition(state, event.at);
  if (!transition.apply(event)) state.ignored += 1;
  return transition.commands;
}

/** The state that a run's events amount to (E12). */
export function fold(plan: Plan, runId: string, events: Iterable<RunEvent>): RunState {
  const state = createRun(indexPlan(plan), runId);
  for (const event of events) apply(state, event);
  return state;
}

/**
 * What is still to be done in a run, from its state alone (E12): a process that takes a run over issues these
 * commands again. They carry the same tokens, so doing one twice does no harm.
 */
export function outstanding(state: RunState): readonly Command[] {
  const commands: Command[] = [];
  if (state.result !== null || state.root === null) return commands;
  if (state.deadlineAt !== null)
    commands.push({ type: "setTimer", timer: runTimer, dueAt: state.deadlineAt });
  for (const task of state.tasks.values()) {
    if (task.status === "running") commands.push(startCommand(task));
    if (task.status === "retrying") commands.push(retryCommand(task));
  }
  return commands;
}

/** The command that starts a running task's newest attempt; null when the attempt is not the one to run now. */
export function attemptCommand(state: RunState, taskId: string, attempt: number) {
  const task = state.tasks.get(taskId);
  if (state.result !== null || task?.status !== "running" || task.attempt !== attempt) return null;
  return startCommand(task);
}

class Transition {
  readonly commands: Command[] = [];
  readonly #state: RunState;
  readonly #at: number;
  /** Tasks that have settled and whose consequences are still to be drawn. */
  readonly #settled: Task[] = [];

  constructor(state: RunState, at: number) {
    this.#state = state;
    this.#at = at;
  }

  /** Whether the event changed anything. */
  apply(event: RunEvent): boolean {
    if (this.#state.result !== null) return false;
    const applied = this.#handle(event);
    this.#drain();
    return applied;
  }

  #handle(event: RunEvent): boolean {
    switch (event.type) {
      case "runStarted":
        return this.#startRun(event.input);
      case "attemptSucceeded":
        return this.#withAttempt(event.task, event.attempt, (task) => {
          task.output = event.output;
          this.#settle(task, "succeeded");
        });
      case "attemptFailed":
        return this.#withAttempt(event.task, event.attempt, (task) => this.#failAttempt(task, event.error));
      case "timerFired":
        return this.#fireTimer(event.timer);
      case "cancelRequested":
        return this.#stopRun({ status: "cancelled", reason: event.reason });
    }
  }

  #startRun(input: JsonValue): boolean {
    const state = this.#state;
    if (state.root !== null) return false;
    state.input = input;
    state.startedAt = this.#at;
    const { timeoutMs } = state.plan.plan.workflow;
    if (timeoutMs !== undefined) {
      state.deadlineAt = this.#at + timeoutMs;
      this.commands.push({ type: "setTimer", timer: runTimer, dueAt: state.deadlineAt });
    }
    state.root = new ScopeInstance(state.plan.root, input, null, null, 0);
    this.#openScope(state.root);
    return true;
  }

  #openScope(scope: ScopeInstance): void {
    for (const task of scope.tasks) this.#state.tasks.set(task.id, task);
    if (scope.openTasks === 0) this.#closeScope(scope);
    for (const task of scope.tasks) if (task.openNeeds === 0) this.#decide(task);
  }

  #withAttempt(taskId: string, attempt: number, act: (task: Task) => void): boolean {
    const task = this.#state.tasks.get(taskId);
    if (task?.status !== "running" || task.attempt !== attempt) return false;
    act(task);
    return true;
  }

  #failAttempt(task: Task, error: TaskError): void {
    const { work } = task.step;
    task.error = error;
    if (work.kind === "map" || !error.retryable || task.attempt >= work.retry.maxAttempts) {
      this.#settle(task, "failed");
      return;
    }
    task.status = "retrying";
    task.retryAt = this.#at + retryDelayMs(work.retry, this.#state.runId, task.id, task.attempt);
    this.commands.push(retryCommand(task));
  }

  #fireTimer(timer: string): boolean {
    if (timer === runTimer) {
      const { timeoutMs } = this.#state.plan.plan.workflow;
      if (this.#state.deadlineAt === null || this.#at < this.#state.deadlineAt) return false;
      const message = `The run took longer than its timeout of ${timeoutMs} ms.`;
      return this.#stopRun({
        status: "failed",
        error: { code: "RUN_TIMED_OUT", message, retryable: false },
      });
    }
    const parsed = parseRetryTimer(timer);
    const task = parsed === null ? undefined : this.#state.tasks.get(parsed.task);
    if (task?.status !== "retrying" || task.attempt !== parsed?.attempt) return false;
    this.#startAttempt(task);
    return true;
  }

  /** E2: a task with nothing left to wait for runs or is skipped. */
  #decide(task: Task): void {
    task.readyAt = this.#at;
    const { trigger, when } = task.step;
    if (!holds(task)) {
      task.skip = { kind: "trigger", rule: trigger, because: task.blockedBy?.id ?? null };
      this.#settle(task, "skipped");
    } else if (when !== null && !when(task.scope)) {
      task.skip = { kind: "condition" };
      this.#settle(task, "skipped");
    } else if (task.step.work.kind === "map") {
      this.#expand(task);
    } else {
      this.#startAttempt(task);
    }
  }

  #startAttempt(task: Task): void {
    task.status = "running";
    task.attempt += 1;
    this.commands.push(startCommand(task));
  }

  /** E5: one instance of the body per item. */
  #expand(task: Task): void {
    const { work } = task.step;
    if (work.kind !== "map") return;
    const items = work.over(task.scope);
    if (!Array.isArray(items)) {
      this.#fail(
        task,
        "MAP_NOT_A_LIST",
        `Map step "${task.id}" was given ${items === null ? "null" : typeof items}, not a list.`,
      );
      return;
    }
    if (items.length > work.maxItems) {
      const message = `Map step "${task.id}" was given ${items.length} items; its limit maxItems is ${work.maxItems}.`;
      this.#fail(task, "MAP_TOO_LARGE", message);
      return;
    }
    task.status = "expanded";
    task.openItems = items.length;
    const { input } = this.#state;
    task.items = items.map(
      (item: JsonValue, index) => new ScopeInstance(work.body, input, task, item, index),
    );
    for (const scope of task.items) this.#openScope(scope);
    if (items.length === 0) this.#closeMap(task);
  }

  #settle(task: Task, status: "succeeded" | "failed" | "skipped"): void {
    task.status = status;
    task.settledAt = this.#at;
    if (status === "succeeded") task.error = null;
    this.#settled.push(task);
  }

  #fail(task: Task, code: string, message: string, details?: TaskError["details"]): void {
    task.error = { code, message, retryable: false, ...(details === undefined ? {} : { details }) };
    this.#settle(task, "failed");
  }

  #drain(): void {
    for (let next = 0; next < this.#settled.length; next += 1) {
      const task = this.#settled[next];
      if (task === undefined) continue;
      for (const index of task.step.dependents) this.#countDown(task.scope.tasks[index], task);
      task.scope.openTasks -= 1;
      if (task.scope.openTasks === 0) this.#closeScope(task.scope);
    }
  }

  #countDown(task: Task | undefined, need: Task): void {
    if (task === undefined) return;
    task.openNeeds -= 1;
    if (need.status === "succeeded") task.succeededNeeds += 1;
    else if (task.blockedBy === null || (isFailure(need) && task.failedNeeds === 0)) task.blockedBy = need;
    if (isFailure(need)) task.failedNeeds += 1;
    if (task.openNeeds === 0) this.#decide(task);
  }

  #closeScope(scope: ScopeInstance): void {
    const failed = scope.plan.results
      .map((index) => scope.tasks[index])
      .find((task) => task !== undefined && isFailure(task));
    if (failed !== undefined) scope.error = scopeError(failed);
    else scope.output = scope.plan.output(scope) ?? null;
    const map = scope.parent;
    if (map === null) {
      this.#settleRun(
        scope.error === null
          ? { status: "succeeded", output: scope.output ?? null }
          : { status: "failed", error: scope.error },
      );
      return;
    }
    map.openItems -= 1;
    if (scope.error !== null) map.failedItems += 1;
    if (map.openItems === 0) this.#closeMap(map);
  }

  #closeMap(map: Task): void {
    const { work } = map.step;
    const items = map.items ?? [];
    if (work.kind !== "map") return;
    if (map.failedItems <= work.maxFailedItems) {
      map.output = items.map((item) => item.output ?? null);
      this.#settle(map, "succeeded");
      return;
    }
    const failed = items.filter((item) => item.error !== null);
    const message =
      `${failed.length} of the ${items.length} items of map step "${map.id}" failed ` +
      `(its limit maxFailedItems is ${work.maxFailedItems}); the first: ${failed[0]?.error?.message}`;
    const indices = failed.slice(0, 10).map((item) => item.index);
    this.#fail(map, "MAP_ITEMS_FAILED", message, { items: indices, firstCode: failed[0]?.error?.code ?? "" });
  }

  #settleRun(result: RunResult): void {
    this.#state.result = result;
    this.#state.settledAt = this.#at;
    if (this.#state.deadlineAt !== null) this.commands.push({ type: "clearTimer", timer: runTimer });
    this.commands.push({ type: "settleRun", result });
  }

  /** E11: settles the run at once, whatever is under way. */
  #stopRun(result: RunResult): boolean {
    if (this.#state.root === null) return false;
    for (const task of this.#state.tasks.values()) {
      if (isSettled(task)) continue;
      if (task.status === "running") {
        this.commands.push({ type: "cancelAttempt", task: task.id, attempt: task.attempt });
      }
      if (task.status === "retrying") this.commands.push({ type: "clearTimer", timer: retryTimer(task) });
      task.status = "cancelled";
      task.settledAt = this.#at;
    }
    this.#settleRun(result);
    return true;
  }
}

function holds(task: Task): boolean {
  switch (task.step.trigger) {
    case "allSuccess":
      return task.succeededNeeds === task.step.needs;
    case "allDone":
      return true;
    case "anySuccess":
      return task.succeededNeeds > 0;
    case "noneFailed":
      return task.failedNeeds === 0;
  }
}

/** The error of a scope: that of the task which brought it down, saying which task that was. */
function scopeError(failed: Task): TaskError {
  const cause = causeOf(failed);
  let origin = failed;
  while (origin.error === null && origin.blockedBy !== null) origin = origin.blockedBy;
  if (cause === null) {
    return { code: "STEP_FAILED", message: `Task "${failed.id}" did not succeed.`, retryable: false };
  }
  const isNested = cause.code === "MAP_ITEMS_FAILED";
  const message = isNested ? cause.message : `Task "${origin.id}" failed: ${cause.message}`;
  return { ...cause, message, retryable: false, details: { ...cause.details, task: origin.id } };
}

function startCommand(task: Task): Extract<Command, { type: "startAttempt" }> {
  const { work, name } = task.step;
  if (work.kind === "map") throw new Error(`The map step "${task.id}" has no attempts.`);
  return {
    type: "startAttempt",
    task: task.id,
    step: name,
    attempt: task.attempt,
    target: work.target,
    input: work.input(task.scope) ?? null,
    timeoutMs: work.timeoutMs,
  };
}

function retryCommand(task: Task): Command {
  return { type: "setTimer", timer: retryTimer(task), dueAt: task.retryAt };
}

function retryTimer(task: Task): string {
  return `retry:${task.attempt}:${task.id}`;
}

function parseRetryTimer(timer: string): { readonly task: string; readonly attempt: number } | null {
  const parts = /^retry:(\d+):(.+)$/.exec(timer);
  return parts?.[2] === undefined ? null : { attempt: Number(parts[1]), task: parts[2] };
}
