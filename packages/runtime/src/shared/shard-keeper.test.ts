import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { MemorySharedStore } from "../memory/memory-shared-store.ts";
import type { SharedStore } from "../ports/shared-store.ts";
import { VirtualClock } from "../simulation/virtual-clock.ts";
import { ShardKeeper } from "./shard-keeper.ts";
import { shardCount } from "./shard-of.ts";

type Calls = Pick<SharedStore, "holdShards" | "releaseShards">;
const leaseMs = 10_000;

function aWorld() {
  const clock = new VirtualClock(0);
  const store = new MemorySharedStore({ now: () => clock.now() });
  const pass = async (ms: number) => {
    for (const until = clock.now() + ms; clock.now() < until; ) {
      clock.advanceTo(clock.now() + 500);
      for (let turn = 0; turn < 5; turn += 1) await new Promise(process.nextTick);
    }
  };
  const keeper = (
    owner: string,
    over: Partial<Calls> & { onTaken?: (shard: number) => Promise<void> } = {},
  ) => {
    const calls: Calls = {
      holdShards: (name, ms) => store.holdShards(name, ms),
      releaseShards: (name, shards) => store.releaseShards(name, shards),
    };
    return new ShardKeeper({
      store: { ...calls, ...over } as SharedStore,
      clock,
      owner,
      leaseMs,
      onTaken: over.onTaken ?? (async () => {}),
      onLost: async () => {},
      onError: () => {},
    });
  };
  const live = (name: string) => {
    const status = {
      name,
      kind: "orchestrator",
      host: "h",
      pid: 1,
      startedAt: 0,
      pools: {},
      version: "1",
    } as const;
    return store.reportProcess(status, 1_000_000);
  };
  return { clock, store, pass, keeper, live };
}

const away = () => Promise.reject(new MycroftError("STORE_UNREACHABLE", "away"));

describe("a keeper of shards", () => {
  it("has all of them alone, half of them with another one, and all again when that has left", async () => {
    const { pass, keeper, live } = aWorld();
    const [one, other] = [keeper("one"), keeper("other")];
    await live("one");
    await one.beat();
    await pass(500);
    assert.equal(one.ready.size, shardCount);
    await live("other");
    await other.beat();
    await pass(2 * leaseMs);
    assert.deepEqual([one.ready.size, other.ready.size], [shardCount / 2, shardCount / 2]);
    assert.deepEqual(
      [...one.ready].filter((shard) => other.ready.has(shard)),
      [],
    );
    await one.stop();
    await pass(leaseMs);
    assert.equal(one.ready.size, 0);
    assert.equal(other.ready.size, shardCount / 2, "one is alive, and may come back");
    await other.stop();
  });

  it("gives all up when it could not renew them for a lease, before others may have them", async () => {
    const { clock, pass, keeper } = aWorld();
    let isAway = false;
    const world = aWorld();
    const one = keeper("one", {
      holdShards: (name, ms) => (isAway ? away() : world.store.holdShards(name, ms)),
    });
    await one.beat();
    await pass(500);
    isAway = true;
    await pass(leaseMs - 1_000);
    assert.equal(one.ready.size, shardCount);
    await pass(1_000);
    assert.equal(one.ready.size, 0);
    assert.ok(clock.now() <= leaseMs + 500);
    isAway = false;
    await pass(leaseMs);
    assert.equal(one.ready.size, shardCount);
    await one.stop();
  });

  it("P3 gives back what the store has lent it in a call whose answer was lost", async () => {
    const { store, pass, keeper, live } = aWorld();
    let lost = 1;
    const one = keeper("one", {
      holdShards: async (name, ms) => {
        const held = await store.holdShards(name, ms);
        lost -= 1;
        return lost < 0 ? held : away();
      },
    });
    await live("one");
    await one.beat();
    await live("other");
    const other = keeper("other");
    await other.beat();
    await pass(4 * leaseMs);
    assert.equal(one.ready.size + other.ready.size, shardCount);
    await one.stop();
    await other.stop();
  });

  it("P3 gives back again what it could not give back", async () => {
    const { store, pass, keeper, live } = aWorld();
    let isAway = true;
    const one = keeper("one", {
      releaseShards: (name, shards) => (isAway ? away() : store.releaseShards(name, shards)),
    });
    await live("one");
    await one.beat();
    await live("other");
    const other = keeper("other");
    await other.beat();
    await pass(leaseMs);
    assert.deepEqual([one.ready.size, other.ready.size], [shardCount / 2, 0]);
    isAway = false;
    await pass(2 * leaseMs);
    assert.equal(other.ready.size, shardCount / 2);
    await one.stop();
    await other.stop();
  });

  it("P3 takes a shard anew whose takeover failed, and gives it back when it is beyond its share", async () => {
    const { pass, keeper, live } = aWorld();
    const failing = new Set([60, 61, 5]);
    const one = keeper("one", {
      onTaken: (shard) => (failing.delete(shard) ? away() : Promise.resolve()),
    });
    await live("one");
    await one.beat();
    await live("other");
    const other = keeper("other");
    await other.beat();
    await pass(3 * leaseMs);
    assert.equal(one.ready.has(5), true);
    assert.equal(other.ready.has(60), true);
    assert.equal(one.ready.size + other.ready.size, shardCount);
    await one.stop();
    await other.stop();
  });

  it("a shard that comes back is taken over when what was known of it is forgotten", async () => {
    const { clock, pass } = aWorld();
    const forgetting = Promise.withResolvers<void>();
    const log: string[] = [];
    const answers = [[7], [], [7]];
    const store = {
      holdShards: async () => answers.shift() ?? [7],
      releaseShards: async () => {},
    } as unknown as SharedStore;
    const onTaken = async () => {
      log.push("taken");
    };
    const onLost = async () => {
      log.push("losing");
      await forgetting.promise;
      log.push("lost");
    };
    const keeper = new ShardKeeper({
      store,
      clock,
      owner: "one",
      leaseMs,
      onTaken,
      onLost,
      onError: () => {},
    });
    await keeper.beat();
    // The second answer waits for the loss; by then the lease is over, and it is asked anew.
    await pass(2 * leaseMs);
    forgetting.resolve();
    await pass(leaseMs);
    assert.deepEqual(log.slice(0, 4), ["taken", "losing", "lost", "taken"]);
    await keeper.stop();
  });
});
