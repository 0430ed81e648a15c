/** One process from its start to its death: an orchestrator, a scheduler, workers and those who use them, over watched ports. */
import { defaultPool } from "@mycroft/engine";
import { asMycroftError, type ErrorCode } from "@mycroft/errors";
import type { PoolUsage } from "../dispatch/dispatcher.ts";
import { Orchestrator } from "../orchestrator.ts";
import type { AttemptLedger } from "../ports/attempt-ledger.ts";
import type { Clock } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";
import { Worker } from "../worker.ts";
import { maxIgnoredEvents } from "./check-end.ts";
import { useProcess } from "./client.ts";
import type { Memory, Outside } from "./clients/outside.ts";
import type { Deployment } from "./compile-plans.ts";
import { lyingLedger } from "./lying-ledger.ts";
import { MortalProcess } from "./mortal-process.ts";
import { RunNames } from "./run-names.ts";
import { type Scenario, type ScenarioLife, startAt } from "./scenario.ts";
import type { ScheduleWatch } from "./schedule-watch.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { simulatedGateway } from "./simulated-gateway.ts";
import { openBackfills, openScheduler } from "./simulated-schedule.ts";
import type { UnreliableQueue } from "./unreliable-queue.ts";
import { UnreliableStore } from "./unreliable-store.ts";
import type { ProcessPorts, Variant } from "./variant.ts";
import { watchedBus, watchedLedger, watchedQueue, watchedStore } from "./watched-ports.ts";
import type { Witness } from "./witness.ts";
import { WorkerSeat } from "./worker-seat.ts";

export interface LifeOptions {
  readonly scenario: Scenario;
  /** How it dies; null when it does not. */
  readonly end: ScenarioLife | null;
  /** What is deployed while it lives. */
  readonly deployment: Deployment;
  /** Time itself. */
  readonly world: Clock;
  readonly clock: Clock;
  readonly disk: Store;
  readonly isFull: () => boolean;
  readonly queue: UnreliableQueue;
  readonly random: SeededRandom;
  readonly witness: Witness;
  readonly scheduleWatch: ScheduleWatch | null;
  readonly memory: Memory;
  readonly variant: Variant | undefined;
}

export interface Life {
  readonly process: MortalProcess;
  readonly store: UnreliableStore;
  readonly death: ScenarioLife | null;
  readonly status: "under way" | "done" | "failed";
  /** Why it failed. */
  readonly failure: unknown;
  /** How the pools' slots are taken. */
  readonly pools: () => readonly PoolUsage[];
}

/** Failures that the world causes, and that nobody is to be told of. */
const expectedFailures: ReadonlySet<ErrorCode> = new Set(["STORE_FULL", "QUEUE_FULL", "BUS_CLOSED"]);

export function startLife(options: LifeOptions): Life {
  const { occasions = Number.POSITIVE_INFINITY, since = "start" } = options.end ?? {};
  const process = new MortalProcess(occasions, since);
  const store = new UnreliableStore(options.disk, options.world, options.random.stream("store"), {
    slowestCommitMs: options.scenario.slowestCommitMs,
    slowestReadMs: options.scenario.slowestReadMs,
    isFull: options.isFull,
  });
  const status = "under way" as Life["status"];
  const noPools: readonly PoolUsage[] = [];
  const life = { process, store, death: options.end, status, failure: null as unknown, pools: () => noPools };
  const onOpen = (orchestrator: Orchestrator) => {
    life.pools = () => orchestrator.pools;
  };
  live(process, store, options, onOpen).then(
    () => {
      life.status = "done";
    },
    (failure: unknown) => {
      life.status = "failed";
      life.failure = failure;
    },
  );
  return life;
}

