/**
 * The state machine: `apply(state, event) -> commands`. Upholds E1 to E5 and E10 to E13.
 *
 * A run starts with `runStarted`: its root scope gets one task per step, and the tasks that need nothing are decided.
 * A task whose trigger rule and condition hold is begun: a call or resolve gets its first attempt, a map gets one
 * instance of its body per item, whose tasks start in the same way. Any other task is skipped.
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
 * starts (E11), and every later event is ignored. Before `runStarted` there is nothing to cancel, and every other
 * event is ignored too.
 *
 * What a task comes to depends on how the attempts ended, never on which of them ended first.
 */
import {
  cancelAttempt,
  clearTimer,
  findRetrying,
  retryTimer,
  runTimer,
  setRetryTimer,
  setRunTimer,
  startAttempt,
} from "./commands.ts";
import { instantiateScope } from "./instantiate-scope.ts";
import { itemsFor, outcomeOf } from "./map-items.ts";
import type { Plan } from "./plan.ts";
import { indexPlan, type MapWork } from "./plan-index.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { Command, RunEvent, RunResult } from "./run-event.ts";
import {
  createRun,
  isSettled,
  type MapItems,
  type RunState,
  type ScopeInstance,
  type Task,
} from "./run-state.ts";
import { countNeed, isFailure, scopeError, triggerHolds } from "./trigger-rule.ts";
import type { JsonValue, TaskError } from "./workflow-definition.ts";

