/** What is due: messages that may be lost, and attempts whose worker is silent (P3, P4). */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SharedStore } from "../ports/shared-store.ts";
import {
  allShards,
  backAgain,
  claims,
  createRun,
  key,
  longMs,
  nextAppend,
  offerAll,
  runsOfShards,
  sampleOffer,
  takenTasks,
} from "./sample-offers.ts";
import { creation } from "./sample-runs.ts";
import { type CurrentSharedHost, instances } from "./shared-store-host.ts";
import { untilTrue } from "./until-true.ts";

const againInMs = 60;
/** Times are whole milliseconds. */
const roundingMs = 1;

export function testDueOffers(host: CurrentSharedHost): void {
  describe("what is due", () => {
    testTaking(host);
    testHurrying(host);
  });
}

function testTaking(host: CurrentSharedHost): void {
  test("messages come as they were offered, once until their time has come again", async () => {
    const { store } = host();
    const offers = [
      sampleOffer(key("b", "run-7", 7), { pool: "größer, \u{1f600}", priority: -3 }),
      sampleOffer(key("a"), { priority: Number.MAX_SAFE_INTEGER }),
    ];
    await store.ensureOffers(offers);
    const due = await store.takeDue({ shards: allShards, limit: 9, againInMs: longMs });
    const byTask = due.toSorted((left, right) => (left.task < right.task ? 1 : -1));
    assert.deepEqual(
      byTask,
      offers.map(({ message }) => message),
    );
    assert.deepEqual(await takenTasks(store), []);
  });

  test("what comes with events is not due at once: whoever stored them publishes it", async () => {
    const { store } = host();
    await store.append([{ ...creation("run-1"), outbox: { offers: [sampleOffer(key("new"))] } }]);
    assert.deepEqual(await takenTasks(store), []);
  });

  test("what has been due longest comes first, up to the limit", async () => {
    const { store } = host();
    const order = ["first", "second", "third"];
    const keys = order.map((task) => key(task));
    // Not in the order in which they were made.
    await offerAll(store, keys.toReversed());
    await claims(store, "worker", keys);
    for (const one of keys) {
      await store.handBackAttempts("worker", [backAgain(one)]);
      const after = await store.now();
      await untilTrue("time has gone by", async () => (await store.now()) > after + 2);
    }
    assert.deepEqual(await takenTasks(store, 2), ["first", "second"]);
    assert.deepEqual(await takenTasks(store, 2), ["third"]);
  });

  test("only what is of the given shards", async () => {
    const { store } = host();
    const runs = runsOfShards(4);
    await offerAll(
      store,
      runs.map(({ runId }) => key(runId, runId)),
    );
    const [first, second] = runs;
    assert.ok(first && second);
    const shards = [first.shard, second.shard];
    const due = await store.takeDue({ shards, limit: 9, againInMs: longMs });
    assert.deepEqual(due.map(({ runId }) => runId).toSorted(), [first.runId, second.runId].toSorted());
    assert.deepEqual(await store.takeDue({ shards: [], limit: 9, againInMs: longMs }), []);
    assert.equal((await takenTasks(store)).length, 2);
  });

  test("P4 callers at the same moment never take the same message", async () => {
    const stores = await instances(host(), 3);
    const keys = Array.from({ length: 120 }, (_, index) => key(`task-${index}`));
    await offerAll(host().store, keys);
    const taken: string[] = [];
    await untilTrue("all are taken", async () => {
      const callers = [...stores, ...stores];
      taken.push(...(await Promise.all(callers.map((store) => takenTasks(store, 11)))).flat());
      return taken.length >= keys.length;
    });
    assert.deepEqual(taken.toSorted(), keys.map(({ task }) => task).toSorted());
    assert.deepEqual(await takenTasks(host().store), []);
  });

  test("P8 it comes again after the given time, and then after twice as long each time; never before", async () => {
    const { store } = host();
    await offerAll(store, [key("a")]);
    const take = () => store.takeDue({ shards: allShards, limit: 9, againInMs });
    let lastTakenAfter = await store.now();
    assert.equal((await take()).length, 1);
    for (const waitMs of [againInMs, 2 * againInMs, 4 * againInMs]) {
      let askedAt = 0;
      await untilTrue("it is due again", async () => {
        askedAt = await store.now();
        return (await take()).length === 1;
      });
      const passed = (await store.now()) - lastTakenAfter;
      assert.ok(passed >= waitMs - roundingMs, `again within ${passed} ms instead of ${waitMs}`);
      lastTakenAfter = askedAt;
    }
  });

  test("P3 it never takes more than 64 times as long, and begins anew when all are hurried", async () => {
    const { store } = host();
    await offerAll(store, [key("a")]);
    const untilTaken = () =>
      untilTrue("it is due again", async () => {
        const due = await store.takeDue({ shards: allShards, limit: 9, againInMs: 1 });
        return due.length === 1;
      });
    // Twice as long each time would be minutes by now.
    for (let times = 0; times < 20; times += 1) await untilTaken();
    // A machine that stands still meanwhile says nothing: it is tried again.
    await untilTrue("it is due again soon", async () => {
      await store.hurry(allShards);
      await untilTaken();
      const before = await store.now();
      await untilTaken();
      return (await store.now()) - before < 32;
    });
  });

  test("what a worker has in hand is not due, until its lease has run out", async () => {
    const { store } = host();
    await offerAll(store, [key("silent"), key("busy")]);
    const before = await store.now();
    await claims(store, "worker", [key("busy")], longMs);
    await claims(store, "worker", [key("silent")], 100);
    let taken: readonly string[] = [];
    await untilTrue("the silent one is due", async () => {
      taken = await takenTasks(store);
      return taken.length > 0;
    });
    assert.deepEqual(taken, ["silent"]);
    assert.ok((await store.now()) - before >= 100 - roundingMs);
  });
}

