/**
 * A process of a cluster: an orchestrator, a worker, or both, over ports of its own to the cluster's store, queue and bus.
 * An orchestrator advances runs and, if it has the first shard, fires schedules; a worker executes tasks with the project's agents,
 * and leaves to others what it has no agent or no data for.
 */
import type { Cluster } from "@mycroft/distributed";
import type { ErrorCode, MycroftError } from "@mycroft/errors";
import type { RunWait } from "@mycroft/record";
import {
  type Clock,
  Messenger,
  type OrchestratorProcess,
  type RunUpdate,
  runUpdatesTopic,
  type SchedulerNotice,
  type SharedOrchestrator,
  type SharedStore,
  type Subscription,
  startOrchestratorProcess,
  startWorkerProcess,
  type WorkerProcess,
} from "@mycroft/runtime";
import type { MarketData, Project } from "@mycroft/sdk";
import { type ClusterSettings, requireQueue } from "../project/host-settings.ts";
import { readCodeVersion } from "../version.ts";
import { knownNames } from "./left-behind.ts";
import type { MarketFeed } from "./market-feed.ts";
import { projectGateway, serveProject } from "./project-gateway.ts";
import { RunActivity } from "./run-activity.ts";
import { dataObstacle, RunData } from "./run-data.ts";
import { openScheduledWork, type ScheduledWork } from "./scheduled-work.ts";
import { ShardSchedules } from "./shard-schedules.ts";
import { type ExecutedAttempt, type TellingGateway, tellingBus, tellingGateway } from "./telling-ports.ts";

export interface ClusterHostListener {
  readonly onUpdate: (update: RunUpdate) => void;
  readonly onWaiting: (runId: string, waits: readonly RunWait[]) => void;
  readonly onSettled: (runId: string) => void;
  readonly onExecuted: (executed: ExecutedAttempt) => void;
  readonly onScheduler: (notice: SchedulerNotice) => void;
  /** This process has begun to fire schedules, or has stopped. */
  readonly onSchedules: (isFiring: boolean, work: ScheduledWork) => void;
  /** It advances the runs of so many shards now. */
  readonly onShards: (held: number) => void;
  readonly onDataLoaded: (data: MarketData) => void;
  /** Nothing more will happen; the store can be read until this resolves. */
  readonly onClosing: () => Promise<void>;
  readonly onError: (error: MycroftError) => void;
  /** The store refuses this process, and will: there is nothing left but to end. */
  readonly onRefused: (error: MycroftError) => void;
}

export interface ClusterHostOptions {
  readonly settings: ClusterSettings;
  readonly project: Project;
  readonly feed: MarketFeed;
  readonly advancesRuns: boolean;
  /** How many attempts it executes at once, by pool; null for a process that executes none. */
  readonly pools: Readonly<Record<string, number>> | null;
  readonly listener: ClusterHostListener;
}

/** What no later try mends, whoever tries. */
const refusals: ReadonlySet<ErrorCode> = new Set([
  "STORE_REFUSED",
  "STORE_NEWER",
  "STORE_READ_ONLY",
  "STORE_UNSUPPORTED",
  "STORE_FOREIGN_FILE",
]);

/** Shards are taken one by one; what is told of them waits until no more come. */
const shardsSettleMs = 250;

export class ClusterHost {
  readonly #options: ClusterHostOptions;
  readonly #cluster: Cluster;
  readonly #closers: (() => Promise<void>)[] = [];
  #worker: WorkerProcess | null = null;
  #gateway: TellingGateway | null = null;
  #orchestrator: OrchestratorProcess | null = null;

  private constructor(options: ClusterHostOptions, cluster: Cluster) {
    this.#options = options;
    this.#cluster = cluster;
  }

  /** @throws {MycroftError} HOST_INVALID; as `connectCluster`, `startOrchestratorProcess` and `startWorkerProcess` do. */
  static async open(options: ClusterHostOptions): Promise<ClusterHost> {
    const { settings, project, listener } = options;
    const { store, bus, name: cluster } = settings;
    const queue = requireQueue(settings);
    const { connectCluster } = await import("@mycroft/distributed");
    const host = new ClusterHost(
      options,
      await connectCluster({
        ...{ store, queue, cluster, retentionDays: project.retentionDays },
        ...(bus === null ? {} : { bus }),
        onWarning: listener.onError,
        onError: listener.onError,
      }),
    );
    try {
      if (options.pools !== null) await host.#startWorker(options.pools);
      if (options.advancesRuns) await host.#startOrchestrator();
      return host;
    } catch (thrown) {
      await host.close({ graceMs: 0 });
      throw thrown;
    }
  }

