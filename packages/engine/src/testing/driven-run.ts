/** A run that a test drives by hand: it knows which attempt of a task is under way, and keeps what was commanded. */
import { apply, fold } from "../apply.ts";
import { outstanding } from "../commands.ts";
import { compile } from "../compile.ts";
import { describeTasks, type TaskDescription } from "../describe-tasks.ts";
import type { Plan } from "../plan.ts";
import { indexPlan } from "../plan-index.ts";
import type { CarriedOutcome, Command, RunEvent } from "../run-event.ts";
import { createRun, type RunState } from "../run-state.ts";
import type { JsonValue, TaskError, Verdict, WorkflowDefinition } from "../workflow-definition.ts";

export class DrivenRun {
  readonly plan: Plan;
  readonly state: RunState;
  readonly events: RunEvent[] = [];
  /** The `at` of events to come. */
  now = 1_000;

  constructor(definition: WorkflowDefinition, runId = "run-1") {
    this.plan = compile(definition);
    this.state = createRun(indexPlan(this.plan), runId);
  }

  /** A run that has been started. */
  static start(definition: WorkflowDefinition, input: JsonValue = null): DrivenRun {
    const run = new DrivenRun(definition);
    run.start(input);
    return run;
  }

  /** A run that has been started with what it takes over from another one. */
  static fork(
    definition: WorkflowDefinition,
    outcomes: readonly CarriedOutcome[],
    input: JsonValue = null,
  ): DrivenRun {
    const run = new DrivenRun(definition, "run-2");
    run.send({ type: "outcomesCarried", at: run.now, outcomes });
    run.start(input);
    return run;
  }

  start(input: JsonValue = null): readonly Command[] {
    return this.send({ type: "runStarted", at: this.now, input });
  }

  send(event: RunEvent): readonly Command[] {
    this.events.push(event);
    return apply(this.state, event);
  }

  succeed(task: string, output: JsonValue = null, attempt = this.attemptOf(task)): readonly Command[] {
    return this.send({ type: "attemptSucceeded", at: this.now, task, attempt, output });
  }

  fail(task: string, error: Partial<TaskError> = {}, attempt = this.attemptOf(task)): readonly Command[] {
    const whole = { code: "TASK_FAILED", message: "It broke.", retryable: false, ...error };
    return this.send({ type: "attemptFailed", at: this.now, task, attempt, error: whole });
  }

  fire(timer: string): readonly Command[] {
    return this.send({ type: "timerFired", at: this.now, timer });
  }

  /** Cancels the run, or a task of it. */
  cancel(task?: string): readonly Command[] {
    const whole = { type: "cancelRequested", at: this.now, reason: "enough" } as const;
    return this.send(task === undefined ? whole : { ...whole, task });
  }

  signal(
    signal: string,
    payload: JsonValue = null,
    fields: { readonly key?: string; readonly id?: string } = {},
  ): readonly Command[] {
    return this.send({ type: "signalReceived", at: this.now, signal, payload, ...fields });
  }

  decide(task: string, verdict: Verdict, comment?: string): readonly Command[] {
    const decided = { type: "approvalDecided", at: this.now, task, verdict, by: "Ada" } as const;
    return this.send(comment === undefined ? decided : { ...decided, comment });
  }

  task(id: string): TaskDescription {
    const found = describeTasks(this.state).find((task) => task.id === id);
    if (found === undefined) throw new Error(`There is no task ${id}.`);
    return found;
  }

  /** Each task with its status, as `id status`. */
  statuses(): readonly string[] {
    return describeTasks(this.state).map((task) => `${task.id} ${task.status}`);
  }

  /** The tasks whose attempts are under way, with what they were given. */
  inputs(): Readonly<Record<string, JsonValue>> {
    const started = outstanding(this.state).flatMap((command) =>
      command.type === "startAttempt" || command.type === "startChildRun" ? [command] : [],
    );
    return Object.fromEntries(started.map((command) => [command.task, command.input]));
  }

  /** What is to be done again after a crash: from the events alone, as JSON gives them back. */
  recovered(): readonly Command[] {
    const events = JSON.parse(JSON.stringify(this.events)) as readonly RunEvent[];
    return outstanding(fold(this.plan, this.state.runId, events));
  }

  attemptOf(task: string): number {
    return this.state.tasks.get(task)?.attempt ?? 1;
  }
}
