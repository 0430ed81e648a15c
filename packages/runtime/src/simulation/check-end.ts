/** Holds what the store has of every run in the end against what the run comes to undisturbed. */
import { isDeepStrictEqual } from "node:util";
import { describeTasks, type RunState, type TaskDescription } from "@mycroft/engine";
import type { Store } from "../ports/store.ts";
import { checkForks } from "./check-forks.ts";
import { type DurableRun, isSettled } from "./durable-runs.ts";
import { References } from "./references.ts";
import type { Scenario } from "./scenario.ts";
import type { Witness } from "./witness.ts";

type Accuse = Witness["accuse"];

/** Stale results beyond this many are not recorded in a simulation. */
export const maxIgnoredEvents = 6;

export async function checkEnds(scenario: Scenario, disk: Store, witness: Witness): Promise<void> {
  const references = new References(scenario.seed, witness);
  for (const run of witness.durable.all()) {
    const { runId } = run.header;
    const accuse: Accuse = (rule, detail) => witness.accuse(rule, `${runId}: ${detail}`);
    const status = (await disk.getRun(runId))?.status;
    if (!isSettled(run) || run.state.result?.status !== status) {
      accuse("settles", `the header says ${status}, the events ${run.state.result?.status ?? "running"}`);
      return;
    }
    checkCounts(run, accuse);
    checkEnd(run, references, scenario, witness, accuse);
  }
  checkForks(scenario, witness, references);
}

function checkEnd(
  run: DurableRun,
  references: References,
  scenario: Scenario,
  witness: Witness,
  accuse: Accuse,
): void {
  const { state, header } = run;
  const expected = references.of(run);
  if (state.result?.status === "cancelled" && !references.mayBeCancelled(run)) {
    accuse("end", "nobody asked for it to be cancelled");
  }
  if (references.isStopped(run)) {
    checkTasks(run, expected, true, accuse);
    return;
  }
  const wasAsked = scenario.cancels.length > 0 || witness.wasAskedToCancel(header.runId);
  if (!isDeepStrictEqual(state.result, expected.result)) {
    const rule = wasAsked ? "cancelledEnd" : "end";
    accuse(rule, `${JSON.stringify(state.result)} instead of ${JSON.stringify(expected.result)}`);
  }
  checkTasks(run, expected, false, accuse);
}

/** P2, P8: what counted, counted once; nothing is on record beyond the limits. */
function checkCounts({ state, outcomes, staleOutcomes }: DurableRun, accuse: Accuse): void {
  const tasks = [...state.tasks.values()];
  const attempts = tasks.reduce((sum, task) => sum + task.attempt, 0);
  // Of a task that was stopped, the newest attempt may have counted (it waited for a retry), or not.
  const inFlight = tasks.filter((task) => task.status === "cancelled" && task.attempt > 0).length;
  if (outcomes.size > attempts || outcomes.size < attempts - inFlight) {
    accuse("once", `${outcomes.size} outcomes counted of ${attempts} attempts`);
  }
  for (const { id, attempt, step } of tasks) {
    const most = "retry" in step.work ? step.work.retry.maxAttempts : 0;
    if (attempt > most) accuse("limits", `${id} had ${attempt} attempts`);
  }
  if (staleOutcomes > maxIgnoredEvents) accuse("limits", `${staleOutcomes} stale results are on record`);
}

/** @param isPartial whether tasks may have been stopped: what others came to must still be the same. */
function checkTasks(run: DurableRun, reference: RunState, isPartial: boolean, accuse: Accuse): void {
  const expected = new Map(endsOf(reference).map((task) => [task.id, task]));
  const found = endsOf(run.state);
  const within = [...run.cancelledTasks.keys()].map((task) => `${task}[`);
  const isWithin = ({ id }: TaskEnd) => within.some((prefix) => id.startsWith(prefix));
  const counted = (tasks: Iterable<TaskEnd>) => Array.from(tasks).filter((task) => !isWithin(task));
  const surplus = counted(found).length - counted(expected.values()).length;
  if (!isPartial && surplus !== 0) accuse("end", `${surplus} tasks too many`);
  for (const task of found) {
    if (isWithin(task) || (isPartial && task.status === "cancelled")) continue;
    const other = expected.get(task.id);
    const isSame =
      task.status === "cancelled" && run.cancelledTasks.has(task.id)
        ? other?.status === "cancelled" && isDeepStrictEqual(task.error, other.error)
        : isDeepStrictEqual(task, other);
    if (!isSame) accuse("end", `${JSON.stringify(task)} instead of ${JSON.stringify(other)}`);
  }
}

type TaskEnd = Omit<TaskDescription, "readyAt" | "settledAt">;

function endsOf(state: RunState): readonly TaskEnd[] {
  return describeTasks(state).map(({ readyAt: _, settledAt: __, ...task }) => task);
}
