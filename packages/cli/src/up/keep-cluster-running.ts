/**
 * What `mycroft worker`, `mycroft orchestrator` and, on a cluster, `mycroft up` do: they take part in the cluster until they are
 * told to end, and say what they do. Servers that go away are waited for; a store that refuses them for good is the end, so that
 * whoever watches over the process may start it anew.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { MycroftError } from "@mycroft/errors";
import { shardCount } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { ClusterHost, type ClusterHostListener, type ClusterHostOptions } from "../host/cluster-host.ts";
import { watchForInterruption } from "../host/interruption.ts";
import type { MarketFeed } from "../host/market-feed.ts";
import { openFeed } from "../host/open-feed.ts";
import { addressText, type ClusterSettings, clusterText, requireQueue } from "../project/host-settings.ts";
import type { OpenProject } from "../project/open-project.ts";
import { printLabelled } from "../text/print-sections.ts";
import type { ServedWeb } from "../web/serve-web.ts";
import type { WebOptions } from "../web/web-options.ts";
import { UpLog } from "./up-log.ts";
import { watchBackfills } from "./watch-backfills.ts";

export interface ClusterRoles extends Pick<ClusterHostOptions, "advancesRuns" | "pools"> {
  /** What the process is called: `Worker`, `Orchestrator`, `Up`. */
  readonly title: string;
}

export interface KeepClusterRunningOptions {
  readonly open: OpenProject;
  readonly settings: ClusterSettings;
  readonly roles: ClusterRoles;
  readonly invocation: Pick<Invocation, "options" | "terminal">;
  /** How long what is in hand may take when it is told to end. */
  readonly graceMs: number;
  /** Null for no server. */
  readonly web: WebOptions | null;
}

/** What handing back, and the ending of a server that is away, may take beyond the grace time. */
const partingMs = 10_000;

/**
 * Resolves when it was told to end, and has.
 * @throws {MycroftError} what cannot be connected to; why the store refuses it for good.
 */
export async function keepClusterRunning(options: KeepClusterRunningOptions): Promise<void> {
  const { open, settings, roles, invocation, graceMs } = options;
  // What is missing is said before anything is read.
  requireQueue(settings);
  const log = new UpLog(invocation);
  const end = Promise.withResolvers<MycroftError | null>();
  const interruption = watchForInterruption({ onFirst: () => end.resolve(null) });
  try {
    const { feed } = await openFeed(open, invocation);
    const listener = listenerOf(log, end.resolve);
    const { project } = open;
    const host = await ClusterHost.open({ ...roles, settings, project, feed, listener });
    log.attach(host.store);
    const page = await serveCluster(host, feed, options, log).catch(async (thrown: unknown) => {
      await drain(host, null, 0);
      throw thrown;
    });
    tellParticipation(host, page, options);
    const refusal = await end.promise;
    log.tell({ event: "stopping", inHand: host.inHand, graceMs });
    const inHand = await drain(host, page, graceMs);
    if (refusal !== null) throw refusal;
    log.tell({ event: "stopped", inHand });
  } finally {
    await log.flush();
    interruption.stop();
  }
}

async function serveCluster(
  host: ClusterHost,
  feed: MarketFeed,
  { open, invocation, web }: KeepClusterRunningOptions,
  log: UpLog,
): Promise<ServedWeb | null> {
  if (web === null) return null;
  const { options, terminal } = invocation;
  const { openClusterBackend } = await import("../web/cluster-backend.ts");
  const { serveWeb } = await import("../web/serve-web.ts");
  const onError = (error: MycroftError) => log.warn(error);
  const { backend, close } = await openClusterBackend({ open, host, feed, options, onError });
  try {
    const page = await serveWeb(backend, web, terminal);
    return { ...page, close: () => page.close().finally(close) };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

function listenerOf(log: UpLog, onRefused: (error: MycroftError) => void): ClusterHostListener {
  let stopWatching: () => void = () => {};
  return {
    onUpdate: (update) => log.takeUpdate(update),
    onWaiting: (runId, waits) => log.takeWaiting(runId, waits),
    onSettled: (runId) => log.takeSettled(runId),
    onExecuted: ({ request: { runId, task, target }, outcome, tookMs }) => {
      const error = outcome.ok ? null : outcome.error;
      log.tell({ event: "attempt", runId, task, target: target.name, tookMs, error });
    },
    onScheduler: (notice) => log.takeNotice(notice),
    onSchedules: (isFiring, { backfills, names }) => {
      stopWatching();
      stopWatching = isFiring ? watchBackfills(backfills, log) : () => {};
      log.tell({ event: "schedules", isFiring, schedules: names });
    },
    onShards: (held) => log.tell({ event: "shards", held, of: shardCount }),
    onDataLoaded: ({ source, lastDate, hash }) => log.tell({ event: "dataLoaded", source, lastDate, hash }),
    onClosing: async () => {
      stopWatching();
      await log.flush();
      log.attach(null);
    },
    onError: (error) => log.warn(error),
    onRefused,
  };
}

/** Gives how many attempts are handed back. */
async function drain(host: ClusterHost, page: ServedWeb | null, graceMs: number): Promise<number> {
  let left = 0;
  const grace = setTimeout(() => {
    left = host.inHand;
  }, graceMs);
  // What servers that are away make of closing is no news.
  const closed = Promise.resolve(page?.close())
    .catch(() => {})
    .then(() => host.close({ graceMs }))
    .catch(() => {});
  await Promise.race([closed, delay(graceMs + partingMs)]);
  clearTimeout(grace);
  return left;
}

function tellParticipation(
  host: ClusterHost,
  page: ServedWeb | null,
  { open: { project }, settings, roles, invocation: { terminal } }: KeepClusterRunningOptions,
): void {
  const { names } = host;
  const { pools } = roles;
  const [queue, bus] = [addressText(requireQueue(settings)), settings.bus && addressText(settings.bus)];
  const workflows = project.workflows.map(({ name }) => name).sort();
  if (terminal.json) {
    terminal.printJsonLine({
      ...{ at: new Date().toISOString(), event: "up", pid: process.pid, names },
      ...(page === null ? {} : { page: page.signInUrl }),
      ...{
        advancesRuns: roles.advancesRuns,
        pools,
        cluster: clusterText(settings),
        queue,
        bus: bus ?? queue,
        workflows,
      },
    });
    return;
  }
  const { style, print } = terminal;
  const where = clusterText(settings);
  print(
    style(
      "bold",
      `${roles.title}: process ${process.pid} works on ${where} until it is told to end (Ctrl-C)`,
    ),
  );
  // Not wrapped: an address in two parts is none.
  if (page !== null) print(`  ${style("cyan", page.signInUrl)}`);
  const taken = Object.entries(pools ?? {}).map(([pool, concurrency]) => `${pool} (${concurrency} at once)`);
  printLabelled(
    [
      ["Name", names.join(", ")],
      ["Queue", bus === null || bus === queue ? queue : `${queue}, bus ${bus}`],
      ["Workflows", workflows.length === 0 ? "none" : workflows.join(", ")],
      ...(pools === null ? [] : [["Pools", taken.join(", ")] as const]),
    ],
    terminal,
  );
}
