/**
 * Runs a scenario in virtual time: the real orchestrator, scheduler and workers in a world that kills processes between any
 * two effects, loses and repeats messages, fills the disk and sets clocks (P3, P4), with a witness at every port.
 */
import { nextTick } from "node:process";
import { asMycroftError } from "@mycroft/errors";
import type { Store } from "../ports/store.ts";
import { BackfillWatch } from "./backfill-watch.ts";
import { checkEnds } from "./check-end.ts";
import type { Memory } from "./clients/outside.ts";
import { compilePlans, type Deployment } from "./compile-plans.ts";
import { simulatedDisk } from "./disk.ts";
import { type DurableRun, isSettled } from "./durable-runs.ts";
import { type Life, startLife } from "./life.ts";
import { ProcessClock } from "./process-clock.ts";
import type { Rule, Violation } from "./rules.ts";
import { type Scenario, type ScenarioLife, startAt } from "./scenario.ts";
import { ScheduleWatch } from "./schedule-watch.ts";
import { SeededRandom } from "./seeded-random.ts";
import { UnreliableQueue } from "./unreliable-queue.ts";
import type { Variant } from "./variant.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { Witness } from "./witness.ts";

export interface SimulationOptions {
  /** Breaks something, to show that it is noticed. */
  readonly variant?: Variant | undefined;
  /** Whether to keep a list of what happens. */
  readonly isTraced?: boolean;
}

export interface SimulationReport {
  /** The first rule that was broken; null when all held. */
  readonly violation: Violation | null;
  /** What happened, in order; empty unless asked for. */
  readonly trace: readonly string[];
  readonly figures: SimulationFigures;
}

/** What a simulation amounted to. */
export interface SimulationFigures {
  readonly runs: number;
  readonly childRuns: number;
  readonly forks: number;
  readonly firings: number;
  /** Durable events, and how many of them were stale or early. */
  readonly events: number;
  readonly ignored: number;
  readonly deaths: number;
  /** How often time went on. */
  readonly steps: number;
  readonly cancelled: number;
  readonly timedOut: number;
  /** Signals and verdicts. */
  readonly answers: number;
}

/** Far longer than any fault, wait and sleep: when nothing becomes durable for so long, nothing ever will. */
const longestQuietMs = 6 * 3_600_000;
const maxSteps = 200_000;

