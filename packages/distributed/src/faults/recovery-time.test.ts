/**
 * How long the tasks of a worker that is killed lie idle, with all settings as users have them. What bounds it: the lease of an
 * attempt (10 s), and the lock of its job (8 s, and half of that until somebody looks).
 */
import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { RunClient, SystemClock } from "@mycroft/runtime";
import { openPostgresStore } from "../postgres-store/open-postgres-store.ts";
import type { ClusterProcess } from "../testing/cluster-process.ts";
import { ClusterProcesses } from "../testing/cluster-processes.ts";
import { plansOf } from "../testing/mixed-plans.ts";
import { attemptName } from "../testing/mixed-runs-ends.ts";
import { startPostgres, whyNoPostgres } from "../testing/postgres-server.ts";
import { startPrivateRedis, whyNoRedis } from "../testing/private-redis.ts";

const cluster = "recovery";
const runCount = 20;
const mostMs = 15_000;
/** Whoever looks so much later than it meant to stood still, most likely with all the machine: then nobody could recover anything. */
const longestLookMs = 250;

/** The attempts that it has been given, and has for ever. */
function silentOf({ executions }: ClusterProcess): readonly string[] {
  return executions.filter(({ target }) => target === "silent").map(attemptName);
}

/** The time that goes by from look to look, without that for which the machine stood still. */
class Stopwatch {
  #elapsedMs = 0;
  #lookedAt = performance.now();

  look(): number {
    const now = performance.now();
    this.#elapsedMs += Math.min(now - this.#lookedAt, longestLookMs);
    this.#lookedAt = now;
    return Math.round(this.#elapsedMs);
  }
}

async function untilTrue(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("the time that a killed worker costs", { skip: whyNoPostgres() || whyNoRedis() }, () => {
  const stops: (() => Promise<unknown>)[] = [];
  after(async () => {
    for (const stop of stops.reverse()) await stop();
  });

  it("P3 its tasks are running elsewhere within 15 s at default settings", async (context) => {
    const postgres = await startPostgres();
    stops.push(postgres.stop);
    const redis = await startPrivateRedis();
    stops.push(redis.stop);
    const servers = { storeUrl: postgres.url, queueUrl: redis.url };
    const processes = await ClusterProcesses.start({
      cluster,
      leaseMs: null,
      orchestrators: 1,
      workers: 2,
      servers: () => servers,
    });
    stops.push(() => processes.stop());
    const store = await openPostgresStore({ url: postgres.url, schema: cluster, acceptsLoss: true });
    const client = new RunClient({ store, clock: new SystemClock() });
    stops.push(async () => {
      client.close();
      await store.close();
    });

    // Each is in some worker's hands for ever.
    const [, plan] = plansOf.stopped;
    const start = { plan, input: null, asOf: "2010-02-26", provenance: { codeVersion: "test" } };
    await Promise.all(Array.from({ length: runCount }, () => client.startRun(start)));
    const [victim, other] = processes.workers;
    assert.ok(victim !== undefined && other !== undefined);
    const inHand = () => silentOf(victim);
    const inOthersHands = (): readonly string[] =>
      processes.workers.filter((worker) => worker !== victim).flatMap(silentOf);
    await untilTrue(() => inHand().length + inOthersHands().length === runCount);

    const killedAt = performance.now();
    const stopwatch = new Stopwatch();
    await processes.kill(victim);
    const lost = inHand();
    assert.ok(lost.length > 0, "it had tasks in hand");
    await untilTrue(() => {
      const others = new Set(inOthersHands());
      const left = lost.filter((attempt) => !others.has(attempt));
      const elapsedMs = stopwatch.look();
      assert.ok(elapsedMs < mostMs, `after ${elapsedMs} ms nobody runs ${left.join(", ")}`);
      return left.length === 0;
    });
    const elapsedMs = Math.round(performance.now() - killedAt);
    const stoodMs = elapsedMs - stopwatch.look();
    context.diagnostic(
      `${lost.length} tasks were running elsewhere after ${elapsedMs} ms, ${stoodMs} of which this process stood still`,
    );
  });
});
