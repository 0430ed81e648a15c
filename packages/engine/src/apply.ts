/**
 * The state machine: `apply(state, event) -> commands`. Upholds E1 to E13.
 *
 * A run starts with `runStarted`: its root scope gets one task per step, and the tasks that need nothing are decided.
 * A task whose trigger rule and condition hold is begun, by its kind: a call or resolve gets its first attempt, a run
 * its first child run, a map one instance of its body per item, a repeat its first round; approve and waitFor wait for
 * an event of theirs or for their deadline, sleep for its timer. Any other task is skipped.
 *
 * An attempt, which may be a child run, ends in `attemptSucceeded` or `attemptFailed`. A retryable failure with attempts
 * left makes the task wait for a timer and then try again under the next fencing token; otherwise the task has failed. A
 * result under any token but the newest one's is ignored (E10).
 *
 * When a task settles, the tasks that need it are counted down, and those with nothing left to wait for are decided.
 * When all tasks of a scope have settled the scope is closed: an item's scope counts down its map, a round's scope ends
 * its repeat or opens the next round, the root's scope settles the run. This goes on until nothing more follows from the
 * event, through a list instead of recursion, so that chains of any length settle. Each edge is walked once in a run (E13).
 *
 * Cancelling a task settles it, with all that lies in its body, as a failure; what needs it goes on from there.
 * Cancelling the run, and the run's own timeout, settle the run at once: what is in flight is cancelled, what waited never
 * starts (E11), and every later event is ignored. Before `runStarted` only `outcomesCarried` counts: a fork states what it
 * takes over, and a task that is begun with the input of such an outcome comes out so, without being done.
 *
 * What a task comes to depends on how attempts ended, never on which of them ended first. (Signals of one name and key
 * that several tasks wait for are the exception: they go by the order of events.)
 */
