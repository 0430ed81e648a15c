/**
 * Runs workflows in virtual time while processes die between any two effects and the queue loses, repeats and reorders
 * messages: everything from one seed. This is how P3 and P4 are tested.
 */
import { setImmediate } from "node:timers/promises";
import type { JsonValue, Plan } from "@mycroft/engine";
import { MemoryStore } from "../memory/memory-store.ts";
import { defaultPool, Orchestrator } from "../orchestrator.ts";
import type { Gateway } from "../ports/gateway.ts";
import type { Store } from "../ports/store.ts";
import { Worker } from "../worker.ts";
import { deafBus } from "./deaf-bus.ts";
import { MortalProcess } from "./mortal-process.ts";
import { SeededRandom } from "./seeded-random.ts";
import { type Unreliability, UnreliableQueue } from "./unreliable-queue.ts";
import { VirtualClock } from "./virtual-clock.ts";

export interface SimulatedRun {
  readonly runId: string;
  readonly plan: Plan;
  readonly input: JsonValue;
}

export interface Simulation {
  readonly seed: number;
  readonly runs: readonly SimulatedRun[];
  readonly gateway: Gateway;
  readonly faults: Unreliability;
  /** How many processes die before one is left alone. */
  readonly deaths: number;
  /** A process dies after 1 to this many effects. */
  readonly maxLifetime: number;
}

export interface SimulationReport {
  /** What the store holds in the end. */
  readonly store: Store;
  readonly deaths: number;
}

const startAt = Date.UTC(2010, 1, 26);
const maxSteps = 1_000_000;

/** Runs until every run has settled. Fails when that takes more than a million steps of virtual time. */
export async function simulateRuns(simulation: Simulation): Promise<SimulationReport> {
  const random = new SeededRandom(simulation.seed);
  const clock = new VirtualClock(startAt);
  const store = new MemoryStore({ now: () => clock.now() });
  let queue = new UnreliableQueue(clock, random, simulation.faults);
  for (let death = 0; ; death += 1) {
    const isLast = death >= simulation.deaths;
    const lifetime = isLast ? Number.POSITIVE_INFINITY : 1 + random.below(simulation.maxLifetime);
    const process = new MortalProcess(lifetime);
    const life = live(process, { simulation, clock, store, queue });
    if (await runUntil(clock, life, process)) return { store, deaths: death };
    // The queue may have been wiped meanwhile, or may still hold what the dead process sent.
    await queue.close();
    if (random.chance(0.5)) queue = new UnreliableQueue(clock, random, simulation.faults);
  }
}

interface World {
  readonly simulation: Simulation;
  readonly clock: VirtualClock;
  readonly store: Store;
  readonly queue: UnreliableQueue;
}

/** One process from its start until all runs have settled, or for ever if it dies before. */
async function live(process: MortalProcess, world: World): Promise<void> {
  const { runs, gateway } = world.simulation;
  const ports = {
    clock: process.clock(world.clock),
    store: process.store(world.store),
    queue: process.queue(world.queue),
  };
  const ids: string[] = [];
  const orchestrator = await Orchestrator.open({
    ...ports,
    bus: deafBus,
    newRunId: () => ids.shift() ?? "none",
  });
  await Worker.start({
    name: "simulated",
    pool: defaultPool,
    concurrency: 8,
    queue: ports.queue,
    ledger: orchestrator,
    gateway,
    clock: ports.clock,
  });
  for (const { runId, plan, input } of runs) {
    if ((await ports.store.getRun(runId)) !== undefined) continue;
    ids.push(runId);
    await orchestrator.startRun({
      plan,
      input,
      asOf: "2010-02-26",
      provenance: { codeVersion: "simulated" },
    });
  }
  await Promise.all(runs.map(({ runId }) => orchestrator.waitFor(runId)));
}

/** Lets virtual time pass until the life is over. Gives whether it ended well. */
async function runUntil(clock: VirtualClock, life: Promise<void>, process: MortalProcess): Promise<boolean> {
  let outcome: "alive" | "settled" | { readonly failure: unknown } = "alive";
  life.then(
    () => {
      outcome = "settled";
    },
    (failure: unknown) => {
      outcome = { failure };
    },
  );
  const end = () => outcome;
  for (let step = 0; step < maxSteps; step += 1) {
    // Everything that follows from the last timer without time passing.
    await setImmediate();
    const ended = end();
    if (ended === "settled") return true;
    if (ended !== "alive") throw ended.failure;
    if (process.isDead) return false;
    if (!clock.advance()) throw new Error("Nothing is left to happen, and the runs have not settled.");
  }
  throw new Error(`The runs have not settled after ${maxSteps} steps.`);
}
