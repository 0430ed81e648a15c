/**
 * One schedule at work. Its state in the store has a place (up to where firings were taken in) and the firings that wait to
 * be dealt with. A step either takes in what has come due, by the catch-up rule, or deals with the firing that has waited
 * longest: starts its run, or skips it, by the overlap rule. Each step writes the state when it is done, and can be done
 * again after a crash before that: a run's start key names its firing, so there is never a second one. Whether an earlier
 * run is under way is asked of the store, where runs carry the schedule's tag.
 */
import { asMycroftError, type MycroftError } from "@mycroft/errors";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Provenance, Store } from "../ports/store.ts";
import { type DueFirings, dueFirings, firingLimits } from "./due-firings.ts";
import { FiringTimes } from "./firing-times.ts";
import {
  type CatchUp,
  momentText,
  type ScheduleDefinition,
  type ScheduledRuns,
  type ScheduledStart,
} from "./schedule-definition.ts";
import { newState, readState, type ScheduleState, scheduleCollection, stateJson } from "./schedule-state.ts";
import type { SchedulerNotice } from "./scheduler-notice.ts";
import { cancelRun, failureOf, findStarted, isHopeless, startOf, startOnce } from "./start-once.ts";
import { StepLoop } from "./step-loop.ts";

export interface RunnerPorts {
  readonly store: Pick<Store, "getDocument" | "putDocument" | "listRuns" | "findRunByStartKey">;
  readonly runs: ScheduledRuns;
  readonly clock: Clock;
  readonly provenance: Provenance;
  readonly onNotice: (notice: SchedulerNotice) => void;
  readonly onError: (error: MycroftError) => void;
}

type Verdict = "start" | "skip" | "wait";

/** A place so far ahead of the clock is no matter of a second: the clock was wrong then, or is now. */
const aheadMs = 86_400_000;

export class ScheduleRunner {
  readonly definition: ScheduleDefinition;
  readonly #ports: RunnerPorts;
  readonly #times: FiringTimes;
  readonly #loop: StepLoop;
  #state: ScheduleState;
  /** 0 until the state is in the store. */
  #revision = 0;
  /** Since when firings are watched for; null until then. */
  #since: number | null = null;
  #timer: Timer | null = null;
  /** Why the store's state cannot be used, if so. */
  #damage: MycroftError | null = null;
  /** The run whose end is waited for. */
  #awaited: string | null = null;