  get store(): SharedStore {
    return this.#cluster.store;
  }

  get clock(): Clock {
    return this.#cluster.clock;
  }

  /** How the cluster knows its processes. */
  get names(): readonly string[] {
    return [this.#orchestrator, this.#worker].flatMap((part) => (part === null ? [] : [part.name]));
  }

  /** Tells what happens in the runs of the whole cluster, as far as the bus tells it. */
  async listenToRuns(listener: (update: RunUpdate) => void): Promise<Subscription> {
    return this.#cluster.bus.subscribe(runUpdatesTopic, { from: "new" }, async ({ body }) =>
      // Orchestrators publish run updates and nothing else under this topic.
      listener(body as unknown as RunUpdate),
    );
  }

  /** How many attempts it executes. */
  get inHand(): number {
    return this.#gateway?.inHand ?? 0;
  }

  /** Takes no more tasks and finishes those in hand, or hands them back after the grace time; gives its shards to others. */
  async close({ graceMs }: { readonly graceMs: number }): Promise<void> {
    try {
      await this.#worker?.close({ graceMs });
      await this.#orchestrator?.close();
      for (const closer of this.#closers.splice(0).reverse()) await closer();
      await this.#options.listener.onClosing();
    } finally {
      await this.#cluster.close();
    }
  }

  async #startWorker(pools: Readonly<Record<string, number>>): Promise<void> {
    const { project, feed, listener } = this.#options;
    const { store, queue, bus, clock } = this.#cluster;
    const onError = (error: MycroftError) => this.#fail(error);
    const messenger = new Messenger({ store, bus, clock, onError });
    this.#closers.push(() => messenger.close());
    await serveProject(messenger, { project, feed });
    const known = knownNames(project);
    const data = new RunData(store);
    const executing = projectGateway({ project, feed, store, clock, messenger, onError });
    this.#gateway = tellingGateway(executing, listener.onExecuted);
    this.#worker = await startWorkerProcess(
      { store, queue, clock, gateway: this.#gateway },
      {
        pools,
        version: readCodeVersion(),
        canExecute: ({ kind, name }) => known[kind].has(name),
        obstacleTo: ({ runId }) => dataObstacle(runId, { feed, data, store }),
        onError,
      },
    );
  }

  async #startOrchestrator(): Promise<void> {
    const { project, feed, listener } = this.#options;
    const { store, queue, bus, clock } = this.#cluster;
    const onError = (error: MycroftError) => this.#fail(error);
    const { onWaiting, onSettled, onDataLoaded, onScheduler: onNotice } = listener;
    const activity = new RunActivity({
      store,
      clock,
      isWithheld: () => false,
      onWaiting,
      onSettled,
      onError,
    });
    this.#closers.push(async () => activity.close());
    const opened = Promise.withResolvers<SharedOrchestrator>();
    const schedules = new ShardSchedules({
      clock,
      open: async () => {
        const orchestrator = await opened.promise;
        return openScheduledWork({
          project,
          store,
          orchestrator,
          clock,
          feed,
          onDataLoaded,
          onNotice,
          onError,
        });
      },
      onChange: listener.onSchedules,
      onError,
    });
    const counting = countShards(listener.onShards);
    const { pools, rateLimits } = project;
    const telling = tellingBus(bus, (update) => {
      activity.take(update);
      listener.onUpdate(update);
    });
    this.#orchestrator = await startOrchestratorProcess(
      { store, queue, clock, bus: telling },
      {
        dispatch: { pools, rateLimits },
        version: readCodeVersion(),
        shardListener: {
          onTaken: (shard) => {
            counting.add(shard);
            schedules.onTaken(shard);
          },
          onLost: (shard) => {
            counting.remove(shard);
            return schedules.onLost(shard);
          },
        },
        onError,
      },
    );
    this.#closers.push(async () => counting.stop());
    opened.resolve(this.#orchestrator.orchestrator);
  }

  #fail(error: MycroftError): void {
    const failure = this.#orchestrator?.orchestrator.failure ?? null;
    const isBroken = failure === error && !failure.retryable;
    if (isBroken || refusals.has(error.code)) this.#options.listener.onRefused(error);
    else this.#options.listener.onError(error);
  }
}

function countShards(tell: (held: number) => void) {
  const held = new Set<number>();
  let told = 0;
  let timer: NodeJS.Timeout | undefined;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (held.size !== told) tell(held.size);
      told = held.size;
    }, shardsSettleMs);
  };
  return {
    add(shard: number): void {
      held.add(shard);
      later();
    },
    remove(shard: number): void {
      if (held.delete(shard)) later();
    },
    stop: () => clearTimeout(timer),
  };
}
