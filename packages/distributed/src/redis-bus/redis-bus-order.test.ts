import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Bus, BusMessage } from "@mycroft/runtime";
import { Received } from "@mycroft/runtime/contracts";
import fc from "fast-check";
import { keysOf, type PrivateRedis, startPrivateRedis, whyNoRedis } from "../testing/private-redis.ts";
import { openRedisBus } from "./redis-bus.ts";

const deliveryLimit = 3;

/** How often each message fails before it is handled; `deliveryLimit` times: never handled. */
const anyTraffic = fc.array(
  fc.record({
    key: fc.integer({ min: 0, max: 4 }),
    failures: fc.constantFrom(0, 0, 0, 0, 1, 2, deliveryLimit),
  }),
  { minLength: 1, maxLength: 60 },
);

describe("order on the Redis bus", { skip: whyNoRedis() }, () => {
  let redis: PrivateRedis;
  let opened = 0;
  before(async () => {
    redis = await startPrivateRedis();
  });
  after(() => redis.stop());

  test("messages of one key keep their order and never overlap, whichever process of a group has them", async () => {
    const run = async (traffic: readonly { readonly key: number; readonly failures: number }[]) => {
      opened += 1;
      const prefix = `order-${opened}`;
      const processes = await Promise.all(
        [0, 1, 2].map(() => openRedisBus({ url: redis.url, prefix, deliveryLimit })),
      );
      try {
        await handleAll(processes, traffic);
        const left = (await keysOf(redis, prefix)).filter((key) => !/:(log|dead)$/.test(key));
        assert.deepEqual(left, []);
      } finally {
        await Promise.all(processes.map((bus) => bus.close()));
      }
    };
    await fc.assert(fc.asyncProperty(anyTraffic, run), { numRuns: 30 });
  });
});

/** Three processes with two members each; gives up when something is out of order. */
async function handleAll(
  processes: readonly Bus[],
  traffic: readonly { readonly key: number; readonly failures: number }[],
): Promise<void> {
  const busy = new Set<string>();
  const failed = new Map<number, number>();
  const settled = new Received<BusMessage>();
  const wrong: string[] = [];
  const handle = async (message: BusMessage): Promise<void> => {
    const index = Number(message.body);
    if (busy.has(message.key)) wrong.push(`${message.key} is in two hands`);
    busy.add(message.key);
    await new Promise((resolve) => setImmediate(resolve));
    busy.delete(message.key);
    const times = failed.get(index) ?? 0;
    failed.set(index, times + 1);
    const isLast = times + 1 >= deliveryLimit;
    if (times < (traffic[index]?.failures ?? 0)) {
      if (isLast) settled.push(message);
      throw new Error("not yet");
    }
    settled.push(message);
  };
  for (const bus of processes) {
    for (let member = 0; member < 2; member += 1) {
      await bus.subscribe("t", { group: "g", from: "start" }, handle);
    }
  }
  const [first] = processes;
  assert.ok(first);
  await Promise.all(traffic.map(({ key }, body) => first.publish("t", { key: `key-${key}`, body })));
  const all = await settled.atLeast(traffic.length);
  await Promise.all(processes.map((bus) => bus.close()));
  assert.deepEqual(wrong, []);
  assert.equal(all.length, traffic.length);
  const last = new Map<string, number>();
  for (const { key, body } of all) {
    assert.ok((last.get(key) ?? -1) < Number(body), `${key}: ${String(body)} came after a later one`);
    last.set(key, Number(body));
  }
}
