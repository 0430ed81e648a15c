/**
 * Works on a backfill until it has ended, with a line of progress; or leaves it to the process that holds the store. A
 * backfill that is interrupted goes on where it was: with `mycroft up`, or when it is resumed.
 */

import { setTimeout as delay } from "node:timers/promises";
import { MycroftError } from "@mycroft/errors";
import { readStanding } from "@mycroft/record";
import { counted } from "@mycroft/record/text";
import type { BackfillProgress } from "@mycroft/runtime";
import { type OperationInput, perform } from "@mycroft/server/operations";
import type { Invocation } from "../command.ts";
import { askOrDo } from "../control/ask-or-do.ts";
import type { HolderMark } from "../control/control-protocol.ts";
import { withClusterControls } from "../host/cluster-store.ts";
import { findLacking, lackingText } from "../host/follow-in-cluster.ts";
import { isAtRest } from "../host/run-activity.ts";
import { inSession, type Session } from "../host/run-session.ts";
import type { StoreHolder } from "../host/store-holder.ts";
import type { ClusterPlace } from "../project/host-settings.ts";
import { loadMarket, noteLoadReport } from "../project/market.ts";
import { type FolderProject, type OpenProject, openProject } from "../project/open-project.ts";
import { nextCommands } from "../text/next-commands.ts";
import { backfillText } from "./schedule-text.ts";

export type WantedBackfill =
  | { readonly kind: "new"; readonly request: OperationInput<"beginBackfill"> }
  | { readonly kind: "resume"; readonly id: string };

type Told = Pick<Invocation, "options" | "terminal">;

const progressEveryMs = 200;
const mostUnderWay = 1_000;

/**
 * @returns the exit code: 1 when a run of it failed, or could not be started.
 * @throws {MycroftError} as `Backfills.begin`; BACKFILL_UNKNOWN; the codes of the store, the configuration and the data.
 */
export async function runBackfill(wanted: WantedBackfill, { options, terminal }: Told): Promise<number> {
  const open = await openProject(options);
  const { place } = open;
  return place.kind === "folder"
    ? runInFolder(wanted, { ...open, place }, { options, terminal })
    : leaveToCluster(wanted, { ...open, place }, { options, terminal });
}

/** The orchestrator that fires the schedules takes it up; whoever is there may watch. */
async function leaveToCluster(
  wanted: WantedBackfill,
  { place, project }: OpenProject & { readonly place: ClusterPlace },
  { options, terminal }: Told,
): Promise<number> {
  return withClusterControls({ cluster: place.cluster, project }, async ({ controls, store }) => {
    const backfill =
      wanted.kind === "new"
        ? (await perform(controls, "beginBackfill", wanted.request)).backfill
        : await controls.backfills.progress(wanted.id);
    if (terminal.json) {
      terminal.printJson({ backfill, holder: null });
      return 0;
    }
    terminal.print(`Backfill ${backfill.id}: ${backfillText(backfill)}.`);
    const lacking = await findLacking(store);
    const [list = ""] = nextCommands([["backfill", "list"]], options);
    const next = `The cluster goes on with it; \`${list}\` shows how far it is.`;
    if (backfill.endedAt === null) terminal.note(lacking === null ? next : lackingText(lacking, { options }));
    return 0;
  });
}

async function runInFolder(wanted: WantedBackfill, open: FolderProject, { options, terminal }: Told) {
  const recordFolder = open.place.folder;
  const work = async (): Promise<BackfillProgress> => {
    const market = await loadMarket(open, options, terminal);
    if (market !== null) noteLoadReport(market, terminal);
    const session = { open, market: market?.data ?? null, invocation: { options, terminal } };
    return inSession(session, (held) => workOn(wanted, held, { options, terminal }));
  };
  if (wanted.kind === "resume") {
    const asking = { recordFolder, name: "listBackfills", input: {}, terminal } as const;
    const done = await askOrDo(asking, work);
    if (done.kind === "done") return tellEnd(done.value, { options, terminal });
    const found = done.value.backfills.find(({ id }) => id === wanted.id);
    if (found === undefined) throw backfillUnknown(wanted.id);
    return tellHandedOver(found, done.holder, { options, terminal });
  }
  const asking = { recordFolder, name: "beginBackfill", input: wanted.request, terminal } as const;
  const done = await askOrDo(asking, work);
  if (done.kind === "done") return tellEnd(done.value, { options, terminal });
  return tellHandedOver(done.value.backfill, done.holder, { options, terminal });
}

