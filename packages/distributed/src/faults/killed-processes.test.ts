/** Workers and orchestrators are killed, again and again, at moments and of a choice that follow from the seed. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FaultScene, seedOf } from "../testing/fault-scene.ts";
import { whyNoPostgres } from "../testing/postgres-server.ts";
import { whyNoRedis } from "../testing/private-redis.ts";

const kills = Number(process.env["MYCROFT_KILLS"] ?? 10);

describe("processes that are killed", { skip: whyNoPostgres() || whyNoRedis() }, () => {
  const seed = seedOf();
  it(`P2 P3 E12 a thousand runs end as if nobody had been, ${kills} times kill -9 (seed ${seed})`, async (context) => {
    const { scene, ends } = await FaultScene.play({ seed }, async (scene) => {
      const { random, processes } = scene;
      const moments = Array.from({ length: kills }, () => 2 + random.below(90)).toSorted((a, b) => a - b);
      for (const [index, percent] of moments.entries()) {
        await scene.untilPercent(percent);
        // Of each kind some, whatever the seed.
        const victims = index % 3 === 2 ? processes.orchestrators : processes.workers;
        const victim = random.pick(victims);
        await victim.untilReady();
        await processes.kill(victim);
      }
    });
    assert.equal(scene.processes.kills, kills);
    const again = scene.executions.length - ends.counted.size;
    context.diagnostic(`${again} attempts were executed again, ${ends.stale.length} outcomes came too late`);
  });
});
