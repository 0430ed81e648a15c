/**
 * What every bus owes (P4, P8), as a test suite that any implementation is run against: at least once and in order
 * per key, to groups and to single subscribers, replayed from any kept offset, bounded.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { JsonValue } from "@mycroft/engine";
import type { Bus, BusMessage } from "../ports/bus.ts";
import { assertCode } from "./assert-code.ts";
import { Received } from "./received.ts";
import { untilTrue } from "./until-true.ts";

export interface BusHostLimits {
  /** How many messages of a topic are kept at least; a bus may keep somewhat more, but not all. */
  readonly keptMessages: number;
  /** How often one message is delivered before it goes to the dead letters. */
  readonly deliveryLimit: number;
  /** How many dead letters of a topic are kept. */
  readonly keptDeadLetters: number;
}

export interface BusHost {
  readonly bus: Bus;
  /** Closes the bus if it is still open, and removes what it kept. */
  readonly dispose: () => Promise<void>;
}

export interface BusContractOptions {
  /** Names the implementation in the tests' titles. */
  readonly name: string;
  /** Opens a new, empty bus with these limits. */
  readonly open: (limits: BusHostLimits) => Promise<BusHost>;
}

const limits: BusHostLimits = { keptMessages: 50, deliveryLimit: 3, keptDeadLetters: 4 };

type CurrentBus = () => Bus;

/** Registers the suite with node:test. */
export function busContract({ name, open }: BusContractOptions): void {
  describe(`bus contract: ${name}`, () => {
    let host: BusHost | undefined;
    beforeEach(async () => {
      host = await open(limits);
    });
    afterEach(async () => {
      await host?.dispose();
      host = undefined;
    });
    const bus: CurrentBus = () => {
      assert.ok(host);
      return host.bus;
    };
    testSubscribers(bus);
    testPresence(bus);
    testReplay(bus);
    testGroups(bus);
    testKeyOrder(bus);
    testDeadLetters(bus);
    testLimits(bus);
    testClosing(bus);
  });
}

/** Publishes `count` messages, one after the other, and gives their offsets. */
async function publishMany(bus: Bus, topic: string, count: number, key?: string): Promise<readonly string[]> {
  const offsets: string[] = [];
  for (let index = 0; index < count; index += 1) {
    offsets.push(await bus.publish(topic, { key: key ?? `key-${index}`, body: index }));
  }
  return offsets;
}

