/** Raw BullMQ's turn: jobs that do nothing, added in bulk by one process; and chains of them, since that is what steps in a row are. */
import { setTimeout as delay } from "node:timers/promises";
import { concurrency } from "./cluster-ports.ts";
import type { JobAdderOperations, JobWorkerOperations } from "./operations.ts";
import type { ClusterSize } from "./running-cluster.ts";
import { type Cast, takeSample, type Work } from "./sample.ts";
import { type Child, startChild } from "./start-child.ts";
import { runsAtOnce, type Turn } from "./turn.ts";
import { type RedisDurability, type TurnServers, withServers } from "./turn-servers.ts";

/** For a turn that is measured alone: about what BullMQ does in a second. */
const fewestJobs = 5_000;

const patienceMs = 300_000;

/** As many jobs as Mycroft has done steps of a chain in the same round. */
export function bullmqTurn(redis: RedisDurability, { workers }: ClusterSize): Turn {
  const where = redis === "memory" ? "in memory" : "fsync";
  const system = `BullMQ, ${where}`;
  return {
    name: system,
    onDisk:
      redis === "memory"
        ? "nothing"
        : "each job (appendonly yes, appendfsync always: one fsync for the commands of one moment)",
    measure: (_, before) =>
      withServers({ postgres: false, redis }, async (servers) => {
        const jobs = before.findLast(({ load }) => load === "chain")?.steps ?? fewestJobs;
        const bullmq = await RunningBullmq.start(servers, workers);
        try {
          await bullmq.process(jobs / 2, 0);
          const bulk = await takeSample({ system, load: "jobs in bulk" }, bullmq.cast, () =>
            bullmq.process(jobs, 0),
          );
          await bullmq.process(jobs / 4, runsAtOnce);
          const chain = await takeSample({ system, load: "chain" }, bullmq.cast, () =>
            bullmq.process(jobs, runsAtOnce),
          );
          return [bulk, chain];
        } finally {
          await bullmq.end();
        }
      }),
  };
}

const jobsModule = "../peers/libraries/bullmq-jobs.ts";

class RunningBullmq {
  readonly cast: Cast;
  readonly #adder: Child<JobAdderOperations>;
  readonly #workers: readonly Child<JobWorkerOperations>[];

  private constructor(
    { pids }: TurnServers,
    adder: Child<JobAdderOperations>,
    workers: readonly Child<JobWorkerOperations>[],
  ) {
    this.#adder = adder;
    this.#workers = workers;
    this.cast = { workers: workers.map(({ pid }) => pid), client: [adder.pid], Redis: pids.redis };
  }

  static async start(servers: TurnServers, count: number): Promise<RunningBullmq> {
    const setting = { redis: servers.ports.redis, concurrency };
    const task = (role: string) => ({ module: jobsModule, setting: { ...setting, role } });
    const workers: Child<JobWorkerOperations>[] = [];
    for (let index = 0; index < count; index += 1) workers.push(await startChild(task("worker")));
    return new RunningBullmq(servers, await startChild(task("adder")), workers);
  }

  /** @param lanes each job of so many lanes adds the next one of its lane; 0: all are added in bulk. */
  async process(atLeast: number, lanes: number): Promise<Work> {
    const { jobs, followers } =
      lanes === 0
        ? { jobs: Math.ceil(atLeast), followers: 0 }
        : { jobs: lanes, followers: Math.ceil(atLeast / lanes) - 1 };
    const steps = jobs * (1 + followers);
    const { completed: before } = await this.#count();
    const start = Date.now();
    await this.#adder.call("addJobs", { jobs, followers });
    for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await delay(20)) {
      const { completed, lastAt } = await this.#count();
      const done = completed - before;
      if (done > steps) throw new Error(`${done} jobs were processed, not ${steps}.`);
      if (done === steps) return { steps, elapsedMs: lastAt - start };
    }
    throw new Error(`${steps} jobs were not processed within five minutes.`);
  }

  async end(): Promise<void> {
    await Promise.all([this.#adder, ...this.#workers].map((child) => child.end()));
  }

  async #count(): Promise<{ readonly completed: number; readonly lastAt: number }> {
    const counts = await Promise.all(this.#workers.map((worker) => worker.call("countJobs")));
    return {
      completed: counts.reduce((sum, { completed }) => sum + completed, 0),
      lastAt: Math.max(...counts.map(({ lastAt }) => lastAt)),
    };
  }
}