async function workOn(
  wanted: WantedBackfill,
  { holder }: Session,
  { options, terminal }: Told,
): Promise<BackfillProgress> {
  const { backfills } = holder.controls;
  const id = wanted.kind === "resume" ? wanted.id : await begin(wanted.request, holder.controls);
  const { planned, started } = await backfills.progress(id);
  const [resume = ""] = nextCommands([["backfill", "resume", id]], options);
  terminal.note(
    `Backfill ${id}: ${planned - started} of ${counted(planned, "run")} to start; if it is interrupted, \`${resume}\` goes on.`,
  );
  backfills.start();
  const ended = backfills.waitFor(id);
  ended.catch(() => {});
  for (;;) {
    const progress = await backfills.progress(id);
    if (progress.endedAt !== null) return ended;
    terminal.progress(`${id}: ${backfillText(progress)}`);
    const isFull = progress.underWay >= progress.concurrency || progress.started === progress.planned;
    // Nobody is there who would wait with what waits for somebody.
    if (isFull && !terminal.isAttended && (await isAllWaiting(progress, holder))) return progress;
    await Promise.race([ended, delay(progressEveryMs)]);
  }
}

/**
 * Whether each of the runs under way waits, or must not go on here. Between the end of one and the start of the next, one is
 * missing; what is being cancelled waits for nobody.
 */
async function isAllWaiting(
  { id, status, underWay }: BackfillProgress,
  holder: StoreHolder,
): Promise<boolean> {
  const { store, clock, activity } = holder;
  if (underWay === 0 || activity.busy > 0) return false;
  const ofBackfill = { tag: tagOf(id), status: "running", parentRunId: null, limit: mostUnderWay } as const;
  const { runs } = await store.listRuns(ofBackfill);
  if (runs.length < underWay) return false;
  for (const { runId } of runs) {
    if (holder.obstacleOf(runId) !== null) continue;
    if (status === "cancelling" || !isAtRest(await readStanding(store, runId), clock.now())) return false;
  }
  return true;
}

/** What marks its runs. */
function tagOf(id: string): string {
  return `backfill:${id}`;
}

async function begin(
  request: OperationInput<"beginBackfill">,
  controls: Session["holder"]["controls"],
): Promise<string> {
  return (await perform(controls, "beginBackfill", request)).backfill.id;
}

function tellEnd(progress: BackfillProgress, { options, terminal }: Told): number {
  const { id, endedAt, failed, refusals, planned } = progress;
  if (terminal.json) terminal.printJson({ backfill: progress, holder: null });
  else {
    terminal.print(`Backfill ${id}${endedAt === null ? " is under way" : ""}: ${backfillText(progress)}.`);
    for (const { scheduledAt, code, message } of refusals)
      terminal.print(`  ${scheduledAt}: not started: ${code} ${message}`);
    if (failed > refusals.length) {
      const [list = ""] = nextCommands([["runs", "--tag", tagOf(id), "--status", "failed"]], options);
      terminal.note(`\`${list}\` lists the runs that failed.`);
    }
    if (endedAt === null)
      terminal.note("The runs under way wait for somebody: `mycroft runs --status running` lists them.");
  }
  return failed === 0 && planned > 0 ? 0 : 1;
}

function tellHandedOver(progress: BackfillProgress, holder: HolderMark, { options, terminal }: Told): number {
  if (terminal.json) {
    terminal.printJson({ backfill: progress, holder });
    return 0;
  }
  const { id } = progress;
  const [list = "", resume = ""] = nextCommands(
    [
      ["backfill", "list"],
      ["backfill", "resume", id],
    ],
    options,
  );
  terminal.print(`Backfill ${id}: ${backfillText(progress)}.`);
  const next = holder.isStaying
    ? `Process ${holder.pid} goes on with it; \`${list}\` shows how far it is.`
    : `Process ${holder.pid} holds the store for work of its own. When it has ended, \`${resume}\` goes on, and so does \`mycroft up\`.`;
  terminal.note(next);
  return 0;
}

function backfillUnknown(id: string): MycroftError {
  return new MycroftError(
    "BACKFILL_UNKNOWN",
    `There is no backfill ${JSON.stringify(id)}. \`mycroft backfill list\` lists them.`,
    {
      details: { id },
    },
  );
}