  /** @throws {MycroftError} SCHEDULE_INVALID. */
  constructor(definition: ScheduleDefinition, ports: RunnerPorts) {
    this.definition = definition;
    this.#ports = ports;
    this.#times = new FiringTimes(definition);
    this.#state = newState(ports.clock.now());
    this.#loop = new StepLoop({
      clock: ports.clock,
      step: () => this.#step(),
      onIdle: () => this.#setTimer(),
      onError: (error) => this.#tell(error),
    });
  }

  get state(): ScheduleState {
    return this.#state;
  }

  get failure(): StepLoop["failure"] {
    return this.#damage?.code ?? this.#loop.failure;
  }

  /** Takes over where the store says that it stands. When that cannot be read, it says so and does nothing. */
  async load(): Promise<void> {
    const { name } = this.definition;
    const document = await this.#ports.store.getDocument(scheduleCollection, name);
    this.#revision = document?.revision ?? 0;
    try {
      this.#state = document === undefined ? this.#firstState() : readState(name, document.value);
      this.#damage = null;
    } catch (thrown) {
      this.#damage = asMycroftError(thrown);
      this.#tell(this.#damage);
    }
  }

  start(): void {
    const now = this.#ports.clock.now();
    this.#since = now;
    const { place } = this.#state;
    if (place > now + aheadMs) this.#notify({ kind: "ahead", place: momentText(place) });
    this.#loop.wake();
  }

  /** Takes over what another process has changed. */
  async refresh(): Promise<void> {
    const { store } = this.#ports;
    await this.#loop.inTurn(async () => {
      const document = await store.getDocument(scheduleCollection, this.definition.name);
      if ((document?.revision ?? 0) !== this.#revision) await this.load();
    });
    if (this.#since !== null) this.#loop.wake();
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#loop.close();
  }

  /** When it fires next, paused or not. */
  nextFiring(): number | null {
    return this.#times.next(Math.max(this.#state.place, this.#ports.clock.now()))?.at ?? null;
  }

  async pause(): Promise<void> {
    await this.#loop.inTurn(() =>
      this.#change((state) => (state.paused ? null : { ...state, paused: true })),
    );
  }

  /**
   * @param catchUp what is done about the firings that were missed; the schedule's own rule unless given. `none` lets it go
   *   on from now, wherever it stood and whatever waited.
   */
  async resume(catchUp?: CatchUp): Promise<void> {
    const now = this.#ports.clock.now();
    // Starting over needs nothing of what was there.
    if (catchUp === "none") this.#damage = null;
    await this.#loop.inTurn(() =>
      this.#change((state) => {
        if (catchUp === "none") return startedOver(state, now);
        return state.paused ? this.#resumed(state, now, catchUp ?? this.definition.catchUp) : null;
      }),
    );
    if (this.#since === null) return;
    this.#since = now;
    this.#loop.wake();
  }

  /** Starts a run now, out of turn: whether paused or not, and whatever is under way. */
  async trigger(): Promise<string> {
    const at = this.#ports.clock.now();
    return this.#ports.runs.startRun(this.#startOf(at));
  }

  /** The runs of this schedule that are under way. A fork of one carries its tag, but is somebody's experiment. */
  async underWay(): Promise<readonly string[]> {
    const page = await this.#ports.store.listRuns({ tag: this.#tag, status: "running", limit: 1_000 });
    return page.runs.flatMap((run) => (run.parent === null && run.forkedFrom === null ? [run.runId] : []));
  }

  get #tag(): string {
    return `schedule:${this.definition.name}`;
  }

  async #step(): Promise<boolean> {
    if (this.#damage !== null) return false;
    if (this.#revision === 0 && !(await this.#write(this.#state))) return true;
    if (this.#state.paused || this.#since === null) return false;
    const { place } = this.#state;
    const { catchUp } = this.definition;
    const due = dueFirings(this.#times, { place, now: this.#ports.clock.now(), since: this.#since, catchUp });
    if (due !== null) {
      await this.#takeIn(due);
      return true;
    }
    const [oldest] = this.#state.waiting;
    return oldest === undefined ? false : this.#deal(oldest);
  }

  async #takeIn(due: DueFirings): Promise<void> {
    const { missed } = this.#state;
    const changed = takeIn(this.#state, due);
    if (!(await this.#write(changed)) || changed.missed === missed) return;
    const count = changed.missed - missed;
    this.#notify({ kind: "skipped", reason: "missed", count, until: momentText(due.newest.at) });
  }

  /** Whether the firing has been dealt with; it waits on otherwise. */
  async #deal(at: number): Promise<boolean> {
    const startKey = `schedule/${this.definition.name}/${momentText(at)}`;
    const known = await findStarted(this.#ports.store, startKey);
    const verdict = known === null ? await this.#judge() : "start";
    if (verdict === "wait") return false;
    if (verdict === "skip") await this.#skip(at);
    else if (known !== null) await this.#started(at, known);
    else await this.#start(at, startKey);
    return true;
  }

  async #judge(): Promise<Verdict> {
    const { overlap, name } = this.definition;
    if (overlap === "allow") return "start";
    // A newer firing would end this one's run at once.
    if (overlap === "cancelOld" && this.#state.waiting.length > 1) return "skip";
    const underWay = await this.underWay();
    const [first] = underWay;
    if (first === undefined) return "start";
    if (overlap === "skip") return "skip";
    if (overlap === "queue") {
      this.#awaitEnd(first);
      return "wait";
    }
    for (const runId of underWay) await cancelRun(this.#ports.runs, runId, `Schedule "${name}" fired again.`);
    return "start";
  }

  async #skip(at: number): Promise<void> {
    const state = this.#state;
    const skipped = { ...state, waiting: without(state.waiting, at), overlapping: state.overlapping + 1 };
    if (!(await this.#write(skipped))) return;
    this.#notify({ kind: "skipped", reason: "overlapping", count: 1, until: momentText(at) });
  }

  async #start(at: number, startKey: string): Promise<void> {
    const { store, runs } = this.#ports;
    let runId: string;
    try {
      runId = await startOnce(store, runs, { ...this.#startOf(at), startKey });
    } catch (thrown) {
      if (!isHopeless(thrown)) throw thrown;
      await this.#failed(at, thrown);
      return;
    }
    await this.#started(at, runId);
  }

  async #started(at: number, runId: string): Promise<void> {
    const state = this.#state;
    const last = { at, runId, error: null };
    if (!(await this.#write({ ...state, waiting: without(state.waiting, at), last }))) return;
    this.#notify({ kind: "started", scheduledAt: momentText(at), runId });
  }

  async #failed(at: number, error: MycroftError): Promise<void> {
    const state = this.#state;
    const { code, message } = error;
    const last = { at, runId: null, error: { code, message } };
    const failed = { ...state, waiting: without(state.waiting, at), last, failed: state.failed + 1 };
    if (!(await this.#write(failed))) return;
    this.#notify({ kind: "failed", scheduledAt: momentText(at), error });
  }

  #startOf(at: number): ScheduledStart {
    const { workflow, tags } = this.definition;
    const firing = { scheduledAt: momentText(at), date: this.#times.dateAt(at) };
    return {
      ...startOf(this.definition, firing),
      plan: workflow.plan,
      childPlans: workflow.plans,
      provenance: this.#ports.provenance,
      tags: [...tags, this.#tag],
    };
  }

  #resumed(state: ScheduleState, now: number, catchUp: CatchUp): ScheduleState {
    const due = dueFirings(this.#times, { place: state.place, now, since: now, catchUp });
    const resumed = { ...state, paused: false };
    return due === null ? resumed : takeIn(resumed, due);
  }

  #awaitEnd(runId: string): void {
    if (this.#awaited === runId) return;
    this.#awaited = runId;
    this.#ports.runs.waitFor(runId).then(
      () => {
        this.#awaited = null;
        this.#loop.wake();
      },
      () => {
        // It is gone, or the host shuts down: what is under way is looked up again.
        this.#awaited = null;
        this.#loop.wakeLater();
      },
    );
  }

  #setTimer(): void {
    this.#timer?.cancel();
    this.#timer = null;
    if (this.#state.paused || this.#damage !== null) return;
    const next = this.#times.next(this.#state.place);
    if (next !== null) this.#timer = this.#ports.clock.setTimer(next.at, () => this.#loop.wake());
  }

  #firstState(): ScheduleState {
    const now = this.#ports.clock.now();
    // With a beginning in the past, what has come due since is missed, not unheard of.
    return newState(this.definition.startAt === null ? now : Math.min(now, this.#times.first - 1));
  }

  /** Writes what `change` makes of the state, unless that is null. */
  async #change(change: (state: ScheduleState) => ScheduleState | null): Promise<void> {
    for (;;) {
      if (this.#damage !== null) throw this.#damage;
      const changed = change(this.#state);
      if (changed === null || (await this.#write(changed))) return;
    }
  }

  /** Whether it was written; otherwise another process was first, and its state has been taken over. */
  async #write(state: ScheduleState): Promise<boolean> {
    const outcome = await this.#ports.store.putDocument({
      collection: scheduleCollection,
      id: this.definition.name,
      replaces: this.#revision,
      value: stateJson(state),
    });
    if (outcome === "conflict") {
      await this.load();
      return false;
    }
    this.#revision += 1;
    this.#state = state;
    return true;
  }

  #tell(error: MycroftError): void {
    const { name } = this.definition;
    this.#ports.onError(failureOf(`Schedule "${name}"`, { schedule: name }, error));
  }

  #notify(notice: Unnamed<SchedulerNotice>): void {
    this.#ports.onNotice({ schedule: this.definition.name, ...notice });
  }
}

type Unnamed<Notice> = Notice extends unknown ? Omit<Notice, "schedule"> : never;

/** Takes in what has come due. Of too many that wait, the oldest are skipped. */
function takeIn(state: ScheduleState, { wanted, skipped, newest }: DueFirings): ScheduleState {
  const waiting = [...state.waiting, ...wanted.map((firing) => firing.at)];
  const kept = waiting.slice(-firingLimits.waiting);
  const missed = state.missed + skipped + waiting.length - kept.length;
  return { ...state, place: newest.at, waiting: kept, missed };
}

function startedOver(state: ScheduleState, now: number): ScheduleState {
  return { ...state, paused: false, place: now, waiting: [], missed: state.missed + state.waiting.length };
}

function without(waiting: readonly number[], at: number): readonly number[] {
  return waiting.filter((other) => other !== at);
}
