/**
 * A process that holds a project's store: the store, an orchestrator, workers, the agents of this process, and an ear for
 * other commands. It takes over what interrupted commands left behind, but for runs that it must not work on: those wait
 * in the store for a process that may.
 */
import { InProcessBus, InProcessQueue, openSqliteStore } from "@mycroft/embedded";
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { RunWait } from "@mycroft/record";
import {
  type Clock,
  type Host,
  type HostPorts,
  Messenger,
  type RunUpdate,
  runUpdatesTopic,
  type SchedulerNotice,
  type Store,
  SystemClock,
  startHost,
} from "@mycroft/runtime";
import type { MarketData, Workflow } from "@mycroft/sdk";
import type { Controls } from "@mycroft/server/operations";
import { aboutOf, changesSomething, performAny } from "@mycroft/server/operations";
import { ControlServer } from "../control/control-server.ts";
import type { FolderProject } from "../project/open-project.ts";
import { pageQuestion } from "../web/ask-page.ts";
import { closingAfter } from "./closing-bus.ts";
import { findLeftBehindRuns, findObstacle, type LeftBehindRun } from "./left-behind.ts";
import type { MarketFeed } from "./market-feed.ts";
import { projectGateway, serveProject } from "./project-gateway.ts";
import { RunActivity, rootOf } from "./run-activity.ts";
import { openScheduledWork } from "./scheduled-work.ts";
import { workflowStarter } from "./start-workflow.ts";
import { withholdRuns } from "./withholding-queue.ts";

export interface HolderListener {
  /** What was left behind, before anything of it goes on. */
  readonly onLeftBehind?: (leftBehind: readonly LeftBehindRun[], store: Store) => Promise<void>;
  readonly onUpdate?: (update: RunUpdate) => void;
  /** A run has begun to wait for something else than before. */
  readonly onWaiting?: (runId: string, waits: readonly RunWait[]) => void;
  /** A run has settled; not told of runs within others. */
  readonly onSettled?: (runId: string) => void;
  /** Nothing more will happen; the store can be read until this resolves. */
  readonly onClosing?: () => Promise<void>;
  readonly onScheduler?: (notice: SchedulerNotice) => void;
  /** A run is about to begin with data that was read anew. */
  readonly onDataLoaded?: (data: MarketData) => void;
  /** Another command has asked for something, and it was done: an operation that changes something, and what it is about. */
  readonly onAsked?: (operation: string, about: string) => void;
  /** Failures that no caller is waiting for. */
  readonly onError?: (error: MycroftError) => void;
}

export interface StoreHolderOptions {
  readonly open: FolderProject;
  readonly feed: MarketFeed;
  /** Whether it keeps running, rather than until its own work is done. */
  readonly isStaying: boolean;
  /** Where its web page is, with what signs in there, as other commands of this user are told; none unless given. */
  readonly page?: () => string | null;
  readonly listener: HolderListener;
}

export interface NewRunOfWorkflow {
  readonly workflow: Workflow;
  /** As the workflow's `parseInput` gave it. */
  readonly input: JsonValue;
  readonly asOf: string;
  readonly tags?: readonly string[];
  readonly startKey?: string;
  /** Is told, before the start resolves, when the run was there already. */
  readonly onFound?: () => void;
}

export class StoreHolder {
  readonly controls: Controls;
  readonly activity: RunActivity;
  /** What was unsettled when the store was opened, the newest first. */
  readonly leftBehind: readonly LeftBehindRun[];
  /** Whether other commands can reach this process. */
  readonly isListening: boolean;
  readonly #host: Host;
  readonly #server: ControlServer | null;
  readonly #feed: MarketFeed;
  #closing: Promise<void> | null = null;

  private constructor(parts: HolderParts) {
    this.controls = parts.controls;
    this.activity = parts.activity;
    this.leftBehind = parts.leftBehind;
    this.isListening = parts.server !== null;
    this.#host = parts.host;
    this.#server = parts.server;
    this.#feed = parts.feed;
  }

  /** @throws {MycroftError} the codes of the store; STORE_LOCKED when another process holds it; SCHEDULE_INVALID. */
  static async open(options: StoreHolderOptions): Promise<StoreHolder> {
    const { project, place } = options.open;
    const store = await openSqliteStore({ folder: place.folder, retentionDays: project.retentionDays });
    try {
      return new StoreHolder(await openOver(store, options));
    } catch (thrown) {
      await store.close();
      throw thrown;
    }
  }

  get store(): Store {
    return this.#host.store;
  }

  get clock(): Clock {
    return this.#host.clock;
  }

  /** How many attempts are on their way. */
  get inHand(): number {
    return this.#host.orchestrator.pools.reduce((sum, { inUse }) => sum + inUse, 0);
  }

  /** Why the store will never take anything again; null while it does, or may again. */
  get failure(): MycroftError | null {
    const { failure } = this.#host.orchestrator;
    return failure === null || failure.retryable ? null : failure;
  }

  /**
   * Starts a run; resolves with its id when it is durable.
   * @throws {MycroftError} those of `Orchestrator.startRun`; RUN_WITHHELD when the run that there is under the start key
   *   must not go on here.
   */
  async start({ workflow, ...run }: NewRunOfWorkflow): Promise<string> {
    const { plan, plans } = workflow;
    const { orchestrator } = this.controls;
    const { provenance } = this.#feed;
    const runId = await orchestrator.startRun({ plan, childPlans: plans, provenance, ...run });
    const obstacle = this.obstacleOf(runId);
    if (obstacle === null) return runId;
    throw new MycroftError(
      "RUN_WITHHELD",
      `Run ${runId} was started under the key ${run.startKey}, and cannot go on here: it ${obstacle}.`,
      { details: { runId } },
    );
  }