function bodies(received: readonly BusMessage[]): readonly JsonValue[] {
  return received.map((one) => one.body);
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function testSubscribers(bus: CurrentBus): void {
  test("a message arrives whole, at every subscriber of its topic and no other", async () => {
    const received = [new Received<BusMessage>(), new Received<BusMessage>()];
    const elsewhere = new Received<BusMessage>();
    for (const each of received)
      await bus().subscribe("news", { from: "new" }, async (one) => each.push(one));
    await bus().subscribe("other", { from: "new" }, async (one) => elsewhere.push(one));
    const body = { text: "nul \u0000 emoji \u{1f600}", list: [1, null, { deep: true }] };
    const offset = await bus().publish("news", { key: "AAPL", body });
    for (const each of received) {
      const [first] = await each.atLeast(1);
      assert.ok(first);
      const { at, ...rest } = first;
      assert.deepEqual(rest, { topic: "news", key: "AAPL", body, offset });
      assert.ok(Number.isFinite(at));
    }
    await bus().publish("other", { key: "k", body: "only this" });
    assert.deepEqual(bodies(await elsewhere.atLeast(1)), ["only this"]);
  });

  test("offsets are unique within a topic, and a lone subscriber sees messages in their order", async () => {
    const received = new Received<BusMessage>();
    await bus().subscribe("news", { from: "new" }, async (one) => received.push(one));
    const offsets = await publishMany(bus(), "news", 20);
    assert.equal(new Set(offsets).size, 20);
    assert.deepEqual(
      (await received.atLeast(20)).map((one) => one.offset),
      offsets,
    );
  });

  test("what a subscriber does to a message no other subscriber sees", async () => {
    const first = new Received<BusMessage>();
    const second = new Received<BusMessage>();
    await bus().subscribe("news", { from: "new" }, async (one) => {
      Object.assign(one.body as object, { spoilt: true });
      first.push(one);
    });
    await bus().subscribe("news", { from: "new" }, async (one) => second.push(one));
    await bus().publish("news", { key: "k", body: { value: 1 } });
    await first.atLeast(1);
    assert.deepEqual(bodies(await second.atLeast(1)), [{ value: 1 }]);
  });
}

function testPresence(bus: CurrentBus): void {
  test("a topic is heard as soon as somebody of the process has subscribed, and not when nobody ever has", async (context) => {
    const tested = bus();
    if (tested.isHeard === undefined) return context.skip("this bus does not know who listens");
    await tested.subscribe("other", { from: "new" }, async () => {});
    await publishMany(tested, "news", 3);
    await untilTrue("nobody is known to listen", () => tested.isHeard?.("news") === false);
    await tested.subscribe("news", { from: "new" }, async () => {});
    assert.equal(tested.isHeard("news"), true);
    assert.equal(tested.isHeard("other"), true);
  });

  test("a group that keeps its place is to get what comes, so its topic stays heard without subscribers", async (context) => {
    const tested = bus();
    if (tested.isHeard === undefined) return context.skip("this bus does not know who listens");
    const subscription = await tested.subscribe("news", { group: "g", from: "new" }, async () => {});
    await subscription.close();
    assert.equal(tested.isHeard("news"), true);
    // When it is known of the one, it is known of the other, which was asked about first.
    await untilTrue("nobody is known to listen", () => tested.isHeard?.("unheard") === false);
    assert.equal(tested.isHeard("news"), true);
  });
}

function testReplay(bus: CurrentBus): void {
  test("a subscriber begins with what comes, with all that is kept, or after an offset", async () => {
    const offsets = await publishMany(bus(), "news", 6);
    const [fresh, all, after, last] = [0, 1, 2, 3].map(() => new Received<BusMessage>());
    assert.ok(fresh && all && after && last);
    await bus().subscribe("news", { from: "new" }, async (one) => fresh.push(one));
    await bus().subscribe("news", { from: "start" }, async (one) => all.push(one));
    await bus().subscribe("news", { from: { after: offsets[2] ?? "" } }, async (one) => after.push(one));
    await bus().subscribe("news", { from: { after: offsets[5] ?? "" } }, async (one) => last.push(one));
    await bus().publish("news", { key: "k", body: 6 });
    assert.deepEqual(bodies(await fresh.atLeast(1)), [6]);
    assert.deepEqual(bodies(await all.atLeast(7)), numbers(0, 7));
    assert.deepEqual(bodies(await after.atLeast(4)), numbers(3, 7));
    assert.deepEqual(bodies(await last.atLeast(1)), [6]);
  });

  test("a topic may be subscribed to before its first message", async () => {
    const received = new Received<BusMessage>();
    await bus().subscribe("empty", { from: "start" }, async (one) => received.push(one));
    assert.deepEqual(await bus().deadLetters("empty"), []);
    await bus().publish("empty", { key: "", body: null });
    assert.deepEqual(bodies(await received.atLeast(1)), [null]);
  });

  test("P7 an offset that is none is refused", async () => {
    await publishMany(bus(), "news", 1);
    for (const after of ["", "soon", "1.5", "-1"]) {
      await assertCode(() => bus().subscribe("news", { from: { after } }, async () => {}), "INPUT_INVALID");
    }
  });
}

function testGroups(bus: CurrentBus): void {
  test("subscribers of one group share the messages; other groups have them all", async () => {
    const shared = new Received<BusMessage>();
    const alone = new Received<BusMessage>();
    for (let member = 0; member < 3; member += 1) {
      await bus().subscribe("work", { group: "shared", from: "new" }, async (one) => shared.push(one));
    }
    await bus().subscribe("work", { group: "alone", from: "new" }, async (one) => alone.push(one));
    await publishMany(bus(), "work", 30);
    assert.deepEqual(bodies(await alone.atLeast(30)), numbers(0, 30));
    const seen = bodies(await shared.atLeast(30)).map(Number);
    assert.deepEqual(
      seen.toSorted((a, b) => a - b),
      numbers(0, 30),
    );
  });

  test("only the first of a group chooses where it begins", async () => {
    await publishMany(bus(), "work", 5);
    const first = new Received<BusMessage>();
    const gate = Promise.withResolvers<void>();
    const blocked = await bus().subscribe("work", { group: "g", from: "start" }, async (one) => {
      first.push(one);
      await gate.promise;
    });
    await first.atLeast(1);
    const rest = new Received<BusMessage>();
    await bus().subscribe("work", { group: "g", from: "new" }, async (one) => rest.push(one));
    const closed = blocked.close();
    gate.resolve();
    await closed;
    await bus().publish("work", { key: "k", body: 5 });
    const both = [...(await rest.atLeast(6 - first.all.length)), ...first.all].map((one) => Number(one.body));
    assert.deepEqual(
      both.toSorted((a, b) => a - b),
      numbers(0, 6),
    );
  });

  test("a group keeps its place while nobody is there", async () => {
    const before = new Received<BusMessage>();
    const member = await bus().subscribe("work", { group: "g", from: "new" }, async (one) =>
      before.push(one),
    );
    await publishMany(bus(), "work", 3);
    await before.atLeast(3);
    await member.close();
    await bus().publish("work", { key: "k", body: "meanwhile" });
    const after = new Received<BusMessage>();
    await bus().subscribe("work", { group: "g", from: "start" }, async (one) => after.push(one));
    await bus().publish("work", { key: "k", body: "then" });
    assert.deepEqual(bodies(await after.atLeast(2)), ["meanwhile", "then"]);
  });

  test("P4 a message that fails while its subscriber closes goes to another of the group", async () => {
    const first = new Received<BusMessage>();
    const gate = Promise.withResolvers<void>();
    const member = await bus().subscribe("work", { group: "g", from: "new" }, async (one) => {
      first.push(one);
      await gate.promise;
    });
    await bus().publish("work", { key: "k", body: "handed over" });
    await first.atLeast(1);
    const closed = member.close();
    gate.reject(new Error("shutting down"));
    await closed;
    const second = new Received<BusMessage>();
    await bus().subscribe("work", { group: "g", from: "new" }, async (one) => second.push(one));
    assert.deepEqual(bodies(await second.atLeast(1)), ["handed over"]);
  });
}

function testKeyOrder(bus: CurrentBus): void {
  test("messages of one key keep their order and never overlap within a group, failures included", async () => {
    const keys = ["a", "b", "c"];
    const busy = new Set<string>();
    const done = new Map<string, JsonValue[]>(keys.map((key) => [key, []]));
    const finished = new Received<BusMessage>();
    const failed = new Set<JsonValue>();
    const handle = async (one: BusMessage): Promise<void> => {
      assert.ok(!busy.has(one.key), `key ${one.key} is in two hands`);
      busy.add(one.key);
      await Promise.resolve();
      busy.delete(one.key);
      if (Number(one.body) % 4 === 0 && !failed.has(one.body)) {
        failed.add(one.body);
        throw new Error("not yet");
      }
      done.get(one.key)?.push(one.body);
      finished.push(one);
    };
    for (let member = 0; member < 4; member += 1) {
      await bus().subscribe("work", { group: "g", from: "new" }, handle);
    }
    for (const body of numbers(0, 45)) {
      await bus().publish("work", { key: keys[body % 3] ?? "a", body });
    }
    await finished.atLeast(45);
    for (const [index, key] of keys.entries()) {
      assert.deepEqual(
        done.get(key),
        numbers(0, 15).map((n) => n * 3 + index),
      );
    }
  });

  test("P4 a failed message comes again before the next of its key", async () => {
    const received = new Received<BusMessage>();
    let failures = 0;
    await bus().subscribe("news", { from: "new" }, async (one) => {
      received.push(one);
      if (one.body === 0 && failures++ < limits.deliveryLimit - 1) throw new Error("not yet");
    });
    await publishMany(bus(), "news", 2, "same");
    assert.deepEqual(bodies(await received.atLeast(limits.deliveryLimit + 1)), [
      ...Array<number>(limits.deliveryLimit).fill(0),
      1,
    ]);
    assert.deepEqual(await bus().deadLetters("news"), []);
  });
}

function testDeadLetters(bus: CurrentBus): void {
  for (const options of [{ from: "new" }, { group: "g", from: "new" }] as const) {
    const who = "group" in options ? "a group" : "a lone subscriber";
    test(`P8 for ${who}, a message that always fails is a dead letter, and the next follows`, async () => {
      const received = new Received<BusMessage>();
      let deadLettersThen: readonly BusMessage[] | undefined;
      await bus().subscribe("news", options, async (one) => {
        if (one.body === "poison") {
          received.push(one);
          throw new Error("never");
        }
        deadLettersThen = await bus().deadLetters("news");
        received.push(one);
      });
      await bus().publish("news", { key: "k", body: "poison" });
      await bus().publish("news", { key: "k", body: "next" });
      const all = await received.atLeast(limits.deliveryLimit + 1);
      assert.deepEqual(bodies(all), [...Array<string>(limits.deliveryLimit).fill("poison"), "next"]);
      assert.deepEqual(deadLettersThen, all.slice(0, 1));
      assert.deepEqual(await bus().deadLetters("other"), []);
    });
  }

  test("P8 dead letters are kept oldest first, up to the limit, the newest ones", async () => {
    const received = new Received<BusMessage>();
    await bus().subscribe("news", { from: "new" }, async (one) => {
      received.push(one);
      if (one.body !== "end") throw new Error("never");
    });
    await publishMany(bus(), "news", 6);
    await bus().publish("news", { key: "k", body: "end" });
    await received.atLeast(6 * limits.deliveryLimit + 1);
    assert.deepEqual(bodies(await bus().deadLetters("news")), [2, 3, 4, 5]);
  });
}

function testLimits(bus: CurrentBus): void {
  test("P8 a topic keeps its newest messages and forgets old ones", async () => {
    const offsets = await publishMany(bus(), "news", 1_000);
    const received = new Received<BusMessage>();
    await bus().subscribe("news", { from: "start" }, async (one) => received.push(one));
    await bus().publish("news", { key: "k", body: "end" });
    const after = new Received<BusMessage>();
    await bus().subscribe("news", { from: { after: offsets[998] ?? "" } }, async (one) => after.push(one));
    assert.deepEqual(bodies(await after.atLeast(2)), [999, "end"]);
    // Each reads at its own pace, and nobody knows how much the first one finds.
    const kept = bodies(await received.until((all) => all.at(-1)?.body === "end"));
    assert.ok(kept.length >= limits.keptMessages && kept.length < 1_000, `${kept.length} kept`);
    assert.deepEqual(kept, [...numbers(1_001 - kept.length, 1_000), "end"]);
  });

  test("P8 replay after an offset that is no longer kept begins with the oldest that is", async () => {
    const [oldest] = await publishMany(bus(), "news", 1_000);
    const received = new Received<BusMessage>();
    await bus().subscribe("news", { from: { after: oldest ?? "" } }, async (one) => received.push(one));
    const all = bodies(await received.until((some) => some.at(-1)?.body === 999));
    assert.ok(all.length >= limits.keptMessages && all.length < 1_000, `${all.length} kept`);
    assert.deepEqual(all, numbers(1_000 - all.length, 1_000));
  });

  test("P7 a topic without a name is refused", async () => {
    await assertCode(() => bus().publish("", { key: "k", body: 1 }), "INPUT_INVALID");
    await assertCode(() => bus().subscribe("", { from: "new" }, async () => {}), "INPUT_INVALID");
    await assertCode(
      () => bus().subscribe("news", { group: "", from: "new" }, async () => {}),
      "INPUT_INVALID",
    );
  });

  test("P7 a body that JSON cannot carry is refused", async () => {
    const cycle: Record<string, unknown> = {};
    Object.assign(cycle, { cycle });
    for (const body of [1n, cycle, undefined, () => 0, Number.NaN]) {
      await assertCode(() => bus().publish("news", { key: "k", body: body as JsonValue }), "OUTPUT_NOT_JSON");
    }
  });
}

function testClosing(bus: CurrentBus): void {
  test("closing a subscription waits for what is in hand, and takes no more", async () => {
    const received = new Received<BusMessage>();
    const gate = Promise.withResolvers<void>();
    let finished = 0;
    const subscription = await bus().subscribe("news", { from: "new" }, async (one) => {
      received.push(one);
      await gate.promise;
      finished += 1;
    });
    await publishMany(bus(), "news", 3);
    await received.atLeast(1);
    const closed = subscription.close().then(() => finished);
    gate.resolve();
    const finishedThen = await closed;
    assert.equal(finishedThen, received.all.length);
    const witness = new Received<BusMessage>();
    await bus().subscribe("news", { from: "start" }, async (one) => witness.push(one));
    await bus().publish("news", { key: "k", body: "after" });
    await witness.atLeast(4);
    assert.equal(received.all.length, finishedThen);
    await subscription.close();
  });

  test("closing the bus waits for all subscribers; then it answers BUS_CLOSED", async () => {
    const received = new Received<BusMessage>();
    const gate = Promise.withResolvers<void>();
    let finished = 0;
    for (const topic of ["one", "two"]) {
      await bus().subscribe(topic, { from: "new" }, async (message) => {
        received.push(message);
        await gate.promise;
        finished += 1;
      });
      await publishMany(bus(), topic, 1);
    }
    await received.atLeast(2);
    const closed = bus().close();
    gate.resolve();
    await closed;
    assert.equal(finished, 2);
    await bus().close();
    await assertCode(() => bus().publish("one", { key: "k", body: 1 }), "BUS_CLOSED");
    await assertCode(() => bus().subscribe("one", { from: "new" }, async () => {}), "BUS_CLOSED");
    await assertCode(() => bus().deadLetters("one"), "BUS_CLOSED");
  });
}
