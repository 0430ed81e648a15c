/**
 * What a run comes to when nothing disturbs it: the engine alone, driven by the agents, without store, queue, worker or
 * orchestrator. Its timeout is never met: whether it is, is a matter of time and not of outcomes.
 */
import {
  apply,
  type Command,
  createRun,
  indexPlan,
  type RunEvent,
  type RunState,
  type StartAttempt,
  type TaskError,
} from "@mycroft/engine";
import { behaviourOf, failure } from "./agents.ts";
import type { ScenarioRun } from "./scenario.ts";

/**
 * @param timedOut the error that was recorded for an attempt that was timed out and may have been; undefined for
 * any other attempt.
 */
export function undisturbedRun(
  run: ScenarioRun,
  seed: number,
  timedOut: (start: StartAttempt) => TaskError | undefined,
): RunState {
  const state = createRun(indexPlan(run.plan), run.runId);
  const commands: Command[] = [...apply(state, { type: "runStarted", at: 0, input: run.input })];
  // The list grows while it is walked.
  for (const command of commands) {
    const event = answerTo(command, run, seed, timedOut);
    if (event !== null) commands.push(...apply(state, event));
  }
  return state;
}

function answerTo(
  command: Command,
  { runId }: ScenarioRun,
  seed: number,
  timedOut: (start: StartAttempt) => TaskError | undefined,
): RunEvent | null {
  if (command.type === "setTimer" && command.timer !== "run") {
    return { type: "timerFired", at: command.dueAt, timer: command.timer };
  }
  if (command.type !== "startAttempt") return null;
  const of = { at: 0, task: command.task, attempt: command.attempt };
  const error = timedOut(command);
  if (error !== undefined) return { type: "attemptFailed", ...of, error };
  const outcome = behaviourOf(seed, { ...command, runId }).outcome ?? failure("ATTEMPT_TIMED_OUT", true);
  return outcome.ok
    ? { type: "attemptSucceeded", ...of, output: outcome.output }
    : { type: "attemptFailed", ...of, error: outcome.error };
}
