/**
 * Runs a scenario in virtual time: the real orchestrator and workers in a world that kills processes between any two
 * effects, loses and repeats messages, fills the disk and sets clocks (P3, P4), with a witness at every port.
 */
import { nextTick } from "node:process";
import { asMycroftError } from "@mycroft/errors";
import { MemoryStore } from "../memory/memory-store.ts";
import { checkEnd } from "./check-end.ts";
import type { DurableRun } from "./durable-runs.ts";
import { type Life, startLife } from "./life.ts";
import { ProcessClock } from "./process-clock.ts";
import type { Rule, Violation } from "./rules.ts";
import type { Scenario, ScenarioLife } from "./scenario.ts";
import { SeededRandom } from "./seeded-random.ts";
import { UnreliableQueue } from "./unreliable-queue.ts";
import type { Variant } from "./variant.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { isSettled, Witness } from "./witness.ts";

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
  /** Durable events, and how many of them were stale or early. */
  readonly events: number;
  readonly ignored: number;
  readonly deaths: number;
  /** How often time went on. */
  readonly steps: number;
  readonly cancelled: number;
  readonly timedOut: number;
}

const startAt = Date.UTC(2010, 1, 26);
/** Far longer than any fault and all retries together: a run that has not settled by then never will. */
const horizonMs = 24 * 3_600_000;
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
  readonly #memory = new MemoryStore({ now: () => this.#clock.now() });
  readonly #witness: Witness;
  readonly #queue: UnreliableQueue;
  readonly #random: SeededRandom;
  readonly #answered = new Set<string>();
  readonly #livesLeft: ScenarioLife[];
  #life: Life | null = null;
  #isFull = false;
  #deaths = 0;
  #steps = 0;

  constructor(scenario: Scenario, options: SimulationOptions) {
    this.#scenario = scenario;
    this.#options = options;
    this.#random = new SeededRandom(scenario.seed);
    this.#livesLeft = [...scenario.lives];
    this.#witness = new Witness(scenario, (text) => this.#note(text));
    this.#queue = new UnreliableQueue(this.#clock, this.#random.stream("queue"), scenario.queue);
  }

  async run(): Promise<SimulationReport> {
    this.#plan();
    this.#begin();
    while (this.#witness.violation === null && !(await this.#hasEnded())) this.#goOn();
    if (this.#witness.violation === null) {
      const { runs } = this.#scenario;
      for (const run of runs) await checkEnd(run, this.#memory, this.#scenario, this.#witness);
    }
    return { violation: this.#witness.violation, trace: this.#trace, figures: this.#figures() };
  }

  #figures(): SimulationFigures {
    const runs = this.#scenario.runs.flatMap(({ runId }) => this.#witness.durable.get(runId) ?? []);
    const sum = (of: (run: DurableRun) => number) => runs.reduce((total, run) => total + of(run), 0);
    return {
      events: sum((run) => run.events),
      ignored: sum((run) => run.state.ignored),
      deaths: this.#deaths,
      steps: this.#steps,
      cancelled: sum(({ state: { result } }) => (result?.status === "cancelled" ? 1 : 0)),
      timedOut: sum(({ state: { result } }) =>
        result?.status === "failed" && result.error.code === "RUN_TIMED_OUT" ? 1 : 0,
      ),
    };
  }

  /** Sets the faults that come at a time. */
  #plan(): void {
    for (const { atMs, byMs } of this.#scenario.jumps) {
      this.#clock.setTimer(startAt + atMs, () => {
        this.#witness.clockJumps(byMs);
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
    this.#life = startLife({
      scenario: this.#scenario,
      end: next ?? null,
      number: this.#deaths,
      world: this.#clock,
      startAt,
      clock: this.#processClock,
      disk: this.#witness.durable.disk(this.#memory),
      isFull: () => this.#isFull,
      queue: this.#queue,
      random: this.#random.stream(`life ${this.#deaths}`),
      witness: this.#witness,
      answered: this.#answered,
      variant: this.#options.variant,
    });
  }

  /** Whether all is over; everything that follows without time passing has happened then. */
  async #hasEnded(): Promise<boolean> {
    await microtasksDone();
    const life = this.#life;
    if (life === null) return false;
    this.#witness.looksAround(life.process, this.#clock.now(), this.#processClock.now());
    if (life.process.isDead) this.#bury(life);
    else if (life.status === "failed") {
      const { code, message } = asMycroftError(life.failure);
      this.#accuse("failure", `${code}: ${message}`);
    }
    return life.status === "done";
  }

  #bury(life: Life): void {
    this.#deaths += 1;
    const { downMs = 0, wipesQueue = false } = life.death ?? {};
    this.#note(() => `the process dies${wipesQueue ? ", and the queue is wiped" : ""}; ${downMs} ms pass`);
    life.store.bury();
    this.#witness.buries();
    this.#queue.bury(wipesQueue);
    this.#life = null;
    this.#clock.setTimer(this.#clock.now() + downMs, () => this.#begin());
  }

  /** Lets time pass until something happens. */
  #goOn(): void {
    this.#steps += 1;
    const isLate = this.#clock.now() > startAt + horizonMs || this.#steps > maxSteps;
    if (isLate || !this.#clock.advance()) {
      const open = this.#scenario.runs.filter(({ runId }) => !isSettled(this.#witness.durable.get(runId)));
      this.#accuse(
        "settles",
        `not settled: ${open.map((run) => run.runId).join(", ") || "none, but nobody is told"}`,
      );
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
