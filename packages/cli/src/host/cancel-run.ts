/** Cancels a run of a store that no process holds. No worker is there meanwhile, so that nothing of any run is executed. */
import { InProcessBus, InProcessQueue, openSqliteStore, SystemClock } from "@mycroft/embedded";
import { Orchestrator } from "@mycroft/runtime";

/**
 * @returns whether the run was still under way.
 * @throws {MycroftError} STORE_LOCKED when a process holds the store; RUN_UNKNOWN.
 */
export async function cancelRun(recordFolder: string, runId: string, reason: string): Promise<boolean> {
  const store = await openSqliteStore({ folder: recordFolder });
  const clock = new SystemClock();
  const bus = new InProcessBus({ clock });
  const queue = new InProcessQueue();
  try {
    const orchestrator = await Orchestrator.open({ store, queue, bus, clock });
    try {
      return await orchestrator.cancel(runId, reason);
    } finally {
      await orchestrator.close();
    }
  } finally {
    await queue.close();
    await bus.close();
    await store.close();
  }
}
