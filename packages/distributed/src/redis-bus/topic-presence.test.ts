import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Bus } from "@mycroft/runtime";
import { Redis } from "ioredis";
import { flushAll, type PrivateRedis, startPrivateRedis, whyNoRedis } from "../testing/private-redis.ts";
import { openRedisBus } from "./redis-bus.ts";
import { presentForMs } from "./topic-presence.ts";

/** What is waited for in vain. A sound server answers sooner, also on a machine that stood still for a while. */
const timeoutMs = 4_000;
const newOnes = { from: "new" } as const;

async function untilHeard(bus: Bus, topic: string, isHeard: boolean): Promise<void> {
  while (bus.isHeard?.(topic) !== isHeard) await delay(10);
}

describe("who listens, on Redis", { skip: whyNoRedis() }, () => {
  let redis: PrivateRedis;
  let opened = 0;
  before(async () => {
    redis = await startPrivateRedis();
  });
  after(() => redis.stop());

  /** Two processes' buses on the same server. */
  async function withTwo(use: (here: Bus, there: Bus, prefix: string) => Promise<void>): Promise<void> {
    opened += 1;
    const prefix = `presence-${opened}`;
    const options = { url: redis.url, prefix, timeoutMs, onWarning: () => {} };
    const buses = await Promise.all([openRedisBus(options), openRedisBus(options)]);
    try {
      await use(...buses, prefix);
    } finally {
      await Promise.all(buses.map((bus) => bus.close()));
    }
  }

  test("a subscriber of another process is seen when it comes, and when the last of it leaves", async () => {
    await withTwo(async (here, there) => {
      assert.equal(here.isHeard?.("t"), true, "true in doubt");
      await untilHeard(here, "t", false);
      const first = await there.subscribe("t", newOnes, async () => {});
      const second = await there.subscribe("t", newOnes, async () => {});
      await untilHeard(here, "t", true);
      await first.close();
      // It is looked at again, and the other one is still there.
      assert.equal(here.isHeard?.("after"), true);
      await untilHeard(here, "after", false);
      assert.equal(here.isHeard?.("t"), true);
      await second.close();
      await untilHeard(here, "t", false);
    });
  });

  test("a topic is heard as long as one of two processes listens, or a group keeps a place", async () => {
    await withTwo(async (here, there) => {
      const subscribed = await Promise.all(
        [here, there].map((bus) => bus.subscribe("t", newOnes, async () => {})),
      );
      await subscribed[0]?.close();
      await untilHeard(here, "unheard", false);
      assert.equal(here.isHeard?.("t"), true);
      const member = await there.subscribe("t", { group: "g", from: "new" }, async () => {});
      await member.close();
      await subscribed[1]?.close();
      await untilHeard(here, "unheard either", false);
      assert.equal(here.isHeard?.("t"), true);
    });
  });

  test("P4 after FLUSHALL those that listen are not taken for gone, and seen again", async () => {
    await withTwo(async (here, there) => {
      await there.subscribe("t", newOnes, async () => {});
      assert.equal(here.isHeard?.("t"), true, "true in doubt");
      await untilHeard(here, "unheard", false);
      await flushAll(redis);
      const client = new Redis(redis.url);
      while ((await client.keys("*:bus:{t}:heard")).length === 0) {
        assert.equal(here.isHeard?.("t"), true);
        await delay(10);
      }
      client.disconnect();
      // Looked at after all that was there before.
      assert.equal(here.isHeard?.("after"), true);
      await untilHeard(here, "after", false);
      assert.equal(here.isHeard?.("t"), true);
    });
  });

  test("P4 a server that cannot be asked makes every topic heard", async () => {
    await withTwo(async (here) => {
      await untilHeard(here, "t", false);
      redis.freeze();
      try {
        await untilHeard(here, "t", true);
      } finally {
        redis.thaw();
      }
      await untilHeard(here, "t", false);
    });
  });

  test("P8 what is noted of a process that dies ends by itself", async () => {
    await withTwo(async (_here, there, prefix) => {
      await there.subscribe("t", newOnes, async () => {});
      const client = new Redis(redis.url);
      const key = `${prefix}:bus:{t}:heard`;
      const [, until] = await client.zrange(key, 0, "-1", "WITHSCORES");
      const keptMs = await client.pttl(key);
      // Asked last: it is renewed meanwhile, each time for longer.
      const [time] = await client.time();
      client.disconnect();
      assert.ok(Number(until) <= (Number(time) + 1) * 1_000 + presentForMs, `until ${until}, now ${time}`);
      assert.ok(keptMs > 0 && keptMs <= presentForMs, `${keptMs} ms`);
    });
  });

  test("P4 a process that is noted as present beyond its time is not taken for one that listens", async () => {
    await withTwo(async (here, _there, prefix) => {
      const client = new Redis(redis.url);
      await client.zadd(`${prefix}:bus:{t}:heard`, Date.now() - 60_000, "dead");
      client.disconnect();
      await untilHeard(here, "t", false);
    });
  });
});
