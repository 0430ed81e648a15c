/** Tags: words that runs are found by, with every other filter, while they run and after. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assertCode } from "./assert-code.ts";
import { childCreation, creation, settlement } from "./sample-runs.ts";
import type { CurrentHost } from "./store-host.ts";
import { listIds, listPages } from "./store-listing.ts";

export function testTags(host: CurrentHost): void {
  describe("tags", () => {
    test("runs are found by each of their tags, taken literally", async () => {
      const { store } = host();
      await store.append([
        creation("run-1", { tags: ["a", "b"] }),
        creation("run-2", { tags: ["b", "b%", "ü \u{1f600}"] }),
        creation("run-3", { tags: ["B", "a nul \u0000 within"] }),
        creation("run-4"),
      ]);
      const found = { a: ["run-1"], b: ["run-2", "run-1"], "b%": ["run-2"], B: ["run-3"], c: [] };
      for (const [tag, ids] of Object.entries(found))
        assert.deepEqual(await listIds(store, { tag }), ids, tag);
      assert.deepEqual(await listIds(store, { tag: "ü \u{1f600}" }), ["run-2"]);
      assert.deepEqual(await listIds(store, { tag: "a nul \u0000 within" }), ["run-3"]);
      assert.deepEqual(await listIds(store, { tag: "a nul " }), []);
      assert.deepEqual((await store.getRun("run-3"))?.tags, ["B", "a nul \u0000 within"]);
    });

    test("a tag goes with every other filter, and pages within them", async () => {
      const { store } = host();
      const ids = Array.from({ length: 24 }, (_, index) => `run-${String(index).padStart(2, "0")}`);
      const isEven = (index: number) => index % 2 === 0;
      const isThird = (index: number) => index % 3 === 0;
      await store.append([creation("parent"), creation("z", { tags: ["third"] })]);
      await store.append(
        ids.map((id, index) => {
          const { create, ...append } = childCreation(id, index < 20 ? "parent" : "nobody");
          const workflow = isEven(index) ? "even" : "odd";
          const tags = isThird(index) ? ["all", "third"] : ["all"];
          return { ...append, ...(create && { create: { ...create, workflow, tags } }) };
        }),
      );
      await store.append(ids.slice(0, 12).map((id) => settlement(id, 10)));
      const idsWhere = (holds: (index: number) => boolean) =>
        ids.filter((_, index) => holds(index)).toReversed();
      const tag = "third";
      const filters = [
        [{ tag, runIdPrefix: "run" }, isThird],
        [{ tag, workflow: "even" }, (index: number) => isThird(index) && isEven(index)],
        [{ tag, status: "succeeded" }, (index: number) => isThird(index) && index < 12],
        [
          { tag, workflow: "odd", status: "running" },
          (index: number) => isThird(index) && !isEven(index) && index >= 12,
        ],
        [{ tag, status: "failed" }, () => false],
        [{ tag, runIdPrefix: "run-1" }, (index: number) => isThird(index) && index >= 10 && index < 20],
        [{ tag, parentRunId: "parent" }, (index: number) => isThird(index) && index < 20],
        [
          { tag, parentRunId: "parent", workflow: "even", status: "running" },
          (index: number) => isThird(index) && isEven(index) && index >= 12 && index < 20,
        ],
        [{ tag: "all", parentRunId: "nobody" }, (index: number) => index >= 20],
      ] as const;
      for (const [filter, holds] of filters) {
        const expected = idsWhere(holds);
        const name = JSON.stringify(filter);
        assert.deepEqual(await listIds(store, filter), expected, name);
        for (const limit of [1, 2, 3]) {
          const pages = await listPages(store, { ...filter, limit });
          assert.deepEqual(pages.flat(), expected, name);
          assert.equal(pages.length, Math.max(1, Math.ceil(expected.length / limit)), name);
        }
      }
      assert.deepEqual((await listIds(store, { tag }))[0], "z");
    });

    test("a run that settles is found by its tags under its new status only", async () => {
      const { store } = host();
      await store.append([creation("run-1", { tags: ["a", "b"] }), creation("run-2", { tags: ["a"] })]);
      await store.append([settlement("run-1", 10)]);
      for (const tag of ["a", "b"]) {
        assert.deepEqual(await listIds(store, { tag, status: "succeeded" }), ["run-1"]);
      }
      assert.deepEqual(await listIds(store, { tag: "a", status: "running" }), ["run-2"]);
      assert.deepEqual(await listIds(store, { tag: "b", status: "running" }), []);
      assert.deepEqual(await listIds(store, { tag: "a" }), ["run-2", "run-1"]);
    });

    test("a run that is created and settled at once, or settles after reopening, is found too", async (context) => {
      const { store, reopen } = host();
      const settle = { status: "failed", at: 10 } as const;
      await store.append([
        { ...creation("run-1", { tags: ["a"] }), settle },
        creation("run-2", { tags: ["a"] }),
      ]);
      assert.deepEqual(await listIds(store, { tag: "a", status: "failed" }), ["run-1"]);
      if (reopen === undefined) return context.skip("nothing outlives this store");
      await store.close();
      const again = await reopen();
      await again.append([{ runId: "run-2", fromSeq: 1, events: [], settle }]);
      assert.deepEqual(await listIds(again, { tag: "a", status: "failed" }), ["run-2", "run-1"]);
      assert.deepEqual(await listIds(again, { tag: "a", status: "running" }), []);
    });

    test("P8 a forgotten run is found by no tag; its id may be used again with others", async () => {
      const { store } = host();
      await store.append([creation("run-1", { tags: ["a", "b"] }), settlement("run-1", 10)]);
      assert.equal(await store.prune(11), 1);
      for (const tag of ["a", "b"]) assert.deepEqual(await listIds(store, { tag }), []);
      await store.append([creation("run-1", { tags: ["b", "c"] })]);
      assert.deepEqual(await listIds(store, { tag: "a" }), []);
      assert.deepEqual(await listIds(store, { tag: "b", status: "running" }), ["run-1"]);
      assert.deepEqual(await listIds(store, { tag: "b", status: "succeeded" }), []);
    });

    test("P7 a tag that no run can have is refused", async () => {
      const { store } = host();
      for (const tag of ["", "x".repeat(101), "\ud800"]) {
        await assertCode(() => store.listRuns({ tag, limit: 1 }), "INPUT_INVALID");
      }
    });
  });
}
