/**
 * A world for schedules, in virtual time: what is on disk, runs that take their time, a clock that can be set, and
 * processes that can be killed between any two of their effects.
 */
import assert from "node:assert/strict";
import type { JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { MemoryStore } from "../../memory/memory-store.ts";
import type { Clock, Timer } from "../../ports/clock.ts";
import type { DocumentWrite, RunAppend, Store } from "../../ports/store.ts";
import { VirtualClock } from "../../simulation/virtual-clock.ts";
import type { ScheduledRuns, ScheduledStart } from "../schedule-definition.ts";

export type ScheduleStore = Pick<
  Store,
  "getDocument" | "putDocument" | "listDocuments" | "listRuns" | "findRunByStartKey"
>;

/** What a process sees of the world. */
export interface ProcessView {
  readonly clock: Clock;
  readonly store: ScheduleStore;
  readonly runs: ScheduledRuns;
}

type RunStatus = "succeeded" | "failed" | "cancelled";

export interface StartedRun {
  readonly runId: string;
  readonly start: ScheduledStart;
  status: RunStatus | "running";
  /** In time itself, whatever clocks showed. */
  readonly beganAt: number;
  endedAt: number;
  readonly end: PromiseWithResolvers<{ readonly status: RunStatus }>;
}

/** How soon it is noticed that the clock was set. */
const longestSleepMs = 60_000;

export class World {
  readonly time: VirtualClock;
  readonly disk = new MemoryStore({ now: () => this.now() });
  /** In the order of their start. */
  readonly runs: StartedRun[] = [];
  /** How long a run takes. */
  durationMs: (start: ScheduledStart) => number = () => 1_000;
  /** How it ends. */
  statusOf: (start: ScheduledStart) => "succeeded" | "failed" = () => "succeeded";
  /** What a start fails with, if anything. */
  refusal: (start: ScheduledStart) => MycroftError | null = () => null;
  /** Whether the disk takes nothing more. */
  isFull = false;
  /** Timers that wait for the clock to show a moment: each can be told to look again after so long. */
  readonly sleepers = new Set<(lookAfterMs: number) => void>();
  #skewMs = 0;

  constructor(startAt: string) {
    this.time = new VirtualClock(Date.parse(startAt));
  }

  /** What the clock on the wall shows, as processes read it. */
  now(): number {
    return this.time.now() + this.#skewMs;
  }

  /** Sets that clock forward or back. */
  jump(byMs: number): void {
    this.#skewMs += byMs;
    for (const sleeper of [...this.sleepers]) sleeper(longestSleepMs);
  }

  /** A process; `effects` is how many times the world hears of it or it hears of the world before it is killed. */
  process(effects: number = Number.POSITIVE_INFINITY): MortalView {
    return new MortalView(this, effects);
  }

  /** Lets time pass, and everything happen that happens meanwhile. */
  async pass(durationMs: number): Promise<void> {
    let isOver = false;
    this.time.setTimer(this.time.now() + durationMs, () => {
      isOver = true;
    });
    await untilQuiet();
    while (!isOver) {
      this.time.advance();
      await untilQuiet();
    }
    // What is due at this very moment may have been set after the end was.
    this.time.advanceTo(this.time.now());
    await untilQuiet();
  }

  /** Lets time pass until the clock shows `moment`. */
  async passUntil(moment: string): Promise<void> {
    await this.pass(Date.parse(moment) - this.now());
  }

  async startRun(start: ScheduledStart): Promise<string> {
    const refusal = this.refusal(start);
    if (refusal !== null) throw refusal;
    if (this.isFull) throw new MycroftError("STORE_FULL", "The disk is full.");
    const { startKey = null } = start;
    const known = this.runs.find((run) => startKey !== null && run.start.startKey === startKey);
    if (known !== undefined) {
      const isSame = JSON.stringify(known.start.input) === JSON.stringify(start.input);
      if (isSame) return known.runId;
      throw new MycroftError("START_KEY_MISMATCH", "Another input.", { details: { startKey } });
    }
    const runId = `run-${String(this.runs.length + 1).padStart(6, "0")}`;
    const run: StartedRun = {
      runId,
      start,
      status: "running",
      beganAt: this.time.now(),
      endedAt: Number.POSITIVE_INFINITY,
      end: Promise.withResolvers(),
    };
    this.runs.push(run);
    this.time.setTimer(this.time.now() + this.durationMs(start), () =>
      this.#settle(run, this.statusOf(start)),
    );
    const workflow = start.plan.workflow.name;
    const { asOf, provenance } = start;
    await this.#append({
      runId,
      create: {
        ...{ runId, workflow, planHash: start.plan.hash, asOf, provenance, createdAt: this.now() },
        ...{ tags: [...new Set(start.tags)].sort(), startKey, parent: null, forkedFrom: null },
      },
      fromSeq: 0,
      events: [{ type: "runStarted", at: this.now(), input: start.input }],
    });
    return runId;
  }

  async putDocument(write: DocumentWrite): Promise<"stored" | "conflict"> {
    if (this.isFull) throw new MycroftError("STORE_FULL", "The disk is full.");
    return this.disk.putDocument(write);
  }

  async waitFor(runId: string): Promise<{ readonly status: RunStatus }> {
    return this.#run(runId).end.promise;
  }

  async cancel(runId: string): Promise<boolean> {
    const run = this.#run(runId);
    if (run.status !== "running") return false;
    this.#settle(run, "cancelled");
    return true;
  }

  /** The inputs of the runs that carry a tag, in the order of their start. */
  inputs(tag: string): readonly JsonValue[] {
    return this.runs.flatMap((run) => (run.start.tags.includes(tag) ? [run.start.input] : []));
  }

  #run(runId: string): StartedRun {
    const run = this.runs.find((one) => one.runId === runId);
    if (run !== undefined) return run;
    throw new MycroftError("RUN_UNKNOWN", `There is no run ${runId}.`);
  }

  #settle(run: StartedRun, status: RunStatus): void {
    if (run.status !== "running") return;
    run.status = status;
    run.endedAt = this.time.now();
    const { runId } = run;
    const at = this.now();
    const settled = {
      runId,
      fromSeq: 1,
      events: [{ type: "cancelRequested", at, reason: "" }],
      settle: { status, at },
    } as const;
    this.#append(settled).then(() => run.end.resolve({ status }), run.end.reject);
  }

  async #append(append: RunAppend): Promise<void> {
    assert.deepEqual(await this.disk.append([append]), ["stored"]);
  }
}

