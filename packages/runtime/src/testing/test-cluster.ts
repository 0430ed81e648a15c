/** Orchestrators over a shared store in memory, in a time that passes when a test says so. */
import assert from "node:assert/strict";
import { MemorySharedStore } from "../memory/memory-shared-store.ts";
import type { TaskMessage, TaskQueue } from "../ports/queue.ts";
import type { SharedStore } from "../ports/shared-store.ts";
import { shardCount } from "../shared/shard-of.ts";
import { SharedOrchestrator } from "../shared/shared-orchestrator.ts";
import { sharedStorePort } from "../simulation/cluster/shared-store-port.ts";
import { deafBus } from "../simulation/deaf-bus.ts";
import { VirtualClock } from "../simulation/virtual-clock.ts";

const allShards = Array.from({ length: shardCount }, (_, shard) => shard);
const call = <T>(make: () => Promise<T>) => make();

/** Nobody works in it; who opens orchestrators says what else differs, and lets time pass. */
export async function testCluster() {
  const clock = new VirtualClock(1_000_000);
  const store = new MemorySharedStore({ now: () => clock.now() });
  const port = sharedStorePort(store, call, call);
  const published: TaskMessage[] = [];
  const queue = {
    publish: async (messages: readonly TaskMessage[]) => {
      published.push(...messages);
    },
    generation: async () => "1",
  } as unknown as TaskQueue;
  const pass = async (ms: number) => {
    for (const until = clock.now() + ms; clock.now() < until; ) {
      clock.advanceTo(clock.now() + 100);
      for (let turn = 0; turn < 10; turn += 1) await new Promise(process.nextTick);
    }
  };
  const open = async (name: string, over: Partial<SharedStore> = {}) => {
    const opened = await SharedOrchestrator.open({
      store: { ...port, ...over },
      queue,
      bus: deafBus,
      clock,
      name,
    });
    await pass(500);
    return opened;
  };
  const during = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false;
    const ended = work.finally(() => {
      isOver = true;
    });
    ended.catch(() => {});
    for (let tries = 0; tries < 100 && !isOver; tries += 1) await pass(100);
    assert.ok(isOver, "it does not come to an end");
    return ended;
  };
  const letters = () => store.readLetters({ shards: allShards, limit: 100, except: [] });
  const offers = async () =>
    (await store.listBacklogs()).reduce((sum, one) => sum + one.claimed + one.waiting, 0);
  return { clock, store, port, published, pass, open, during, letters, offers };
}
