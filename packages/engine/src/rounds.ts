/** Whether a repeat goes on, and what it comes to when it does not (E6). */
import { planLimits } from "./plan.ts";
import type { RepeatWork } from "./plan-index.ts";
import type { ScopeInstance, Task } from "./run-state.ts";
import type { WaitOutcome } from "./waits.ts";
import type { TaskError } from "./workflow-definition.ts";

/**
 * Why a run that has `size` tasks, items and rounds cannot take another round of the repeat; null when it can. Repeats
 * may lie in many items of a map, so this is asked before the first round too.
 */
export function roundTooMany(repeat: Task, work: RepeatWork, size: number): TaskError | null {
  const sizeThen = size + 1 + work.body.steps.length;
  if (sizeThen <= planLimits.tasks) return null;
  const problem = `would bring the run to ${sizeThen} tasks, items and rounds; a run may have ${planLimits.tasks}`;
  return repeatError("LIMIT_EXCEEDED", repeat, problem);
}

/** What follows a round that has closed: another one, or what the repeat comes to. A round that failed is the last. */
export function nextStep(repeat: Task, work: RepeatWork, round: ScopeInstance): "another" | WaitOutcome {
  if (round.error !== null) return { error: round.error };
  const rounds = round.index + 1;
  const isMet = work.body.until?.(round) === true;
  if (!isMet && rounds < work.maxRounds) return "another";
  if (isMet || !work.failsAtMaxRounds) return { output: round.output ?? null };
  const problem = `did not meet its condition in ${rounds} rounds`;
  return { error: repeatError("REPEAT_EXHAUSTED", repeat, problem) };
}

function repeatError(code: string, repeat: Task, problem: string): TaskError {
  return { code, message: `Repeat step "${repeat.id}" ${problem}.`, retryable: false };
}
