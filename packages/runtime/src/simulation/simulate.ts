/**
 * Runs a scenario in virtual time: real orchestrators, schedulers and workers in a world that kills processes between any
 * two effects, loses and repeats messages, cuts lines, fills the disk and sets clocks (P3, P4), with a witness at every port.
 */
import { nextTick } from "node:process";
import type { AnyVariant } from "./any-variant.ts";
import { checkEnds } from "./check-end.ts";
import { ClusterWorld } from "./cluster/cluster-world.ts";
import { compilePlans } from "./compile-plans.ts";
import { type DurableRun, isSettled } from "./durable-runs.ts";
import { EmbeddedWorld } from "./embedded-world.ts";
import type { Violation } from "./rules.ts";
import { type Scenario, startAt } from "./scenario.ts";
import { SeededRandom } from "./seeded-random.ts";
import { VirtualClock } from "./virtual-clock.ts";
import type { World, WorldOptions } from "./world.ts";

export interface SimulationOptions {
  /** Breaks something, to show that it is noticed. */
  readonly variant?: AnyVariant | undefined;
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
/** Or for so many steps: processes that look for work take some while they wait, of hours too. */
const longestQuietSteps = 200_000;
/** Far more than any scenario takes: what goes on for longer never ends. */
const maxSteps = 10 * longestQuietSteps;

export function simulate(scenario: Scenario, options: SimulationOptions = {}): Promise<SimulationReport> {
  return new Simulation(scenario, options).run();
}

class Simulation {
  readonly #options: SimulationOptions;
  readonly #scenario: Scenario;
  readonly #trace: string[] = [];
  readonly #clock = new VirtualClock(startAt);
  readonly #world: World;
  #steps = 0;
  /** When something has become durable at last, and in which step. */
  #storedAt = startAt;
  #storedAtStep = 0;

  constructor(scenario: Scenario, options: SimulationOptions) {
    this.#scenario = scenario;
    this.#options = options;
    const world: WorldOptions = {
      scenario,
      deployments: compilePlans(scenario.workflows),
      clock: this.#clock,
      random: new SeededRandom(scenario.seed),
      variant: options.variant,
      note: (text) => this.#note(text),
      onStored: () => {
        this.#storedAt = this.#clock.now();
        this.#storedAtStep = this.#steps;
      },
    };
    const { cluster } = scenario;
    this.#world = cluster === undefined ? new EmbeddedWorld(world) : new ClusterWorld(world, cluster);
  }

  async run(): Promise<SimulationReport> {
    const world = this.#world;
    const { witness } = world;
    world.begin();
    while (witness.violation === null && !(await this.#hasEnded())) this.#goOn();
    if (witness.violation === null) {
      await checkEnds(this.#scenario, world.disk, witness);
      await world.checkEnd();
    }
    return { violation: witness.violation, trace: this.#trace, figures: this.#figures() };
  }

  #figures(): SimulationFigures {
    const runs = [...this.#world.witness.durable.all()];
    const sum = (of: (run: DurableRun) => number) => runs.reduce((total, run) => total + of(run), 0);
    const count = (is: (run: DurableRun) => boolean) => runs.filter(is).length;
    return {
      runs: runs.length,
      childRuns: count(({ header }) => header.parent !== null),
      forks: count(({ header }) => header.forkedFrom !== null),
      firings: count(({ header }) => header.tags.some((tag) => /^(?:schedule|backfill):/.test(tag))),
      events: sum((run) => run.events),
      ignored: sum((run) => run.state.ignored),
      deaths: this.#world.deaths,
      steps: this.#steps,
      cancelled: count(({ state: { result } }) => result?.status === "cancelled"),
      timedOut: count(
        ({ state: { result } }) => result?.status === "failed" && result.error.code === "RUN_TIMED_OUT",
      ),
      answers: sum((run) => run.signals.count + run.approvers.size),
    };
  }

  /** Everything that follows without time passing has happened then. */
  async #hasEnded(): Promise<boolean> {
    await microtasksDone();
    return this.#world.hasEnded();
  }

  /** Lets time pass until something happens. */
  #goOn(): void {
    this.#steps += 1;
    const isQuiet =
      this.#clock.now() > this.#storedAt + longestQuietMs ||
      this.#steps > this.#storedAtStep + longestQuietSteps;
    if (isQuiet || this.#steps > maxSteps || !this.#clock.advance()) {
      const { witness } = this.#world;
      const open = Array.from(witness.durable.all()).filter((run) => !isSettled(run));
      const ids = open.map((run) => run.header.runId).join(", ");
      witness.accuse("settles", `not settled: ${ids || "none, but somebody waits"}`);
    }
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
