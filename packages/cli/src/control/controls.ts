/** What an operation works on: a store that this process holds, and what runs over it. */
import type { Backfills, Orchestrator, RunHeader, Scheduler, Store } from "@mycroft/runtime";

export interface Controls {
  readonly store: Store;
  readonly orchestrator: Orchestrator;
  readonly scheduler: Scheduler;
  readonly backfills: Backfills;
  /**
   * Why this process must not work on a run that begins like that one, as the end of a sentence; null when it may, and
   * when it works on none.
   */
  readonly obstacleTo: (header: RunHeader) => Promise<string | null>;
}
