/** An append and what changes with it: all of it or nothing, in a batch with others that are stored or not. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { AttemptKey, SharedAppend, SharedStore } from "../ports/shared-store.ts";
import { assertCode } from "./assert-code.ts";
import {
  beginLetter,
  claims,
  createRun,
  key,
  letterIds,
  nextAppend,
  offerAll,
  sampleOffer,
} from "./sample-offers.ts";
import { createRuns, creation, started, succeeded } from "./sample-runs.ts";
import { type CurrentSharedHost, instances } from "./shared-store-host.ts";

/** Which of the attempts are on offer. Whoever asks has them then. */
async function offered(store: SharedStore, keys: readonly AttemptKey[]): Promise<readonly string[]> {
  const answers = await claims(store, "looking", keys);
  return keys.filter((_, index) => answers[index] === "granted").map(({ task }) => task);
}

export function testSharedAppends(host: CurrentSharedHost): void {
  describe("appends with what goes along", () => {
    test("offers, withdrawals, letters taken and letters sent come with the events", async () => {
      const { store } = host();
      await createRuns(store, ["run-1", "run-2"]);
      await store.sendLetters([beginLetter("b"), beginLetter("c")]);
      await offerAll(store, [key("old"), key("kept")]);
      const outbox = {
        offers: [sampleOffer(key("new")), sampleOffer(key("newer"))],
        withdrawals: [{ task: "old", attempt: 1 }],
        lettersTaken: ["b"],
        lettersSent: [beginLetter("a", "run-2"), beginLetter("d")],
      };
      assert.deepEqual(await store.append([nextAppend("run-1", outbox)]), ["stored"]);
      assert.deepEqual(await store.readEvents("run-1"), [started(), succeeded("at 1", 1)]);
      assert.deepEqual(await letterIds(store), ["a", "c", "d"]);
      const keys = [key("old"), key("kept"), key("new"), key("newer")];
      assert.deepEqual(await offered(store, keys), ["kept", "new", "newer"]);
    });

    test("they come with the creation of a run, and go with an append that has no events", async () => {
      const { store } = host();
      const outbox = { offers: [sampleOffer(key("first"))], lettersSent: [beginLetter("a")] };
      assert.deepEqual(await store.append([{ ...creation("run-1"), outbox }]), ["stored"]);
      const taking = { runId: "run-1", fromSeq: 1, events: [], outbox: { lettersTaken: ["a"] } };
      assert.deepEqual(await store.append([taking]), ["stored"]);
      assert.deepEqual(await letterIds(store), []);
      assert.deepEqual(await offered(store, [key("first")]), ["first"]);
    });

    test("P2 a conflict changes nothing of what would have gone along", async () => {
      const { store } = host();
      await createRun(store);
      await store.append([nextAppend("run-1", {})]);
      await store.sendLetters([beginLetter("a")]);
      await offerAll(store, [key("there")]);
      const outbox = {
        offers: [sampleOffer(key("new"))],
        withdrawals: [{ task: "there", attempt: 1 }],
        lettersTaken: ["a"],
        lettersSent: [beginLetter("b")],
      };
      const late: readonly SharedAppend[] = [
        nextAppend("run-1", outbox),
        { ...creation("run-1"), outbox },
        nextAppend("nobody", outbox, 0),
      ];
      assert.deepEqual(await store.append(late), ["conflict", "conflict", "conflict"]);
      assert.deepEqual(await letterIds(store), ["a"]);
      assert.deepEqual(await offered(store, [key("there"), key("new")]), ["there"]);
    });

    test("P2 a letter that is gone makes a conflict, and the others of the batch are stored", async () => {
      const { store } = host();
      await createRuns(store, ["run-1", "run-2", "run-3", "run-4"]);
      await store.sendLetters([beginLetter("b", "run-2"), beginLetter("d", "run-4")]);
      const outcomes = await store.append([
        nextAppend("run-1", { lettersSent: [beginLetter("x", "run-1")] }),
        nextAppend("run-2", {
          lettersTaken: ["b", "gone"],
          offers: [sampleOffer(key("wrong", "run-2"))],
          lettersSent: [beginLetter("y", "run-2")],
        }),
        nextAppend("run-3", { lettersTaken: ["never was"] }),
        nextAppend("run-4", { lettersTaken: ["d"], offers: [sampleOffer(key("right", "run-4"))] }),
      ]);
      assert.deepEqual(outcomes, ["stored", "conflict", "conflict", "stored"]);
      assert.deepEqual(await letterIds(store), ["b", "x"]);
      const events = await Promise.all(["run-1", "run-2", "run-3", "run-4"].map((id) => store.getRun(id)));
      assert.deepEqual(
        events.map((header) => header?.events),
        [2, 1, 1, 2],
      );
      assert.deepEqual(await offered(store, [key("wrong", "run-2"), key("right", "run-4")]), ["right"]);
    });

    test("P2 after a letter that is gone, what would have followed in its run is a conflict too", async () => {
      const { store } = host();
      await createRun(store);
      const outcomes = await store.append([
        nextAppend("run-1", { lettersTaken: ["gone"] }),
        nextAppend("run-1", { lettersSent: [beginLetter("after")] }, 2),
      ]);
      assert.deepEqual(outcomes, ["conflict", "conflict"]);
      assert.deepEqual(await letterIds(store), []);
      assert.equal((await store.getRun("run-1"))?.events, 1);
    });

    test("P2 of two appends that take the same letter one is stored: in a batch, the first", async () => {
      const { store } = host();
      await createRuns(store, ["run-1", "run-2"]);
      await store.sendLetters([beginLetter("a")]);
      const both = ["run-1", "run-2"].map((runId) => nextAppend(runId, { lettersTaken: ["a"] }));
      assert.deepEqual(await store.append(both), ["stored", "conflict"]);
    });

    test("P2 of many that take the same letter at the same moment, exactly one does", async () => {
      const stores = await instances(host(), 3);
      const runIds = Array.from({ length: 12 }, (_, index) => `run-${index}`);
      await createRuns(host().store, runIds);
      for (const round of [1, 2, 3, 4, 5]) {
        const letter = `letter-${round}`;
        await host().store.sendLetters([beginLetter(letter)]);
        const outcomes = await Promise.all(
          runIds.map(async (runId, index) => {
            const fromSeq = (await stores[0]?.getRun(runId))?.events ?? 0;
            const store = stores[index % stores.length];
            return store?.append([nextAppend(runId, { lettersTaken: [letter] }, fromSeq)]);
          }),
        );
        assert.equal(outcomes.filter((outcome) => outcome?.[0] === "stored").length, 1, letter);
        assert.deepEqual(await letterIds(host().store), []);
      }
    });

    test("P2 of two at the same place in a run, what goes along with one is there, and nothing of the other", async () => {
      const stores = await instances(host(), 2);
      await createRun(host().store);
      const names: string[] = [];
      for (let seq = 1; seq <= 10; seq += 1) {
        const outcomes = await Promise.all(
          stores.map((store, index) => {
            const name = `${seq} by ${index}`;
            const outbox = { offers: [sampleOffer(key(name))], lettersSent: [beginLetter(name)] };
            return store.append([nextAppend("run-1", outbox, seq)]);
          }),
        );
        assert.deepEqual(outcomes.flat().toSorted(), ["conflict", "stored"]);
        names.push(`${seq} by ${outcomes.findIndex(([outcome]) => outcome === "stored")}`);
      }
      assert.deepEqual(await letterIds(host().store), names.toSorted());
      const all = names.flatMap((name) => [
        key(name),
        key(name.endsWith("0") ? `${name.slice(0, -1)}1` : `${name.slice(0, -1)}0`),
      ]);
      assert.deepEqual((await offered(host().store, all)).toSorted(), names.toSorted());
    });

    test("P7 a malformed append is refused with all of its batch, and nothing goes along", async () => {
      const { store } = host();
      await createRun(store);
      await store.sendLetters([beginLetter("a")]);
      const outbox = {
        offers: [sampleOffer(key("new"))],
        lettersTaken: ["a"],
        lettersSent: [beginLetter("b")],
      };
      const batch = [nextAppend("run-1", outbox), nextAppend("run-1", {}, -1)];
      await assertCode(() => store.append(batch), "INPUT_INVALID");
      assert.deepEqual(await letterIds(store), ["a"]);
      assert.deepEqual(await offered(store, [key("new")]), []);
      assert.deepEqual(await store.readEvents("run-1"), [started()]);
    });

    test("P1 what went along is there for others when the append resolves", async () => {
      const [store, other] = await instances(host(), 2);
      assert.ok(store && other);
      const outbox = { offers: [sampleOffer(key("first"))], lettersSent: [beginLetter("a")] };
      await store.append([{ ...creation("run-1"), outbox }]);
      assert.deepEqual(await letterIds(other), ["a"]);
      assert.deepEqual(await offered(other, [key("first")]), ["first"]);
    });

    test("empty lists change nothing", async () => {
      const { store } = host();
      await createRun(store);
      const outbox = { offers: [], withdrawals: [], lettersTaken: [], lettersSent: [] };
      assert.deepEqual(await store.append([nextAppend("run-1", outbox)]), ["stored"]);
      assert.deepEqual(await store.append([]), []);
    });

    test("withdrawing what was never offered harms nothing", async () => {
      const { store } = host();
      await createRun(store);
      const withdrawals = [{ task: "never", attempt: 3 }];
      assert.deepEqual(await store.append([nextAppend("run-1", { withdrawals })]), ["stored"]);
    });

    test("E11 a withdrawal ends the offer under its token only, also in a worker's hands", async () => {
      const { store } = host();
      await createRun(store);
      const attempts = [1, 2].map((attempt) => key("again", "run-1", attempt));
      await offerAll(store, attempts);
      assert.deepEqual(await claims(store, "worker", attempts), ["granted", "granted"]);
      await store.append([nextAppend("run-1", { withdrawals: [{ task: "again", attempt: 1 }] })]);
      assert.deepEqual(await store.renewAttempts("worker", 60_000, attempts), [false, true]);
    });
  });
}
