import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MemoryStore, type RunPage } from "@mycroft/runtime";
import fc from "fast-check";
import { listRuns } from "./list-runs.ts";

/** A store of runs of which only the ids and the parents matter. */
async function storeOf(ids: readonly string[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.append(
    ids.map((runId) => {
      const end = runId.lastIndexOf(".");
      const parent = end === -1 ? null : { runId: runId.slice(0, end), task: "t", attempt: 1 };
      const create = {
        ...{ runId, workflow: end === -1 ? "whole" : "part", planHash: "0".repeat(64), asOf: "2020-02-28" },
        ...{
          provenance: { codeVersion: "1" },
          createdAt: 1,
          tags: [],
          startKey: null,
          parent,
          forkedFrom: null,
        },
      };
      return { runId, create, fromSeq: 0, events: [{ type: "runStarted", at: 1, input: {} }] } as const;
    }),
  );
  return store;
}

async function allPages(store: MemoryStore, limit: number): Promise<readonly string[]> {
  const found: string[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page: RunPage = await listRuns(store, { limit, ...(cursor === undefined ? {} : { cursor }) });
    assert.ok(page.nextCursor === null || page.runs.length === limit, "every page but the last is full");
    found.push(...page.runs.map(({ runId }) => runId));
    cursor = page.nextCursor;
  }
  return found;
}

describe("pages of runs", () => {
  it("hold each run that is no child once, the newest first, however child runs lie between them", async () => {
    const family = fc.record({
      id: fc.integer({ min: 0, max: 999 }).map((number) => `r${String(number).padStart(3, "0")}`),
      children: fc.integer({ min: 0, max: 12 }),
      deeper: fc.integer({ min: 0, max: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(family, { selector: ({ id }) => id, maxLength: 25 }),
        fc.integer({ min: 1, max: 7 }),
        async (families, limit) => {
          const ids = families.flatMap(({ id, children, deeper }) => [
            id,
            ...Array.from({ length: children }, (_, child) => `${id}.${child + 10}`),
            ...Array.from({ length: children === 0 ? 0 : deeper }, (_, child) => `${id}.10.${child}`),
          ]);
          const expected = families
            .map(({ id }) => id)
            .sort()
            .reverse();
          assert.deepEqual(await allPages(await storeOf(ids), limit), expected);
        },
      ),
    );
  });

  it("hold the children of a run when these are asked for, and no children of a workflow that only they have", async () => {
    const store = await storeOf(["a", "b", "b.1", "b.2", "b.2.1"]);
    const idsOf = async (asked: Parameters<typeof listRuns>[1]) =>
      (await listRuns(store, asked)).runs.map(({ runId }) => runId);
    assert.deepEqual(await idsOf({ limit: 9, parent: "b" }), ["b.2", "b.1"]);
    assert.deepEqual(await idsOf({ limit: 9, parent: "b", workflow: "part", prefix: "b.1" }), ["b.1"]);
    assert.deepEqual(await idsOf({ limit: 9, workflow: "part" }), []);
    assert.deepEqual(await idsOf({ limit: 9, workflow: "whole", prefix: "b" }), ["b"]);
  });
});