export function simulate(scenario: Scenario, options: SimulationOptions = {}): Promise<SimulationReport> {
  return new Simulation(scenario, options).run();
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #options: SimulationOptions;
  readonly #trace: string[] = [];
  readonly #clock = new VirtualClock(startAt);
  readonly #processClock = new ProcessClock(this.#clock);
  readonly #deployments: readonly Deployment[];
  readonly #disk: Store;
  readonly #witness: Witness;
  readonly #scheduleWatch: ScheduleWatch | null;
  readonly #backfillWatch: BackfillWatch | null;
  readonly #queue: UnreliableQueue;
  readonly #random: SeededRandom;
  readonly #memory: Memory = { answered: new Set(), owed: new Map() };
  readonly #livesLeft: ScenarioLife[];
  #life: Life | null = null;
  #deployed = 0;
  #isFull = false;
  #deaths = 0;
  #steps = 0;
  /** When something has become durable at last. */
  #storedAt = startAt;

  constructor(scenario: Scenario, options: SimulationOptions) {
    this.#scenario = scenario;
    this.#options = options;
    this.#random = new SeededRandom(scenario.seed);
    this.#livesLeft = [...scenario.lives];
    this.#deployments = compilePlans(scenario.workflows);
    this.#queue = new UnreliableQueue(this.#clock, this.#random.stream("queue"), scenario.queue);
    this.#witness = new Witness({
      scenario,
      plans: this.#deployments.flatMap((deployment) => [...deployment.values()]),
      elapsed: () => this.#clock.elapsed(),
      queueHolds: (attempt) => this.#queue.holds(attempt),
      note: (text) => this.#note(text),
    });
    this.#scheduleWatch = this.#watchSchedule();
    this.#backfillWatch = this.#watchBackfill();
    this.#disk = simulatedDisk({
      now: () => this.#clock.now(),
      onRun: (append) => {
        this.#storedAt = this.#clock.now();
        this.#witness.durable.fold(append);
        if (append.create === undefined) return;
        this.#scheduleWatch?.begins(append.runId);
        this.#backfillWatch?.begins(append.runId);
      },
      onDocument: (write) => {
        this.#scheduleWatch?.stores(write);
        this.#backfillWatch?.stores(write);
      },
    });
  }

  async run(): Promise<SimulationReport> {
    this.#plan();
    this.#begin();
    while (this.#witness.violation === null && !(await this.#hasEnded())) this.#goOn();
    if (this.#witness.violation === null) {
      await checkEnds(this.#scenario, this.#disk, this.#witness);
      this.#scheduleWatch?.checkEnd();
      this.#backfillWatch?.checkEnd();
    }
    return { violation: this.#witness.violation, trace: this.#trace, figures: this.#figures() };
  }

  #watchSchedule(): ScheduleWatch | null {
    const { schedule, jumps } = this.#scenario;
    if (schedule === null) return null;
    return new ScheduleWatch({
      schedule,
      durable: this.#witness.durable,
      accuse: (rule, detail) => this.#accuse(rule, detail),
      now: () => this.#processClock.now(),
      clockJumps: jumps.length > 0,
    });
  }

  #watchBackfill(): BackfillWatch | null {
    const { backfill } = this.#scenario;
    if (backfill === null) return null;
    const accuse = (rule: Rule, detail: string) => this.#accuse(rule, detail);
    return new BackfillWatch({ backfill, durable: this.#witness.durable, accuse });
  }

  #figures(): SimulationFigures {
    const runs = [...this.#witness.durable.all()];
    const sum = (of: (run: DurableRun) => number) => runs.reduce((total, run) => total + of(run), 0);
    const count = (is: (run: DurableRun) => boolean) => runs.filter(is).length;
    return {
      runs: runs.length,
      childRuns: count(({ header }) => header.parent !== null),
      forks: count(({ header }) => header.forkedFrom !== null),
      firings: count(({ header }) => header.tags.some((tag) => /^(?:schedule|backfill):/.test(tag))),
      events: sum((run) => run.events),
      ignored: sum((run) => run.state.ignored),
      deaths: this.#deaths,
      steps: this.#steps,
      cancelled: count(({ state: { result } }) => result?.status === "cancelled"),
      timedOut: count(
        ({ state: { result } }) => result?.status === "failed" && result.error.code === "RUN_TIMED_OUT",
      ),
      answers: sum((run) => run.signals.count + run.approvers.size),
    };
  }

  /** Sets the faults that come at a time. */
  #plan(): void {
    for (const { atMs, byMs } of this.#scenario.jumps) {
      this.#clock.setTimer(startAt + atMs, () => {
        this.#note(() => `the clock jumps by ${byMs} ms`);
        this.#processClock.jump(byMs);
      });
    }
    for (const { atMs, forMs } of this.#scenario.full) {
      this.#clock.setTimer(startAt + atMs, () => this.#setFull(true));
      this.#clock.setTimer(startAt + atMs + forMs, () => this.#setFull(false));
    }
  }

  #setFull(isFull: boolean): void {
    this.#note(() => (isFull ? "the store is full" : "the store has room again"));
    this.#isFull = isFull;
  }

  #begin(): void {
    const next = this.#livesLeft.shift();
    this.#note(() => `a process starts, to die at occasion ${next?.occasions ?? "none"}`);
    this.#witness.begins();
    this.#life = startLife({
      scenario: this.#scenario,
      end: next ?? null,
      deployment: this.#deployments[Math.min(this.#deployed, this.#deployments.length - 1)] ?? new Map(),
      world: this.#clock,
      clock: this.#processClock,
      disk: this.#disk,
      isFull: () => this.#isFull,
      queue: this.#queue,
      random: this.#random.stream(`life ${this.#deaths}`),
      witness: this.#witness,
      scheduleWatch: this.#scheduleWatch,
      memory: this.#memory,
      variant: this.#options.variant,
    });
  }

  /** Whether all is over; everything that follows without time passing has happened then. */
  async #hasEnded(): Promise<boolean> {
    await microtasksDone();
    const life = this.#life;
    if (life === null) return false;
    if (life.process.isDead) {
      this.#bury(life);
      return false;
    }
    this.#witness.looksAround();
    this.#checkPools(life);
    if (life.status === "failed") {
      const { code, message } = asMycroftError(life.failure);
      this.#accuse("failure", `${code}: ${message}`);
    }
    return life.status === "done";
  }

  /** Slots are counted from live leases: never more than there are, and none when nothing is left to be done. */
  #checkPools(life: Life): void {
    for (const { pool, slots, inUse, waiting } of life.pools()) {
      if (slots !== null && inUse > slots) this.#accuse("slots", `${inUse} of ${slots} of ${pool} in use`);
      if (life.status === "done" && inUse + waiting > 0) {
        this.#accuse("slots", `${pool} has ${inUse} in use and ${waiting} waiting in the end`);
      }
    }
  }

  #bury(life: Life): void {
    this.#deaths += 1;
    const { downMs = 0, wipesQueue = false, deploys = false } = life.death ?? {};
    if (deploys) this.#deployed += 1;
    this.#note(() => `the process dies${wipesQueue ? ", and the queue is wiped" : ""}; ${downMs} ms pass`);
    life.store.bury();
    this.#witness.buries();
    this.#scheduleWatch?.buries();
    this.#queue.bury(wipesQueue);
    this.#life = null;
    this.#clock.setTimer(this.#clock.now() + downMs, () => this.#begin());
  }

  /** Lets time pass until something happens. */
  #goOn(): void {
    this.#steps += 1;
    const isLate = this.#clock.now() > this.#storedAt + longestQuietMs || this.#steps > maxSteps;
    if (isLate || !this.#clock.advance()) {
      const open = Array.from(this.#witness.durable.all()).filter((run) => !isSettled(run));
      const ids = open.map((run) => run.header.runId).join(", ");
      this.#accuse("settles", `not settled: ${ids || "none, but somebody waits"}`);
    }
  }

  #accuse(rule: Rule, detail: string): void {
    this.#witness.accuse(rule, detail);
  }

  #note(text: () => string): void {
    if (this.#options.isTraced !== true) return;
    const atMs = this.#clock.now() - startAt;
    this.#trace.push(`${String(atMs).padStart(9)} ms  ${text()}`);
  }
}

/**
 * Resolves when no microtask is left. Node runs `nextTick` callbacks when its queue of microtasks is empty and before
 * anything else, so this costs no turn of the event loop. The first wait leaves the callback that may have called.
 */
async function microtasksDone(): Promise<void> {
  await null;
  await new Promise<void>((resolve) => {
    nextTick(resolve);
  });
}
