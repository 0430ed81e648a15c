/**
 * Connections to both servers are cut while a thousand runs are worked on: all at once, single ones between a statement and its
 * answer, and those of one orchestrator for so long that the other one takes its runs over.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shardCount } from "@mycroft/runtime";
import { CuttingProxy } from "../testing/cutting-proxy.ts";
import { FaultScene, sceneTimeoutMs, seedOf } from "../testing/fault-scene.ts";
import { whyNoPostgres } from "../testing/postgres-server.ts";
import { whyNoRedis } from "../testing/private-redis.ts";

/** One way to both servers. */
class Way {
  readonly postgres: CuttingProxy;
  readonly redis: CuttingProxy;

  private constructor(postgres: CuttingProxy, redis: CuttingProxy) {
    this.postgres = postgres;
    this.redis = redis;
  }

  static async open(ports: { readonly postgres: number; readonly redis: number }): Promise<Way> {
    return new Way(await CuttingProxy.start(ports.postgres), await CuttingProxy.start(ports.redis));
  }

  get ports(): { readonly postgres: number; readonly redis: number } {
    return { postgres: this.postgres.port, redis: this.redis.port };
  }

  async stop(): Promise<void> {
    await Promise.all([this.postgres.stop(), this.redis.stop()]);
  }
}

/** Of the statements by which events are stored, attempts are claimed, and outcomes are told. */
const markers = ["write ", "claim", "report "];

describe("connections that are cut", { skip: whyNoPostgres() || whyNoRedis() }, () => {
  const seed = seedOf();
  it(`P2 P3 P4 a thousand runs end as if none had been (seed ${seed})`, {
    timeout: sceneTimeoutMs,
  }, async (context) => {
    const ways: Way[] = [];
    context.after(() => Promise.all(ways.map((way) => way.stop())));
    const [lone, common] = [() => ways[0] ?? assert.fail(), () => ways[1] ?? assert.fail()];
    let shut = 0;
    const options = {
      seed,
      onServers: async (ports: Way["ports"]) => {
        ways.push(await Way.open(ports), await Way.open(ports));
      },
      // The first orchestrator has a way of its own.
      serversOf: ({ kind, index }: { readonly kind: string; readonly index: number }) =>
        (kind === "orchestrator" && index === 0 ? lone() : common()).ports,
    };
    const cut = (proxy: CuttingProxy): void => {
      proxy.shut();
      proxy.open();
      shut += 1;
    };

    const { scene } = await FaultScene.play(options, async (scene) => {
      const { random, store } = scene;
      for (let percent = 5, turn = 0; percent < 60; percent += 1 + random.below(8), turn += 1) {
        await scene.untilPercent(percent);
        const way = random.pick([lone(), common()]);
        const { postgres, redis } = way;
        // In each way some, whatever the seed.
        if (turn % 3 === 1) cut(random.pick([postgres, redis]));
        else postgres.cutNext(random.pick(["request", "answer"]), random.pick(markers));
      }

      await scene.untilPercent(60);
      lone().postgres.shut();
      await scene.until("the other orchestrator has all runs", async () => {
        const [first] = (await store.listProcesses()).filter(({ shards }) => shards === shardCount);
        return first?.name === "orchestrator-1-1";
      });
      lone().postgres.open();
      await scene.until("they share them again", async () => {
        const orchestrators = (await store.listProcesses()).filter(({ kind }) => kind === "orchestrator");
        return orchestrators.length === 2 && orchestrators.every(({ shards }) => shards === shardCount / 2);
      });
    });
    const chosen = ways.reduce((sum, { postgres }) => sum + postgres.cuts, 0);
    assert.ok(shut > 0 && chosen > 0, "connections were cut in both ways");
    assert.equal(scene.processes.all.length, 6, "nobody had to be started again");
    context.diagnostic(`${shut} times all connections, ${chosen} times a single one`);
  });
});
