/**
 * A project's schedules and backfills over an orchestrator. What they start has what they know nothing of: the plans of
 * child runs, and market data that is read anew when its files have changed.
 */
import type { Plan } from "@mycroft/engine";
import { asMycroftError, MycroftError } from "@mycroft/errors";
import {
  Backfills,
  type BackfillTarget,
  type Clock,
  type Orchestrator,
  type ScheduleDefinition,
  type ScheduledRuns,
  Scheduler,
  type SchedulerNotice,
  type Store,
} from "@mycroft/runtime";
import type { MarketData, Project } from "@mycroft/sdk";
import { existing, suggestion } from "../text/nearest-name.ts";
import type { MarketFeed } from "./market-feed.ts";

export interface ScheduledWorkPorts {
  readonly project: Pick<Project, "schedules" | "workflows">;
  readonly store: Store;
  readonly orchestrator: Pick<Orchestrator, "startRun" | "waitFor" | "cancel">;
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
}

/** Nothing fires, and no backfill goes on, before it is started. */
export async function openScheduledWork(ports: ScheduledWorkPorts): Promise<ScheduledWork> {
  const { project, store, clock, feed, onNotice = () => {}, onError = () => {} } = ports;
  const common = { store, runs: runsOf(ports), clock, provenance: feed.provenance, onError };
  const { schedules } = project;
  return {
    scheduler: await Scheduler.open({ ...common, schedules, onNotice }),
    backfills: await Backfills.open({ ...common, resolve: (target) => findSchedule(target, schedules) }),
  };
}

function runsOf({ project, orchestrator, store, feed, onDataLoaded }: ScheduledWorkPorts): ScheduledRuns {
  const plans = new Map<string, readonly Plan[]>();
  for (const workflow of [...project.workflows, ...project.schedules.map((schedule) => schedule.workflow)]) {
    plans.set(workflow.plan.hash, workflow.plans);
  }
  return {
    startRun: async (start) => {
      const isNew = await refreshed(feed, store);
      if (isNew && feed.current !== null) onDataLoaded?.(feed.current);
      const childPlans = plans.get(start.plan.hash) ?? [];
      return orchestrator.startRun({ ...start, childPlans, provenance: feed.provenance });
    },
    waitFor: (runId) => orchestrator.waitFor(runId),
    cancel: (runId, reason) => orchestrator.cancel(runId, reason),
  };
}

/** Files that cannot be read now may be put right: the run is started then. */
async function refreshed(feed: MarketFeed, store: Store): Promise<boolean> {
  try {
    return await feed.refresh(store);
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
