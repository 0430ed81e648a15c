/** The runs under way of one shard, page by page: what an orchestrator takes over. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SharedStore } from "../ports/shared-store.ts";
import { shardOf } from "../shared/shard-of.ts";
import { allShards, runsOfShards } from "./sample-offers.ts";
import { childCreation, createRuns, settlement, succeeded } from "./sample-runs.ts";
import { type CurrentSharedHost, instances } from "./shared-store-host.ts";

async function pages(
  store: SharedStore,
  shard: number,
  limit: number,
): Promise<readonly (readonly string[])[]> {
  const found: (readonly string[])[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await store.listUnsettled(shard, cursor === undefined ? { limit } : { limit, cursor });
    found.push(page.runs.map(({ runId }) => runId));
    cursor = page.nextCursor;
  }
  return found;
}

/** Ids that all belong to the shard of the first. */
function idsOfOneShard(count: number): readonly string[] {
  const ids: string[] = [];
  for (let index = 0; ids.length < count; index += 1) {
    const id = `same-${index}`;
    if (shardOf(id) === shardOf("same-0")) ids.push(id);
  }
  return ids;
}

export function testUnsettledRuns(host: CurrentSharedHost): void {
  describe("unsettled runs", () => {
    test("each is in its shard, with its header, and in no other", async () => {
      const { store } = host();
      const runs = runsOfShards(10);
      await createRuns(
        store,
        runs.map(({ runId }) => runId),
      );
      for (const { runId, shard } of runs) {
        const { runs: listed, nextCursor } = await store.listUnsettled(shard, { limit: 5 });
        assert.deepEqual(listed, [await store.getRun(runId)]);
        assert.equal(nextCursor, null);
      }
      const all = await Promise.all(allShards.map((shard) => store.listUnsettled(shard, { limit: 1_000 })));
      assert.equal(all.flatMap((page) => page.runs).length, runs.length);
    });

    test("they come newest first, page by page, each once", async () => {
      const { store } = host();
      const ids = idsOfOneShard(7);
      const shard = shardOf(ids[0] ?? "");
      await createRuns(store, ids);
      await createRuns(
        store,
        runsOfShards(5).map(({ runId }) => runId),
      );
      const sorted = [...ids, ...runsOfShards(5).flatMap((run) => (run.shard === shard ? [run.runId] : []))]
        .toSorted()
        .toReversed();
      for (const limit of [1, 3, 1_000]) {
        const listed = await pages(store, shard, limit);
        assert.deepEqual(listed.flat(), sorted);
        assert.ok(listed.every((page) => page.length <= limit));
      }
    });

    test("settled ones are there no more, also between two pages; a late event does not bring them back (E10)", async () => {
      const [store, other] = await instances(host(), 2);
      assert.ok(store && other);
      const ids = idsOfOneShard(4);
      const shard = shardOf(ids[0] ?? "");
      const [newest = "", second = "", third = "", oldest = ""] = ids.toSorted().toReversed();
      await createRuns(store, ids);
      const first = await store.listUnsettled(shard, { limit: 1 });
      assert.deepEqual(
        first.runs.map(({ runId }) => runId),
        [newest],
      );
      await other.append([settlement(second, 10), settlement(newest, 10)]);
      await other.append([{ runId: second, fromSeq: 2, events: [succeeded("late", 1)] }]);
      const rest = await store.listUnsettled(shard, { limit: 9, cursor: first.nextCursor ?? "" });
      assert.deepEqual(
        rest.runs.map(({ runId }) => runId),
        [third, oldest],
      );
      assert.deepEqual((await pages(store, shard, 9)).flat(), [third, oldest]);
    });

    test("E7 children are in the shard of the first run above them", async () => {
      const { store } = host();
      await createRuns(store, ["family-1"]);
      await store.append([childCreation("family-1.a", "family-1")]);
      await store.append([childCreation("family-1.a.b", "family-1.a")]);
      const shard = shardOf("family-1");
      assert.deepEqual((await pages(store, shard, 9)).flat(), ["family-1.a.b", "family-1.a", "family-1"]);
      await store.append([settlement("family-1.a", 10)]);
      assert.deepEqual((await pages(store, shard, 9)).flat(), ["family-1.a.b", "family-1"]);
    });

    test("a run that settles as it is created was never under way", async () => {
      const { store } = host();
      const [id = ""] = idsOfOneShard(1);
      await store.append([{ ...childCreation(id, "above"), settle: { status: "failed", at: 5 } }]);
      assert.deepEqual((await pages(store, shardOf(id), 9)).flat(), []);
    });
  });
}
