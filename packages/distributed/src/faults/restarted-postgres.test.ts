/** Postgres dies and comes back while a thousand runs are worked on; the second time while an orchestrator takes runs over. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FaultScene, sceneTimeoutMs, seedOf } from "../testing/fault-scene.ts";
import { whyNoPostgres } from "../testing/postgres-server.ts";
import { whyNoRedis } from "../testing/private-redis.ts";

describe("a Postgres that dies", { skip: whyNoPostgres() || whyNoRedis() }, () => {
  const seed = seedOf();
  it(`P1 P2 P3 twice, once during a recovery: nothing that was acknowledged is lost (seed ${seed})`, {
    timeout: sceneTimeoutMs,
  }, async () => {
    const { scene } = await FaultScene.play({ seed, isSure: true }, async (scene) => {
      const { random, postgres, processes, driver } = scene;
      const restart = async (): Promise<void> => {
        const noticed = processes.untilAnybody(
          (said) => said.type === "failure" && said.code === "STORE_UNREACHABLE",
        );
        await postgres.crash();
        await noticed;
        // On a busy machine everybody may be waiting when it dies: it stays away until somebody has asked.
        await driver.untilRefused();
        await postgres.restart();
      };

      await scene.untilPercent(5 + random.below(35));
      // It resolves only if whoever asks meanwhile is told so.
      await restart();

      await scene.untilPercent(50 + random.below(30));
      const victim = random.pick(processes.orchestrators);
      await processes.kill(victim);
      const heir = await processes.successorOf(victim);
      await heir.until(({ type }) => type === "taken");
      await restart();
    });
    assert.equal(scene.processes.kills, 1);
    assert.equal(scene.processes.all.length, 7, "nobody else had to be started again");
  });
});
