/** A run that a test drives by hand: it knows which attempt of a task is under way, and keeps what was commanded. */
import { apply } from "../apply.ts";
import { outstanding } from "../commands.ts";
import { compile } from "../compile.ts";
import { describeTasks, type TaskDescription } from "../describe-tasks.ts";
import { indexPlan } from "../plan-index.ts";
import type { Command, RunEvent } from "../run-event.ts";
import { createRun, type RunState } from "../run-state.ts";
import type { JsonValue, TaskError, WorkflowDefinition } from "../workflow-definition.ts";

export class DrivenRun {
  readonly state: RunState;
  /** The `at` of events to come. */
  now = 1_000;

  constructor(definition: WorkflowDefinition, runId = "run-1") {
    this.state = createRun(indexPlan(compile(definition)), runId);
  }

  /** A run that has been started, and what that commanded. */
  static start(definition: WorkflowDefinition, input: JsonValue = null): DrivenRun {
    const run = new DrivenRun(definition);
    run.send({ type: "runStarted", at: run.now, input });
    return run;
  }

  send(event: RunEvent): readonly Command[] {
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

  cancel(): readonly Command[] {
    return this.send({ type: "cancelRequested", at: this.now, reason: "enough" });
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
    const started = outstanding(this.state).filter((command) => command.type === "startAttempt");
    return Object.fromEntries(started.map((command) => [command.task, command.input]));
  }

  attemptOf(task: string): number {
    return this.state.tasks.get(task)?.attempt ?? 1;
  }
}