  /** Why this process must not work on a run that was left behind, or on one within it; null when it may. */
  obstacleOf(runId: string): string | null {
    const isMeant = ({ header, obstacle }: LeftBehindRun) =>
      obstacle !== null && rootOf(header.runId) === runId;
    return this.leftBehind.find(isMeant)?.obstacle ?? null;
  }

  /** Finishes what is in hand. Runs under way are resumed by the next holder. Closing twice is the same as closing once. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      // While the store is held, nobody else listens at this process's address.
      await this.#server?.close();
      await this.controls.scheduler.close();
      await this.controls.backfills.close();
      this.activity.close();
    } finally {
      try {
        await this.#host.close();
      } finally {
        // A host that cannot close in good order, its store having failed, must not keep the lock.
        await this.store.close();
      }
    }
  }
}

interface HolderParts {
  readonly controls: Controls;
  readonly activity: RunActivity;
  readonly leftBehind: readonly LeftBehindRun[];
  readonly host: Host;
  readonly server: ControlServer | null;
  readonly feed: MarketFeed;
}

const deaf: Required<HolderListener> = {
  onLeftBehind: async () => {},
  onUpdate: () => {},
  onWaiting: () => {},
  onSettled: () => {},
  onClosing: async () => {},
  onScheduler: () => {},
  onDataLoaded: () => {},
  onAsked: () => {},
  onError: () => {},
};

async function openOver(store: Store, options: StoreHolderOptions): Promise<HolderParts> {
  const { open, feed, isStaying } = options;
  const { project } = open;
  const listener = { ...deaf, ...options.listener };
  const leftBehind = await findLeftBehindRuns(store, project, feed.current?.hash);
  await listener.onLeftBehind(leftBehind, store);
  const withheld = withheldOf(leftBehind);
  const clock = new SystemClock();
  const isWithheld = (runId: string) => withheld.roots.has(runId);
  const { onWaiting, onSettled, onError } = listener;
  const activity = new RunActivity({ store, clock, isWithheld, onWaiting, onSettled, onError });
  const ports = { store, clock, queue: withholdRuns(new InProcessQueue(), withheld.has) };
  const host = await openHost(ports, options, (update) => {
    activity.take(update);
    listener.onUpdate(update);
  });
  try {
    const { orchestrator } = host;
    const { onDataLoaded, onScheduler: onNotice } = listener;
    const over = { project, store, orchestrator, clock, feed };
    const { refresh, scheduler, backfills } = await openScheduledWork({
      ...over,
      onDataLoaded,
      onNotice,
      onError,
    });
    const obstacleTo: Controls["obstacleTo"] = (header) => {
      const { dataHash } = header.provenance;
      const atHand = feed.find(dataHash) === undefined ? feed.current?.hash : dataHash;
      return findObstacle(header, store, project, atHand);
    };
    const startWorkflow = isStaying ? workflowStarter({ open, orchestrator, feed, refresh }) : null;
    const listPools = async () => orchestrator.pools;
    const controls: Controls = {
      store,
      orchestrator,
      listPools,
      scheduler,
      backfills,
      startWorkflow,
      obstacleTo,
    };
    const server = await listen(controls, options, listener.onAsked);
    return { controls, activity, leftBehind, host, server, feed };
  } catch (thrown) {
    await host.close();
    throw thrown;
  }
}

async function openHost(
  ports: Pick<HostPorts, "store" | "clock" | "queue">,
  { open: { project }, feed, listener }: StoreHolderOptions,
  onUpdate: (update: RunUpdate) => void,
): Promise<Host> {
  const { onError, onClosing } = { ...deaf, ...listener };
  const agentsBus = new InProcessBus({ clock: ports.clock });
  const messenger = new Messenger({ ...ports, bus: agentsBus, onError });
  const bus = closingAfter(agentsBus, async () => {
    await messenger.close();
    await onClosing();
  });
  // The orchestrator publishes run updates and nothing else under this topic.
  await bus.subscribe(runUpdatesTopic, { from: "new" }, async ({ body }) =>
    onUpdate(body as unknown as RunUpdate),
  );
  await serveProject(messenger, { project, feed });
  const gateway = projectGateway({ project, feed, messenger, onError, ...ports });
  const { pools, rateLimits } = project;
  return startHost({ ...ports, bus, gateway }, { dispatch: { pools, rateLimits }, onError });
}

function listen(
  controls: Controls,
  { open: { place }, isStaying, page = () => null }: StoreHolderOptions,
  onAsked: Required<HolderListener>["onAsked"],
): Promise<ControlServer | null> {
  return ControlServer.open({
    recordFolder: place.folder,
    holder: { pid: process.pid, isStaying },
    answer: async ({ operation, input }) => {
      if (operation === pageQuestion) return { page: page() };
      const value = await performAny(controls, operation, input);
      if (changesSomething(operation)) onAsked(operation, aboutOf(input));
      return value;
    },
  });
}

interface Withheld {
  /** Whether it is such a run, or lies within one. */
  readonly has: (runId: string) => boolean;
  /** Runs that are withheld, or wait for one that is. */
  readonly roots: ReadonlySet<string>;
}

function withheldOf(leftBehind: readonly LeftBehindRun[]): Withheld {
  const ids = new Set(
    leftBehind.flatMap(({ header, obstacle }) => (obstacle === null ? [] : [header.runId])),
  );
  const has = (runId: string): boolean => {
    const end = runId.lastIndexOf(".");
    return ids.has(runId) || (end !== -1 && has(runId.slice(0, end)));
  };
  return { has: ids.size === 0 ? () => false : has, roots: new Set([...ids].map(rootOf)) };
}
