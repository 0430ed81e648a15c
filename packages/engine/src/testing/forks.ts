/** Short ways to fork runs in tests. */
import { outcomesToCarry } from "../carry-outcomes.ts";
import type { CarriedOutcome } from "../run-event.ts";
import type { DrivenRun } from "./driven-run.ts";

/** Succeeds in everything that is under way, until nothing is: each task gives its own id and input. */
export function finish(run: DrivenRun): DrivenRun {
  for (let open = Object.entries(run.inputs()); open.length > 0; open = Object.entries(run.inputs())) {
    for (const [task, given] of open) run.succeed(task, { by: task, of: given });
  }
  return run;
}

export function carriedFrom(run: DrivenRun, from: readonly string[]): readonly CarriedOutcome[] {
  const carried = outcomesToCarry(run.state, from);
  if ("unknown" in carried) throw new Error(`The run has no task ${carried.unknown}.`);
  return carried;
}

export function namesOf(carried: readonly CarriedOutcome[]): readonly string[] {
  return carried.map(({ task }) => task);
}

/** The tasks that a fork does again, in order; it succeeds in all of them. */
export function doneAgain(run: DrivenRun): readonly string[] {
  const done: string[] = [];
  for (let open = Object.keys(run.inputs()); open.length > 0; open = Object.keys(run.inputs())) {
    done.push(...open);
    for (const task of open) run.succeed(task, "again");
  }
  return done;
}
