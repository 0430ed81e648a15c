/** All processes are replaced, one after the other, by those of a next version that has changed a workflow. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FaultScene, sceneTimeoutMs, seedOf } from "../testing/fault-scene.ts";
import { runCount } from "../testing/mixed-runs.ts";
import { whyNoPostgres } from "../testing/postgres-server.ts";
import { whyNoRedis } from "../testing/private-redis.ts";

const deployedAt = Math.floor(runCount / 2);

describe("a rolling deploy", { skip: whyNoPostgres() || whyNoRedis() }, () => {
  const seed = seedOf();
  it(`E12 P2 runs in flight stay on their plans, and nobody notices (seed ${seed})`, {
    timeout: sceneTimeoutMs,
  }, async () => {
    const { scene, ends } = await FaultScene.play({ seed, deployedAt, isSure: true }, async (scene) => {
      const { processes, driver } = scene;
      driver.holdFrom(deployedAt);
      await scene.untilPercent(20);
      // Workers first: what the changed workflow needs is to be there when it is first started.
      const [first, ...others] = processes.workers;
      await processes.replace(first ?? assert.fail(), { version: 2 });
      driver.holdFrom(Number.POSITIVE_INFINITY);
      for (const process of [...others, ...processes.orchestrators]) {
        await processes.replace(process, { version: 2 });
      }
    });
    assert.equal(scene.processes.all.length, 12, "each was replaced once");
    for (const { name, announcements } of scene.processes.all) {
      assert.ok(
        announcements.some(({ type }) => type === "closed"),
        `${name} has closed in good order`,
      );
    }
    // That a run stays on its plan is part of the end that is compared.
    const versions = new Map(scene.processes.all.map(({ name, settings }) => [name, settings.version]));
    const byRun = Map.groupBy(ends.counted, ([attempt]) => attempt.split(" ", 1)[0]);
    const across = [...byRun.values()].filter(
      (outcomes) => new Set(outcomes.map(([, worker]) => versions.get(worker))).size > 1,
    );
    assert.ok(across.length > 0, "runs were in flight across the deploy");
    const older = scene.processes.all.filter(({ settings: { version } }) => version === 1);
    assert.ok(older.every(({ executions }) => executions.every(({ target }) => target !== "added")));
    assert.ok(scene.executions.some(({ target }) => target === "added"));
  });
});