async function live(
  process: MortalProcess,
  store: UnreliableStore,
  options: LifeOptions,
  onOpen: (orchestrator: Orchestrator) => void,
): Promise<void> {
  const { scenario, witness, random, deployment } = options;
  let isOpen = false;
  const ports = portsOf(process, store, options, () => isOpen);
  const names = new RunNames();
  const onError = (thrown: unknown) => {
    const { code, message } = asMycroftError(thrown);
    if (!process.isDead && !expectedFailures.has(code)) witness.accuse("failure", `${code}: ${message}`);
  };
  const orchestrator = await Orchestrator.open({
    ...ports,
    newRunId: () => names.take(),
    maxIgnoredEvents,
    onError,
  });
  isOpen = true;
  onOpen(orchestrator);
  const broken = ports.ledger(orchestrator);
  const lying = lyingLedger(broken, ports.clock, random.stream("lies"), scenario.lies);
  const ledger = watchedLedger(lying, witness);
  await startWorkers(process, ports, ledger, options, onError);
  const outside = noticed(ports.outside(orchestrator), () => process.isAsked());
  const runs = ports.scheduled({
    startRun: (start) => outside.startRun(start),
    waitFor: (runId) => outside.waitFor(runId),
    cancel: (runId, reason) => outside.cancel(runId, reason),
  });
  const { store: ownStore, clock } = ports;
  const planned = { scenario, deployment, store: ownStore, clock, runs, names, witness, onError };
  await useProcess({
    ...clientOf(process, options),
    outside,
    names,
    scheduler: await openScheduler(planned),
    backfills: await openBackfills(planned),
  });
}

/** Tells of everything that is asked for but starts. */
function noticed(outside: Outside, onAsked: () => void): Outside {
  const after = <T>(ask: () => T): T => {
    onAsked();
    return ask();
  };
  return {
    startRun: (start) => outside.startRun(start),
    waitFor: (runId) => outside.waitFor(runId),
    fork: (fork) => after(() => outside.fork(fork)),
    retry: (runId) => after(() => outside.retry(runId)),
    cancel: (runId, reason, task) => after(() => outside.cancel(runId, reason, task)),
    signal: (runId, signal) => after(() => outside.signal(runId, signal)),
    decide: (runId, approval) => after(() => outside.decide(runId, approval)),
  };
}

function clientOf(
  process: MortalProcess,
  { scenario, deployment, witness, scheduleWatch, world, memory }: LifeOptions,
) {
  const time = process.clock(world);
  return {
    scenario,
    deployment,
    witness,
    scheduleWatch,
    until: (atMs: number) => sleepUntil(time, startAt + atMs),
    pause: (forMs: number) => sleepUntil(time, time.now() + forMs),
    memory,
  };
}

function portsOf(
  process: MortalProcess,
  store: UnreliableStore,
  { clock, queue, random, scenario, witness, variant, deployment }: LifeOptions,
  isOpen: () => boolean,
): ProcessPorts {
  const ports: ProcessPorts = {
    store: watchedStore(process.store(store.port), witness),
    queue: process.queue(watchedQueue(queue, witness)),
    bus: process.bus(watchedBus(random.stream("bus"), scenario.busRefusal, witness)),
    clock: process.clock(clock),
    dispatch: scenario.dispatch,
    ledger: (ledger) => ledger,
    outside: (outside) => outside,
    scheduled: (runs) => runs,
    isOpen,
    deployed: [...deployment.values()],
  };
  return variant === undefined ? ports : variant(ports);
}

async function startWorkers(
  process: MortalProcess,
  { queue, clock }: ProcessPorts,
  ledger: AttemptLedger,
  { scenario, witness, world }: LifeOptions,
  onError: (thrown: unknown) => void,
): Promise<void> {
  const time = process.clock(world);
  const pools = new Set([defaultPool, ...Object.keys(scenario.dispatch.pools ?? {})]);
  for (let worker = 0; worker < scenario.workers; worker += 1) {
    for (const pool of pools) {
      const seat = new WorkerSeat(`worker ${worker} of ${pool}`, time, (of, executions) =>
        freezeAt(of, worker, executions, scenario, time, witness),
      );
      const gateway = simulatedGateway({ process, worker: seat, seed: scenario.seed, world, witness });
      await Worker.start({
        name: seat.name,
        pool,
        concurrency: scenario.concurrency,
        queue: seat.queue(queue),
        ledger: seat.ledger(ledger),
        gateway: seat.gateway(process.gateway(gateway)),
        clock: seat.clock(clock),
        onError,
      });
    }
  }
}

function freezeAt(
  seat: WorkerSeat,
  worker: number,
  executions: number,
  { freezes }: Scenario,
  time: Clock,
  witness: Witness,
): void {
  const freeze = freezes.find((one) => one.worker === worker && one.executions === executions);
  if (freeze === undefined) return;
  seat.freeze();
  witness.standsStill(seat);
  if (freeze.forMs !== null) time.setDelay(freeze.forMs, () => seat.wake());
}

function sleepUntil(clock: Clock, dueAt: number): Promise<void> {
  if (clock.now() >= dueAt) return Promise.resolve();
  return new Promise((resolve) => {
    clock.setTimer(dueAt, resolve);
  });
}
