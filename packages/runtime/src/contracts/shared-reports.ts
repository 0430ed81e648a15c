/** Reports: an outcome ends its offer and is a letter to its run, both durable together (P1, P2). */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  allShards,
  claims,
  createRun,
  key,
  letterIds,
  longMs,
  nextAppend,
  offerAll,
  outcomeLetter,
  takenTasks,
} from "./sample-offers.ts";
import { type CurrentSharedHost, instances } from "./shared-store-host.ts";

export function testReports(host: CurrentSharedHost): void {
  describe("reports", () => {
    test("P1 when it resolves the offer is gone and the letter there, as it was written, for everybody", async () => {
      const [store, other] = await instances(host(), 2);
      assert.ok(store && other);
      const keys = [key("a"), key("b"), key("c")];
      await offerAll(store, keys);
      await claims(store, "worker", keys);
      const letters = [outcomeLetter("2", key("a"), { up: 0.6 }), outcomeLetter("1", key("b"), null)];
      await store.reportAttempts(letters);
      assert.deepEqual(
        await other.readLetters({ shards: allShards, limit: 9, except: [] }),
        letters.toReversed(),
      );
      assert.deepEqual(await other.renewAttempts("worker", longMs, keys), [false, false, true]);
    });

    test("P2 reported again under the same id, it is one letter", async () => {
      const stores = await instances(host(), 2);
      await offerAll(host().store, [key("a")]);
      const letter = outcomeLetter("1", key("a"));
      await Promise.all(stores.map((store) => store.reportAttempts([letter])));
      await host().store.reportAttempts([letter]);
      assert.deepEqual(await letterIds(host().store), ["1"]);
    });

    test("E10 a report of what is no longer on offer still gives its letter: the run decides what it is worth", async () => {
      const { store } = host();
      await createRun(store);
      await offerAll(store, [key("withdrawn"), key("theirs")]);
      await store.append([nextAppend("run-1", { withdrawals: [{ task: "withdrawn", attempt: 1 }] })]);
      const stale = ["withdrawn", "never"].map((task) => outcomeLetter(task, key(task)));
      await store.reportAttempts(stale);
      assert.deepEqual(await letterIds(store), ["never", "withdrawn"]);
    });

    test("the offer ends whoever has it, and whether it was claimed or is due", async () => {
      const { store } = host();
      const keys = [key("theirs"), key("unclaimed"), key("left")];
      await offerAll(store, keys);
      await claims(store, "other", [key("theirs")]);
      await store.reportAttempts([outcomeLetter("1", key("theirs")), outcomeLetter("2", key("unclaimed"))]);
      assert.deepEqual(await store.renewAttempts("other", longMs, [key("theirs")]), [false]);
      assert.deepEqual(await takenTasks(store), ["left"]);
    });

    test("E10 another attempt of the same task stays on offer", async () => {
      const { store } = host();
      const second = key("a", "run-1", 2);
      await offerAll(store, [key("a"), second, key("a", "run-2")]);
      await store.reportAttempts([outcomeLetter("1", key("a"))]);
      assert.deepEqual(await claims(store, "worker", [key("a"), second, key("a", "run-2")]), [
        "no",
        "granted",
        "granted",
      ]);
    });

    test("P2 two workers that report the same attempt at the same moment leave both letters and no offer", async () => {
      const stores = await instances(host(), 2);
      const keys = Array.from({ length: 20 }, (_, index) => key(`task-${index}`));
      await offerAll(host().store, keys);
      // In opposite orders, so that rows are locked in opposite orders too.
      await Promise.all(
        stores.map((store, by) => {
          const order = by === 0 ? keys : keys.toReversed();
          return store.reportAttempts(order.map((one) => outcomeLetter(`${one.task} by ${by}`, one)));
        }),
      );
      assert.equal((await letterIds(host().store)).length, 2 * keys.length);
      assert.deepEqual(await takenTasks(host().store), []);
    });

    test("no reports are no letters", async () => {
      const { store } = host();
      await store.reportAttempts([]);
      assert.deepEqual(await letterIds(store), []);
    });
  });
}
