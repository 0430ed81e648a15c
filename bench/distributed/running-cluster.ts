/** Mycroft on servers of its own: its processes, and how they are driven together. */
import { setTimeout as delay } from "node:timers/promises";
import { shardCount } from "@mycroft/runtime";
import { driveShares } from "./drive-shares.ts";
import { type Load, stepsPerRun, unlimited } from "./load.ts";
import type { DriverOperations, OrchestratorOperations, WorkerOperations } from "./operations.ts";
import type { Cast, Work } from "./sample.ts";
import { type Child, startChild } from "./start-child.ts";
import { type TurnServers, withServers } from "./turn-servers.ts";

export interface ClusterSize {
  readonly orchestrators: number;
  readonly workers: number;
}

/** Which processes start the runs and wait for them. */
export type Drivers = "orchestrators" | "client";

export interface KeptWaiting {
  /** While there was always something to follow what was done. */
  readonly kept: Work;
  /** From then on, until the last run had ended. */
  readonly workedOff: Work;
}

/** Of the workers' executions. */
interface Counter {
  readonly executed: number;
  readonly atMs: number;
}

/** At least so much of what waits is done in the measurement: runs of 10,000 tasks come seldom, and cost when they come. */
const measuredShare = 0.5;
/** The share of the measurement that passes before it begins: the workers have just been started. */
const unmeasured = 0.25;
const patienceMs = 300_000;

export class RunningCluster {
  readonly cast: Cast;
  readonly #orchestrators: readonly Child<OrchestratorOperations>[];
  readonly #workers: readonly Child<WorkerOperations>[];
  readonly #client: Child<DriverOperations>;

  private constructor(
    { pids }: TurnServers,
    orchestrators: readonly Child<OrchestratorOperations>[],
    workers: readonly Child<WorkerOperations>[],
    client: Child<DriverOperations>,
  ) {
    this.#orchestrators = orchestrators;
    this.#workers = workers;
    this.#client = client;
    this.cast = {
      orchestrators: orchestrators.map(({ pid }) => pid),
      workers: workers.map(({ pid }) => pid),
      client: [client.pid],
      Redis: pids.redis,
      Postgres: pids.postgres,
    };
  }

  /** With a store of fsync, and a Redis that holds everything in memory. It is gone when `use` has ended. */
  static run<T>(size: ClusterSize, use: (cluster: RunningCluster) => Promise<T>): Promise<T> {
    return withServers({ postgres: true, redis: "memory" }, async (servers) => {
      const children: Child<WorkerOperations | OrchestratorOperations | DriverOperations>[] = [];
      const start = async <Does extends OrchestratorOperations | WorkerOperations | DriverOperations>(
        module: string,
      ): Promise<Child<Does>> => {
        const child = await startChild<Does>({ module, setting: servers.ports });
        children.push(child);
        return child;
      };
      try {
        const orchestrators = await several(size.orchestrators, () =>
          start<OrchestratorOperations>("./mycroft-orchestrator.ts"),
        );
        const workers = await several(size.workers, () => start<WorkerOperations>("./mycroft-worker.ts"));
        const client = await start<DriverOperations>("./mycroft-client.ts");
        const cluster = new RunningCluster(servers, orchestrators, workers, client);
        await cluster.#shardsAreDealt();
        return await use(cluster);
      } finally {
        await Promise.all(children.reverse().map((child) => child.end()));
      }
    });
  }

  /** Rejects when a step was left out, or executed twice. */
  async drive(load: Load, drivers: Drivers): Promise<Work> {
    const before = await this.#countExecuted();
    const all: readonly Pick<Child<DriverOperations>, "call">[] =
      drivers === "client" ? [this.#client] : this.#orchestrators;
    const { runs, ...work } = await driveShares(all, load);
    const executed = (await this.#countExecuted()) - before;
    if (executed === work.steps) return work;
    throw new Error(`${runs} runs have executed ${executed} steps, not ${work.steps}.`);
  }

  /**
   * Keeps so many tasks waiting: before the workers take any, the tasks of all runs that are to be under way at once come to
   * wait, and each run that ends is followed by another. After the measurement no more are started, and what waits is worked off.
   */
  async keepWaiting(load: Pick<Load, "shape" | "items" | "atOnce">, measureMs: number): Promise<KeptWaiting> {
    await Promise.all(this.#workers.map((worker) => worker.call("pause")));
    const before = await this.#countExecuted();
    const driven = this.drive({ ...load, maxRuns: unlimited, maxMs: unlimited }, "orchestrators");
    // Awaited below, unless something else fails first.
    driven.catch(() => {});
    const tasks = load.atOnce * stepsPerRun(load);
    await Promise.race([driven, this.#waitingReach(tasks)]);
    await Promise.all(this.#workers.map((worker) => worker.call("resume")));
    await delay(measureMs * unmeasured);
    const from = await this.#readCounter();
    const to = await this.#readCounterAfter(from, measureMs, tasks * measuredShare);
    await Promise.all(this.#orchestrators.map((one) => one.call("stopStarting")));
    const { steps } = await driven;
    const doneBefore = to.executed - before;
    return {
      kept: { steps: to.executed - from.executed, elapsedMs: to.atMs - from.atMs },
      workedOff: { steps: steps - doneBefore, elapsedMs: performance.now() - to.atMs },
    };
  }

  async #readCounter(): Promise<Counter> {
    return { executed: await this.#countExecuted(), atMs: performance.now() };
  }

  /** When that much time has passed, and that much has been done. */
  async #readCounterAfter(from: Counter, leastMs: number, leastSteps: number): Promise<Counter> {
    await delay(leastMs);
    await this.#until(`${leastSteps} tasks are done`, async () => {
      return (await this.#countExecuted()) - from.executed >= leastSteps;
    });
    return this.#readCounter();
  }

  async #countExecuted(): Promise<number> {
    const counts = await Promise.all(this.#workers.map((worker) => worker.call("countExecuted")));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Until each orchestrator has its share. */
  async #shardsAreDealt(): Promise<void> {
    const share = Math.floor(shardCount / this.#orchestrators.length);
    await this.#until("the shards are dealt out", async () => {
      const counts = await Promise.all(this.#orchestrators.map((one) => one.call("countShards")));
      const all = counts.reduce((sum, count) => sum + count, 0);
      return all === shardCount && counts.every((count) => count >= share);
    });
  }

  async #waitingReach(tasks: number): Promise<void> {
    const [one] = this.#orchestrators;
    await this.#until(`${tasks} tasks wait`, async () => {
      const waiting = await one?.call("countWaiting");
      return waiting !== undefined && waiting.offers >= tasks && waiting.messages >= tasks;
    });
  }

  async #until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    for (const deadline = performance.now() + patienceMs; performance.now() < deadline; ) {
      if (await isSo()) return;
      await delay(100);
    }
    throw new Error(`Five minutes were not enough until ${what}.`);
  }
}

/** One after the other: the first makes the schema. */
async function several<T>(count: number, start: () => Promise<T>): Promise<readonly T[]> {
  const started: T[] = [];
  for (let index = 0; index < count; index += 1) started.push(await start());
  return started;
}
