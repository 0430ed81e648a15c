/** Claims: an attempt is in one worker's hands at a time, for as long as it says so (E10, P2). */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  backAgain,
  claims,
  createRun,
  key,
  longMs,
  nextAppend,
  offerAll,
  outcomeLetter,
  sampleOffer,
  takenTasks,
} from "./sample-offers.ts";
import { createRuns } from "./sample-runs.ts";
import { type CurrentSharedHost, instances } from "./shared-store-host.ts";
import { untilTrue } from "./until-true.ts";

const shortMs = 80;

export function testClaims(host: CurrentSharedHost): void {
  describe("claims", () => {
    testGranting(host);
    testLeases(host);
    testHandingBack(host);
  });
}

function testGranting(host: CurrentSharedHost): void {
  test("what is claimed is the request as it was offered, answers in the order of the keys", async () => {
    const { store } = host();
    const offers = ["b", "a", "c"].map((task) => sampleOffer(key(task), { input: { of: task } }));
    await store.ensureOffers(offers);
    const keys = [key("c"), key("unknown"), key("a"), key("b"), key("a", "run-1", 2), key("a", "run-2")];
    const [c, , a, b] = [offers[2], null, offers[1], offers[0]].map(
      (offer) => offer && { request: offer.request },
    );
    assert.deepEqual(await store.claimAttempts("worker", longMs, keys), [c, null, a, b, null, null]);
    assert.deepEqual(await store.claimAttempts("worker", longMs, []), []);
  });

  test("P2 among many claimants of several processes, exactly one is granted each attempt", async () => {
    const stores = await instances(host(), 3);
    const keys = Array.from({ length: 40 }, (_, index) => key(`task-${index}`));
    await offerAll(host().store, keys);
    const claimants = Array.from({ length: 12 }, (_, index) => {
      const store = stores[index % stores.length] ?? host().store;
      // In different orders, as messages come.
      const wanted = keys.map((_, place) => keys[(place * 7 + index * 3) % keys.length] ?? key("none"));
      return { store, worker: `worker-${index}`, wanted };
    });
    const answers = await Promise.all(
      claimants.map(async ({ store, worker, wanted }) => {
        const answered = await claims(store, worker, wanted);
        return wanted.filter((_, place) => answered[place] === "granted").map(({ task }) => task);
      }),
    );
    assert.deepEqual(answers.flat().toSorted(), keys.map(({ task }) => task).toSorted());
  });

  test("P2 one attempt, claimed by all at once, again and again, is granted once each time", async () => {
    const stores = await instances(host(), 3);
    for (let round = 0; round < 10; round += 1) {
      const wanted = [key(`round-${round}`)];
      await offerAll(host().store, wanted);
      const answers = await Promise.all(
        Array.from({ length: 9 }, (_, index) =>
          claims(stores[index % stores.length] ?? host().store, `worker-${index}`, wanted),
        ),
      );
      assert.equal(answers.flat().filter((answer) => answer === "granted").length, 1);
    }
  });

  test("the worker that has it may claim it again; nobody else", async () => {
    const { store } = host();
    await offerAll(store, [key("a")]);
    assert.deepEqual(await claims(store, "worker", [key("a")]), ["granted"]);
    assert.deepEqual(await claims(store, "other", [key("a")]), ["no"]);
    assert.deepEqual(await claims(store, "worker", [key("a")]), ["granted"]);
  });

  test("E11 what was withdrawn or reported is not granted, and not renewed", async () => {
    const { store } = host();
    await createRuns(store, ["run-1"]);
    const keys = [key("withdrawn"), key("reported"), key("left")];
    await offerAll(store, keys);
    await claims(store, "worker", keys);
    await store.append([nextAppend("run-1", { withdrawals: [{ task: "withdrawn", attempt: 1 }] })]);
    await store.reportAttempts([outcomeLetter("a", key("reported"))]);
    assert.deepEqual(await store.renewAttempts("worker", longMs, keys), [false, false, true]);
    assert.deepEqual(await claims(store, "worker", keys), ["no", "no", "granted"]);
  });

  test("offering again what is there changes nothing of it, whoever has it", async () => {
    const { store } = host();
    const first = sampleOffer(key("a"), { input: "first" });
    const made = await store.ensureOffers([first, sampleOffer(key("b"))]);
    assert.deepEqual(made.map(({ task }) => task).toSorted(), ["a", "b"]);
    await claims(store, "worker", [key("a")]);
    const again = [sampleOffer(key("c")), sampleOffer(key("a"), { input: "second" }), sampleOffer(key("b"))];
    assert.deepEqual(await store.ensureOffers(again), [key("c")]);
    assert.deepEqual(await claims(store, "other", [key("a")]), ["no"]);
    assert.deepEqual(await store.claimAttempts("worker", longMs, [key("a")]), [{ request: first.request }]);
    assert.deepEqual(await store.ensureOffers([]), []);
  });

  test("P3 what was outstanding by events that are not all of the run's any more is left out", async () => {
    const { store } = host();
    await createRun(store);
    await createRun(store, "run-2");
    const read = [sampleOffer(key("a")), sampleOffer(key("b", "run-2"))].map((offer) => ({
      ...offer,
      events: 1,
    }));
    await store.append([nextAppend("run-1", {})]);
    assert.deepEqual(await store.ensureOffers([...read, sampleOffer(key("c"))]), [
      key("b", "run-2"),
      key("c"),
    ]);
    assert.deepEqual(await store.ensureOffers([{ ...sampleOffer(key("d", "run-3")), events: 1 }]), []);
  });

  test("P4 offers that several ensure at the same moment are made once", async () => {
    const stores = await instances(host(), 3);
    const offers = Array.from({ length: 20 }, (_, index) => sampleOffer(key(`task-${index}`)));
    const made = await Promise.all(stores.map((store) => store.ensureOffers(offers)));
    assert.deepEqual(
      made
        .flat()
        .map(({ task }) => task)
        .toSorted(),
      offers.map(({ message }) => message.task).toSorted(),
    );
  });
}

