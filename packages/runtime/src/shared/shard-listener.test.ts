/** Work that goes with a shard, and what a worker must not execute: what hosts hang on to a shared orchestrator and ledger. */
import assert from "node:assert/strict";
import { it } from "node:test";
import { sampleOffer } from "../contracts/sample-offers.ts";
import { MemorySharedStore } from "../memory/memory-shared-store.ts";
import type { TaskQueue } from "../ports/queue.ts";
import { sharedStorePort } from "../simulation/cluster/shared-store-port.ts";
import { deafBus } from "../simulation/deaf-bus.ts";
import { VirtualClock } from "../simulation/virtual-clock.ts";
import { shardCount } from "./shard-of.ts";
import { SharedLedger } from "./shared-ledger.ts";
import { SharedOrchestrator } from "./shared-orchestrator.ts";

const call = <T>(make: () => Promise<T>) => make();
const queue = { publish: async () => {}, generation: async () => "1" } as unknown as TaskQueue;

function aWorld() {
  const clock = new VirtualClock(1_000_000);
  const store = new MemorySharedStore({ now: () => clock.now() });
  const pass = async (ms: number) => {
    for (const until = clock.now() + ms; clock.now() < until; ) {
      clock.advanceTo(clock.now() + 100);
      for (let turn = 0; turn < 10; turn += 1) await new Promise(process.nextTick);
    }
  };
  return { clock, store, pass, port: sharedStorePort(store, call, call) };
}

it("a shard is given back only when the work that goes with it has stopped", async () => {
  const { clock, store, pass, port } = aWorld();
  const taken = new Set<number>();
  const stopped = Promise.withResolvers<void>();
  const orchestrator = await SharedOrchestrator.open({
    ...{ store: port, queue, bus: deafBus, clock, name: "one" },
    shardListener: {
      onTaken: (shard) => taken.add(shard),
      onLost: (shard) => (shard === 0 ? stopped.promise : Promise.resolve()),
    },
  });
  await pass(500);
  assert.equal(taken.size, shardCount);
  const closing = orchestrator.close();
  await pass(500);
  assert.deepEqual(await store.holdShards("two", 10_000), []);
  stopped.resolve();
  await pass(500);
  await closing;
  assert.equal((await store.holdShards("two", 10_000)).length, shardCount);
});

it("what a worker must not execute goes back with the reason, whatever agents it has", async () => {
  const { clock, store, pass, port } = aWorld();
  const key = { runId: "run", task: "a", attempt: 1 };
  await store.ensureOffers([sampleOffer(key)]);
  const obstacleTo = async () => "it needs other data";
  const ledger = new SharedLedger({ store: port, clock, leaseMs: 10_000, obstacleTo });
  const message = { ...key, pool: "default", priority: 0 };
  const claiming = ledger.claim(message, "w", { postpone: () => assert.fail("postponed") });
  await pass(200);
  assert.equal(await claiming, null);
  const [backlog] = await store.listBacklogs();
  assert.deepEqual([backlog?.waiting, backlog?.reasons], [1, ["it needs other data"]]);
  ledger.close();
});
