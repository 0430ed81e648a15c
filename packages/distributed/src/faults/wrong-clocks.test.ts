/** The machines' clocks are wrong, by an hour and more: everybody goes by the store's. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Seat } from "../testing/cluster-processes.ts";
import { FaultScene, sceneTimeoutMs, seedOf } from "../testing/fault-scene.ts";
import { whyNoPostgres } from "../testing/postgres-server.ts";
import { whyNoRedis } from "../testing/private-redis.ts";

const hourMs = 3_600_000;

/** Of an orchestrator fast, of a worker slow; the others are right. */
function shiftOf({ kind, index }: Seat): number {
  if (index > 0) return 0;
  return kind === "orchestrator" ? hourMs : -hourMs;
}

describe("clocks that are an hour off", { skip: whyNoPostgres() || whyNoRedis() }, () => {
  const seed = seedOf();
  it(`P3 E4 nothing is early or late, and no time on record is wrong (seed ${seed})`, {
    timeout: sceneTimeoutMs,
  }, async () => {
    const begunAt = Date.now();
    const settingsOf = (seat: Seat) => ({ shiftMs: shiftOf(seat) });
    const { scene, ends } = await FaultScene.play({ seed, settingsOf, isSure: true }, async (scene) => {
      // What one of them has begun by a wrong clock the other one goes on with by the right one, and the other way round.
      for (const [index, orchestrator] of scene.processes.orchestrators.entries()) {
        await scene.untilPercent(30 * (index + 1));
        await scene.processes.replace(orchestrator, {
          shiftMs: hourMs - (orchestrator.settings.shiftMs ?? 0),
        });
      }
    });
    const endedAt = Date.now();
    for (const { settings, announcements } of scene.processes.all) {
      const [ready] = announcements.filter((said) => said.type === "ready");
      const shown = (ready?.now ?? 0) - (settings.shiftMs ?? 0);
      assert.ok(shown >= begunAt && shown <= endedAt, `${settings.name} had another clock`);
    }
    const { first, last } = ends.times;
    assert.ok(first >= begunAt && last <= endedAt, `from ${begunAt} to ${endedAt}: ${first} to ${last}`);
  });
});
