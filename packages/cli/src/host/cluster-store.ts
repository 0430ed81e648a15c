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
    const orchestrator = new RunClient({ store, clock });
    const { schedules = [], pools = {} } = project ?? {};
    const scheduled = await openScheduledWork({ project: { schedules }, store, orchestrator, clock, feed });
    try {
      const listPools = () => poolsOf(store, pools);
      const nobody = { startWorkflow: null, obstacleTo: async () => null };
      const controls: Controls = { store, orchestrator, listPools, ...scheduled, ...nobody };
      return await use({ controls, store, clock });
    } finally {
      orchestrator.close();
      await scheduled.scheduler.close();
      await scheduled.backfills.close();
    }
  } finally {
    await close();
  }
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
