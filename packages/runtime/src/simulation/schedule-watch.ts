/**
 * Holds what the disk has of a schedule's place, change by change, against the schedule's own rules, which are stated here
 * once more: every firing is taken in or missed when its time has come, and what was taken in leads to its run, or is
 * passed over for a reason that is true at that moment.
 */
import type { JsonValue } from "@mycroft/engine";
import type { DocumentWrite } from "../ports/store.ts";
import { readState, type ScheduleState, scheduleCollection } from "../scheduler/schedule-state.ts";
import { type DurableRun, type DurableRuns, isSettled } from "./durable-runs.ts";
import type { Rule } from "./rules.ts";
import { type ScenarioSchedule, startAt } from "./scenario.ts";

export const scheduleName = "tick";

export interface ScheduleWatchOptions {
  readonly schedule: ScenarioSchedule;
  readonly durable: DurableRuns;
  readonly accuse: (rule: Rule, detail: string) => void;
  /** The processes' time, in milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether clocks are set in this scenario: then nobody can say what was on time. */
  readonly clockJumps: boolean;
}

const minuteMs = 60_000;
/** What is left lying for longer counts as missed. */
const lateAfterMs = 2 * minuteMs;

export class ScheduleWatch {
  readonly #options: ScheduleWatchOptions;
  #state: ScheduleState | null = null;
  /** Since when the living process watches; Infinity while none does. */
  #since = Number.POSITIVE_INFINITY;

  constructor(options: ScheduleWatchOptions) {
    this.#options = options;
  }

  get state(): ScheduleState | null {
    return this.#state;
  }

  /** Whether every firing has been taken in and dealt with. */
  get isThrough(): boolean {
    const last = this.firings.at(-1) ?? Number.NEGATIVE_INFINITY;
    return this.#state !== null && this.#state.place >= last && this.#state.waiting.length === 0;
  }

  /** A process, or a person, has it fire from now on. */
  watches(): void {
    this.#since = this.#options.now();
  }

  buries(): void {
    this.#since = Number.POSITIVE_INFINITY;
  }

  /** The disk has taken in a document. */
  stores({ collection, id, value }: DocumentWrite): void {
    if (collection !== scheduleCollection || id !== scheduleName) return;
    const before = this.#state;
    const after = readState(id, value as JsonValue);
    this.#state = after;
    if (before === null) return;
    const isMoved = after.place !== before.place || after.waiting.length !== before.waiting.length;
    if (isMoved && before.paused && after.paused) this.#accuse("it goes on while it is paused");
    if (after.place > before.place) this.#checkTakenIn(before, after);
    else this.#checkDealtWith(before, after);
  }

  /** The firings of all time, in milliseconds since the epoch. */
  get firings(): readonly number[] {
    const { atMs, everyMinutes, firings } = this.#options.schedule;
    return Array.from({ length: firings }, (_, number) => startAt + atMs + number * everyMinutes * minuteMs);
  }

  /** When nothing more is to come: each firing has its run, or was passed over. */
  checkEnd(): void {
    const state = this.#state;
    if (state === null) {
      this.#accuse("it was never begun");
      return;
    }
    const runs = this.firings.filter((at) => this.#runOf(at) !== undefined).length;
    const passedOver = state.missed + state.overlapping + state.failed;
    if (state.waiting.length > 0 || runs + passedOver !== this.firings.length) {
      this.#accuse(
        `${runs} runs, ${passedOver} passed over, ${state.waiting.length} waiting of ${this.firings.length}`,
      );
    }
  }

  #checkTakenIn(before: ScheduleState, after: ScheduleState): void {
    const { catchUp } = this.#options.schedule;
    const due = this.firings.filter((at) => at > before.place && at <= after.place);
    const taken = after.waiting.filter((at) => !before.waiting.includes(at));
    const missed = due.filter((at) => !taken.includes(at));
    const isLost = before.waiting.some((at) => !after.waiting.includes(at));
    if (isLost || after.missed - before.missed !== missed.length || taken.some((at) => !due.includes(at))) {
      this.#accuse(`of ${due.length} firings ${taken.length} are taken in, ${missed.length} missed`);
    }
    const mustTake = (at: number) =>
      catchUp === "all" || (catchUp === "latest" && at === due.at(-1)) || this.#isOnTime(at);
    if (missed.some(mustTake)) this.#accuse(`a firing is missed against the rule ${catchUp}`);
  }

  #isOnTime(at: number): boolean {
    if (this.#options.clockJumps) return false;
    return at > this.#since && at >= this.#options.now() - lateAfterMs;
  }

  #checkDealtWith(before: ScheduleState, after: ScheduleState): void {
    const dealt = before.waiting.filter((at) => !after.waiting.includes(at));
    const overlapping = after.overlapping - before.overlapping;
    for (const at of dealt) {
      const run = this.#runOf(at);
      if (run === undefined && overlapping === 0) this.#accuse(`nothing came of ${momentOf(at)}`);
      if (overlapping > 0 && !this.#maySkip(before)) this.#accuse(`${momentOf(at)} is passed over`);
    }
  }

  /** A run of the schedule may have settled only just now. */
  #maySkip({ waiting }: ScheduleState): boolean {
    const { overlap } = this.#options.schedule;
    if (overlap === "cancelOld") return waiting.length > 1;
    return overlap === "skip" && this.#runs().length > 0;
  }

  #runs(): readonly DurableRun[] {
    return Array.from(this.#options.durable.all()).filter(isOfSchedule);
  }

  #runOf(at: number): DurableRun | undefined {
    return this.#runs().find((run) => firingOf(run) === momentOf(at));
  }

  /** A run begins: of the schedule's, no other one is of the same firing, or under way if the overlap rule says so. */
  begins(runId: string): void {
    const begun = this.#options.durable.get(runId);
    if (begun === undefined || !isOfSchedule(begun)) return;
    const others = this.#runs().filter((run) => run !== begun);
    this.#checkIsNewest(begun);
    const twin = others.find((run) => firingOf(run) === firingOf(begun));
    if (twin !== undefined) this.#accuse(`${runId} and ${twin.header.runId} are of one firing`);
    const other =
      this.#options.schedule.overlap === "allow" ? undefined : others.find((run) => !isSettled(run));
    if (other !== undefined) this.#accuse(`${runId} overlaps with ${other.header.runId}`);
  }

  /** A newer firing that waits would end this one's run at once. */
  #checkIsNewest(run: DurableRun): void {
    if (this.#options.schedule.overlap !== "cancelOld") return;
    const newer = this.#state?.waiting.find((at) => momentOf(at) > String(firingOf(run)));
    if (newer !== undefined) this.#accuse(`${run.header.runId} begins while ${momentOf(newer)} waits`);
  }

  #accuse(detail: string): void {
    this.#options.accuse("firings", detail);
  }
}

function isOfSchedule({ header }: DurableRun): boolean {
  return header.tags.includes(`schedule:${scheduleName}`) && header.forkedFrom === null;
}

/** Its runs are given their firing as a part of their input. */
function firingOf({ state }: DurableRun): JsonValue | undefined {
  return (state.input as { readonly scheduledAt?: JsonValue }).scheduledAt;
}

function momentOf(at: number): string {
  return new Date(at).toISOString();
}
