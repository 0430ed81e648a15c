/** How an orchestrator gets attempts that are to start to workers. */
import type { StartAttempt } from "@mycroft/engine";
import type { LiveRun } from "../live-run.ts";

export interface Dispatch {
  /** @throws {MycroftError} POOL_UNKNOWN. */
  requirePool(name: string): void;
  /** @param readyAt when its task became ready, in milliseconds since the epoch. */
  submit(run: LiveRun, command: StartAttempt, readyAt: number): void;
  /** As `submit`, for what was outstanding when the run was taken over. */
  resubmit(run: LiveRun, command: StartAttempt, readyAt: number): void;
  /** To be called when all of a turn is submitted. */
  flush(): void;
  /** The attempt is not wanted any more. */
  release(runId: string, task: string, attempt: number): void;
  releaseRun(runId: string): void;
  stop(): void;
}
