/** Letters: sent once, read in the order of their ids until events stand for them (P1, P2). */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Letter } from "../ports/shared-store.ts";
import { letterIds as letterIdMaker } from "../shared/letter-id.ts";
import { loggedReport } from "./sample-log.ts";
import {
  allShards,
  beginLetter,
  createRun,
  key,
  letterIds,
  nextAppend,
  outcomeLetter,
  runsOfShards,
} from "./sample-offers.ts";
import { type CurrentSharedHost, instances } from "./shared-store-host.ts";

/** One of each kind. */
const letters: readonly Letter[] = [
  beginLetter("a"),
  outcomeLetter("b", key("map[3].opinion"), { up: 0.6, list: [1, null] }),
  {
    id: "c",
    runId: "run-1",
    body: {
      kind: "outcome",
      key: key("failing", "run-1", 4),
      outcome: {
        ok: false,
        error: { code: "AGENT_FAILED", message: "said nothing", retryable: true },
      },
      report: loggedReport(),
    },
  },
  {
    id: "d",
    runId: "run-1",
    body: { kind: "event", event: { type: "cancelRequested", at: 2_000, reason: "enough – genug" } },
  },
  {
    id: "e",
    runId: "run-1",
    body: {
      kind: "event",
      event: { type: "signalReceived", at: 2_000, signal: "prices", payload: { day: 7 } },
    },
  },
];

export function testLetters(host: CurrentSharedHost): void {
  describe("letters", () => {
    test("P1 what was sent is there for everybody, as it was written, in the order of the ids", async () => {
      const [store, other] = await instances(host(), 2);
      assert.ok(store && other);
      await store.sendLetters(letters.toReversed());
      const read = await other.readLetters({ shards: allShards, limit: 1_000, except: [] });
      assert.deepEqual(read, letters);
    });

    test("ids sort by their characters' codes, as those that are made here do", async () => {
      const { store } = host();
      const newLetterId = letterIdMaker();
      const made = Array.from({ length: 40 }, (_, index) =>
        newLetterId(1_763_800_000_000 + Math.floor(index / 2)),
      );
      const ids = [...made, "A", "a", "Z", "0", "a-b", "ab", "a b", "_"];
      await store.sendLetters(ids.map((id) => beginLetter(id)));
      assert.deepEqual(await letterIds(store), ids.toSorted());
    });

    test("up to the limit, without those that are not to be read again", async () => {
      const { store } = host();
      const ids = Array.from({ length: 20 }, (_, index) => `letter-${index + 10}`);
      await store.sendLetters(ids.map((id) => beginLetter(id)));
      const read = async (limit: number, except: readonly string[]) =>
        (await store.readLetters({ shards: allShards, limit, except })).map(({ id }) => id);
      assert.deepEqual(await read(3, []), ids.slice(0, 3));
      assert.deepEqual(await read(3, [...ids.slice(0, 5), "unknown"]), ids.slice(5, 8));
      assert.deepEqual(await read(1_000, ids), []);
      // As many as an orchestrator has in hand.
      const many = Array.from({ length: 4_000 }, (_, index) => `other-${index}`);
      assert.deepEqual(await read(2, [...many, ...ids.slice(0, 19)]), ids.slice(19));
    });

    test("only those to runs of the given shards", async () => {
      const { store } = host();
      const runs = runsOfShards(4);
      await store.sendLetters(runs.map(({ runId }) => beginLetter(runId, runId)));
      for (const { runId, shard } of runs) {
        const read = await store.readLetters({ shards: [shard], limit: 9, except: [] });
        assert.deepEqual(read, [beginLetter(runId, runId)]);
      }
      assert.deepEqual(await store.readLetters({ shards: [], limit: 9, except: [] }), []);
    });

    test("P2 sent again, it is the same letter: also in one call, and from several processes", async () => {
      const stores = await instances(host(), 3);
      await Promise.all(stores.map((store) => store.sendLetters([beginLetter("a"), beginLetter("b")])));
      await host().store.sendLetters([beginLetter("b"), beginLetter("c"), beginLetter("c")]);
      assert.deepEqual(await letterIds(host().store), ["a", "b", "c"]);
      await createRun(host().store);
      await host().store.append([
        nextAppend("run-1", { lettersSent: [beginLetter("a"), beginLetter("d"), beginLetter("d")] }),
      ]);
      assert.deepEqual(await letterIds(host().store), ["a", "b", "c", "d"]);
    });

    test("those that are dropped are gone; dropping the unknown harms nothing", async () => {
      const { store } = host();
      await store.sendLetters(["a", "b", "c"].map((id) => beginLetter(id)));
      await store.dropLetters(["b", "unknown", "b"]);
      await store.dropLetters([]);
      assert.deepEqual(await letterIds(store), ["a", "c"]);
    });

    test("P2 a letter that was dropped makes the append that would take it a conflict", async () => {
      const { store } = host();
      await createRun(store);
      await store.sendLetters([beginLetter("a")]);
      await store.dropLetters(["a"]);
      assert.deepEqual(await store.append([nextAppend("run-1", { lettersTaken: ["a"] })]), ["conflict"]);
    });

    test("to a run that there is none of, a letter stays until it is dropped", async () => {
      const { store } = host();
      await store.sendLetters([beginLetter("a", "nobody")]);
      await store.sendLetters([]);
      assert.deepEqual(await letterIds(store), ["a"]);
    });
  });
}
