/**
 * A project's schedules and backfills over an orchestrator. What they start begins with market data that is read anew when
 * its files have changed.
 */
import { asMycroftError, MycroftError } from "@mycroft/errors";
import { existing, suggestion } from "@mycroft/record/text";
import {
  Backfills,
  type BackfillTarget,
  type Clock,
  type ScheduleDefinition,
  type ScheduledRuns,
  Scheduler,
  type SchedulerNotice,
  type Store,
} from "@mycroft/runtime";
import type { MarketData, Project } from "@mycroft/sdk";
import type { RunControls } from "@mycroft/server/operations";
import type { MarketFeed } from "./market-feed.ts";

export interface ScheduledWorkPorts {
  readonly project: Pick<Project, "schedules">;
  readonly store: Store;
  readonly orchestrator: Pick<RunControls, "startRun" | "waitFor" | "cancel">;
  readonly clock: Clock;
  readonly feed: MarketFeed;
  /** Told when runs begin with data that was read anew. */
  readonly onDataLoaded?: ((data: MarketData) => void) | undefined;
  readonly onNotice?: ((notice: SchedulerNotice) => void) | undefined;
  readonly onError?: ((error: MycroftError) => void) | undefined;
}

export interface ScheduledWork {
  readonly scheduler: Scheduler;
  readonly backfills: Backfills;
  /** Sees to it that what is started next begins with what the data's files hold now. */
  readonly refresh: () => Promise<void>;
  /** Of the schedules. */
  readonly names: readonly string[];
}

/** Nothing fires, and no backfill goes on, before it is started. */
export async function openScheduledWork(ports: ScheduledWorkPorts): Promise<ScheduledWork> {
  const { project, store, clock, feed, onNotice = () => {}, onError = () => {} } = ports;
  const refresh = () => refreshData(ports);
  const common = { store, runs: runsOf(ports, refresh), clock, provenance: feed.provenance, onError };
  const { schedules } = project;
  return {
    scheduler: await Scheduler.open({ ...common, schedules, onNotice }),
    backfills: await Backfills.open({ ...common, resolve: (target) => findSchedule(target, schedules) }),
    refresh,
    names: schedules.map(({ name }) => name).sort(),
  };
}

function runsOf({ orchestrator, feed }: ScheduledWorkPorts, refresh: () => Promise<void>): ScheduledRuns {
  return {
    startRun: async (start) => {
      await refresh();
      return orchestrator.startRun({ ...start, provenance: feed.provenance });
    },
    waitFor: (runId) => orchestrator.waitFor(runId),
    cancel: (runId, reason) => orchestrator.cancel(runId, reason),
  };
}

/** Files that cannot be read now may be put right: what was to be started is started then. */
async function refreshData({ feed, store, onDataLoaded }: ScheduledWorkPorts): Promise<void> {
  try {
    const isNew = await feed.refresh(store);
    if (isNew && feed.current !== null) onDataLoaded?.(feed.current);
  } catch (thrown) {
    const { code, message, details } = asMycroftError(thrown);
    throw new MycroftError(code, `The data could not be read anew: ${message}`, {
      retryable: true,
      ...(details === undefined ? {} : { details }),
      cause: thrown,
    });
  }
}

/** @throws {MycroftError} SCHEDULE_UNKNOWN. */
function findSchedule(
  { kind, name }: BackfillTarget,
  schedules: readonly ScheduleDefinition[],
): ScheduleDefinition {
  const found = kind === "schedule" ? schedules.find((schedule) => schedule.name === name) : undefined;
  if (found !== undefined) return found;
  const known = schedules.map((schedule) => schedule.name).sort();
  throw new MycroftError(
    "SCHEDULE_UNKNOWN",
    `There is no schedule ${JSON.stringify(name)}; ${existing(known)}.${suggestion(name, known)}`,
    { details: { schedule: name, known } },
  );
}
