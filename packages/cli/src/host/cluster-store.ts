/** The store of a cluster, for commands that look at its runs, start and steer them, and execute nothing themselves. */
import type { ClusterStore } from "@mycroft/distributed";
import { type Clock, RunClient, type SharedStore } from "@mycroft/runtime";
import type { Project } from "@mycroft/sdk";
import type { Controls, PoolUse } from "@mycroft/server/operations";
import type { ClusterSettings } from "../project/host-settings.ts";
import { MarketFeed } from "./market-feed.ts";
import { openScheduledWork } from "./scheduled-work.ts";

/**
 * @param options as of `connectClusterStore`.
 * @throws {MycroftError} as `connectClusterStore` does.
 */
export async function openClusterStore(
  { store, name }: ClusterSettings,
  options: { readonly readOnly: boolean },
): Promise<ClusterStore> {
  // Its package brings along much that nobody needs who has no cluster.
  const { connectClusterStore } = await import("@mycroft/distributed");
  return connectClusterStore({ store, cluster: name, ...options });
}

export interface ClusterControls {
  readonly controls: Controls;
  readonly store: SharedStore;
  readonly clock: Clock;
}

export interface ClusterWork {
  readonly cluster: ClusterSettings;
  /** Needed by what concerns schedules and pools. */
  readonly project: Project | null;
  /** Whose data new runs begin with; none unless given. */
  readonly feed?: MarketFeed;
  /** For what only looks: nothing is made or brought up to date. False unless given. */
  readonly readOnly?: boolean;
}

/**
 * What is asked is put on record; the cluster's orchestrators read it there.
 * @throws {MycroftError} as `connectClusterStore` does; what `use` throws.
 */
export async function withClusterControls<Result>(
  { cluster, project, feed = MarketFeed.fixed(null), readOnly = false }: ClusterWork,
  use: (held: ClusterControls) => Promise<Result>,
): Promise<Result> {
  const { store, clock, close } = await openClusterStore(cluster, { readOnly });
  try {
    const client = await openClusterClient({ store, clock, project, feed });
    try {
      return await use({ controls: { ...client.controls, startWorkflow: null }, store, clock });
    } finally {
      await client.close();
    }
  } finally {
    await close();
  }
}

export interface ClusterClient {
  readonly controls: Omit<Controls, "startWorkflow">;
  /** Sees to it that what is started next begins with what the data's files hold now. */
  readonly refresh: () => Promise<void>;
  close(): Promise<void>;
}

/** What steers the runs of a cluster over its store: what is asked is put on record, and nothing is executed. */
export async function openClusterClient({
  store,
  clock,
  project,
  feed,
}: Pick<ClusterControls, "store" | "clock"> &
  Required<Pick<ClusterWork, "project" | "feed">>): Promise<ClusterClient> {
  const orchestrator = new RunClient({ store, clock });
  const { schedules = [], pools = {} } = project ?? {};
  const scheduled = await openScheduledWork({ project: { schedules }, store, orchestrator, clock, feed });
  const { scheduler, backfills, refresh } = scheduled;
  return {
    controls: {
      ...{ store, orchestrator, scheduler, backfills },
      listPools: () => poolsOf(store, pools),
      obstacleTo: async () => null,
    },
    refresh,
    close: async () => {
      orchestrator.close();
      await scheduler.close();
      await backfills.close();
    },
  };
}

/** The project's pools and those that something is in flight in. */
async function poolsOf(
  store: Pick<SharedStore, "listBacklogs">,
  pools: Project["pools"],
): Promise<readonly PoolUse[]> {
  const backlogs = new Map((await store.listBacklogs()).map((backlog) => [backlog.pool, backlog]));
  const names = new Set(["default", ...Object.keys(pools), ...backlogs.keys()]);
  return Array.from(names, (pool) => ({
    pool,
    slots: pools[pool]?.slots ?? null,
    inUse: backlogs.get(pool)?.claimed ?? 0,
    waiting: backlogs.get(pool)?.waiting ?? 0,
  }));
}
