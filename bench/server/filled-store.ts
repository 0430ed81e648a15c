/** A store of many runs of several kinds, appended as a host would: finished, failed, under way, tagged, and with child runs. */

import { compile, type Plan, type RunEvent } from "@mycroft/engine";
import { newRunId, type RunAppend } from "@mycroft/runtime";
import { openStore } from "./open-store.ts";

const perAppend = 2_000;
const minuteMs = 60_000;

/** How often something is so, by the run's number. */
export const every = { daily: 5, rare: 10_000, nightly: 3, failed: 97, underWay: 499, parent: 20 } as const;
export const workflowNames = { usual: "watched", daily: "daily", rare: "rare", part: "part" } as const;
const childrenOfParent = 2;

const plans: ReadonlyMap<string, Plan> = new Map(
  Object.values(workflowNames).map((name) => [name, planOf(name)]),
);

/** One call, as small as a run can be. */
function planOf(name: string): Plan {
  const nothing = { kind: "const", value: null };
  const target = { kind: "function", name: "no-op" };
  return compile({ name, steps: [{ kind: "call", name: "work", target, input: nothing }], output: nothing });
}

export interface FilledStore {
  /** Runs that are no child runs. */
  readonly own: number;
  readonly children: number;
  /** Of a run with children. */
  readonly parent: string;
  /** That the ids of some of the runs begin with. */
  readonly prefix: string;
  /** A run that nearly all others are newer than. */
  readonly old: string;
}

/** @param place as of `openStore`. */
export async function fillStore(place: string, runs: number): Promise<FilledStore> {
  const store = await openStore(place);
  for (const plan of plans.values()) await store.putPlan(plan);
  const firstAt = Date.now() - runs * minuteMs;
  let children = 0;
  let parent = "";
  let old = "";
  for (let from = 0; from < runs; from += perAppend) {
    const batch: RunAppend[] = [];
    for (let number = from; number < Math.min(runs, from + perAppend); number += 1) {
      const run = runOf(number, firstAt + number * minuteMs);
      batch.push(run);
      if (number === Math.floor(runs / 10)) old = run.runId;
      if (number % every.parent !== 0) continue;
      parent = run.runId;
      for (let child = 0; child < childrenOfParent; child += 1)
        batch.push(childOf(run.runId, child, firstAt));
      children += childrenOfParent;
    }
    const outcomes = await store.append(batch);
    if (outcomes.some((outcome) => outcome !== "stored")) throw new Error("An append was refused.");
  }
  await store.close();
  return { own: runs, children, parent, prefix: parent.slice(0, 5), old };
}

function workflowOf(number: number): string {
  if (number % every.rare === 0) return workflowNames.rare;
  return number % every.daily === 0 ? workflowNames.daily : workflowNames.usual;
}

function runOf(number: number, at: number): RunAppend {
  const tags = [`group-${number % 50}`, ...(number % every.nightly === 0 ? ["nightly"] : [])].sort();
  return {
    ...newRun(newRunId(at), workflowOf(number), at, tags),
    ...outcomeOf(number, at),
    fromSeq: 0,
  };
}

function childOf(parent: string, child: number, at: number): RunAppend {
  const runId = `${parent}.${String(child).padStart(16, "0")}`;
  const { create } = newRun(runId, child % 2 === 0 ? workflowNames.daily : workflowNames.part, at, []);
  const ofParent = { runId: parent, task: "work", attempt: child + 1 };
  return { runId, create: { ...create, parent: ofParent }, fromSeq: 0, ...outcomeOf(1, at) };
}

function newRun(runId: string, workflow: string, at: number, tags: readonly string[]) {
  const create = {
    ...{ runId, workflow, tags, createdAt: at, asOf: "2010-02-26" },
    planHash: plans.get(workflow)?.hash ?? "",
    provenance: { codeVersion: "bench" },
    ...{ startKey: null, parent: null, forkedFrom: null },
  };
  return { runId, create };
}

function outcomeOf(number: number, at: number): Pick<RunAppend, "events" | "settle"> {
  const started: RunEvent = { type: "runStarted", at, input: { number } };
  if (number % every.underWay === 0) return { events: [started] };
  const report = { startedAt: at, worker: "machine/1", version: "1" };
  const attempt = { at: at + 1, task: "work", attempt: 1, report };
  if (number % every.failed === 0) {
    const error = { code: "TASK_FAILED", message: "no luck", retryable: false };
    return {
      events: [started, { type: "attemptFailed", ...attempt, error }],
      settle: { status: "failed", at: at + 1 },
    };
  }
  return {
    events: [started, { type: "attemptSucceeded", ...attempt, output: null }],
    settle: { status: "succeeded", at: at + 1 },
  };
}
