/** What follows when a round of a repeat has closed (E6). */
import { planLimits } from "./plan.ts";
import type { RepeatWork } from "./plan-index.ts";
import type { ScopeInstance, Task } from "./run-state.ts";
import type { WaitOutcome } from "./waits.ts";

/**
 * Another round, or what the repeat comes to: a round that failed ends it as a failure.
 * @param size the tasks, items and rounds that the run has so far.
 */
export function nextStep(
  repeat: Task,
  work: RepeatWork,
  round: ScopeInstance,
  size: number,
): "another" | WaitOutcome {
  if (round.error !== null) return { error: round.error };
  const { until, steps } = work.body;
  if (until?.(round) === true) return { output: round.output ?? null };
  const rounds = round.index + 1;
  if (rounds < work.maxRounds) {
    const sizeThen = size + 1 + steps.length;
    if (sizeThen <= planLimits.tasks) return "another";
    const problem = `would bring the run to ${sizeThen} tasks, items and rounds; a run may have ${planLimits.tasks}`;
    return failure("LIMIT_EXCEEDED", repeat, problem);
  }
  if (!work.failsAtMaxRounds) return { output: round.output ?? null };
  return failure("REPEAT_EXHAUSTED", repeat, `did not meet its condition in ${rounds} rounds`);
}

function failure(code: string, repeat: Task, problem: string): WaitOutcome {
  return { error: { code, message: `Repeat step "${repeat.id}" ${problem}.`, retryable: false } };
}
