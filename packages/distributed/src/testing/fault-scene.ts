/**
 * Where a fault happens: a thousand mixed runs on two orchestrators and four workers, real processes on private servers. When all
 * is over, the runs have come to what they come to when nothing disturbs them, each outcome has counted once, and nothing is left
 * in flight (P2, P3, P4, E10).
 */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { inspect, isDeepStrictEqual } from "node:util";
import { type SharedStore, SystemClock } from "@mycroft/runtime";
import { openPostgresStore } from "../postgres-store/open-postgres-store.ts";
import type { ClusterProcessSettings, Execution } from "./cluster-messages.ts";
import { ClusterProcesses, type Seat } from "./cluster-processes.ts";
import { type MixedRun, mixedRuns } from "./mixed-runs.ts";
import { MixedRunsDriver } from "./mixed-runs-driver.ts";
import { attemptName, type MixedRunsEnds, readEnds } from "./mixed-runs-ends.ts";
import { type PostgresServer, startPostgres } from "./postgres-server.ts";
import { type PrivateRedis, startPrivateRedis } from "./private-redis.ts";
import { SeededRandom } from "./seeded-random.ts";
import { undisturbedEnds } from "./undisturbed-runs.ts";

export interface FaultSceneOptions {
  readonly seed: number;
  /** From which place on runs are started by the workflows of the next version. */
  readonly deployedAt?: number;
  /** More settings of the first process of a seat. */
  readonly settingsOf?: (seat: Seat) => Partial<ClusterProcessSettings>;
  /** How the process of a seat reaches the servers: straight, unless given. */
  readonly serversOf?: (seat: Seat, ports: ServerPorts) => ServerPorts;
  /** Whether all that `disturb` waits for comes also when the runs have ended: then it is played once, to its end. */
  readonly isSure?: boolean;
  /** Called when the servers are there, and before anybody is at work. */
  readonly onServers?: (ports: ServerPorts) => Promise<void>;
}

export interface ServerPorts {
  readonly postgres: number;
  readonly redis: number;
}

/** How long leases last: many times as long as it takes to renew them. */
const leaseMs = 1_500;
const cluster = "faults";
/** Much longer than anything takes that is ever waited for, also on a machine that has much else to do. */
const patienceMs = 240_000;
/** As `timeout` of a test that plays a scene: whatever is late has been told of by then, with what there was to see. */
export const sceneTimeoutMs = 600_000;
/** How long it may go on to be disturbed when all runs have ended: for processes to wake, and others to notice. */
const longestSearchMs = 12_000;
const mostTries = 3;

interface Played {
  readonly scene: FaultScene;
  readonly ends: MixedRunsEnds;
}
const lookMs = 50;

export function seedOf(): number {
  return Number(process.env["MYCROFT_SEED"] ?? Date.now() % 1_000_000);
}

export class FaultScene {
  readonly random: SeededRandom;
  readonly runs: readonly MixedRun[];
  readonly postgres: PostgresServer;
  readonly redis: PrivateRedis;
  readonly store: SharedStore;
  readonly processes: ClusterProcesses;
  readonly driver: MixedRunsDriver;

  private constructor(
    { seed }: FaultSceneOptions,
    runs: readonly MixedRun[],
    servers: Pick<FaultScene, "postgres" | "redis">,
    works: Pick<FaultScene, "store" | "processes">,
  ) {
    this.random = new SeededRandom(seed);
    this.runs = runs;
    this.postgres = servers.postgres;
    this.redis = servers.redis;
    this.store = works.store;
    this.processes = works.processes;
    this.driver = new MixedRunsDriver({ ...works, clock: new SystemClock(), runs });
  }

