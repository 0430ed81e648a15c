/**
 * Where a run stands: whether it has something to do, or only waits for a person, a signal or a time. Read from the record,
 * child runs included, so that it says the same in whatever process it is asked.
 */
import { allSteps, describeTasks, type JsonValue, type Plan, type TaskDescription } from "@mycroft/engine";
import { childRunId, type RunRecord, readRun, type Store } from "@mycroft/runtime";

export type RunWait = {
  /** The run whose task it is: the run that was asked about, or one within it. */
  readonly runId: string;
  readonly task: string;
  /** When it is over by itself, in milliseconds since the epoch; null for never. */
  readonly until: number | null;
} & (
  | { readonly kind: "approval"; readonly shown: JsonValue }
  | {
      readonly kind: "signal";
      readonly signal: string;
      readonly key: string | null;
      /** Whether the step states what the signal has to say. */
      readonly takesData: boolean;
    }
  /** A sleep, or the delay before the next attempt. */
  | { readonly kind: "time"; readonly isRetry: boolean }
);

export type Standing =
  | { readonly kind: "settled"; readonly status: "succeeded" | "failed" | "cancelled" }
  | { readonly kind: "busy" }
  | { readonly kind: "waiting"; readonly waits: readonly RunWait[] };

const busy: Standing = { kind: "busy" };

/** @throws {MycroftError} RUN_UNKNOWN; the codes of the store. */
export async function readStanding(store: Store, runId: string): Promise<Standing> {
  return standingOf(store, await readRun(store, runId));
}

export async function standingOf(store: Store, record: RunRecord): Promise<Standing> {
  const { status } = record.header;
  if (status !== "running") return { kind: "settled", status };
  const waits: RunWait[] = [];
  for (const task of describeTasks(record.state)) {
    const found = await waitsOf(store, record, task);
    if (found === null) return busy;
    waits.push(...found);
  }
  // Nothing to wait for and nothing under way: its end is being written down.
  return waits.length === 0 ? busy : { kind: "waiting", waits };
}

/** Null when the task has something to do. */
async function waitsOf(
  store: Store,
  record: RunRecord,
  task: TaskDescription,
): Promise<readonly RunWait[] | null> {
  if (task.status === "running") {
    const childId = childRunId(record.header.runId, { task: task.id, attempt: task.attempt });
    return task.kind === "run" ? waitsOfChild(store, childId) : null;
  }
  const wait = waitOf(record, task);
  return wait === null ? [] : [wait];
}

/** What the task itself waits for from outside; null for nothing. */
export function waitOf({ header, plan }: RunRecord, task: TaskDescription): RunWait | null {
  const at = { runId: header.runId, task: task.id, until: task.dueAt ?? null };
  switch (task.status) {
    case "waitingForApproval":
    case "waitingForSignal": {
      const { waitsFor } = task;
      if (waitsFor === undefined) return null;
      if (waitsFor.kind === "approval") return { ...at, ...waitsFor };
      return { ...at, ...waitsFor, takesData: takesData(plan, task.step) };
    }
    case "sleeping":
    case "retrying":
      return { ...at, kind: "time", isRetry: task.status === "retrying" };
    default:
      return null;
  }
}

async function waitsOfChild(store: Store, childId: string): Promise<readonly RunWait[] | null> {
  // It may not have been started yet, and when it has settled its parent is about to be told.
  if ((await store.getRun(childId)) === undefined) return null;
  const standing = await readStanding(store, childId);
  return standing.kind === "waiting" ? standing.waits : null;
}

function takesData({ workflow }: Plan, step: string): boolean {
  for (const one of allSteps(workflow.steps)) {
    if (one.kind === "waitFor" && one.name === step) return one.outputSchema !== undefined;
  }
  return false;
}
