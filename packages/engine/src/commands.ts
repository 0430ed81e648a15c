/**
 * The commands that a run's state asks for (E12). Each is derived from the state alone, so that the one that an event
 * brings about and the one that recovery issues again are the same.
 */
import { MycroftError } from "@mycroft/errors";
import type { Command, StartAttempt } from "./run-event.ts";
import type { RunState, Task } from "./run-state.ts";

/** The name of the timer that ends the run. */
export const runTimer = "run";

/**
 * What is still to be done in a run: a process that takes a run over issues these commands again. They carry the
 * same tokens, so doing one twice does no harm.
 */
export function outstanding(state: RunState): readonly Command[] {
  const commands: Command[] = [];
  if (state.result !== null) return commands;
  if (state.deadlineAt !== null) commands.push(setRunTimer(state.deadlineAt));
  for (const task of state.tasks.values()) {
    if (task.status === "running") commands.push(startAttempt(task));
    if (task.retryAt !== null) commands.push(setRetryTimer(task, task.retryAt));
  }
  return commands;
}

export interface AttemptUnderWay {
  readonly task: string;
  readonly attempt: number;
  readonly timeoutMs: number;
}

/** The attempts that are under way, without their inputs: those take building. */
export function* attemptsUnderWay(state: RunState): Iterable<AttemptUnderWay> {
  if (state.result !== null) return;
  for (const { id, status, attempt, step } of state.tasks.values()) {
    if (status !== "running" || step.work.kind === "map") continue;
    yield { task: id, attempt, timeoutMs: step.work.timeoutMs };
  }
}

/** The command that starts a running task's newest attempt; null when the attempt is not the one to run now. */
export function attemptCommand(state: RunState, taskId: string, attempt: number): StartAttempt | null {
  const task = state.tasks.get(taskId);
  return task?.status === "running" && task.attempt === attempt ? startAttempt(task) : null;
}

export function startAttempt(task: Task): StartAttempt {
  const { work, name } = task.step;
  if (work.kind === "map") throw new MycroftError("INTERNAL", `The map step "${task.id}" has no attempts.`);
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

export function cancelAttempt(task: Task): Command {
  return { type: "cancelAttempt", task: task.id, attempt: task.attempt };
}

export function setRunTimer(dueAt: number): Command {
  return { type: "setTimer", timer: runTimer, dueAt };
}

export function setRetryTimer(task: Task, dueAt: number): Command {
  return { type: "setTimer", timer: retryTimer(task), dueAt };
}

export function clearTimer(timer: string): Command {
  return { type: "clearTimer", timer };
}

/** The timer of the delay after a task's newest attempt. */
export function retryTimer(task: Task): string {
  return `retry:${task.attempt}:${task.id}`;
}

/** The task that waits for that timer; undefined when none does, or no longer. */
export function findRetrying(state: RunState, timer: string): Task | undefined {
  const id = /^retry:\d+:(.+)$/.exec(timer)?.[1];
  const task = id === undefined ? undefined : state.tasks.get(id);
  return task !== undefined && task.retryAt !== null && retryTimer(task) === timer ? task : undefined;
}
