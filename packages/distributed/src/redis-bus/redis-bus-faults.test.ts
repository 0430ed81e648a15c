import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { MycroftError } from "@mycroft/errors";
import type { Bus, BusMessage } from "@mycroft/runtime";
import { Received } from "@mycroft/runtime/contracts";
import { hasCode } from "../testing/has-code.ts";
import { startHolder } from "../testing/other-process.ts";
import { flushAll, type PrivateRedis, startPrivateRedis, whyNoRedis } from "../testing/private-redis.ts";
import { untilReachable } from "../testing/until-reachable.ts";
import { openRedisBus, type RedisBusOptions } from "./redis-bus.ts";

/** For what is waited for in vain; what is not is done with `untilReachable`. */
const timeoutMs = 200;
/** Longer than a machine may keep a process that lives from saying so. */
const claimAfterMs = 4_000;

describe("Redis bus under faults", { skip: whyNoRedis() }, () => {
  let redis: PrivateRedis;
  let opened = 0;
  before(async () => {
    redis = await startPrivateRedis();
  });
  after(() => redis.stop());

  function optionsOf(options: Partial<RedisBusOptions> = {}): RedisBusOptions {
    opened += 1;
    return { url: redis.url, prefix: `faults-${opened}`, onWarning: () => {}, ...options };
  }

  async function withBus(options: RedisBusOptions, use: (bus: Bus) => Promise<void>): Promise<void> {
    const bus = await untilReachable(() => openRedisBus(options));
    try {
      await use(bus);
    } finally {
      await bus.close();
    }
  }

  /** Publishes for ever, as somebody does who tries again later; gives what stops it. */
  function publishOn(bus: Bus, topic: string): () => Promise<number> {
    let isOver = false;
    let published = 0;
    const all = (async () => {
      while (!isOver) {
        await untilReachable(() => bus.publish(topic, { key: `key-${published % 7}`, body: published }));
        published += 1;
      }
    })();
    return async () => {
      isOver = true;
      await all;
      return published;
    };
  }

  const losses = {
    FLUSHALL: () => flushAll(redis),
    "a server that is killed and started again empty": async () => {
      await redis.kill();
      await redis.restart();
    },
  };
  for (const [loss, lose] of Object.entries(losses)) {
    test(`P4 after ${loss} in the middle of it, what is published arrives, at groups and alone`, async () => {
      await withBus(optionsOf(), async (bus) => {
        const alone = new Received<BusMessage>();
        const shared = new Received<BusMessage>();
        await bus.subscribe("t", { from: "new" }, async (one) => alone.push(one));
        for (let member = 0; member < 3; member += 1) {
          await bus.subscribe("t", { group: "g", from: "new" }, async (one) => shared.push(one));
        }
        const stop = publishOn(bus, "t");
        await Promise.all([alone.atLeast(50), shared.atLeast(50)]);
        await lose();
        const before = await stop();
        await untilReachable(() => bus.publish("t", { key: "k", body: before }));
        const isAfter = (all: readonly BusMessage[]) => all.some((one) => one.body === before);
        await Promise.all([alone.until(isAfter), shared.until(isAfter)]);
        const more = [1, 2, 3].map((n) => before + n);
        for (const body of more) await bus.publish("t", { key: "same", body });
        const tail = (all: readonly BusMessage[]) =>
          all.filter((one) => one.key === "same").map((one) => one.body);
        for (const received of [alone, shared]) {
          assert.deepEqual(tail(await received.until((all) => tail(all).length >= more.length)), more);
        }
      });
    });
  }

  test("P7 a server that stands still gives SERVER_UNREACHABLE in the stated time, and all goes on after", async () => {
    const warnings: MycroftError[] = [];
    const options = optionsOf({ timeoutMs, onWarning: (warning) => warnings.push(warning) });
    await withBus(options, async (bus) => {
      const received = new Received<BusMessage>();
      await untilReachable(() =>
        bus.subscribe("t", { group: "g", from: "new" }, async (one) => received.push(one)),
      );
      redis.freeze();
      try {
        await Promise.all(
          [
            bus.publish("t", { key: "k", body: 1 }),
            bus.deadLetters("t"),
            bus.subscribe("t", { from: "new" }, async () => {}),
          ].map((asked) => assert.rejects(asked, hasCode("SERVER_UNREACHABLE"))),
        );
      } finally {
        redis.thaw();
      }
      await untilReachable(() => bus.publish("t", { key: "k", body: "after" }));
      await received.until((all) => all.some((one) => one.body === "after"));
      assert.ok(warnings.every((warning) => warning.code === "SERVER_UNREACHABLE"));
    });
  });

  test("P4 closing without a server does not hang", async () => {
    const own = await startPrivateRedis();
    const bus = await untilReachable(() => openRedisBus(optionsOf({ url: own.url, timeoutMs })));
    const taken = new Received<BusMessage>();
    const gate = Promise.withResolvers<void>();
    for (const options of [{ from: "new" }, { group: "g", from: "new" }] as const) {
      await untilReachable(() =>
        bus.subscribe("t", options, async (one) => {
          taken.push(one);
          await gate.promise;
        }),
      );
    }
    await untilReachable(() => bus.publish("t", { key: "k", body: 1 }));
    await taken.atLeast(2);
    await own.stop();
    gate.resolve();
    await bus.close();
    await assert.rejects(bus.publish("t", { key: "k", body: 1 }), hasCode("BUS_CLOSED"));
  });

  test("P4 what a killed process had in its hands comes again, and then the rest of its key in order", async () => {
    const options = { url: redis.url, prefix: "killed", claimAfterMs };
    await withBus({ ...options, onWarning: () => {} }, async (bus) => {
      for (const body of ["a1", "a2", "a3"]) await bus.publish("work", { key: "a", body });
      const holder = await startHolder("bus", options);
      assert.equal(holder.took, "a1");
      const received = new Received<BusMessage>();
      await bus.subscribe("work", { group: "g", from: "start" }, async (one) => received.push(one));
      await bus.publish("work", { key: "b", body: "b1" });
      // Another key is not held up; the held one's is.
      assert.deepEqual(bodies(await received.atLeast(1)), ["b1"]);
      await holder.kill();
      assert.deepEqual(bodies(await received.atLeast(4)), ["b1", "a1", "a2", "a3"]);
    });
  });

  test("P8 a message that kills whoever takes it becomes a dead letter", async () => {
    const options = { url: redis.url, prefix: "deadly", claimAfterMs: 200, deliveryLimit: 2 };
    await withBus({ ...options, onWarning: () => {} }, async (bus) => {
      await bus.publish("work", { key: "a", body: "deadly" });
      for (let delivery = 0; delivery < options.deliveryLimit; delivery += 1) {
        const holder = await startHolder("bus", options);
        assert.equal(holder.took, "deadly");
        await holder.kill();
      }
      await bus.publish("work", { key: "a", body: "next" });
      const received = new Received<BusMessage>();
      await bus.subscribe("work", { group: "g", from: "start" }, async (one) => received.push(one));
      assert.deepEqual(bodies(await received.atLeast(1)), ["next"]);
      assert.deepEqual(bodies(await bus.deadLetters("work")), ["deadly"]);
    });
  });

  test("what is in hand for longer than claimAfterMs by a process that lives stays there", async () => {
    const soonMs = 60;
    await withBus(optionsOf({ claimAfterMs: soonMs }), async (bus) => {
      const received = new Received<BusMessage>();
      const gate = Promise.withResolvers<void>();
      const others = new Received<BusMessage>();
      for (let member = 0; member < 2; member += 1) {
        await bus.subscribe("t", { group: "g", from: "new" }, async (one) => {
          if (one.key !== "slow") return others.push(one);
          received.push(one);
          await gate.promise;
        });
      }
      await bus.publish("t", { key: "slow", body: 0 });
      await received.atLeast(1);
      const until = performance.now() + 6 * soonMs;
      for (let body = 0; performance.now() < until; body += 1) {
        await bus.publish("t", { key: "quick", body });
        await others.atLeast(body + 1);
      }
      assert.equal(received.all.length, 1);
      gate.resolve();
    });
  });

  test("P8 a topic keeps no more than its bytes", async () => {
    await withBus(optionsOf({ keptBytes: 200_000 }), async (bus) => {
      for (let body = 0; body < 40; body += 1) {
        await bus.publish("t", { key: "k", body: `${body}`.padEnd(20_000, ".") });
      }
      const received = new Received<BusMessage>();
      await bus.subscribe("t", { from: "start" }, async (one) => received.push(one));
      const all = await received.until((some) => some.some((one) => String(one.body).startsWith("39.")));
      assert.ok(all.length < 12, `${all.length} kept`);
      await assert.rejects(
        bus.publish("t", { key: "k", body: "x".repeat(1024 * 1024) }),
        hasCode("LIMIT_EXCEEDED"),
      );
    });
  });

  test("P7 keys and topics of any text arrive as they were; what is no text is refused", async () => {
    await withBus(optionsOf(), async (bus) => {
      const received = new Received<BusMessage>();
      const topic = "a:b {c} \u{1f600}\n%";
      for (const options of [{ from: "new" }, { group: "g 1:{x}", from: "new" }] as const) {
        await bus.subscribe(topic, options, async (one) => received.push(one));
      }
      const keys = ["", " ", "two words ", "line\nbreak", "\u0000", "ü-", "- -"];
      for (const key of keys) await bus.publish(topic, { key, body: key });
      const all = await received.atLeast(2 * keys.length);
      for (const { key, body } of all) assert.equal(key, body);
      await assert.rejects(bus.publish("t", { key: "\ud800", body: 1 }), hasCode("INPUT_INVALID"));
      await assert.rejects(bus.publish("\ud800", { key: "k", body: 1 }), hasCode("INPUT_INVALID"));
    });
  });

  test("P8 the groups of a topic are limited", async () => {
    await withBus(optionsOf({ maxGroups: 2 }), async (bus) => {
      for (const group of ["a", "b", "a"]) await bus.subscribe("t", { group, from: "new" }, async () => {});
      await assert.rejects(
        bus.subscribe("t", { group: "c", from: "new" }, async () => {}),
        hasCode("LIMIT_EXCEEDED"),
      );
    });
  });

  test("two clusters on one Redis hear nothing of each other", async () => {
    await withBus(optionsOf(), async (ours) => {
      await withBus(optionsOf(), async (theirs) => {
        const received = new Received<BusMessage>();
        await ours.subscribe("t", { group: "g", from: "start" }, async (one) => received.push(one));
        await theirs.publish("t", { key: "k", body: "theirs" });
        await ours.publish("t", { key: "k", body: "ours" });
        assert.deepEqual(bodies(await received.atLeast(1)), ["ours"]);
      });
    });
  });
});

function bodies(received: readonly BusMessage[]): readonly unknown[] {
  return received.map((one) => one.body);
}