/**
 * Applies an event to a run. Owns and changes `state`, keeps parts of `event`, and changes neither those nor the
 * plan. Total: an event that is out of place is counted in `state.ignored` and changes nothing else; a timer that
 * fires early is asked for again.
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
    this.#drawConsequences();
    return applied;
  }

  #handle(event: RunEvent): boolean {
    switch (event.type) {
      case "runStarted":
        return this.#startRun(event.input);
      case "attemptSucceeded":
        return this.#withAttempt(event.task, event.attempt, (task) => this.#succeed(task, event.output));
      case "attemptFailed":
        return this.#withAttempt(event.task, event.attempt, (task) => this.#failAttempt(task, event.error));
      case "timerFired":
        return event.timer === runTimer ? this.#endRun() : this.#retry(event.timer);
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
      this.commands.push(setRunTimer(state.deadlineAt));
    }
    state.root = instantiateScope(state.plan.root, null, input, 0);
    this.#openScope(state.root);
    return true;
  }

  #openScope(scope: ScopeInstance): void {
    const { tasks, size } = this.#state;
    this.#state.size = size + 1 + scope.tasks.length;
    for (const task of scope.tasks) tasks.set(task.id, task);
    for (const task of scope.tasks) if (task.openNeeds === 0) this.#decide(task);
    if (scope.tasks.length === 0) this.#closeScope(scope);
  }

  #withAttempt(taskId: string, attempt: number, act: (task: Task) => void): boolean {
    const task = this.#state.tasks.get(taskId);
    if (task?.status !== "running" || task.attempt !== attempt) return false;
    act(task);
    return true;
  }

  #failAttempt(task: Task, error: TaskError): void {
    const { work } = task.step;
    if (work.kind === "map" || !error.retryable || task.attempt >= work.retry.maxAttempts) {
      this.#fail(task, error);
      return;
    }
    task.error = error;
    task.status = "retrying";
    task.retryAt = this.#at + retryDelayMs(work.retry, this.#state.runId, task.id, task.attempt);
    this.commands.push(setRetryTimer(task, task.retryAt));
  }

  #retry(timer: string): boolean {
    const task = findRetrying(this.#state, timer);
    if (task === undefined || task.retryAt === null) return false;
    if (this.#at < task.retryAt) {
      // Clocks can be set back: the timer is used up, and without another the run would wait for ever.
      this.commands.push(setRetryTimer(task, task.retryAt));
      return false;
    }
    this.#startAttempt(task);
    return true;
  }

  /** E4: ends a run that has reached its deadline. */
  #endRun(): boolean {
    const { deadlineAt, plan } = this.#state;
    if (deadlineAt === null) return false;
    if (this.#at < deadlineAt) {
      this.commands.push(setRunTimer(deadlineAt));
      return false;
    }
    const message = `The run took longer than its timeout of ${plan.plan.workflow.timeoutMs} ms.`;
    return this.#stopRun({ status: "failed", error: { code: "RUN_TIMED_OUT", message, retryable: false } });
  }

  /** E2: a task with nothing left to wait for is begun or skipped. */
  #decide(task: Task): void {
    const { when, work } = task.step;
    task.readyAt = this.#at;
    if (!triggerHolds(task) || (when !== null && !when(task.scope))) this.#settle(task, "skipped");
    else if (work.kind === "map") this.#expand(task, work);
    else this.#startAttempt(task);
  }

  #startAttempt(task: Task): void {
    task.status = "running";
    task.attempt += 1;
    task.retryAt = null;
    this.commands.push(startAttempt(task));
  }

  /** E5: one instance of the body per item. */
  #expand(map: Task, work: MapWork): void {
    const items = itemsFor(map, work, this.#state.size);
    if ("code" in items) {
      this.#fail(map, items);
      return;
    }
    const scopes = items.map((item, index) => instantiateScope(work.body, map, item, index));
    map.status = "expanded";
    map.items = { scopes, maxFailed: work.maxFailedItems, open: scopes.length, failed: 0 };
    for (const scope of scopes) this.#openScope(scope);
    if (scopes.length === 0) this.#closeMap(map, map.items);
  }

  #succeed(task: Task, output: JsonValue): void {
    task.output = output;
    task.error = null;
    this.#settle(task, "succeeded");
  }

  #fail(task: Task, error: TaskError): void {
    task.error = error;
    this.#settle(task, "failed");
  }

  #settle(task: Task, status: "succeeded" | "failed" | "skipped"): void {
    task.status = status;
    task.settledAt = this.#at;
    this.#settled.push(task);
  }

  #drawConsequences(): void {
    // The list grows while it is walked.
    for (const task of this.#settled) {
      const { scope, step } = task;
      for (const index of step.dependents) this.#countDown(scope.tasks[index], task);
      scope.openTasks -= 1;
      if (scope.openTasks === 0) this.#closeScope(scope);
    }
  }

  #countDown(task: Task | undefined, need: Task): void {
    if (task === undefined) return;
    countNeed(task, need);
    if (task.openNeeds === 0) this.#decide(task);
  }

  #closeScope(scope: ScopeInstance): void {
    const failure = failureOf(scope);
    if (failure === null) scope.output = scope.plan.output(scope) ?? null;
    else scope.error = scopeError(failure);
    const map = scope.parent;
    if (map === null) this.#settleRun(resultOf(scope));
    else if (map.items !== null) {
      map.items.open -= 1;
      if (failure !== null) map.items.failed += 1;
      if (map.items.open === 0) this.#closeMap(map, map.items);
    }
  }

  #closeMap(map: Task, items: MapItems): void {
    const outcome = outcomeOf(map, items);
    if ("error" in outcome) this.#fail(map, outcome.error);
    else this.#succeed(map, outcome.output);
  }

  #settleRun(result: RunResult): void {
    this.#state.result = result;
    this.#state.settledAt = this.#at;
    if (this.#state.deadlineAt !== null) this.commands.push(clearTimer(runTimer));
    this.commands.push({ type: "settleRun", result });
  }

  /** E11: settles the run at once, whatever is under way. */
  #stopRun(result: RunResult): boolean {
    if (this.#state.root === null) return false;
    for (const task of this.#state.tasks.values()) {
      if (isSettled(task)) continue;
      if (task.status === "running") this.commands.push(cancelAttempt(task));
      if (task.status === "retrying") this.commands.push(clearTimer(retryTimer(task)));
      task.status = "cancelled";
      task.retryAt = null;
      task.settledAt = this.#at;
    }
    this.#settleRun(result);
    return true;
  }
}

/** The first of the scope's results, in the plan's order, that is a failure. */
function failureOf(scope: ScopeInstance): Task | null {
  for (const index of scope.plan.results) {
    const task = scope.tasks[index];
    if (task !== undefined && isFailure(task)) return task;
  }
  return null;
}

function resultOf(root: ScopeInstance): RunResult {
  if (root.error !== null) return { status: "failed", error: root.error };
  return { status: "succeeded", output: root.output ?? null };
}
