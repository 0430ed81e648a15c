/** Shards are dealt out without a leader: each to one owner at a time, to all a fair share. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SharedStore } from "../ports/shared-store.ts";
import { shardCount } from "../shared/shard-of.ts";
import { allShards, longMs, orchestrator } from "./sample-offers.ts";
import { type CurrentSharedHost, instances } from "./shared-store-host.ts";
import { untilTrue } from "./until-true.ts";

const shortMs = 100;

/** As an orchestrator does it: says that it is alive, renews, and gives back what is more than its share. */
async function beat(store: SharedStore, name: string, had: readonly number[]): Promise<readonly number[]> {
  await store.reportProcess(orchestrator(name), longMs);
  const held = await store.holdShards(name, longMs);
  const surplus = had.filter((shard) => !held.includes(shard));
  if (surplus.length > 0) await store.releaseShards(name, surplus);
  return held;
}

export function testShards(host: CurrentSharedHost): void {
  describe("shards", () => {
    test("who is alone has all of them, in order, and keeps them", async () => {
      const { store } = host();
      assert.deepEqual(await store.holdShards("only", longMs), allShards);
      assert.deepEqual(await store.holdShards("only", longMs), allShards);
    });

    for (const count of [2, 3, 5]) {
      test(`${count} owners come to have equal shares, and every shard one of them`, async () => {
        const stores = await instances(host(), count);
        const held = stores.map((): readonly number[] => []);
        // The first has everything before the others come.
        held[0] = await beat(host().store, "owner-0", []);
        assert.equal(held[0].length, shardCount);
        // What is given back in one round is taken in the next.
        for (let round = 0; round < 3; round += 1) {
          for (const [index, store] of stores.entries()) {
            held[index] = await beat(store, `owner-${index}`, held[index] ?? []);
          }
        }
        const share = Math.ceil(shardCount / count);
        assert.deepEqual(
          held.flat().toSorted((left, right) => left - right),
          allShards,
        );
        for (const shards of held) assert.ok(shards.length <= share, `${shards.length} of at most ${share}`);
      });
    }

    test("what is beyond the share is left out, the highest first, and stays with its owner until it is given back", async () => {
      const [store, other] = await instances(host(), 2);
      assert.ok(store && other);
      await store.reportProcess(orchestrator("a"), longMs);
      await store.holdShards("a", longMs);
      await other.reportProcess(orchestrator("b"), longMs);
      assert.deepEqual(await other.holdShards("b", longMs), []);
      const lower = allShards.slice(0, shardCount / 2);
      const upper = allShards.slice(shardCount / 2);
      assert.deepEqual(await store.holdShards("a", longMs), lower);
      assert.deepEqual(await other.holdShards("b", longMs), []);
      await store.releaseShards("a", upper);
      assert.deepEqual(await other.holdShards("b", longMs), upper);
    });

    test("owners that ask at the same moment never get the same shard", async () => {
      const stores = await instances(host(), 4);
      for (const [index, store] of stores.entries()) {
        await store.reportProcess(orchestrator(`owner-${index}`), longMs);
      }
      const held = await Promise.all(
        stores.map((store, index) => store.holdShards(`owner-${index}`, longMs)),
      );
      const all = held.flat();
      assert.equal(new Set(all).size, all.length);
      for (const shards of held) assert.ok(shards.length <= shardCount / 4);
    });

    test("P3 what is not renewed in time goes to others", async () => {
      const { store } = host();
      await store.holdShards("silent", shortMs);
      await untilTrue("the shards are free", async () => {
        const held = await store.holdShards("next", longMs);
        return held.length === shardCount;
      });
      assert.deepEqual(await store.holdShards("silent", longMs), []);
    });

    test("what is renewed stays, though its first lease has long run out", async () => {
      const { store } = host();
      const begun = await store.now();
      await store.holdShards("a", shortMs);
      await store.holdShards("a", longMs);
      await untilTrue("the first lease has run out", async () => (await store.now()) > begun + 2 * shortMs);
      assert.deepEqual(await store.holdShards("b", longMs), []);
    });

    test("only an owner gives its shards back, and only those that it names", async () => {
      const { store } = host();
      await store.holdShards("a", longMs);
      await store.releaseShards("b", allShards);
      await store.releaseShards("a", []);
      assert.deepEqual(await store.holdShards("b", longMs), []);
      await store.releaseShards("a", [3, 9]);
      assert.deepEqual(await store.holdShards("b", longMs), [3, 9]);
      await store.releaseShards("a", [3, 9]);
      assert.deepEqual(await store.holdShards("c", longMs), []);
    });

    test("P3 the shards of a process that has ended are free", async () => {
      const { store } = host();
      await store.reportProcess(orchestrator("a"), longMs);
      await store.holdShards("a", longMs);
      await store.forgetProcess("somebody else");
      assert.deepEqual(await store.holdShards("b", longMs), []);
      await store.forgetProcess("a");
      assert.deepEqual(await store.holdShards("b", longMs), allShards);
    });

    test("shares are among orchestrators that are alive: workers and the silent have none", async () => {
      const { store } = host();
      await store.reportProcess({ ...orchestrator("worker"), kind: "worker" }, longMs);
      await store.reportProcess(orchestrator("silent"), 1);
      await store.reportProcess(orchestrator("alive"), longMs);
      await untilTrue("the silent one is gone", async () => {
        const names = (await store.listProcesses()).map(({ name }) => name);
        return !names.includes("silent");
      });
      assert.equal((await store.holdShards("me", longMs)).length, shardCount / 2);
    });
  });
}
