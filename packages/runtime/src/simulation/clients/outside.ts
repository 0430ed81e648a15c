/** What those outside need: the system as they see it, their watch, and what they remember from one process to the next. */

import type { Orchestrator } from "../../orchestrator.ts";
import type { Backfills } from "../../scheduler/backfills.ts";
import type { Scheduler } from "../../scheduler/scheduler.ts";
import type { Deployment } from "../compile-plans.ts";
import type { RunNames } from "../run-names.ts";
import type { Scenario } from "../scenario.ts";
import type { ScheduleWatch } from "../schedule-watch.ts";
import type { Witness } from "../witness.ts";

/** An orchestrator, as those outside see it. */
export type Outside = Pick<
  Orchestrator,
  "startRun" | "fork" | "retry" | "waitFor" | "cancel" | "signal" | "decide"
>;

/** As an object whose methods can be taken one by one. */
export function outsidePort(outside: Outside): Outside {
  return {
    startRun: (start) => outside.startRun(start),
    fork: (fork) => outside.fork(fork),
    retry: (runId) => outside.retry(runId),
    waitFor: (runId) => outside.waitFor(runId),
    cancel: (runId, reason, task) => outside.cancel(runId, reason, task),
    signal: (runId, signal) => outside.signal(runId, signal),
    decide: (runId, approval) => outside.decide(runId, approval),
  };
}

export interface ClientOptions {
  readonly outside: Outside;
  readonly scheduler: Scheduler | null;
  readonly backfills: Backfills | null;
  readonly scenario: Scenario;
  /** The plans that runs are started with while this process lives. */
  readonly deployment: Deployment;
  readonly witness: Witness;
  readonly scheduleWatch: ScheduleWatch | null;
  /** Resolves at that many milliseconds after the start of the simulation, or at once if that has passed. */
  readonly until: (atMs: number) => Promise<void>;
  readonly pause: (forMs: number) => Promise<void>;
  readonly names: RunNames;
  readonly memory: Memory;
}

/** What those outside remember, whatever becomes of processes. */
export interface Memory {
  /** What has been answered: it is not asked for again. */
  readonly answered: Set<string>;
  /** The tasks that were seen to wait for a signal, by run and task: each is owed one, whichever of them takes it. */
  readonly owed: Map<string, OwedSignal>;
}

export interface OwedSignal {
  readonly runId: string;
  readonly task: string;
  readonly signal: string;
  readonly key: string | null;
  readonly hasDeadline: boolean;
}

/** How long to wait before something is tried again. */
export const retryMs = 1_000;
export const asOf = "2010-02-26";
export const provenance = { codeVersion: "simulated" };
