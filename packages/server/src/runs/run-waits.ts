/** What runs under way wait for, people first: those that somebody can answer, before those that time does. */
import type { WaitView } from "@mycroft/protocol";
import { type RunWait, waitOf } from "@mycroft/record";
import { ownRuns, type Store } from "@mycroft/runtime";
import { boundedJson } from "./bounded-json.ts";
import { rootRunId } from "./run-summary.ts";
import type { ToldRun } from "./told-run.ts";
import type { ToldRuns } from "./told-runs.ts";

export const waitLimits = {
  /** Runs under way that are looked at, the newest first. */
  runs: 300,
  waits: 500,
} as const;

const order = { approval: 0, signal: 1, time: 2 } as const;

/** The waits of one run's own tasks. */
export function waitsOf(told: ToldRun): WaitView[] {
  if (told.isSettled) return [];
  const { header, plan } = told;
  const record = { header, plan, events: [], state: told.fold.state };
  return told.stories().flatMap((story) => {
    const wait = waitOf(record, story);
    return wait === null ? [] : [waitView(wait, header.workflow, story.readyAt)];
  });
}

/** Of all runs under way, child runs among them. */
export async function allWaits(
  store: Store,
  toldRuns: ToldRuns,
): Promise<{ readonly waits: WaitView[]; readonly omitted: number }> {
  const waits: WaitView[] = [];
  let looked = 0;
  let omitted = 0;
  for await (const { runId } of underWay(store)) {
    looked += 1;
    if (looked > waitLimits.runs) {
      omitted += 1;
      if (omitted >= waitLimits.runs) break;
      continue;
    }
    waits.push(...waitsOf(await toldRuns.read(runId)));
  }
  const sorted = waits.sort(
    (a, b) =>
      order[a.kind] - order[b.kind] ||
      (a.until ?? Number.POSITIVE_INFINITY) - (b.until ?? Number.POSITIVE_INFINITY),
  );
  return {
    waits: sorted.slice(0, waitLimits.waits),
    omitted: omitted + Math.max(0, sorted.length - waitLimits.waits),
  };
}

async function* underWay(store: Store) {
  for await (const header of ownRuns(store, { status: "running" })) {
    yield header;
    yield* childrenUnderWay(store, header.runId);
  }
}

async function* childrenUnderWay(
  store: Store,
  parentRunId: string,
): AsyncIterable<{ readonly runId: string }> {
  const { runs } = await store.listRuns({ parentRunId, status: "running", limit: 50 });
  for (const child of runs) {
    yield child;
    yield* childrenUnderWay(store, child.runId);
  }
}

function waitView(wait: RunWait, workflow: string, since: number | null): WaitView {
  const { runId, task, until, kind } = wait;
  return {
    ...{ runId, rootRunId: rootRunId(runId), workflow, task, since, until, kind },
    shown: kind === "approval" ? boundedJson(wait.shown) : null,
    signal: kind === "signal" ? wait.signal : null,
    key: kind === "signal" ? wait.key : null,
    takesData: kind === "signal" && wait.takesData,
  };
}