function testLeases(host: CurrentSharedHost): void {
  test("P3 a lease that has run out goes to who claims next, and is lost to who had it", async () => {
    const { store } = host();
    await offerAll(store, [key("a")]);
    await claims(store, "silent", [key("a")], shortMs);
    await untilTrue("another worker has it", async () => {
      const [answer] = await claims(store, "other", [key("a")]);
      return answer === "granted";
    });
    assert.deepEqual(await store.renewAttempts("silent", longMs, [key("a")]), [false]);
    assert.deepEqual(await claims(store, "silent", [key("a")]), ["no"]);
    assert.deepEqual(await store.renewAttempts("other", longMs, [key("a")]), [true]);
  });

  test("what is renewed stays, though its first lease has long run out", async () => {
    const { store } = host();
    await offerAll(store, [key("a")]);
    await takenTasks(store);
    const begun = await store.now();
    await untilTrue("it is renewed in time", async () => {
      await claims(store, "worker", [key("a")], shortMs);
      const [isHeld] = await store.renewAttempts("worker", longMs, [key("a")]);
      return isHeld === true;
    });
    await untilTrue("the short lease has run out", async () => (await store.now()) > begun + 2 * shortMs);
    assert.deepEqual(await claims(store, "other", [key("a")]), ["no"]);
    assert.deepEqual(await takenTasks(store), []);
  });

  test("each renewal is answered in order, for the worker that asks only", async () => {
    const { store } = host();
    const keys = [key("a"), key("b"), key("c")];
    await offerAll(store, keys);
    await claims(store, "worker", [key("a"), key("c")]);
    await claims(store, "other", [key("b")]);
    const asked = [key("c"), key("b"), key("unknown"), key("a")];
    assert.deepEqual(await store.renewAttempts("worker", longMs, asked), [true, false, false, true]);
    assert.deepEqual(await store.renewAttempts("nobody", longMs, asked), [false, false, false, false]);
    assert.deepEqual(await store.renewAttempts("worker", longMs, []), []);
  });

  test("P3 what was given out again as due is lost to the worker that was silent", async () => {
    const { store } = host();
    await offerAll(store, [key("a")]);
    await takenTasks(store);
    await claims(store, "silent", [key("a")], shortMs);
    await untilTrue("it is due again", async () => (await takenTasks(store)).length === 1);
    assert.deepEqual(await store.renewAttempts("silent", longMs, [key("a")]), [false]);
    assert.deepEqual(await claims(store, "other", [key("a")]), ["granted"]);
  });
}

function testHandingBack(host: CurrentSharedHost): void {
  test("what a worker hands back, others may have at once, whenever its message comes", async () => {
    const { store } = host();
    const keys = [key("now"), key("later")];
    await offerAll(store, keys);
    await claims(store, "worker", keys);
    await store.handBackAttempts("worker", [backAgain(key("now")), backAgain(key("later"), longMs)]);
    assert.deepEqual(await takenTasks(store), ["now"]);
    assert.deepEqual(await store.renewAttempts("worker", longMs, keys), [false, false]);
    assert.deepEqual(await claims(store, "other", keys), ["granted", "granted"]);
  });

  test("what it does not hold is passed over", async () => {
    const { store } = host();
    const keys = [key("theirs"), key("free"), key("mine")];
    await offerAll(store, keys);
    await takenTasks(store);
    await claims(store, "other", [key("theirs")]);
    await claims(store, "worker", [key("mine")]);
    await store.handBackAttempts(
      "worker",
      [...keys, key("unknown")].map((one) => backAgain(one)),
    );
    assert.deepEqual(await takenTasks(store), ["mine"]);
    assert.deepEqual(await store.renewAttempts("other", longMs, [key("theirs")]), [true]);
    await store.handBackAttempts("worker", []);
  });

  test("after its time, and not before, what was handed back is due", async () => {
    const { store } = host();
    await offerAll(store, [key("a")]);
    await claims(store, "worker", [key("a")]);
    const before = await store.now();
    await store.handBackAttempts("worker", [backAgain(key("a"), 150)]);
    await untilTrue("it is due", async () => (await takenTasks(store)).length === 1);
    const passed = (await store.now()) - before;
    assert.ok(passed >= 149, `after ${passed} ms`);
  });
}
