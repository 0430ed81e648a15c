/**
 * Opens a record without working on its runs: for commands that only put something on record, and for those that only ask
 * where schedules and backfills stand. No worker is there meanwhile, so that nothing of any run is executed.
 */
import { InProcessBus, InProcessQueue, openSqliteStore } from "@mycroft/embedded";
import { MycroftError } from "@mycroft/errors";
import { MemoryStore, Orchestrator, type Store, SystemClock } from "@mycroft/runtime";
import type { Project } from "@mycroft/sdk";
import type { Controls } from "@mycroft/server/operations";
import { MarketFeed } from "./market-feed.ts";
import { readFolder } from "./read-record.ts";
import { openScheduledWork } from "./scheduled-work.ts";

/**
 * @param project needed by what concerns schedules, and by what starts runs in its pools.
 * @throws {MycroftError} STORE_LOCKED when a process holds the store; what `use` throws.
 */
export async function holdIdle<Result>(
  recordFolder: string,
  project: Project | null,
  use: (controls: Controls) => Promise<Result>,
): Promise<Result> {
  const store = await openSqliteStore({ folder: recordFolder });
  try {
    return await withControls({ runs: store, schedules: store, project }, use);
  } finally {
    await store.close();
  }
}

/** Beside whoever holds the store, too. Where there is no record yet, it is as if there were an empty one. */
export async function readIdle<Result>(
  recordFolder: string,
  project: Project,
  use: (controls: Controls) => Promise<Result>,
): Promise<Result> {
  // Taking over runs is a matter of whoever may write.
  const runs = new MemoryStore();
  try {
    return await readFolder(recordFolder, (schedules) => withControls({ runs, schedules, project }, use));
  } catch (thrown) {
    if (!(thrown instanceof MycroftError) || thrown.code !== "NOT_FOUND") throw thrown;
    return withControls({ runs, schedules: runs, project }, use);
  }
}

interface Sources {
  readonly runs: Store;
  /** Where schedules and backfills stand. */
  readonly schedules: Store;
  readonly project: Project | null;
}

async function withControls<Result>(
  { runs, schedules: store, project }: Sources,
  use: (controls: Controls) => Promise<Result>,
): Promise<Result> {
  const { pools = {}, schedules = [] } = project ?? {};
  const clock = new SystemClock();
  const bus = new InProcessBus({ clock });
  const queue = new InProcessQueue();
  const orchestrator = await Orchestrator.open({ store: runs, queue, bus, clock, dispatch: { pools } });
  try {
    const feed = MarketFeed.fixed(null);
    const common = { project: { schedules }, store, orchestrator, clock, feed };
    const scheduled = await openScheduledWork(common);
    try {
      return await use({
        store,
        orchestrator,
        listPools: async () => orchestrator.pools,
        ...scheduled,
        startWorkflow: null,
        obstacleTo: async () => null,
      });
    } finally {
      await scheduled.scheduler.close();
      await scheduled.backfills.close();
    }
  } finally {
    await orchestrator.close();
    await queue.close();
    await bus.close();
  }
}
