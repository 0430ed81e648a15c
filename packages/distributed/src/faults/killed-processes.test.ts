/** Workers and orchestrators are killed, again and again: who, and when, follows from the seed. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FaultScene, sceneTimeoutMs, seedOf } from "../testing/fault-scene.ts";
import { whyNoPostgres } from "../testing/postgres-server.ts";
import { whyNoRedis } from "../testing/private-redis.ts";

/** May be given, to look for longer. */
const kills = Number(process.env["MYCROFT_KILLS"] ?? 12);

describe("processes that are killed", { skip: whyNoPostgres() || whyNoRedis() }, () => {
  const seed = seedOf();
  it(`P2 P3 E12 a thousand runs end as if nobody had been, ${kills} times kill -9 (seed ${seed})`, {
    timeout: sceneTimeoutMs,
  }, async (context) => {
    const { scene, ends } = await FaultScene.play({ seed }, async (scene) => {
      const { random, processes } = scene;
      const moments = Array.from({ length: kills }, () => 1 + random.below(95));
      for (const [index, percent] of moments.toSorted((left, right) => left - right).entries()) {
        await scene.untilPercent(percent);
        // Of each kind some, whatever the seed; also one that has not come to work yet.
        const victims = index % 3 === 2 ? processes.orchestrators : processes.workers;
        await processes.kill(random.pick(victims));
      }
    });
    assert.equal(scene.processes.kills, kills);
    assert.ok(scene.executedAgain > 0, "somebody was killed in the middle of an attempt");
    context.diagnostic(`${scene.executedAgain} executed again, ${ends.stale.length} outcomes came too late`);
  });
});
