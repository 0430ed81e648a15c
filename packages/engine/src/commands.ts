/**
 * The commands that a run's state asks for (E12). Each is derived from the state alone, so that the one that an event
 * brings about and the one that recovery issues again are the same.
 */
import { MycroftError } from "@mycroft/errors";
import type { AttemptWork } from "./plan-index.ts";
import type { Command, StartAttempt, StartChildRun } from "./run-event.ts";
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
    if (task.status === "running") commands.push(startWork(task));
    if (task.dueAt !== null) commands.push(setTaskTimer(task, task.dueAt));
  }
  return commands;
}

export interface AttemptUnderWay {
  readonly task: string;
  readonly attempt: number;
  readonly timeoutMs: number;
}

/** The attempts that workers have in hand or are to have, without their inputs: those take building. */
export function* attemptsUnderWay(state: RunState): Iterable<AttemptUnderWay> {
  if (state.result !== null) return;
  for (const { id, status, attempt, step } of state.tasks.values()) {
    if (status !== "running" || !isAttemptWork(step.work)) continue;
    yield { task: id, attempt, timeoutMs: step.work.timeoutMs };
  }
}

/** The child runs that it waits for, without their inputs. */
export function* childRunsUnderWay(state: RunState): Iterable<Pick<AttemptUnderWay, "task" | "attempt">> {
  if (state.result !== null) return;
  for (const { id, status, attempt, step } of state.tasks.values()) {
    if (status === "running" && step.work.kind === "run") yield { task: id, attempt };
  }
}

/** The command that starts a running task's newest attempt; null when the attempt is not the one to run now. */
export function attemptCommand(state: RunState, taskId: string, attempt: number): StartAttempt | null {
  const command = underWay(state, taskId, attempt);
  return command?.type === "startAttempt" ? command : null;
}

/** As `attemptCommand`, for a task whose attempts are child runs. */
export function childRunCommand(state: RunState, taskId: string, attempt: number): StartChildRun | null {
  const command = underWay(state, taskId, attempt);
  return command?.type === "startChildRun" ? command : null;
}

function underWay(state: RunState, taskId: string, attempt: number): StartAttempt | StartChildRun | null {
  if (state.result !== null) return null;
  const task = state.tasks.get(taskId);
  return task?.status === "running" && task.attempt === attempt ? startWork(task) : null;
}

/** The command that starts a running task's newest attempt. */
export function startWork(task: Task): StartAttempt | StartChildRun {
  const { work, name } = task.step;
  if (work.kind === "run") {
    const { workflow, plan } = work;
    const input = work.input(task.scope) ?? null;
    return { type: "startChildRun", task: task.id, step: name, attempt: task.attempt, workflow, plan, input };
  }
  if (!isAttemptWork(work)) throw new MycroftError("INTERNAL", `The step of "${task.id}" has no attempts.`);
  const command: StartAttempt = {
    type: "startAttempt",
    task: task.id,
    step: name,
    attempt: task.attempt,
    target: work.target,
    input: work.input(task.scope) ?? null,
    timeoutMs: work.timeoutMs,
  };
  return work.extras === null ? command : { ...command, ...work.extras };
}

function isAttemptWork(work: Task["step"]["work"]): work is AttemptWork {
  return work.kind === "call" || work.kind === "resolve";
}

/** Gives up what a running task has under way. */
export function cancelWork(task: Task, reason: string): Command {
  const { id, attempt, step } = task;
  return step.work.kind === "run"
    ? { type: "cancelChildRun", task: id, attempt, reason }
    : { type: "cancelAttempt", task: id, attempt };
}

export function setRunTimer(dueAt: number): Command {
  return { type: "setTimer", timer: runTimer, dueAt };
}

export function setTaskTimer(task: Task, dueAt: number): Command {
  return { type: "setTimer", timer: taskTimer(task), dueAt };
}

export function clearTimer(timer: string): Command {
  return { type: "clearTimer", timer };
}

/** A task has one timer at a time; that of a retry names the attempt that failed. */
export function taskTimer(task: Task): string {
  return task.status === "retrying" ? `retry:${task.attempt}:${task.id}` : `due:${task.id}`;
}

/** The task that waits for that timer; undefined when none does, or no longer. */
export function findByTimer(state: RunState, timer: string): Task | undefined {
  const id = /^(?:retry:\d+|due):(.+)$/.exec(timer)?.[1];
  const task = id === undefined ? undefined : state.tasks.get(id);
  return task !== undefined && task.dueAt !== null && taskTimer(task) === timer ? task : undefined;
}