  /**
   * Lets the runs be worked on, and `disturb` do its worst meanwhile; then looks at the end, and gives it. When the runs have
   * ended before it has found what to disturb, nothing was shown, and it is played again.
   */
  static async play(
    options: FaultSceneOptions,
    disturb: (scene: FaultScene) => Promise<void>,
  ): Promise<Played> {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const played = await FaultScene.#playOnce({ ...options, seed: options.seed + tries }, disturb);
      if (played !== null) return played;
    }
    throw new Error("The runs ended each time before they were disturbed.");
  }

  static async #playOnce(
    options: FaultSceneOptions,
    disturb: (scene: FaultScene) => Promise<void>,
  ): Promise<Played | null> {
    const runs = mixedRuns(options.deployedAt);
    const undisturbed = undisturbedEnds(runs);
    undisturbed.catch(() => {});
    const stops: (() => Promise<unknown>)[] = [];
    try {
      const postgres = await startPostgres();
      stops.push(() => postgres.stop());
      const redis = await startPrivateRedis();
      stops.push(() => redis.stop());
      const ports = { postgres: postgres.port, redis: redis.port };
      await options.onServers?.(ports);
      const { url } = postgres;
      const store = await openPostgresStore({ url, schema: cluster, acceptsLoss: true });
      stops.push(() => store.close());
      const processes = await ClusterProcesses.start({
        cluster,
        leaseMs,
        servers: (seat) => addressesOf(options.serversOf?.(seat, ports) ?? ports),
        ...(options.settingsOf && { settingsOf: options.settingsOf }),
      });
      stops.push(() => processes.stop());
      const scene = new FaultScene(options, runs, { postgres, redis }, { store, processes });
      const { states } = await undisturbed;
      const disturbing = disturb(scene).then(() => true);
      disturbing.catch(() => {});
      await scene.#within("the runs settle", Promise.race([scene.driver.drive(), rejection(disturbing)]));
      if (options.isSure === true) await scene.#within("it is disturbed", disturbing);
      const given = pause(longestSearchMs).then(() => false);
      if (!(await Promise.race([disturbing, given]))) return null;
      return { scene, ends: await scene.#checkEnd(states) };
    } finally {
      for (const stop of stops.reverse()) await stop();
    }
  }

  /** What all processes have executed, in whatever life. */
  get executions(): readonly (Execution & { readonly worker: string })[] {
    return this.processes.all.flatMap(({ name, executions }) =>
      executions.map((execution) => ({ ...execution, worker: name })),
    );
  }

  /** How often an attempt was executed that had been executed before. */
  get executedAgain(): number {
    return this.executions.length - new Set(this.executions.map(attemptName)).size;
  }

  /** Resolves when so many of the runs have settled, of a hundred. */
  untilPercent(percent: number): Promise<void> {
    return this.driver.untilSettled(Math.ceil((this.runs.length * percent) / 100));
  }

  /** Resolves when that holds; rejects when it does not in time. */
  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const begunAt = performance.now();
    while (!(await holds())) {
      assert.ok(performance.now() - begunAt < patienceMs, `It is not so in time: ${what}.`);
      await pause(lookMs);
    }
  }

  async #checkEnd(undisturbed: ReadonlyMap<string, unknown>): Promise<MixedRunsEnds> {
    await this.#within("nothing is in flight", this.#untilNothingIsLeft());
    const ends = await readEnds(this.store);
    assertSameStates(ends.states, undisturbed);
    this.#assertExecuted(ends);
    await this.#within("the processes close", this.processes.close());
    for (const { name, complaint } of this.processes.all) assert.equal(complaint, "", name);
    return ends;
  }

  async #untilNothingIsLeft(): Promise<void> {
    for (;;) {
      const counts = await this.#countLeft();
      if (Object.values(counts).every((count) => count === 0)) return;
      await pause(lookMs);
    }
  }

  async #countLeft(): Promise<Readonly<Record<string, number>>> {
    const count = (table: string, rule = "true") =>
      `(SELECT count(*)::integer FROM ${cluster}.${table} WHERE ${rule}) AS ${table}`;
    const [row] = await this.postgres.query(
      `SELECT ${count("offers")}, ${count("letters")}, ${count("runs", "status = 1")}`,
    );
    return row as Readonly<Record<string, number>>;
  }

  /** P2: whoever reported what counted had executed it, and what is one task has one key whoever executes it. */
  #assertExecuted({ counted }: MixedRunsEnds): void {
    const executed = new Set<string>();
    const keys = new Map<string, string>();
    for (const { worker, key, ...execution } of this.executions) {
      executed.add(`${worker} ${attemptName(execution)}`);
      const task = `${execution.runId} ${execution.task}`;
      assert.equal(keys.get(task) ?? key, key, `the idempotency key of ${task}`);
      keys.set(task, key);
    }
    for (const [name, worker] of counted) {
      if (worker.startsWith("worker-"))
        assert.ok(executed.has(`${worker} ${name}`), `${worker} executed ${name}`);
    }
  }

  async #within<Result>(what: string, work: Promise<Result>): Promise<Result> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      this.#describe().then((text) => late.reject(new Error(`Not in time: ${what}. ${text}`)), late.reject);
    }, patienceMs);
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** For whoever looks for the reason. */
  async #describe(): Promise<string> {
    const left = await this.#countLeft();
    const runs = await this.postgres.query(
      `SELECT run_id, shard, events FROM ${cluster}.runs WHERE status = 1 LIMIT 5`,
    );
    const [{ run_id: firstId = "" } = {}] = runs;
    const events = (await this.store.readEvents(String(firstId))).map((event) => JSON.stringify(event));
    const offers = await this.postgres.query(
      `SELECT run_id, convert_from(task, 'UTF8') AS task, attempt, pool, worker, deliveries,
        due_at - ${cluster}.now_ms() AS due_in_ms FROM ${cluster}.offers LIMIT 5`,
    );
    const processes = this.processes.all.map(({ name, announcements, failures }) => ({
      name,
      said: announcements.length,
      failures: [...new Set(failures)],
      last: announcements.filter(({ type }) => type === "failure").at(-1),
    }));
    const executions = this.executions.filter(({ runId }) => runId === firstId);
    const { settled, refusals } = this.driver;
    return inspect(
      { left, settled, refusals, runs, events, executions, offers, processes },
      { depth: 5, breakLength: 160 },
    );
  }
}

function addressesOf({
  postgres,
  redis,
}: ServerPorts): Pick<ClusterProcessSettings, "storeUrl" | "queueUrl"> {
  return {
    storeUrl: `postgres://postgres@127.0.0.1:${postgres}/postgres`,
    queueUrl: `redis://127.0.0.1:${redis}`,
  };
}

/** Names the runs that differ: all of both would be too much to read. */
function assertSameStates(
  states: ReadonlyMap<string, unknown>,
  undisturbed: ReadonlyMap<string, unknown>,
): void {
  assert.deepEqual(
    [...states.keys()].toSorted(),
    [...undisturbed.keys()].toSorted(),
    "the runs that there are",
  );
  const differing = [...states.keys()].filter(
    (runId) => !isDeepStrictEqual(states.get(runId), undisturbed.get(runId)),
  );
  const [first] = differing;
  if (first === undefined) return;
  assert.deepEqual(
    states.get(first),
    undisturbed.get(first),
    `${differing.length} runs differ, such as ${first}`,
  );
}

/** Rejects when that does, and never resolves. */
function rejection(work: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    work.catch(reject);
  });
}
