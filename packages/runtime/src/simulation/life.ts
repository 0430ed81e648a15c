/** One process from its start to its death: an orchestrator, its workers and those who use it, over watched ports. */
import { asMycroftError, type ErrorCode } from "@mycroft/errors";
import { defaultPool, Orchestrator } from "../orchestrator.ts";
import type { AttemptLedger } from "../ports/attempt-ledger.ts";
import type { Bus } from "../ports/bus.ts";
import type { Clock } from "../ports/clock.ts";
import type { Gateway } from "../ports/gateway.ts";
import type { TaskQueue } from "../ports/queue.ts";
import type { Store } from "../ports/store.ts";
import { Worker } from "../worker.ts";
import { maxIgnoredEvents } from "./check-end.ts";
import { useProcess } from "./client.ts";
import { lyingLedger } from "./lying-ledger.ts";
import { MortalProcess } from "./mortal-process.ts";
import type { Scenario, ScenarioLife } from "./scenario.ts";
import type { SeededRandom } from "./seeded-random.ts";
import { simulatedGateway } from "./simulated-gateway.ts";
import type { UnreliableQueue } from "./unreliable-queue.ts";
import { UnreliableStore } from "./unreliable-store.ts";
import type { ProcessPorts, Variant } from "./variant.ts";
import { watchedBus, watchedLedger, watchedQueue, watchedStore } from "./watched-ports.ts";
import type { Witness } from "./witness.ts";

export interface LifeOptions {
  readonly scenario: Scenario;
  /** How it dies; null when it does not. */
  readonly end: ScenarioLife | null;
  readonly number: number;
  /** Time itself, and when the simulation began. */
  readonly world: Clock;
  readonly startAt: number;
  readonly clock: Clock;
  readonly disk: Store;
  readonly isFull: () => boolean;
  readonly queue: UnreliableQueue;
  readonly random: SeededRandom;
  readonly witness: Witness;
  readonly answered: Set<string>;
  readonly variant: Variant | undefined;
}

export interface Life {
  readonly process: MortalProcess;
  readonly store: UnreliableStore;
  readonly death: ScenarioLife | null;
  readonly status: "under way" | "done" | "failed";
  /** Why it failed. */
  readonly failure: unknown;
}

/** Failures that the world causes, and that nobody is to be told of. */
const expectedFailures: ReadonlySet<ErrorCode> = new Set(["STORE_FULL", "QUEUE_FULL", "BUS_CLOSED"]);

export function startLife(options: LifeOptions): Life {
  const process = new MortalProcess(options.end?.occasions ?? Number.POSITIVE_INFINITY);
  const store = new UnreliableStore(options.disk, options.world, options.random.stream("store"), {
    slowestCommitMs: options.scenario.slowestCommitMs,
    isFull: options.isFull,
  });
  const status = "under way" as Life["status"];
  const life = { process, store, death: options.end, status, failure: null as unknown };
  live(process, store, options).then(
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

async function live(process: MortalProcess, store: UnreliableStore, options: LifeOptions): Promise<void> {
  const { scenario, witness, random, answered } = options;
  let isOpen = false;
  const ports = portsOf(process, store, options, () => isOpen);
  const ids: string[] = [];
  const onError = (thrown: unknown) => {
    const { code, message } = asMycroftError(thrown);
    if (!process.isDead && !expectedFailures.has(code)) witness.accuse("failure", `${code}: ${message}`);
  };
  const orchestrator = await Orchestrator.open({
    ...ports,
    newRunId: () => ids.shift() ?? "nobody",
    maxIgnoredEvents,
    onError,
  });
  isOpen = true;
  const broken = ports.ledger(orchestrator);
  const lying = lyingLedger(broken, ports.clock, random.stream("lies"), scenario.lies);
  const ledger = watchedLedger(lying, witness);
  await startWorkers(process, ports, ledger, options, onError);
  const world = process.clock(options.world);
  const until = (atMs: number) => sleepUntil(world, options.startAt + atMs);
  const pause = (forMs: number) => sleepUntil(world, world.now() + forMs);
  await useProcess({ orchestrator, scenario, witness, until, pause, ids, answered });
}

function portsOf(
  process: MortalProcess,
  store: UnreliableStore,
  { clock, queue, random, scenario, witness, variant }: LifeOptions,
  isOpen: () => boolean,
): ProcessPorts {
  const ports: ProcessPorts = {
    store: watchedStore(process.store(store.port), witness),
    queue: process.queue(watchedQueue(queue, witness)),
    bus: process.bus(watchedBus(random.stream("bus"), scenario.busRefusal, witness)),
    clock: process.clock(clock),
    ledger: (ledger) => ledger,
    isOpen,
  };
  return variant === undefined ? ports : variant(ports);
}

async function startWorkers(
  process: MortalProcess,
  { queue, clock }: { readonly queue: TaskQueue; readonly clock: Clock; readonly bus: Bus },
  ledger: AttemptLedger,
  { scenario, witness, world }: LifeOptions,
  onError: (thrown: unknown) => void,
): Promise<void> {
  for (let worker = 0; worker < scenario.workers; worker += 1) {
    const gateway: Gateway = simulatedGateway({
      process,
      worker,
      seed: scenario.seed,
      world,
      clock,
      witness,
    });
    await Worker.start({
      name: `worker ${worker}`,
      pool: defaultPool,
      concurrency: scenario.concurrency,
      queue,
      ledger,
      gateway: process.gateway(gateway),
      clock,
      onError,
    });
  }
}

function sleepUntil(clock: Clock, dueAt: number): Promise<void> {
  if (clock.now() >= dueAt) return Promise.resolve();
  return new Promise((resolve) => {
    clock.setTimer(dueAt, resolve);
  });
}