/** Offers made, and none of them due. */
async function offerWaiting(store: SharedStore, tasks: readonly string[]): Promise<void> {
  await offerAll(
    store,
    tasks.map((task) => key(task)),
  );
  await takenTasks(store);
}

function testHurrying(host: CurrentSharedHost): void {
  test("P4 all that waits is due at once; what is claimed is untouched", async () => {
    const { store } = host();
    await createRun(store);
    await offerWaiting(store, ["published", "claimed", "handed back"]);
    await claims(store, "worker", [key("claimed"), key("handed back")]);
    await store.handBackAttempts("worker", [backAgain(key("handed back"), longMs)]);
    await store.append([nextAppend("run-1", { offers: [sampleOffer(key("with events"))] })]);
    assert.deepEqual(await takenTasks(store), []);
    await store.hurry(allShards);
    assert.deepEqual((await takenTasks(store)).toSorted(), ["handed back", "published", "with events"]);
    assert.deepEqual(await store.renewAttempts("worker", longMs, [key("claimed")]), [true]);
  });

  test("P3 of recent ones only those that were made or taken in the given time", async () => {
    const { store } = host();
    await offerWaiting(store, ["old"]);
    const madeAt = await store.now();
    await untilTrue("it is old", async () => (await store.now()) > madeAt + 300);
    await offerWaiting(store, ["new"]);
    // Old is what was made more than 300 ms ago: less than that has to pass here, or it is tried again.
    const before = await store.now();
    await store.hurry(allShards, 300);
    const taken = await takenTasks(store);
    assert.ok(!taken.includes("old"));
    if ((await store.now()) - before < 200) assert.deepEqual(taken, ["new"]);
    await store.hurry(allShards, longMs);
    const takenAt = await store.now();
    assert.deepEqual((await takenTasks(store)).toSorted(), ["new", "old"]);
    // Whoever took them may have died before their messages were published.
    await store.hurry(allShards, 300);
    if ((await store.now()) - takenAt < 300) {
      assert.deepEqual((await takenTasks(store)).toSorted(), ["new", "old"]);
    }
  });

  test("only what is of the given shards", async () => {
    const { store } = host();
    const runs = runsOfShards(3);
    await offerAll(
      store,
      runs.map(({ runId }) => key(runId, runId)),
    );
    await takenTasks(store);
    await store.hurry([]);
    assert.deepEqual(await takenTasks(store), []);
    const [first] = runs;
    assert.ok(first);
    await store.hurry([first.shard]);
    assert.deepEqual(await takenTasks(store), [first.runId]);
  });
}
