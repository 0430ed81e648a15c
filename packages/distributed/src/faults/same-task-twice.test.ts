/** Two workers execute the same attempt: each thing counts once all the same, and what comes late is recorded as stale. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { shardCount } from "@mycroft/runtime";
import type { Announcement, Execution } from "../testing/cluster-messages.ts";
import type { ClusterProcess } from "../testing/cluster-process.ts";
import { FaultScene, seedOf } from "../testing/fault-scene.ts";
import { isVerySlow } from "../testing/mixed-functions.ts";
import { attemptName } from "../testing/mixed-runs-ends.ts";
import { whyNoPostgres } from "../testing/postgres-server.ts";
import { flushAll, whyNoRedis } from "../testing/private-redis.ts";

const flushes = 4;

function isSlow(said: Announcement): said is Execution {
  return said.type === "execution" && said.target === "slow";
}

describe("one task, two workers", { skip: whyNoPostgres() || whyNoRedis() }, () => {
  const seed = seedOf();
  it(`P2 E10 workers that do not renew their leases, and a queue that forgets who has what (seed ${seed})`, async (context) => {
    const isSilent = ({ name }: ClusterProcess) => name === "worker-0-1" || name === "worker-1-1";
    const options = {
      seed,
      settingsOf: ({ kind, index }: { readonly kind: string; readonly index: number }) =>
        kind === "worker" && index < 2 ? { isSilent: true } : {},
    };
    const { scene } = await FaultScene.play(options, async (scene) => {
      for (let flush = 0; flush < flushes; flush += 1) {
        // It loses its lease while it executes, and nothing in Redis says any more that it has it in hand.
        await scene.processes.untilAnybody((said, by) => isSilent(by) && isSlow(said) && isVerySlow(said));
        await flushAll(scene.redis);
      }
    });
    const workers = Map.groupBy(scene.executions, attemptName);
    const twice = [...workers.values()].filter(
      (executions) => new Set(executions.map(({ worker }) => worker)).size > 1,
    );
    assert.ok(twice.length > 0, "two workers have executed the same attempt");
    context.diagnostic(`${twice.length} attempts were executed by two workers`);
  });

  it(`E10 P3 a worker and an orchestrator that stand still beyond their leases, and wake (seed ${seed})`, async () => {
    let sleeper = "";
    const { scene, ends } = await FaultScene.play({ seed }, async (scene) => {
      const { random, processes, store } = scene;
      await scene.untilPercent(10 + random.below(30));
      const worker = await processes.untilAnybody(isSlow);
      const held = worker.executions.findLast(isSlow) ?? assert.fail();
      const elsewhere = processes.untilAnybody(
        (said, by) => by !== worker && said.type === "execution" && attemptName(said) === attemptName(held),
      );
      worker.signal("SIGSTOP");
      sleeper = worker.name;
      await elsewhere;
      await scene.until("the other one's outcome counts", async () => {
        const events = await store.readEvents(held.runId);
        return events.some(
          (event) =>
            event.type === "attemptSucceeded" && event.task === held.task && event.attempt === held.attempt,
        );
      });
      worker.signal("SIGCONT");

      const orchestrator = random.pick(processes.orchestrators);
      orchestrator.signal("SIGSTOP");
      await scene.until("the other one has all runs", async () => {
        const [first] = (await store.listProcesses()).filter(({ shards }) => shards === shardCount);
        return first !== undefined && first.name !== orchestrator.name;
      });
      orchestrator.signal("SIGCONT");
      const lost = await orchestrator.until(({ type }) => type === "lost");
      assert.ok(lost !== null, "it notices that its runs are others' now");
    });
    const late = ends.stale.filter(({ worker }) => worker === sleeper);
    assert.ok(late.length > 0, "E10 what it reported when it woke is recorded as stale");
    assert.equal(scene.processes.all.length, 6, "nobody had to be started again");
  });
});
