/** Listing runs: newest first, filtered, in pages that neither repeat nor miss a run while others come and go. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RunPage, RunQuery, Store } from "../ports/store.ts";
import { assertCode } from "./assert-code.ts";
import { createRuns, creation, settlement } from "./sample-runs.ts";
import type { CurrentHost } from "./store-host.ts";

function numbered(count: number, prefix = "run-"): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${String(index).padStart(4, "0")}`);
}

/** Every page of a query, as run ids. */
export async function listPages(store: Store, query: RunQuery): Promise<readonly (readonly string[])[]> {
  const pages: string[][] = [];
  for (let next: RunQuery | null = query; next !== null; ) {
    const { runs, nextCursor }: RunPage = await store.listRuns(next);
    pages.push(runs.map((run) => run.runId));
    next = nextCursor === null ? null : { ...query, cursor: nextCursor };
  }
  return pages;
}

export async function listIds(store: Store, query: Omit<RunQuery, "limit">): Promise<readonly string[]> {
  return (await listPages(store, { ...query, limit: 1_000 })).flat();
}

export function testListing(host: CurrentHost): void {
  describe("listing", () => {
    testPages(host);
    testFilters(host);

    test("P7 a limit outside 1 to 1,000 is refused", async () => {
      const { store } = host();
      for (const limit of [0, -1, 1_001, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
        await assertCode(() => store.listRuns({ limit }), "INPUT_INVALID");
      }
    });
  });
}

function testPages(host: CurrentHost): void {
  test("runs come newest first by id, whatever the order of their creation", async () => {
    const { store } = host();
    await createRuns(store, ["b", "a10", "Z", "a1", "a2", "~", "0"]);
    assert.deepEqual(await listIds(store, {}), ["~", "b", "a2", "a10", "a1", "Z", "0"]);
    const page = await store.listRuns({ limit: 1 });
    assert.deepEqual(page.runs, [await store.getRun("~")]);
  });

  test("pages together hold every run once, and the last one says so", async () => {
    const { store } = host();
    assert.deepEqual(await store.listRuns({ limit: 10 }), { runs: [], nextCursor: null });
    const ids = numbered(12);
    await createRuns(store, ids);
    for (const limit of [1, 5, 6, 11, 12, 13]) {
      const pages = await listPages(store, { limit });
      assert.deepEqual(pages.flat(), ids.toReversed());
      assert.equal(pages.length, Math.ceil(ids.length / limit));
    }
  });

  test("paging is stable while runs are created, settled and forgotten", async () => {
    const { store } = host();
    await createRuns(store, numbered(10));
    const first = await store.listRuns({ limit: 4 });
    assert.ok(first.nextCursor);
    assert.deepEqual(first.runs.at(-1)?.runId, "run-0006");
    await createRuns(store, ["run-0999", "run-0006x", "run-0003x"]);
    await store.append([settlement("run-0006", 10), settlement("run-0004", 10)]);
    await store.prune(11);
    const second = await store.listRuns({ limit: 4, cursor: first.nextCursor });
    assert.deepEqual(
      second.runs.map((run) => run.runId),
      ["run-0005", "run-0003x", "run-0003", "run-0002"],
    );
  });

  test("a cursor is a place among all runs: the filters of the next query hold after it too", async () => {
    const { store } = host();
    await createRuns(store, ["a1", "a2", "b1", "b2"]);
    const { nextCursor } = await store.listRuns({ limit: 1 });
    assert.ok(nextCursor);
    const page = await store.listRuns({ runIdPrefix: "a", limit: 10, cursor: nextCursor });
    assert.deepEqual(
      page.runs.map((run) => run.runId),
      ["a2", "a1"],
    );
  });

  test("a full page of 1,000 is allowed", async () => {
    const { store } = host();
    const ids = numbered(1_001);
    await createRuns(store, ids);
    const pages = await listPages(store, { limit: 1_000 });
    assert.deepEqual(pages, [ids.slice(1).toReversed(), ids.slice(0, 1)]);
  });
}

function testFilters(host: CurrentHost): void {
  test("filters by workflow and by status, together too, and pages within them", async () => {
    const { store } = host();
    const ids = numbered(20);
    await store.append(ids.map((id, index) => creation(id, { workflow: index % 2 === 0 ? "even" : "odd" })));
    await store.append(ids.slice(0, 10).map((id) => settlement(id, 10)));
    const even = ids.filter((_, index) => index % 2 === 0).toReversed();
    const settled = ids.slice(0, 10).toReversed();
    assert.deepEqual(await listIds(store, { workflow: "even" }), even);
    assert.deepEqual(await listIds(store, { status: "succeeded" }), settled);
    assert.deepEqual(await listIds(store, { status: "running" }), ids.slice(10).toReversed());
    assert.deepEqual(await listIds(store, { status: "failed" }), []);
    assert.deepEqual(await listIds(store, { workflow: "nothing" }), []);
    const both = settled.filter((id) => even.includes(id));
    assert.deepEqual(await listIds(store, { workflow: "even", status: "succeeded" }), both);
    assert.deepEqual(await listPages(store, { workflow: "even", status: "succeeded", limit: 2 }), [
      both.slice(0, 2),
      both.slice(2, 4),
      both.slice(4),
    ]);
  });

  test("a prefix is taken literally, in upper and lower case", async () => {
    const { store } = host();
    const ids = ["ab", "ab%", "ab%c", "abc", "Ab1", "a", "b", "ab_1", "ab*", "ab~~", "abb"];
    await createRuns(store, ids);
    const expected = (prefix: string) =>
      ids
        .filter((id) => id.startsWith(prefix))
        .toSorted()
        .toReversed();
    for (const prefix of ["ab", "ab%", "ab_", "ab*", "A", "ab~", "zzz", ""]) {
      assert.deepEqual(await listIds(store, { runIdPrefix: prefix }), expected(prefix), prefix);
    }
    assert.deepEqual((await listPages(store, { runIdPrefix: "ab", limit: 3 })).flat(), expected("ab"));
  });
}