import { carriedFor } from "./carry-outcomes.ts";
import {
  cancelWork,
  clearTimer,
  findByTimer,
  runTimer,
  setRunTimer,
  setTaskTimer,
  startWork,
  taskTimer,
} from "./commands.ts";
import { instantiateScope } from "./instantiate-scope.ts";
import { itemsFor, outcomeOf } from "./map-items.ts";
import type { Plan } from "./plan.ts";
import { indexPlan, type MapWork, type RepeatWork, type SleepWork, type WaitForWork } from "./plan-index.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { nextStep, roundTooMany } from "./rounds.ts";
import type { CarriedOutcome, Command, RunEvent, RunResult } from "./run-event.ts";
import {
  type BodyScopes,
  createRun,
  isSettled,
  type RunState,
  type ScopeInstance,
  type Task,
  type TaskStatus,
  unsettledWithin,
} from "./run-state.ts";
import { failureOf, resultOf } from "./scope-result.ts";
import { SignalBox } from "./signal-box.ts";
import { countNeed, triggerHolds } from "./trigger-rule.ts";
import {
  approvalOutcome,
  keyProblem,
  signalAddress,
  signalTimedOut,
  type WaitOutcome,
  wakeTime,
} from "./waits.ts";
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
        return event.timer === runTimer ? this.#endRun() : this.#fire(event.timer);
      case "signalReceived":
        return this.#receiveSignal(event);
      case "approvalDecided":
        return this.#decideApproval(event);
      case "cancelRequested":
        return event.task === undefined
          ? this.#stopRun({ status: "cancelled", reason: event.reason })
          : this.#cancelTask(event.task, event.reason);
      case "outcomesCarried":
        return this.#carry(event.outcomes);
    }
  }

  #carry(outcomes: readonly CarriedOutcome[]): boolean {
    const state = this.#state;
    if (state.root !== null) return false;
    state.carried ??= new Map();
    for (const outcome of outcomes) state.carried.set(outcome.task, outcome);
    return true;
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
    const retry = "retry" in work ? work.retry : null;
    const isOver = retry === null || task.attempt >= retry.maxAttempts;
    if (isOver || !error.retryable || retry.notOn?.includes(error.code) === true) {
      this.#fail(task, error);
      return;
    }
    task.error = error;
    const delayMs = retryDelayMs(retry, this.#state.runId, task.id, task.attempt);
    this.#wait(task, "retrying", this.#at + delayMs);
  }

  /** Leaves the task waiting; without `dueAt`, for as long as it takes. */
  #wait(task: Task, status: TaskStatus, dueAt: number | null): void {
    task.status = status;
    task.dueAt = dueAt;
    if (dueAt !== null) this.commands.push(setTaskTimer(task, dueAt));
  }

  #deadline(timeoutMs: number | null): number | null {
    return timeoutMs === null ? null : this.#at + timeoutMs;
  }

  #fire(timer: string): boolean {
    const task = findByTimer(this.#state, timer);
    if (task === undefined || task.dueAt === null) return false;
    if (this.#at < task.dueAt) {
      // Clocks can be set back: the timer is used up, and without another the run would wait for ever.
      this.commands.push(setTaskTimer(task, task.dueAt));
      return false;
    }
    task.dueAt = null;
    const { work } = task.step;
    if (work.kind === "sleep") this.#succeed(task, null);
    else if (work.kind === "waitFor") {
      this.#state.signals?.leave(signalAddress(task, work), task);
      this.#come(task, signalTimedOut(task, work));
    } else if (work.kind === "approve") {
      const verdict = { verdict: work.default, by: null, comment: null };
      this.#come(task, approvalOutcome(work, verdict));
    } else this.#startAttempt(task);
    return true;
  }

  /** E9: wakes the task that has waited longest, or keeps the signal for one to come. */
  #receiveSignal(event: Extract<RunEvent, { readonly type: "signalReceived" }>): boolean {
    const state = this.#state;
    if (state.root === null) return false;
    state.signals ??= new SignalBox();
    if (!state.signals.admits(event.id)) return false;
    const address = { signal: event.signal, key: event.key ?? null };
    const task = state.signals.receive(address, event.payload, event.id);
    if (task !== null) {
      this.#clearTimer(task);
      this.#succeed(task, event.payload);
    }
    return true;
  }

  /** E8 */
  #decideApproval(event: Extract<RunEvent, { readonly type: "approvalDecided" }>): boolean {
    const task = this.#state.tasks.get(event.task);
    if (task?.status !== "waitingForApproval" || task.step.work.kind !== "approve") return false;
    this.#clearTimer(task);
    const { verdict, by, comment = null } = event;
    this.#come(task, approvalOutcome(task.step.work, { verdict, by, comment }));
    return true;
  }

  #clearTimer(task: Task): void {
    if (task.dueAt !== null) this.commands.push(clearTimer(taskTimer(task)));
    task.dueAt = null;
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
    const { when } = task.step;
    task.readyAt = this.#at;
    if (!triggerHolds(task) || (when !== null && !when(task.scope))) this.#settle(task, "skipped");
    else this.#begin(task);
  }

  #begin(task: Task): void {
    const { work } = task.step;
    const carried = carriedFor(this.#state, task);
    if (carried !== null) {
      this.#come(task, carried);
      return;
    }
    switch (work.kind) {
      case "call":
      case "resolve":
      case "run":
        this.#startAttempt(task);
        return;
      case "map":
        this.#expand(task, work);
        return;
      case "repeat":
        this.#openRound(task, work, work.initial(task.scope) ?? null);
        return;
      case "approve":
        this.#wait(task, "waitingForApproval", this.#deadline(work.timeoutMs));
        return;
      case "waitFor":
        this.#waitForSignal(task, work);
        return;
      case "sleep":
        this.#sleep(task, work);
    }
  }

  #startAttempt(task: Task): void {
    task.status = "running";
    task.attempt += 1;
    this.commands.push(startWork(task));
  }

  #waitForSignal(task: Task, work: WaitForWork): void {
    const problem = keyProblem(task, work);
    if (problem !== null) {
      this.#fail(task, problem);
      return;
    }
    this.#state.signals ??= new SignalBox();
    const signal = this.#state.signals.takeOrWait(signalAddress(task, work), task);
    if (signal !== null) this.#succeed(task, signal.payload);
    else this.#wait(task, "waitingForSignal", this.#deadline(work.timeoutMs));
  }

  #sleep(task: Task, work: SleepWork): void {
    const wakeAt = wakeTime(task, work, this.#at);
    if (typeof wakeAt === "number") this.#wait(task, "sleeping", wakeAt);
    else this.#fail(task, wakeAt);
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
    map.body = { scopes, open: scopes.length, failed: 0 };
    for (const scope of scopes) this.#openScope(scope);
    if (scopes.length === 0) this.#come(map, outcomeOf(map, work, map.body));
  }

  /** E6: the next instance of the body. */
  #openRound(repeat: Task, work: RepeatWork, carried: JsonValue): void {
    const problem = roundTooMany(repeat, work, this.#state.size);
    if (problem !== null) {
      this.#fail(repeat, problem);
      return;
    }
    repeat.status = "expanded";
    repeat.body ??= { scopes: [], open: 0, failed: 0 };
    const { body } = repeat;
    const scope = instantiateScope(work.body, repeat, carried, body.scopes.length);
    body.scopes.push(scope);
    body.open = 1;
    this.#openScope(scope);
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

  #come(task: Task, outcome: WaitOutcome): void {
    if ("error" in outcome) this.#fail(task, outcome.error);
    else this.#succeed(task, outcome.output);
  }

  #settle(task: Task, status: "succeeded" | "failed" | "skipped" | "cancelled"): void {
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
    // It may have been cancelled while it waited.
    if (task.openNeeds === 0 && task.status === "waiting") this.#decide(task);
  }

  #closeScope(scope: ScopeInstance): void {
    scope.error = failureOf(scope);
    if (scope.error === null) scope.output = scope.plan.output(scope) ?? null;
    const owner = scope.parent;
    if (owner === null) this.#settleRun(resultOf(scope));
    else if (owner.body !== null) this.#closeBody(owner, owner.body, scope);
  }

  #closeBody(owner: Task, body: BodyScopes, scope: ScopeInstance): void {
    const { work } = owner.step;
    body.open -= 1;
    if (scope.error !== null) body.failed += 1;
    if (work.kind === "map" && body.open === 0) this.#come(owner, outcomeOf(owner, work, body));
    else if (work.kind === "repeat") this.#closeRound(owner, work, scope);
  }

  #closeRound(repeat: Task, work: RepeatWork, round: ScopeInstance): void {
    const next = nextStep(repeat, work, round);
    if (next === "another") this.#openRound(repeat, work, round.output ?? null);
    else this.#come(repeat, next);
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
    const reason = result.status === "cancelled" ? result.reason : "its run timed out";
    for (const task of this.#state.tasks.values()) if (!isSettled(task)) this.#stop(task, reason);
    this.#settleRun(result);
    return true;
  }

  /** E11: ends one task, with all that lies in its body. */
  #cancelTask(taskId: string, reason: string): boolean {
    const task = this.#state.tasks.get(taskId);
    if (task === undefined || isSettled(task)) return false;
    for (const inner of unsettledWithin(task)) this.#stop(inner, reason);
    this.#stop(task, reason);
    task.error = { code: "TASK_CANCELLED", message: `It was cancelled: ${reason}.`, retryable: false };
    this.#settle(task, "cancelled");
    return true;
  }

  /** Gives up what the task has under way. Nothing follows from it. */
  #stop(task: Task, reason: string): void {
    const { work } = task.step;
    if (task.status === "running") this.commands.push(cancelWork(task, reason));
    if (task.status === "waitingForSignal" && work.kind === "waitFor") {
      this.#state.signals?.leave(signalAddress(task, work), task);
    }
    this.#clearTimer(task);
    task.status = "cancelled";
    task.settledAt = this.#at;
  }
}
