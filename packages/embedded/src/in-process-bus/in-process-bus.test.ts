import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import type { BusMessage } from "@mycroft/runtime";
import { busContract } from "@mycroft/runtime/contracts";
import { InProcessBus } from "./in-process-bus.ts";

busContract({
  name: "memory",
  open: async (limits) => {
    const bus = new InProcessBus(limits);
    return { bus, dispose: () => bus.close() };
  },
});

function hasCode(code: ErrorCode): (thrown: unknown) => boolean {
  return (thrown) => thrown instanceof MycroftError && thrown.code === code;
}

/** Everything of a topic that is kept from `from` on. */
async function readKept(bus: InProcessBus, topic: string, from: "start" | { readonly after: string }) {
  const kept: BusMessage[] = [];
  const end = Promise.withResolvers<void>();
  const last = await bus.publish(topic, { key: "", body: "end" });
  const subscription = await bus.subscribe(topic, { from }, async (one) => {
    if (one.offset === last) end.resolve();
    else kept.push(one);
  });
  await end.promise;
  await subscription.close();
  return kept.map((one) => one.body);
}

describe("in-process bus", () => {
  test("P8 a topic keeps exactly its limit, in messages and in size", async () => {
    const bus = new InProcessBus({ keptMessages: 4, keptLength: 1_000 });
    for (let body = 0; body < 5_000; body += 1) await bus.publish("many", { key: "k", body });
    assert.deepEqual(await readKept(bus, "many", "start"), [4_997, 4_998, 4_999]);
    for (const name of ["a", "b", "c"]) await bus.publish("large", { key: "k", body: name.repeat(400) });
    assert.deepEqual(await readKept(bus, "large", "start"), ["b".repeat(400), "c".repeat(400)]);
    await bus.close();
  });

  test("P7 a message beyond the limit is refused", async () => {
    const bus = new InProcessBus({ maxMessageLength: 10 });
    await assert.rejects(bus.publish("t", { key: "k", body: "x".repeat(8) }), hasCode("LIMIT_EXCEEDED"));
    await assert.rejects(bus.publish("t", { key: "x".repeat(11), body: 1 }), hasCode("LIMIT_EXCEEDED"));
    await bus.publish("t", { key: "k", body: "x".repeat(7) });
    await bus.close();
  });

  test("P8 the topic that is idle longest gives way; topics with subscribers stay", async () => {
    const bus = new InProcessBus({ maxTopics: 2 });
    await bus.publish("a", { key: "k", body: 1 });
    await bus.publish("b", { key: "k", body: 2 });
    await bus.publish("a", { key: "k", body: 3 });
    const subscription = await bus.subscribe("c", { from: "new" }, async () => {});
    assert.deepEqual(await readKept(bus, "a", "start"), [1, 3]);
    await bus.publish("d", { key: "k", body: 4 });
    const another = await bus.subscribe("d", { group: "g", from: "new" }, async () => {});
    await assert.rejects(bus.publish("e", { key: "k", body: 5 }), hasCode("LIMIT_EXCEEDED"));
    await another.close();
    await bus.publish("e", { key: "k", body: 5 });
    await subscription.close();
    await bus.close();
  });

  test("an offset of an earlier process stands before everything that is kept now", async () => {
    const earlier = new InProcessBus({ clock: { now: () => 1_000 } });
    const offset = await earlier.publish("t", { key: "k", body: "then" });
    await earlier.close();
    const bus = new InProcessBus({ clock: { now: () => 2_000 } });
    await bus.publish("t", { key: "k", body: "now" });
    assert.deepEqual(await readKept(bus, "t", { after: offset }), ["now"]);
    await bus.close();
  });

  test("a member that is slow with one key does not hold up the other keys of its group", async () => {
    const bus = new InProcessBus();
    const gate = Promise.withResolvers<void>();
    const done: unknown[] = [];
    const allOthers = Promise.withResolvers<void>();
    for (let member = 0; member < 2; member += 1) {
      await bus.subscribe("t", { group: "g", from: "new" }, async (one) => {
        if (one.key === "slow") await gate.promise;
        done.push(one.body);
        if (done.length === 10) allOthers.resolve();
      });
    }
    await bus.publish("t", { key: "slow", body: "slow 1" });
    await bus.publish("t", { key: "slow", body: "slow 2" });
    for (let body = 0; body < 10; body += 1) await bus.publish("t", { key: `key-${body}`, body });
    await allOthers.promise;
    assert.deepEqual(done, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    gate.resolve();
    await bus.close();
  });

  test("P8 a subscriber that falls behind what is kept goes on with the oldest kept message", async () => {
    const bus = new InProcessBus({ keptMessages: 3 });
    const gate = Promise.withResolvers<void>();
    const first = Promise.withResolvers<void>();
    const last = Promise.withResolvers<void>();
    const seen: unknown[] = [];
    await bus.subscribe("t", { from: "new" }, async (one) => {
      seen.push(one.body);
      if (one.body === 9) last.resolve();
      first.resolve();
      await gate.promise;
    });
    await bus.publish("t", { key: "k", body: 0 });
    await first.promise;
    for (let body = 1; body < 10; body += 1) await bus.publish("t", { key: "k", body });
    gate.resolve();
    await last.promise;
    assert.deepEqual(seen, [0, 7, 8, 9]);
    await bus.close();
  });

  test("P8 a subscriber that falls far behind goes on too", async () => {
    const bus = new InProcessBus({ keptMessages: 3 });
    const gate = Promise.withResolvers<void>();
    const first = Promise.withResolvers<void>();
    const last = Promise.withResolvers<void>();
    await bus.subscribe("t", { from: "new" }, async (one) => {
      first.resolve();
      if (one.body === "last") last.resolve();
      await gate.promise;
    });
    await bus.publish("t", { key: "k", body: "first" });
    await first.promise;
    for (let body = 0; body < 5_000; body += 1) await bus.publish("t", { key: "k", body });
    await bus.publish("t", { key: "k", body: "last" });
    gate.resolve();
    await last.promise;
    await bus.close();
  });

  test("P8 a message that fails when it is no longer kept is a dead letter at once", async () => {
    const bus = new InProcessBus({ keptMessages: 1 });
    const gate = Promise.withResolvers<void>();
    const first = Promise.withResolvers<void>();
    const next = Promise.withResolvers<void>();
    await bus.subscribe("t", { from: "new" }, async (one) => {
      first.resolve();
      if (one.body === "next") return next.resolve();
      await gate.promise;
    });
    await bus.publish("t", { key: "k", body: "fails" });
    await first.promise;
    await bus.publish("t", { key: "k", body: "next" });
    gate.reject(new Error("too late"));
    await next.promise;
    assert.deepEqual(
      (await bus.deadLetters("t")).map((one) => one.body),
      ["fails"],
    );
    await bus.close();
  });

  test("a subscription that is closed by another's handler takes no more", async () => {
    const bus = new InProcessBus();
    const seen: string[] = [];
    const done = Promise.withResolvers<void>();
    const closing: Promise<void>[] = [];
    await bus.subscribe("t", { group: "g", from: "new" }, async (one) => {
      seen.push(`first ${one.key}`);
      closing.push(second.close());
      if (one.key === "b") done.resolve();
    });
    const second = await bus.subscribe("t", { group: "g", from: "new" }, async (one) => {
      seen.push(`second ${one.key}`);
    });
    await Promise.all(["a", "b"].map((key) => bus.publish("t", { key, body: null })));
    await done.promise;
    await Promise.all(closing);
    assert.deepEqual(seen, ["first a", "first b"]);
    await bus.close();
  });

  test("P7 settings that are not whole numbers from 1 are refused", () => {
    assert.throws(() => new InProcessBus({ keptMessages: 0 }), hasCode("INPUT_INVALID"));
    assert.throws(() => new InProcessBus({ deliveryLimit: 2.5 }), hasCode("INPUT_INVALID"));
  });
});