/** Everything is in memory, so whatever can happen without time passing has happened after a turn of the event loop. */
export function untilQuiet(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** What a process sees, until it is dead: then nothing of it reaches the world, and nothing of the world reaches it. */
export class MortalView implements ProcessView {
  readonly clock: Clock;
  readonly store: ScheduleStore;
  readonly runs: ScheduledRuns;
  #effectsLeft: number;
  isDead = false;

  constructor(world: World, effects: number) {
    this.#effectsLeft = effects;
    this.clock = this.#clockOf(world);
    this.store = {
      getDocument: (collection, id) => this.#look(() => world.disk.getDocument(collection, id)),
      putDocument: (write) => this.#effect(() => world.putDocument(write)),
      listDocuments: (collection, page) => this.#look(() => world.disk.listDocuments(collection, page)),
      listRuns: (query) => this.#look(() => world.disk.listRuns(query)),
      findRunByStartKey: (startKey) => this.#look(() => world.disk.findRunByStartKey(startKey)),
    };
    this.runs = {
      startRun: (start) => this.#effect(() => world.startRun(start)),
      waitFor: (runId) => this.#look(() => world.waitFor(runId)),
      cancel: (runId) => this.#effect(() => world.cancel(runId)),
    };
  }

  kill(): void {
    this.isDead = true;
  }

  /** Like a system's clock, it sees within a minute that the clock was set. */
  #clockOf(world: World): Clock {
    const setTimer = (dueAt: number, action: () => void): Timer => {
      let timer: Timer = { cancel: () => {} };
      const sleep = (sleepMs: number): void => {
        timer.cancel();
        timer = world.time.setTimer(world.time.now() + Math.max(0, sleepMs), wake);
      };
      const cancel = (): void => {
        timer.cancel();
        world.sleepers.delete(sleep);
      };
      const wake = (): void => {
        if (world.now() < dueAt) {
          sleep(dueAt - world.now());
          return;
        }
        cancel();
        if (!this.isDead) action();
      };
      world.sleepers.add(sleep);
      sleep(dueAt - world.now());
      return { cancel };
    };
    return {
      now: () => world.now(),
      elapsed: () => world.time.now(),
      setTimer,
      setDelay: (delayMs, action) =>
        world.time.setTimer(world.time.now() + delayMs, () => {
          if (!this.isDead) action();
        }),
      defer: (action) => setTimer(0, action),
    };
  }

  async #look<T>(act: () => Promise<T>): Promise<T> {
    const found = await act();
    return this.isDead ? never() : found;
  }

  async #effect<T>(act: () => Promise<T>): Promise<T> {
    if (this.#spend()) return never();
    try {
      return await act();
    } finally {
      if (this.#spend()) await never();
    }
  }

  #spend(): boolean {
    this.#effectsLeft -= 1;
    if (this.#effectsLeft <= 0) this.isDead = true;
    return this.isDead;
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => {});
}
