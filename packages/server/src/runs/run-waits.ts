/** What runs under way wait for, people first: those that somebody can answer, before those that time does. */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { WaitView } from "@mycroft/protocol";
import { type RunWait, waitOf } from "@mycroft/record";
import { maxRunDepth, type RunHeader, type Store } from "@mycroft/runtime";
import { boundedJson, ValueBudget } from "./bounded-json.ts";
import { rootRunId } from "./run-summary.ts";
import type { ToldRun } from "./told-run.ts";
import type { ToldRuns } from "./told-runs.ts";

const waitLimits = {
  /** Runs under way that are looked at, the newest first, child runs among them. */
  runs: 200,
  waits: 500,
  /** Runs beyond those are counted so far. */
  counted: 1_000,
} as const;

const order = { approval: 0, signal: 1, time: 2 } as const;

export interface WaitPorts {
  readonly store: Store;
  readonly toldRuns: ToldRuns;
  /** Is told of records that cannot be read. */
  readonly onError: (error: MycroftError) => void;
}

/** The waits of one run's own tasks. */
function ownWaits(told: ToldRun, values: ValueBudget): WaitView[] {
  if (told.isSettled) return [];
  const { header, plan } = told;
  const record = { header, plan, events: [], state: told.fold.state };
  return told.stories().flatMap((story) => {
    const wait = waitOf(record, story);
    return wait === null ? [] : [waitView(wait, header.workflow, story.readyAt, values)];
  });
}

/** The waits of a run and of the runs within it. */
export async function waitsWithin(ports: WaitPorts, told: ToldRun): Promise<readonly WaitView[]> {
  if (told.isSettled) return [];
  const values = new ValueBudget();
  const waits = ownWaits(told, values);
  let looked = 0;
  for await (const child of childrenUnderWay(ports.store, told.header.runId, waitLimits.runs)) {
    looked += 1;
    if (looked > waitLimits.runs) break;
    waits.push(...((await readWaits(ports, child, values)) ?? []));
  }
  return waits.sort(peopleFirst).slice(0, waitLimits.waits);
}

/** Of all runs under way. */
export async function allWaits(
  ports: WaitPorts,
): Promise<{ readonly waits: readonly WaitView[]; readonly omitted: number }> {
  const values = new ValueBudget();
  const waits: WaitView[] = [];
  let looked = 0;
  let omitted = 0;
  for await (const header of underWay(ports.store)) {
    if (looked >= waitLimits.runs) {
      omitted += 1;
      if (omitted >= waitLimits.counted) break;
      continue;
    }
    looked += 1;
    const found = await readWaits(ports, header, values);
    if (found === null) omitted += 1;
    else waits.push(...found);
  }
  const sorted = waits.sort(peopleFirst);
  return {
    waits: sorted.slice(0, waitLimits.waits),
    omitted: omitted + Math.max(0, sorted.length - waitLimits.waits),
  };
}

/** Null for a record that cannot be read: one damaged run must not hide what the others wait for. */
async function readWaits(
  { toldRuns, onError }: WaitPorts,
  header: RunHeader,
  values: ValueBudget,
): Promise<WaitView[] | null> {
  try {
    return ownWaits(await toldRuns.read(header), values);
  } catch (thrown) {
    const error = asMycroftError(thrown);
    if (error.retryable || error.code === "STORE_CLOSED") throw error;
    onError(error);
    return null;
  }
}

/** Child runs among them. */
async function* underWay(store: Store): AsyncIterable<RunHeader> {
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await store.listRuns({
      ...{ status: "running", limit: waitLimits.runs },
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield* page.runs;
    cursor = page.nextCursor;
  }
}

async function* childrenUnderWay(
  store: Store,
  parentRunId: string,
  most: number,
  depth = 1,
): AsyncIterable<RunHeader> {
  const { runs } = await store.listRuns({ parentRunId, status: "running", limit: most });
  for (const child of runs) {
    yield child;
    if (depth < maxRunDepth) yield* childrenUnderWay(store, child.runId, most, depth + 1);
  }
}

function peopleFirst(one: WaitView, other: WaitView): number {
  const left = one.until ?? Number.MAX_VALUE;
  const right = other.until ?? Number.MAX_VALUE;
  return order[one.kind] - order[other.kind] || left - right;
}

function waitView(wait: RunWait, workflow: string, since: number | null, values: ValueBudget): WaitView {
  const { runId, task, until, kind } = wait;
  return {
    ...{ runId, rootRunId: rootRunId(runId), workflow, task, since, until, kind },
    shown: kind === "approval" ? boundedJson(wait.shown, values) : null,
    signal: kind === "signal" ? wait.signal : null,
    key: kind === "signal" ? wait.key : null,
    takesData: kind === "signal" && wait.takesData,
  };
}
