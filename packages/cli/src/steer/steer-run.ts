/**
 * What `approve`, `signal`, `retry` and `fork` have in common: something is put on record, by the process that holds the
 * store or here; and here, the run is then worked on as `run` does it, unless that was not wanted.
 */
import { findRun } from "@mycroft/runtime";
import {
  type OperationInput,
  type OperationName,
  type OperationOutput,
  perform,
} from "@mycroft/server/operations";
import type { Invocation } from "../command.ts";
import { askOrDo } from "../control/ask-or-do.ts";
import type { HolderMark } from "../control/control-protocol.ts";
import { readFollowed, refuseFailure, type WorkedRun, workAndRead } from "../decision/run-and-read.ts";
import { tellRun } from "../decision/tell-run.ts";
import { withClusterControls } from "../host/cluster-store.ts";
import { followInCluster } from "../host/follow-in-cluster.ts";
import { holdIdle } from "../host/idle-record.ts";
import { MarketFeed } from "../host/market-feed.ts";
import { readRecordIn } from "../host/read-record.ts";
import { rootOf } from "../host/run-activity.ts";
import type { ClusterPlace, RecordPlace } from "../project/host-settings.ts";
import { type LoadedMarket, loadMarket, noteLoadReport } from "../project/market.ts";
import { findRecordPlace, openProject } from "../project/open-project.ts";
import { nextCommands } from "../text/next-commands.ts";

/** What became of it. */
export type Steered<Name extends OperationName> = { readonly value: OperationOutput<Name> } & (
  | { readonly kind: "asked"; readonly holder: HolderMark }
  /** For the cluster to read, or for the next process that works on runs. */
  | { readonly kind: "recorded"; readonly place: RecordPlace }
  | { readonly kind: "worked"; readonly worked: WorkedRun; readonly market: LoadedMarket | null }
);

export interface Steering<Name extends OperationName> {
  readonly name: Name;
  readonly input: OperationInput<Name>;
  /** The run that goes on from here. */
  readonly runOf: (value: OperationOutput<Name>) => string;
}

/**
 * The id of the run that is meant on the command line.
 * @throws {MycroftError} NOT_FOUND where nothing was ever run; RUN_UNKNOWN.
 */
export async function findRunId(idOrPrefix: string, options: Invocation["options"]): Promise<string> {
  const place = await findRecordPlace(options);
  return (await readRecordIn(place, (store) => findRun(store, idOrPrefix))).runId;
}

/** @throws {MycroftError} what the operation throws; the codes of the store, the configuration and the data. */
export async function steerRun<Name extends OperationName>(
  { name, input, runOf }: Steering<Name>,
  { options, terminal }: Pick<Invocation, "options" | "terminal">,
): Promise<Steered<Name>> {
  const place = await findRecordPlace(options);
  if (place.kind === "cluster") return steerInCluster({ name, input, runOf }, place, { options, terminal });
  const recordFolder = place.folder;
  const steered = await askOrDo({ recordFolder, name, input, terminal }, async (): Promise<Steered<Name>> => {
    const open = { ...(await openProject(options)), place };
    if (options["wait"] === false) {
      const value = await holdIdle(recordFolder, open.project, (controls) => perform(controls, name, input));
      return { kind: "recorded", value, place };
    }
    const market = await loadMarket(open, options, terminal);
    if (market !== null) noteLoadReport(market, terminal);
    const done = Promise.withResolvers<OperationOutput<Name>>();
    const worked = await workAndRead(open, market, { options, terminal }, async ({ controls }) => {
      const value = await perform(controls, name, input);
      done.resolve(value);
      return runOf(value);
    });
    return { kind: "worked", value: await done.promise, worked, market };
  });
  return steered.kind === "asked" ? steered : steered.value;
}

async function steerInCluster<Name extends OperationName>(
  { name, input, runOf }: Steering<Name>,
  place: ClusterPlace,
  { options, terminal }: Pick<Invocation, "options" | "terminal">,
): Promise<Steered<Name>> {
  const open = await openProject(options);
  // Whatever goes on with a run goes on with that run's data.
  const market = name === "triggerSchedule" ? await loadMarket(open, options, terminal) : null;
  const work = {
    cluster: place.cluster,
    project: open.project,
    feed: MarketFeed.fixed(market?.data ?? null),
  };
  return withClusterControls(work, async (held): Promise<Steered<Name>> => {
    const value = await perform(held.controls, name, input);
    if (options["wait"] === false) return { kind: "recorded", value, place };
    const runId = await followInCluster(held, runOf(value), { options, terminal });
    return { kind: "worked", value, worked: await readFollowed(held.store, runId, place), market };
  });
}

export interface Telling {
  /** What was done, as a sentence. */
  readonly done: string;
  /** The same for programs. */
  readonly doneJson: object;
  readonly runId: string;
  /** Whether a run that then fails is what was wanted. */
  readonly mayFail?: (worked: WorkedRun) => boolean;
}

/**
 * Says what was done, and what became of the run.
 * @throws {MycroftError} the code with which the run failed.
 */
export function tellSteered<Name extends OperationName>(
  steered: Steered<Name>,
  { done, doneJson, runId, mayFail = () => false }: Telling,
  { options, terminal }: Pick<Invocation, "options" | "terminal">,
): void {
  const holder = steered.kind === "asked" ? steered.holder : null;
  if (steered.kind === "worked") {
    if (!terminal.json) terminal.note(done);
    if (!mayFail(steered.worked)) refuseFailure(steered.worked.record);
    tellRun(steered.worked, steered.market, { options, terminal }, { ...doneJson, holder });
    return;
  }
  if (terminal.json) {
    terminal.printJson({ ...doneJson, holder });
    return;
  }
  terminal.print(done);
  const [show = "", up = ""] = nextCommands([["show", rootOf(runId)], ["up"]], options);
  if (steered.kind === "recorded" && steered.place.kind === "cluster") {
    terminal.note(`The cluster goes on with it; \`${show}\` shows how it comes along.`);
    return;
  }
  if (holder === null) {
    terminal.note(`\`${up}\`, or the next command that runs something, goes on with it.`);
    return;
  }
  const while_ = holder.isStaying ? "" : " while it runs";
  terminal.note(`Process ${holder.pid} goes on with it${while_}; \`${show}\` shows how it comes along.`);
}
