/** What an operation works on: a store that this process holds, and what runs over it. */
import type { JsonValue } from "@mycroft/engine";
import type { Backfills, RunClient, RunHeader, Scheduler, Store } from "@mycroft/runtime";

export interface WorkflowStart {
  readonly workflow: string;
  /** As a caller may write it. */
  readonly input: JsonValue;
  readonly asOf?: string;
  readonly tags: readonly string[];
  readonly startKey?: string;
  /** Is told, before the start resolves, when the run was there already. */
  readonly onFound?: () => void;
}

/** What starts and steers runs: an orchestrator of this process, or letters to those of others. */
export type RunControls = Pick<
  RunClient,
  "startRun" | "fork" | "retry" | "cancel" | "signal" | "decide" | "waitFor"
>;

export interface PoolUse {
  readonly pool: string;
  /** Null for a pool without a limit. */
  readonly slots: number | null;
  readonly inUse: number;
  readonly waiting: number;
}

export interface Controls {
  readonly store: Store;
  readonly orchestrator: RunControls;
  readonly listPools: () => Promise<readonly PoolUse[]>;
  readonly scheduler: Scheduler;
  readonly backfills: Backfills;
  /** Starts a run of a workflow of the project; null in a process that ends with its own work, and takes no other. */
  readonly startWorkflow: ((start: WorkflowStart) => Promise<string>) | null;
  /**
   * Why this process must not work on a run that begins like that one, as the end of a sentence; null when it may, and
   * when it works on none.
   */
  readonly obstacleTo: (header: RunHeader) => Promise<string | null>;
}
