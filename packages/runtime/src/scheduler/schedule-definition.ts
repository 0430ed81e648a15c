/**
 * What a schedule is to the scheduler, and what the scheduler needs of the world. Schedules as authors make them fit
 * this shape; an orchestrator fits the port.
 */
import type { JsonValue, Plan } from "@mycroft/engine";
import type { Provenance } from "../ports/store.ts";

/** On which calendar days something fires at all. */
export interface TradingCalendar {
  readonly name: string;
  /** @param date `YYYY-MM-DD`. */
  isTradingDay(date: string): boolean;
}

/** When something fires. */
export interface FiringRule {
  /** Five fields, six with seconds first, or a word such as `@daily`. */
  readonly cron: string;
  /** An IANA name such as `America/New_York`. */
  readonly timeZone: string;
  /** Null for every day. */
  readonly calendar: TradingCalendar | null;
  /** A day of the time zone, whole and included, or a moment `2026-01-02T09:00:00Z`, included; null for no bound. */
  readonly startAt: string | null;
  readonly endAt: string | null;
}

/** One time at which a schedule fires. */
export interface Firing {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The calendar day in the schedule's time zone. */
  readonly date: string;
}

/** A firing as the author of a schedule is told of it. */
export interface ScheduledFiring {
  /** ISO 8601 in UTC, with milliseconds. */
  readonly scheduledAt: string;
  readonly date: string;
}

/** What is done about firings that were missed while nobody was there to deal with them, or while it was paused. */
export type CatchUp = "all" | "latest" | "none";

/** What is done when a schedule fires while a run of it is under way. */
export type Overlap = "allow" | "skip" | "queue" | "cancelOld";

export interface ScheduleDefinition extends FiringRule {
  /** Unique among the schedules; at most 80 characters. */
  readonly name: string;
  readonly workflow: {
    readonly name: string;
    readonly plan: Plan;
    /** All that its runs need: its own plan and those of its child runs, at any depth. */
    readonly plans: readonly Plan[];
  };
  readonly catchUp: CatchUp;
  readonly overlap: Overlap;
  readonly tags: readonly string[];
  /**
   * What the run of a firing is started with.
   * @throws {MycroftError} INPUT_INVALID when this firing gives no input that the workflow takes.
   */
  startFor(firing: ScheduledFiring): { readonly input: JsonValue; readonly asOf: string };
}

/** What the scheduler asks of an orchestrator. */
export interface ScheduledRuns {
  /** Resolves with the run's id when it is durable; with the same id again for the same `startKey`. */
  startRun(start: ScheduledStart): Promise<string>;
  /** Resolves when the run has settled. */
  waitFor(runId: string): Promise<{ readonly status: "succeeded" | "failed" | "cancelled" }>;
  cancel(runId: string, reason: string): Promise<boolean>;
}

export interface ScheduledStart {
  readonly plan: Plan;
  readonly childPlans: readonly Plan[];
  readonly input: JsonValue;
  readonly asOf: string;
  readonly provenance: Provenance;
  readonly startKey?: string;
  readonly tags: readonly string[];
}

/** A moment as it is kept and shown. */
export function momentText(at: number): string {
  return new Date(at).toISOString();
}
