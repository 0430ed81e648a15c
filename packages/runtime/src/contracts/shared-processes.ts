/** The processes that work on a store, as long as they say so. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ProcessStatus } from "../ports/shared-store.ts";
import { allShards, longMs, orchestrator } from "./sample-offers.ts";
import { type CurrentSharedHost, instances } from "./shared-store-host.ts";
import { untilTrue } from "./until-true.ts";

const worker: ProcessStatus = {
  name: "noon/77 – ünï'\"\\",
  kind: "worker",
  host: "noon",
  pid: 77,
  startedAt: 1_763_800_000_123,
  pools: { analysts: { concurrency: 16, inHand: 3 }, "größer, \u{1f600}": { concurrency: 1, inHand: 0 } },
  version: "0.1.0+abc1234",
};

export function testProcesses(host: CurrentSharedHost): void {
  describe("processes", () => {
    test("each is listed by name as it told of itself, with its shards and when it was heard of", async () => {
      const [store, other] = await instances(host(), 2);
      assert.ok(store && other);
      const before = await store.now();
      await store.reportProcess(worker, longMs);
      await store.reportProcess(orchestrator("a"), longMs);
      await store.holdShards("a", longMs);
      await store.releaseShards("a", allShards.slice(0, 10));
      const after = await store.now();
      const listed = await other.listProcesses();
      assert.deepEqual(
        listed.map(({ seenAt: _, ...rest }) => rest),
        [
          { ...orchestrator("a"), shards: allShards.length - 10 },
          { ...worker, shards: 0 },
        ],
      );
      for (const { seenAt } of listed) assert.ok(seenAt >= before - 1 && seenAt <= after + 1);
    });

    test("what it says next replaces what it said before", async () => {
      const { store } = host();
      await store.reportProcess(worker, longMs);
      const pools = { analysts: { concurrency: 16, inHand: 0 } };
      await store.reportProcess({ ...worker, pools }, longMs);
      const [listed, ...others] = await store.listProcesses();
      assert.deepEqual([listed?.pools, others], [pools, []]);
    });

    test("P3 the silent are not listed any more, and are again when they speak", async () => {
      const { store } = host();
      await store.reportProcess(worker, 50);
      await store.reportProcess(orchestrator("alive"), longMs);
      await untilTrue("the silent one is gone", async () => (await store.listProcesses()).length === 1);
      assert.deepEqual(
        (await store.listProcesses()).map(({ name }) => name),
        ["alive"],
      );
      await store.reportProcess(worker, longMs);
      assert.equal((await store.listProcesses()).length, 2);
    });

    test("who has ended is not listed; forgetting the unknown harms nothing", async () => {
      const { store } = host();
      assert.deepEqual(await store.listProcesses(), []);
      await store.reportProcess(worker, longMs);
      await store.forgetProcess("unknown");
      assert.equal((await store.listProcesses()).length, 1);
      await store.forgetProcess(worker.name);
      await store.forgetProcess(worker.name);
      assert.deepEqual(await store.listProcesses(), []);
    });

    test("the store's time goes forward, and is the same for all within what an answer takes", async () => {
      const [store, other] = await instances(host(), 2);
      assert.ok(store && other);
      const first = await store.now();
      const between = await other.now();
      const last = await store.now();
      assert.ok(Number.isFinite(first) && first <= between && between <= last);
    });
  });
}
