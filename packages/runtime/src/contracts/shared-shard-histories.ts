/** Random histories of owners that come, go and fall silent: no shard is ever two owners', and in the end each has its share. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { SharedStore } from "../ports/shared-store.ts";
import { shardCount } from "../shared/shard-of.ts";
import { allShards, longMs, orchestrator } from "./sample-offers.ts";
import { instances, type SharedStoreHost } from "./shared-store-host.ts";

const owners = ["a", "b", "c", "d"] as const;
type Owner = (typeof owners)[number];

type Step =
  | { readonly type: "hold"; readonly owner: Owner; readonly leaseMs: number }
  | { readonly type: "release"; readonly owner: Owner; readonly share: number }
  | { readonly type: "report"; readonly owner: Owner; readonly ttlMs: number }
  | { readonly type: "forget"; readonly owner: Owner }
  /** All of them at the same moment. */
  | { readonly type: "race"; readonly leaseMs: number };

const owner = fc.constantFrom(...owners);
/** Some run out in the middle of a history, some never. */
const lease = fc.constantFrom(1, 20, longMs);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant("hold" as const), owner, leaseMs: lease }) },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("release" as const),
      owner,
      share: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("report" as const), owner, ttlMs: lease }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("forget" as const), owner }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("race" as const), leaseMs: lease }) },
);

/** What each owner may rely on: its shards, each up to the earliest time at which its lease may end. */
class Leases {
  readonly #until = new Map<Owner, Map<number, number>>(owners.map((name) => [name, new Map()]));

  of(name: Owner): Map<number, number> {
    const leases = this.#until.get(name);
    assert.ok(leases);
    return leases;
  }

  /** They were renewed for a short time, and may have run out. */
  endBy(at: number): void {
    for (const leases of this.#until.values()) {
      for (const [shard, until] of leases) leases.set(shard, Math.min(until, at));
    }
  }

  /** @param askedAt the store's time before the call. @param answeredAt after it. */
  gets(name: Owner, shards: readonly number[], askedAt: number, answeredAt: number, leaseMs: number): void {
    const own = this.of(name);
    for (const other of owners) {
      if (other === name) continue;
      for (const shard of shards) {
        const until = this.of(other).get(shard) ?? Number.NEGATIVE_INFINITY;
        assert.ok(until <= answeredAt, `shard ${shard} went to ${name} while ${other} had it`);
        // It has run out, and is somebody else's.
        this.of(other).delete(shard);
      }
    }
    // Everything is renewed, also what is beyond the share and was left out.
    for (const shard of new Set([...own.keys(), ...shards])) {
      const isKnown = (own.get(shard) ?? 0) > answeredAt || shards.includes(shard);
      if (isKnown) own.set(shard, askedAt + leaseMs);
      else own.delete(shard);
    }
  }
}

async function hold(store: SharedStore, leases: Leases, name: Owner, leaseMs: number): Promise<void> {
  const askedAt = await store.now();
  const shards = await store.holdShards(name, leaseMs);
  leases.gets(name, shards, askedAt, await store.now(), leaseMs);
}

async function race(stores: readonly SharedStore[], leases: Leases, leaseMs: number): Promise<void> {
  const [first] = stores;
  assert.ok(first);
  const askedAt = await first.now();
  const held = await Promise.all(
    owners.map((name, index) => (stores[index % stores.length] ?? first).holdShards(name, leaseMs)),
  );
  const answeredAt = await first.now();
  const all = held.flat();
  if (leaseMs === longMs) assert.equal(new Set(all).size, all.length, "a shard was given to two at once");
  // Short ones may change hands within the race.
  else leases.endBy(askedAt);
  const earliest = leaseMs === longMs ? askedAt : askedAt - leaseMs;
  for (const [index, name] of owners.entries()) {
    leases.gets(name, held[index] ?? [], earliest, answeredAt, leaseMs);
  }
}

async function take(stores: readonly SharedStore[], leases: Leases, next: Step, turn: number): Promise<void> {
  const store = stores[turn % stores.length];
  assert.ok(store);
  switch (next.type) {
    case "hold":
      return hold(store, leases, next.owner, next.leaseMs);
    case "race":
      return race(stores, leases, next.leaseMs);
    case "release": {
      const shards = [...leases.of(next.owner).keys()].filter((shard) => shard % next.share === 0);
      for (const shard of shards) leases.of(next.owner).delete(shard);
      return store.releaseShards(next.owner, shards);
    }
    case "report":
      return store.reportProcess(orchestrator(next.owner), next.ttlMs);
    case "forget":
      leases.of(next.owner).clear();
      return store.forgetProcess(next.owner);
  }
}

/** All of them begin anew, and have their shares after three rounds. */
async function settleDown(stores: readonly SharedStore[]): Promise<void> {
  const [store] = stores;
  assert.ok(store);
  for (const name of owners) await store.forgetProcess(name);
  for (const name of owners) await store.reportProcess(orchestrator(name), longMs);
  const held = await Promise.all(
    owners.map((name, index) => (stores[index % stores.length] ?? store).holdShards(name, longMs)),
  );
  for (const [index, name] of owners.entries()) held[index] = await store.holdShards(name, longMs);
  assert.deepEqual(
    held.flat().toSorted((left, right) => left - right),
    allShards,
  );
  for (const shards of held) assert.equal(shards.length, shardCount / owners.length);
}

export function testShardHistories(open: () => Promise<SharedStoreHost>, histories: number): void {
  test("P3 in any history of owners, no shard is two owners' at the same time", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const host = await open();
        try {
          const stores = await instances(host, 2);
          const leases = new Leases();
          for (const [turn, next] of steps.entries()) await take(stores, leases, next, turn);
          await settleDown(stores);
        } finally {
          await host.dispose();
        }
      }),
      { numRuns: histories },
    );
  });
}
