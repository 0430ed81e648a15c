/** Calls of an agent with a limit are spaced evenly among all workers of all processes. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ClaimAnswer, SharedStore } from "../ports/shared-store.ts";
import { claims, key, longMs, sampleOffer, takenTasks } from "./sample-offers.ts";
import { type CurrentSharedHost, instances } from "./shared-store-host.ts";
import { untilTrue } from "./until-true.ts";

/** One call each 60 ms. */
const rateLimit = { calls: 5, perMs: 300 };
const spacingMs = 60;
/** Times are whole milliseconds. */
const roundingMs = 1;

interface Grant {
  /** By the store's time, which lay in between when it was granted. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** Claims until it is granted, each time as soon as it was told. */
async function claimInTime(store: SharedStore, task: string): Promise<Grant> {
  for (;;) {
    const askedAt = await store.now();
    const [answer = null] = await store.claimAttempts(`worker of ${task}`, longMs, [key(task)]);
    assert.ok(answer !== null);
    if ("request" in answer) return { askedAt, answeredAt: await store.now() };
    await untilPassed(store, answer.againInMs);
  }
}

async function untilPassed(store: SharedStore, periodMs: number): Promise<void> {
  const until = (await store.now()) + periodMs;
  await untilTrue("the time has passed", async () => (await store.now()) >= until);
}

function againInMs(answer: ClaimAnswer | undefined): number {
  assert.ok(answer && "againInMs" in answer, JSON.stringify(answer));
  return answer.againInMs;
}

export function testRateLimits(host: CurrentSharedHost): void {
  describe("rate limits", () => {
    test("P8 calls of one agent lie the stated time apart, whichever process they are claimed through", async () => {
      const stores = await instances(host(), 3);
      const tasks = Array.from({ length: 6 }, (_, index) => `task-${index}`);
      await host().store.ensureOffers(tasks.map((task) => sampleOffer(key(task), { rateLimit })));
      const grants = await Promise.all(
        tasks.map((task, index) => claimInTime(stores[index % stores.length] ?? host().store, task)),
      );
      // Of two calls, whichever was first, the time from before the one until after the other is at least their distance.
      for (const [index, one] of grants.entries()) {
        for (const other of grants.slice(index + 1)) {
          const most = Math.max(one.answeredAt, other.answeredAt) - Math.min(one.askedAt, other.askedAt);
          assert.ok(most >= spacingMs - roundingMs, `two calls within ${most} ms`);
        }
      }
      const inAll =
        Math.max(...grants.map((one) => one.answeredAt)) - Math.min(...grants.map((one) => one.askedAt));
      assert.ok(
        inAll >= (tasks.length - 1) * spacingMs - roundingMs,
        `${tasks.length} calls within ${inAll} ms`,
      );
    });

    test("who waits for as long as it is told, and is alone, is granted its next claim", async () => {
      const { store } = host();
      await store.ensureOffers(["a", "b", "c"].map((task) => sampleOffer(key(task), { rateLimit })));
      await claimInTime(store, "a");
      for (const task of ["b", "c"]) {
        const [answer] = await store.claimAttempts("worker", longMs, [key(task)]);
        // A machine that stands still meanwhile is told nothing.
        if (answer && "request" in answer) continue;
        const told = againInMs(answer);
        assert.ok(told > 0 && told <= spacingMs + roundingMs, `${told} ms`);
        await untilPassed(store, told);
        assert.deepEqual(await claims(store, "worker", [key(task)]), ["granted"]);
      }
    });

    test("of several claims in one call one is granted; the others wait, in nobody's hands", async () => {
      const { store } = host();
      const slow = { calls: 1, perMs: 200 };
      const keys = ["a", "b", "c"].map((task) => key(task));
      await store.ensureOffers(keys.map((one) => sampleOffer(one, { rateLimit: slow })));
      let answers: readonly string[] = [];
      await untilTrue("a call may be made", async () => {
        answers = await claims(store, "worker", keys);
        return answers.includes("granted");
      });
      assert.deepEqual(answers.toSorted(), ["granted", "later", "later"]);
      const isHeld = await store.renewAttempts("worker", longMs, keys);
      assert.deepEqual(
        isHeld,
        answers.map((answer) => answer === "granted"),
      );
    });

    test("a refused claim is told what is left of the interval", async () => {
      const { store } = host();
      const rare = { calls: 1, perMs: longMs };
      const before = await store.now();
      await store.ensureOffers(["a", "b"].map((task) => sampleOffer(key(task), { rateLimit: rare })));
      await store.claimAttempts("worker", longMs, [key("a")]);
      const [answer] = await store.claimAttempts("worker", longMs, [key("b")]);
      const told = againInMs(answer);
      const passed = (await store.now()) - before;
      assert.ok(told <= longMs + roundingMs && told >= longMs - passed - roundingMs, `${told} ms`);
    });

    test("P8 one that was told when to come again is not due before that", async () => {
      const { store } = host();
      const rare = { calls: 1, perMs: longMs };
      await store.ensureOffers(["a", "b", "c"].map((task) => sampleOffer(key(task), { rateLimit: rare })));
      const answers = await claims(store, "worker", [key("a"), key("b")]);
      assert.ok(answers.includes("later"));
      assert.deepEqual(await takenTasks(store), ["c"]);
    });

    test("each agent has its own, and one without a limit none", async () => {
      const { store } = host();
      const rare = { calls: 1, perMs: longMs };
      const offers = [
        sampleOffer(key("rare"), { agent: "rare", rateLimit: rare }),
        sampleOffer(key("other"), { agent: "other", rateLimit: { calls: 1_000, perMs: 1 } }),
        ...["x", "y", "z"].map((task) => sampleOffer(key(task), { agent: "free" })),
      ];
      await store.ensureOffers(offers);
      assert.deepEqual(
        await claims(
          store,
          "worker",
          ["x", "y", "z"].map((task) => key(task)),
        ),
        ["granted", "granted", "granted"],
      );
      await untilTrue("the other agent may be called", async () => {
        const [answer] = await claims(store, "worker", [key("other")]);
        return answer === "granted";
      });
    });

    test("a claim of what is not wanted, or another's, uses no call up", async () => {
      const { store } = host();
      const keys = [key("theirs"), key("mine")];
      await store.ensureOffers(keys.map((one) => sampleOffer(one, { rateLimit })));
      await claimInTime(store, "theirs");
      assert.deepEqual(await claims(store, "worker", [key("theirs"), key("unknown")]), ["no", "no"]);
      await untilPassed(store, spacingMs);
      assert.deepEqual(await claims(store, "worker", [key("theirs"), key("mine")]), ["no", "granted"]);
    });
  });
}
