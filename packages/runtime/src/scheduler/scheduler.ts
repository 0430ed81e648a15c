/** All schedules of a project at work, and what a person can ask of them. How one works: `schedule-runner.ts`. */
import { MycroftError } from "@mycroft/errors";
import type { Clock } from "../ports/clock.ts";
import type { Provenance, Store } from "../ports/store.ts";
import {
  type CatchUp,
  momentText,
  type ScheduleDefinition,
  type ScheduledRuns,
} from "./schedule-definition.ts";
import { ScheduleRunner } from "./schedule-runner.ts";
import type { SchedulerNotice } from "./scheduler-notice.ts";

export interface SchedulerOptions {
  readonly schedules: readonly ScheduleDefinition[];
  readonly store: Pick<Store, "getDocument" | "putDocument" | "listRuns" | "findRunByStartKey">;
  readonly runs: ScheduledRuns;
  readonly clock: Clock;
  /** Kept with every run that is started. */
  readonly provenance: Provenance;
  /** Told of what is started and skipped, and why. */
  readonly onNotice?: (notice: SchedulerNotice) => void;
  /** Told of failures that are tried again. */
  readonly onError?: (error: MycroftError) => void;
}

/** Moments are ISO 8601 in UTC. */
export interface ScheduleStatus {
  readonly name: string;
  readonly workflow: string;
  readonly cron: string;
  readonly timeZone: string;
  readonly calendar: string | null;
  readonly catchUp: ScheduleDefinition["catchUp"];
  readonly overlap: ScheduleDefinition["overlap"];
  readonly paused: boolean;
  /** When it fires next, were it not paused; null when never. */
  readonly nextFiring: string | null;
  readonly lastFiring: {
    readonly scheduledAt: string;
    readonly runId: string | null;
    /** Why there is no run. */
    readonly error: { readonly code: string; readonly message: string } | null;
  } | null;
  /** Its runs that are under way. */
  readonly underWay: readonly string[];
  /** Firings that wait for a run before them to settle. */
  readonly waiting: number;
  /** Firings that have led to no run so far, by why. */
  readonly missed: number;
  readonly overlapping: number;
  readonly failed: number;
  /** Why nothing happens at the moment: the code of what is tried again; null when all is well. */
  readonly failure: string | null;
}

export class Scheduler {
  readonly #runners: ReadonlyMap<string, ScheduleRunner>;

  private constructor(runners: readonly ScheduleRunner[]) {
    this.#runners = new Map(runners.map((runner) => [runner.definition.name, runner]));
  }

  /**
   * A scheduler that knows where each schedule stands. Nothing fires before `start`.
   * @throws {MycroftError} SCHEDULE_INVALID; what the store throws.
   */
  static async open(options: SchedulerOptions): Promise<Scheduler> {
    const { schedules, onNotice = () => {}, onError = () => {}, store, runs, clock, provenance } = options;
    const ports = { store, runs, clock, provenance, onNotice, onError };
    const runners = schedules.map((schedule) => new ScheduleRunner(schedule, ports));
    await Promise.all(runners.map((runner) => runner.load()));
    return new Scheduler(runners);
  }

  /** Fires from now on; what was missed is treated by each schedule's catch-up rule. */
  start(): void {
    for (const runner of this.#runners.values()) runner.start();
  }

  /** Takes over what another process has changed meanwhile: a schedule that was paused or resumed there. */
  async refresh(): Promise<void> {
    await Promise.all(Array.from(this.#runners.values(), (runner) => runner.refresh()));
  }

  /** By name. */
  async list(): Promise<readonly ScheduleStatus[]> {
    const statuses = await Promise.all(Array.from(this.#runners.values(), statusOf));
    return statuses.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  /**
   * Nothing fires any more, until it is resumed; runs under way go on. Resolves when that is durable.
   * @throws {MycroftError} SCHEDULE_UNKNOWN.
   */
  async pause(name: string): Promise<void> {
    await this.#runner(name).pause();
  }

  /**
   * Fires again. What was missed meanwhile is treated by the schedule's own catch-up rule, or by the one given. With
   * `none`, the schedule goes on from now, wherever it stood: that also sets it right after the clock was wrong.
   * @throws {MycroftError} SCHEDULE_UNKNOWN.
   */
  async resume(name: string, catchUp?: CatchUp): Promise<void> {
    await this.#runner(name).resume(catchUp);
  }

  /**
   * Starts a run of the schedule now, out of turn, whether it is paused or under way. Resolves with the run's id. Until
   * it has settled, it counts for the overlap rule like any other run of the schedule.
   * @throws {MycroftError} SCHEDULE_UNKNOWN, INPUT_INVALID; what starting a run throws.
   */
  async trigger(name: string): Promise<string> {
    return this.#runner(name).trigger();
  }

  /** Resolves when what is under way has ended. Schedules go on from there when they are next started. */
  async close(): Promise<void> {
    await Promise.all(Array.from(this.#runners.values(), (runner) => runner.close()));
  }

  #runner(name: string): ScheduleRunner {
    const runner = this.#runners.get(name);
    if (runner !== undefined) return runner;
    const known = [...this.#runners.keys()].sort();
    throw new MycroftError("SCHEDULE_UNKNOWN", `There is no schedule "${name}". ${listText(known)}`, {
      details: { schedule: name, known: known.slice(0, shownNames) },
    });
  }
}

const shownNames = 20;

function listText(names: readonly string[]): string {
  if (names.length === 0) return "The project has none.";
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : "";
  return `There are ${names.slice(0, shownNames).join(", ")}${more}.`;
}

async function statusOf(runner: ScheduleRunner): Promise<ScheduleStatus> {
  const { definition, state } = runner;
  const next = runner.nextFiring();
  return {
    name: definition.name,
    workflow: definition.workflow.name,
    cron: definition.cron,
    timeZone: definition.timeZone,
    calendar: definition.calendar?.name ?? null,
    catchUp: definition.catchUp,
    overlap: definition.overlap,
    paused: state.paused,
    nextFiring: next === null ? null : momentText(next),
    lastFiring:
      state.last === null
        ? null
        : { scheduledAt: momentText(state.last.at), runId: state.last.runId, error: state.last.error },
    underWay: await runner.underWay(),
    waiting: state.waiting.length,
    missed: state.missed,
    overlapping: state.overlapping,
    failed: state.failed,
    failure: runner.failure,
  };
}
