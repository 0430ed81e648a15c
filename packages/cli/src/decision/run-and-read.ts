/** Works on a run until it has settled or waits, and reads it back: what a command then tells comes from the record alone. */
import { isErrorCode, MycroftError } from "@mycroft/errors";
import { type RunWait, standingOf } from "@mycroft/record";
import { type RunRecord, readRun, type Store } from "@mycroft/runtime";
import type { WorkflowStart } from "@mycroft/server/operations";
import type { Invocation } from "../command.ts";
import { askOrDo } from "../control/ask-or-do.ts";
import type { HolderMark } from "../control/control-protocol.ts";
import { withClusterControls } from "../host/cluster-store.ts";
import { followElsewhere } from "../host/follow-elsewhere.ts";
import { followInCluster } from "../host/follow-in-cluster.ts";
import { MarketFeed } from "../host/market-feed.ts";
import { readRecordIn } from "../host/read-record.ts";
import { inSession } from "../host/run-session.ts";
import type { StoreHolder } from "../host/store-holder.ts";
import type { ClusterPlace, RecordPlace } from "../project/host-settings.ts";
import { givenDataOptions, type LoadedMarket } from "../project/market.ts";
import type { FolderProject, OpenProject } from "../project/open-project.ts";
import type { PreparedRun } from "../project/prepare-run.ts";

/** A run that has settled, or that waits for what this command cannot give it. */
export interface WorkedRun {
  readonly record: RunRecord;
  /** Empty for a run that has settled. */
  readonly waits: readonly RunWait[];
  /** Where it is on record. */
  readonly place: RecordPlace;
  /** Why this command must not work on it, as the end of a sentence; null when it may. */
  readonly obstacle: string | null;
}

type Told = Pick<Invocation, "options" | "terminal">;

/**
 * @param begin starts the run, or names one that is there.
 * @throws {MycroftError} the codes of the store; what `begin` throws.
 * @throws {Interrupted} when a signal came.
 */
export async function workAndRead(
  open: FolderProject,
  market: LoadedMarket | null,
  invocation: Told,
  begin: (holder: StoreHolder) => Promise<string>,
): Promise<WorkedRun> {
  const options = { open, market: market?.data ?? null, invocation };
  const { runId, obstacle } = await inSession(options, async ({ holder, workOn }) =>
    workOn(await begin(holder)),
  );
  return readWorked(open.place, runId, obstacle);
}

function readWorked(place: RecordPlace, runId: string, obstacle: string | null): Promise<WorkedRun> {
  return readRecordIn(place, async (store) => ({ ...(await readFollowed(store, runId, place)), obstacle }));
}

/** A run that others have worked on. */
export async function readFollowed(store: Store, runId: string, place: RecordPlace): Promise<WorkedRun> {
  const record = await readRun(store, runId);
  const standing = await standingOf(store, record);
  return { record, waits: standing.kind === "waiting" ? standing.waits : [], place, obstacle: null };
}

/** A new run, as somebody asks for it. */
export interface WantedRun {
  readonly open: OpenProject;
  readonly start: Omit<WorkflowStart, "tags"> & Partial<Pick<WorkflowStart, "tags">>;
  /** Gives the data, and the run that is started on it, when this process is the one to work on it. */
  readonly here: () => Promise<{ readonly market: LoadedMarket | null; readonly run: PreparedRun }>;
}

export interface RunOutcome extends WorkedRun {
  /** Null when another process has worked on the run, with its own data. */
  readonly market: LoadedMarket | null;
  /** False for a run that was started before under the same key. */
  readonly isNew: boolean;
}

/**
 * Has a new run done that is to succeed: by the cluster, or by the process that keeps running and holds the store, if there is
 * one, else here.
 * @throws {MycroftError} the code with which the run failed; STORE_LOCKED when a process holds the store for work of its own.
 * @throws {Interrupted} when a signal came.
 */
export async function runAndRead(wanted: WantedRun, invocation: Told): Promise<RunOutcome> {
  const { open } = wanted;
  const { place } = open;
  const outcome =
    place.kind === "folder"
      ? await runInFolder({ ...wanted, open: { ...open, place } }, invocation)
      : await runInCluster(wanted, place, invocation);
  refuseFailure(outcome.record);
  return outcome;
}

/** Starts it for others to work on, with the data that this command has read. */
async function runInCluster(
  { open: { project }, start, here }: WantedRun,
  place: ClusterPlace,
  invocation: Told,
): Promise<RunOutcome> {
  const { market, run } = await here();
  const { provenance } = MarketFeed.fixed(market?.data ?? null);
  return withClusterControls({ cluster: place.cluster, project }, async (held) => {
    const { workflow, ...begin } = run;
    const { plan, plans: childPlans } = workflow;
    const { tags = [], startKey } = start;
    let isNew = true;
    const onFound = () => {
      isNew = false;
    };
    const naming = { tags, onFound, ...(startKey === undefined ? {} : { startKey }) };
    const { orchestrator } = held.controls;
    const runId = await orchestrator.startRun({ plan, childPlans, provenance, ...begin, ...naming });
    const followed = await followInCluster(held, runId, invocation);
    return { ...(await readFollowed(held.store, followed, place)), market, isNew };
  });
}

async function runInFolder(
  { open, start, here }: WantedRun & { readonly open: FolderProject },
  invocation: Told,
): Promise<RunOutcome> {
  const { options, terminal } = invocation;
  const recordFolder = open.place.folder;
  const { tags = [] } = start;
  const input = { ...start, tags: [...tags], dataOptions: givenDataOptions(options) };
  const asking = { recordFolder, name: "startRun", input, terminal } as const;
  const done = await askOrDo(asking, async () => {
    const { market, run } = await here();
    let isNew = true;
    const onFound = () => {
      isNew = false;
    };
    const key = start.startKey === undefined ? {} : { startKey: start.startKey };
    const naming = { tags, onFound, ...key };
    const worked = await workAndRead(open, market, invocation, (holder) =>
      holder.start({ ...run, ...naming }),
    );
    return { ...worked, market, isNew };
  });
  if (done.kind === "done") return done.value;
  const { holder, value } = done;
  const { runId, isNew } = value;
  return { ...(await followAndRead(recordFolder, runId, holder, invocation)), market: null, isNew };
}

async function followAndRead(
  recordFolder: string,
  runId: string,
  holder: HolderMark,
  invocation: Told,
): Promise<WorkedRun> {
  await followElsewhere({ recordFolder, runId, holder, invocation });
  return readWorked({ kind: "folder", folder: recordFolder }, runId, null);
}

/** @throws {MycroftError} the code with which the run failed; RUN_CANCELLED. Nothing for one that is under way. */
export function refuseFailure({ header, state }: RunRecord): void {
  const { result } = state;
  if (result === null || result.status === "succeeded") return;
  throw failureOf(header.runId, result);
}

function failureOf(
  runId: string,
  result: Exclude<NonNullable<RunRecord["state"]["result"]>, { readonly status: "succeeded" }>,
): MycroftError {
  const seeMore = `\`mycroft show ${runId}\` shows where.`;
  if (result.status === "cancelled") {
    return new MycroftError("RUN_CANCELLED", `Run ${runId} was cancelled: ${result.reason}. ${seeMore}`, {
      details: { runId },
    });
  }
  const { code, message, retryable, details } = result.error;
  // An agent may have a code of its own.
  const known = isErrorCode(code) ? code : "TASK_FAILED";
  const own = known === code ? {} : { agentCode: code };
  return new MycroftError(known, `Run ${runId} failed: ${message} ${seeMore}`, {
    retryable,
    details: { ...details, ...own, runId },
  });
}
