/** Redis loses all that it holds, in every way, while a thousand runs are worked on. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FaultScene, sceneTimeoutMs, seedOf } from "../testing/fault-scene.ts";
import { whyNoPostgres } from "../testing/postgres-server.ts";
import { flushAll, keysOf, whyNoRedis } from "../testing/private-redis.ts";

describe("a Redis that loses all", { skip: whyNoPostgres() || whyNoRedis() }, () => {
  const seed = seedOf();
  it(`P4 FLUSHALL, and a server that is killed and comes back empty, cost nothing but time (seed ${seed})`, {
    timeout: sceneTimeoutMs,
  }, async (context) => {
    let lostKeys = 0;
    const { scene } = await FaultScene.play({ seed }, async (scene) => {
      const { random, redis, processes } = scene;
      for (const from of [5, 18, 31, 44]) {
        await scene.untilPercent(from + random.below(8));
        const { length } = await keysOf(redis, "faults");
        assert.ok(length > 0, "there is something to lose");
        await flushAll(redis);
        lostKeys += length;
      }
      for (const from of [57, 76]) {
        await scene.untilPercent(from + random.below(15));
        const noticed = processes.untilAnybody(
          (said, { settings: { kind } }) =>
            kind === "orchestrator" && said.type === "failure" && said.code === "SERVER_UNREACHABLE",
        );
        await redis.kill();
        // Nothing is delivered until it is back, and everybody stays.
        await noticed;
        await redis.restart();
      }
    });
    assert.equal(scene.processes.all.length, 6, "nobody had to be started again");
    context.diagnostic(`${lostKeys} keys were flushed; ${scene.executedAgain} executed again`);
  });
});
