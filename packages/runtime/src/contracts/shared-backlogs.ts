/** What is in flight in each pool, for whoever watches and for whoever scales. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  backAgain,
  claims,
  key,
  longMs,
  offerAll,
  outcomeLetter,
  sampleOffer,
  takenTasks,
} from "./sample-offers.ts";
import { type CurrentSharedHost, instances } from "./shared-store-host.ts";
import { untilTrue } from "./until-true.ts";

export function testBacklogs(host: CurrentSharedHost): void {
  describe("backlogs", () => {
    test("each pool in order, with what is claimed and what waits; a pool with nothing in flight is none", async () => {
      const [store, other] = await instances(host(), 2);
      assert.ok(store && other);
      assert.deepEqual(await store.listBacklogs(), []);
      const pools = { a: "quants", b: "quants", c: "quants", d: "analysts", e: "done" };
      const offers = Object.entries(pools).map(([task, pool]) => sampleOffer(key(task), { pool }));
      await store.ensureOffers(offers);
      await claims(other, "worker", [key("a"), key("d")]);
      await store.reportAttempts([outcomeLetter("1", key("e"))]);
      const listed = await store.listBacklogs();
      assert.deepEqual(
        listed.map(({ pool, claimed, waiting }) => ({ pool, claimed, waiting })),
        [
          { pool: "analysts", claimed: 1, waiting: 0 },
          { pool: "quants", claimed: 1, waiting: 2 },
        ],
      );
      assert.equal(listed[0]?.oldestAt, null);
      assert.notEqual(listed[1]?.oldestAt, null);
    });

    test("the oldest is the one that was offered first of those that wait", async () => {
      const { store } = host();
      const before = await store.now();
      await offerAll(store, [key("first")]);
      const between = await store.now();
      await untilTrue("time has gone by", async () => (await store.now()) > between + 5);
      await offerAll(store, [key("second")]);
      const after = await store.now();
      const [both] = await store.listBacklogs();
      assert.ok(both?.oldestAt && both.oldestAt >= before - 1 && both.oldestAt <= between + 1);
      await claims(store, "worker", [key("first")]);
      const [second] = await store.listBacklogs();
      assert.ok(second?.oldestAt && second.oldestAt > between + 1 && second.oldestAt <= after + 1);
    });

    test("a reason ends with the claim that follows, also when that worker falls silent", async () => {
      const { store } = host();
      await offerAll(store, [key("a")]);
      await claims(store, "worker", [key("a")]);
      await store.handBackAttempts("worker", [backAgain(key("a"), longMs, "nobody has the agent")]);
      await claims(store, "silent", [key("a")], 50);
      await untilTrue("it waits again", async () => (await takenTasks(store)).length === 1);
      const [backlog] = await store.listBacklogs();
      assert.deepEqual([backlog?.waiting, backlog?.reasons], [1, []]);
    });

    test("why some were handed back: each reason once, ten at most, until somebody takes them", async () => {
      const { store } = host();
      const keys = Array.from({ length: 14 }, (_, index) => key(`task-${index}`));
      await offerAll(store, keys);
      await claims(store, "worker", keys);
      assert.deepEqual((await store.listBacklogs())[0]?.reasons, []);
      const same = keys.slice(0, 4).map((one) => backAgain(one, longMs, "no worker has the agent “trend”"));
      const silent = [backAgain(key("task-4"), longMs)];
      await store.handBackAttempts("worker", [...same, ...silent]);
      assert.deepEqual((await store.listBacklogs())[0]?.reasons, ["no worker has the agent “trend”"]);
      await claims(store, "other", keys.slice(0, 4));
      assert.deepEqual((await store.listBacklogs())[0]?.reasons, []);
      const many = keys.slice(0, 4).map((one, index) => backAgain(one, longMs, `reason ${index}`));
      await store.handBackAttempts("other", many);
      const more = keys.slice(5).map((one, index) => backAgain(one, longMs, `another ${index}`));
      await store.handBackAttempts("worker", more);
      const reasons = (await store.listBacklogs())[0]?.reasons ?? [];
      assert.equal(reasons.length, 10);
      assert.equal(new Set(reasons).size, 10);
    });
  });
}
