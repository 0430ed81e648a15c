/** The schedule and the backfill of a scenario, at work in one process. */
import type { JsonValue } from "@mycroft/engine";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { Backfills } from "../scheduler/backfills.ts";
import type { ScheduleDefinition, ScheduledRuns } from "../scheduler/schedule-definition.ts";
import { Scheduler } from "../scheduler/scheduler.ts";
import { provenance } from "./clients/outside.ts";
import { type Deployment, planOf } from "./compile-plans.ts";
import type { RunNames } from "./run-names.ts";
import { type Scenario, type ScenarioSchedule, startAt } from "./scenario.ts";
import { scheduleName } from "./schedule-watch.ts";
import type { Witness } from "./witness.ts";

export interface SimulatedScheduleOptions {
  readonly scenario: Scenario;
  readonly deployment: Deployment;
  readonly store: Store;
  readonly clock: Clock;
  readonly runs: ScheduledRuns;
  readonly names: RunNames;
  readonly witness: Witness;
  readonly onError: (thrown: unknown) => void;
}

const minuteMs = 60_000;

/** Null when the scenario has no schedule. */
export async function openScheduler(options: SimulatedScheduleOptions): Promise<Scheduler | null> {
  const { scenario, deployment, store, clock, onError } = options;
  const { schedule } = scenario;
  if (schedule === null) return null;
  const schedules = [definitionOf(schedule, deployment)];
  return Scheduler.open({ schedules, store, runs: namedRuns(options), clock, provenance, onError });
}

/** Null when the scenario has no backfill. */
export async function openBackfills(options: SimulatedScheduleOptions): Promise<Backfills | null> {
  const { scenario, deployment, store, clock, onError } = options;
  const { backfill } = scenario;
  if (backfill === null) return null;
  const resolve = () => scheduleOf("every day", backfill.workflow, deployment);
  return Backfills.open({ store, runs: namedRuns(options), clock, provenance, onError, resolve });
}

/** Runs of the schedule are named after the minute of their firing, those of the backfill after their day. */
function namedRuns({ runs, names, witness }: SimulatedScheduleOptions): ScheduledRuns {
  return {
    startRun: (start) => {
      let name = nameOfStart(start.startKey ?? "");
      // A run of that name is there already: it is found, or this one is one too many.
      while (witness.durable.get(name) !== undefined) name += "x";
      return names.give(name, () => runs.startRun(start));
    },
    waitFor: (runId) => runs.waitFor(runId),
    cancel: (runId, reason) => {
      witness.asksToCancel(runId);
      return runs.cancel(runId, reason);
    },
  };
}

function nameOfStart(startKey: string): string {
  const [, month = "", day = "", hour = "", minute = ""] =
    /\d{4}-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(startKey) ?? [];
  return startKey.startsWith("backfill/") ? `fill-${month}${day}` : `tick-${hour}${minute}`;
}

function definitionOf(schedule: ScenarioSchedule, deployment: Deployment): ScheduleDefinition {
  const { workflow, everyMinutes, firings, atMs, catchUp, overlap } = schedule;
  const first = startAt + atMs;
  return {
    ...scheduleOf(scheduleName, workflow, deployment),
    cron: `*/${everyMinutes} * * * *`,
    startAt: new Date(first).toISOString(),
    endAt: new Date(first + (firings - 1) * everyMinutes * minuteMs).toISOString(),
    catchUp,
    overlap,
  };
}

function scheduleOf(name: string, workflow: string, deployment: Deployment): ScheduleDefinition {
  return {
    name,
    workflow: { name: workflow, plan: planOf(deployment, workflow), plans: [...deployment.values()] },
    cron: "0 0 * * *",
    timeZone: "UTC",
    calendar: null,
    startAt: null,
    endAt: null,
    catchUp: "none",
    overlap: "allow",
    tags: [],
    startFor: ({ scheduledAt, date }) => ({ input: inputOf(scheduledAt), asOf: date }),
  };
}

function inputOf(scheduledAt: string): JsonValue {
  const size = (Number(scheduledAt.slice(8, 10)) + Number(scheduledAt.slice(14, 16))) % 4;
  return { size, list: [size, 1], scheduledAt };
}
