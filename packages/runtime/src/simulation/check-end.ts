/** Holds what the store has of a run in the end against what the run comes to undisturbed. */
import { isDeepStrictEqual } from "node:util";
import { describeTasks, type RunState, type TaskError } from "@mycroft/engine";
import type { Store } from "../ports/store.ts";
import { type RunRecord, readRun } from "../run-record.ts";
import { behaviourOf } from "./agents.ts";
import type { Scenario, ScenarioRun } from "./scenario.ts";
import { undisturbedRun } from "./undisturbed-run.ts";
import type { Witness } from "./witness.ts";

type Accuse = Witness["accuse"];

/** Stale results beyond this many are not recorded in a simulation. */
export const maxIgnoredEvents = 6;

export async function checkEnd(
  run: ScenarioRun,
  store: Store,
  scenario: Scenario,
  witness: Witness,
): Promise<void> {
  const record = await readRun(store, run.runId);
  const accuse: Accuse = (rule, detail) => witness.accuse(rule, `${run.runId}: ${detail}`);
  const { header, state } = record;
  if (state.result === null || header.status !== state.result.status) {
    accuse("settles", `the header says ${header.status}, the events ${state.result?.status ?? "running"}`);
    return;
  }
  checkCounts(record, accuse);
  const timedOut = legitimateTimeouts(record, scenario.seed, witness);
  const undisturbed = undisturbedRun(run, scenario.seed, ({ task, attempt }) =>
    timedOut.get(`${task}#${attempt}`),
  );
  if (state.result.status === "cancelled") {
    const wasAsked = scenario.cancels.some((cancel) => cancel.runId === run.runId);
    if (!wasAsked) accuse("end", "nobody asked for it to be cancelled");
    checkTasks(state, undisturbed, true, accuse);
  } else if (timedOutAsWhole(record)) checkTasks(state, undisturbed, true, accuse);
  else {
    const rule = scenario.cancels.length > 0 ? "cancelledEnd" : "end";
    if (!isDeepStrictEqual(state.result, undisturbed.result)) {
      accuse(rule, `${JSON.stringify(state.result)} instead of ${JSON.stringify(undisturbed.result)}`);
    }
    checkTasks(state, undisturbed, false, accuse);
  }
}

/** P2, P8: what counted, counted once; nothing is on record beyond the limits. */
function checkCounts({ events, state, plan, header }: RunRecord, accuse: Accuse): void {
  const tasks = [...state.tasks.values()];
  const attempts = tasks.reduce((sum, task) => sum + task.attempt, 0);
  const retries = tasks.reduce((sum, task) => sum + Math.max(0, task.attempt - 1), 0);
  const inFlight = tasks.filter((task) => task.status === "cancelled" && task.attempt > 0).length;
  const counted = events.length - state.ignored;
  const isStopped = header.status === "cancelled" || timedOutAsWhole({ state, plan });
  // Of a task that was stopped, the newest attempt may have counted (it waited for a retry), or not.
  const most = 1 + attempts + retries + (isStopped ? 1 : 0);
  if (counted > most || counted < most - inFlight) accuse("once", `${counted} events counted, not ${most}`);
  for (const { id, attempt, step } of tasks) {
    if (step.work.kind !== "map" && attempt > step.work.retry.maxAttempts) {
      accuse("limits", `${id} had ${attempt} attempts`);
    }
  }
  const stale = events.filter((event) => "task" in event).length - attempts;
  if (stale > maxIgnoredEvents) accuse("limits", `${stale} stale results are on record`);
}

/** E4: whether the run was ended by its own timeout, and had lasted that long. */
function timedOutAsWhole({ state, plan }: Pick<RunRecord, "state" | "plan">): boolean {
  const { result, startedAt, settledAt } = state;
  if (result?.status !== "failed" || result.error.code !== "RUN_TIMED_OUT") return false;
  return (settledAt ?? 0) - (startedAt ?? 0) >= (plan.workflow.timeoutMs ?? Number.POSITIVE_INFINITY);
}

/** @param isPartial whether tasks may have been stopped: what others came to must still be the same. */
function checkTasks(state: RunState, undisturbed: RunState, isPartial: boolean, accuse: Accuse): void {
  const ends = (of: RunState) => describeTasks(of).map(({ readyAt: _, settledAt: __, ...task }) => task);
  const expected = new Map(ends(undisturbed).map((task) => [task.id, task]));
  const found = ends(state);
  if (!isPartial && found.length !== expected.size)
    accuse("end", `${found.length} tasks, not ${expected.size}`);
  for (const task of found) {
    if (isPartial && task.status === "cancelled") continue;
    if (isDeepStrictEqual(task, expected.get(task.id))) continue;
    accuse("end", `${JSON.stringify(task)} instead of ${JSON.stringify(expected.get(task.id))}`);
  }
}

/**
 * The errors recorded for attempts that were timed out: those whose agent never answers in time, and those that a jump
 * of the clock hurried.
 */
function legitimateTimeouts(
  { header: { runId }, state }: RunRecord,
  seed: number,
  witness: Witness,
): ReadonlyMap<string, TaskError> {
  const recorded = [...(witness.durable.get(runId)?.timedOut ?? [])];
  return new Map(
    recorded.filter(
      ([attempt]) => witness.wasHurried(`${runId}/${attempt}`) || !answersInTime(state, seed, attempt),
    ),
  );
}

/** @param of `task#attempt`. */
function answersInTime(state: RunState, seed: number, of: string): boolean {
  const at = of.lastIndexOf("#");
  const [taskId, attempt] = [of.slice(0, at), Number(of.slice(at + 1))];
  const task = state.tasks.get(taskId);
  if (task === undefined || task.step.work.kind === "map") return true;
  const { target, timeoutMs } = task.step.work;
  const input = null;
  return (
    behaviourOf(seed, { runId: state.runId, task: taskId, attempt, target, timeoutMs, input }).outcome !==
    null
  );
}
