/** Where runs come from: child runs and their parents (E7), forks and their originals. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { childCreation, createRuns, creation, settlement } from "./sample-runs.ts";
import type { CurrentHost } from "./store-host.ts";
import { listIds, listPages } from "./store-listing.ts";

/** Later than any clock: everything that has settled is old. */
const endOfTime = Number.MAX_SAFE_INTEGER;

export function testLineage(host: CurrentHost): void {
  describe("lineage", () => {
    testChildren(host);
    testForgettingFamilies(host);
  });
}

function testChildren(host: CurrentHost): void {
  test("E7 a run's children are listed newest first, without theirs and without anybody else's", async () => {
    const { store } = host();
    await createRuns(store, ["p", "p.other"]);
    await store.append([
      childCreation("p.b", "p"),
      childCreation("p.c", "p"),
      childCreation("another-name", "p"),
      childCreation("p.b.x", "p.b"),
      childCreation("q.a", "q"),
    ]);
    assert.deepEqual(await listIds(store, { parentRunId: "p" }), ["p.c", "p.b", "another-name"]);
    assert.deepEqual(await listIds(store, { parentRunId: "p.b" }), ["p.b.x"]);
    assert.deepEqual(
      await listIds(store, { parentRunId: "q" }),
      ["q.a"],
      "before the parent itself is there",
    );
    assert.deepEqual(await listIds(store, { parentRunId: "nobody" }), []);
    assert.deepEqual(await listIds(store, { parentRunId: "\ud800" }), []);
    assert.deepEqual(await listIds(store, { parentRunId: null }), ["p.other", "p"], "nobody's children");
    const [first] = (await store.listRuns({ parentRunId: "p", limit: 1 })).runs;
    assert.deepEqual(first, await store.getRun("p.c"));
    assert.deepEqual(first?.parent, { runId: "p", task: "child", attempt: 1 });
  });

  test("E7 children are filtered and paged as other runs are", async () => {
    const { store } = host();
    const ids = Array.from({ length: 10 }, (_, index) => `p.${index}`);
    await createRuns(store, ["p"]);
    await store.append(ids.map((id) => childCreation(id, "p")));
    await store.append([settlement("p.3", 10), settlement("p.7", 10)]);
    assert.deepEqual(await listPages(store, { parentRunId: "p", limit: 4 }), [
      ["p.9", "p.8", "p.7", "p.6"],
      ["p.5", "p.4", "p.3", "p.2"],
      ["p.1", "p.0"],
    ]);
    assert.deepEqual(await listIds(store, { parentRunId: "p", status: "succeeded" }), ["p.7", "p.3"]);
    assert.deepEqual(await listPages(store, { parentRunId: "p", status: "running", limit: 7 }), [
      ["p.9", "p.8", "p.6", "p.5", "p.4", "p.2", "p.1"],
      ["p.0"],
    ]);
    assert.deepEqual(await listIds(store, { parentRunId: "p", runIdPrefix: "p.3" }), ["p.3"]);
    assert.deepEqual(await listIds(store, { parentRunId: "p", workflow: "another" }), []);
  });

  test("E7 nobody's children are listed by themselves, by any filters, page by page", async () => {
    const { store } = host();
    const own = Array.from({ length: 6 }, (_, index) => `run-${index}`);
    await store.append(own.map((id, index) => creation(id, { tags: index < 4 ? ["all", "few"] : ["all"] })));
    const children = own.flatMap((id) => ["a", "b", "c"].map((name) => `${id}.${name}`));
    const parentOf = (id: string) => ({ runId: id.slice(0, 5), task: "child", attempt: 1 });
    await store.append(
      children.map((id) => {
        const workflow = id.endsWith("a") ? "of-children" : "sample";
        return creation(id, { parent: parentOf(id), tags: ["all"], workflow });
      }),
    );
    await store.append(
      ["run-1", "run-2", "run-2.a", "run-5.c"].map((id, index) => settlement(id, index + 10)),
    );
    const parentRunId = null;
    assert.deepEqual(await listPages(store, { parentRunId, limit: 4 }), [
      ["run-5", "run-4", "run-3", "run-2"],
      ["run-1", "run-0"],
    ]);
    assert.deepEqual(await listPages(store, { parentRunId, tag: "all", limit: 4 }), [
      ["run-5", "run-4", "run-3", "run-2"],
      ["run-1", "run-0"],
    ]);
    const workflow = "sample";
    for (const filter of [{}, { workflow }, { tag: "all" }, { workflow, tag: "all" }]) {
      const asked = { parentRunId, ...filter };
      assert.deepEqual(await listIds(store, asked), own.toReversed(), JSON.stringify(filter));
      assert.deepEqual(await listIds(store, { ...asked, status: "succeeded" }), ["run-2", "run-1"]);
      assert.deepEqual(await listIds(store, { ...asked, status: "running" }), [
        "run-5",
        "run-4",
        "run-3",
        "run-0",
      ]);
      assert.deepEqual(await listIds(store, { ...asked, status: "failed" }), []);
      assert.deepEqual(await listIds(store, { ...asked, runIdPrefix: "run-3" }), ["run-3"]);
    }
    assert.deepEqual(await listIds(store, { parentRunId, tag: "few" }), ["run-3", "run-2", "run-1", "run-0"]);
    assert.deepEqual(await listIds(store, { parentRunId, workflow: "of-children" }), []);
    assert.deepEqual((await listIds(store, { workflow: "of-children" })).length, own.length);
  });
}

function testForgettingFamilies(host: CurrentHost): void {
  test("P3 a settled child stays as long as its parent runs, whose recovery reads its result", async () => {
    const { store } = host();
    await createRuns(store, ["p", "alone"]);
    await store.append([childCreation("p.1", "p"), childCreation("p.2", "p")]);
    await store.append([settlement("p.1", 10), settlement("alone", 10)]);
    assert.equal(await store.prune(endOfTime), 1);
    assert.equal((await store.readEvents("p.1")).length, 2);
    assert.deepEqual(await listIds(store, {}), ["p.2", "p.1", "p"]);
    assert.equal(await store.prune(endOfTime), 0);
    await store.append([settlement("p", 20), settlement("p.2", 30)]);
    assert.equal(await store.prune(endOfTime), 3);
    assert.deepEqual(await listIds(store, {}), []);
    assert.deepEqual(await listIds(store, { parentRunId: "p" }), []);
  });

  test("P8 a child goes when its parent goes, not when it is old itself", async () => {
    const { store } = host();
    await createRuns(store, ["p"]);
    await store.append([childCreation("p.1", "p"), settlement("p.1", 10), settlement("p", 20)]);
    assert.equal(await store.prune(20), 0);
    assert.equal(await store.prune(21), 2);
  });

  test("P8 a child that is younger than its parent outlives it, and goes when it is old", async () => {
    const { store } = host();
    await createRuns(store, ["p"]);
    await store.append([childCreation("p.1", "p"), childCreation("p.2", "p")]);
    await store.append([settlement("p", 10), settlement("p.1", 20)]);
    assert.equal(await store.prune(15), 1);
    assert.deepEqual(await listIds(store, { parentRunId: "p" }), ["p.2", "p.1"]);
    assert.equal(await store.prune(endOfTime), 1);
    assert.deepEqual(await listIds(store, {}), ["p.2"]);
  });

  test("P8 all below a run that is kept are kept, however deep", async () => {
    const { store } = host();
    const line = ["p", "p.1", "p.1.1", "p.1.1.1"];
    await createRuns(store, ["p"]);
    await store.append(line.slice(1).map((id) => childCreation(id, id.slice(0, -2))));
    await store.append(line.slice(1).map((id, index) => settlement(id, 30 - index)));
    assert.equal(await store.prune(endOfTime), 0);
    await store.append([settlement("p", 40)]);
    assert.equal(await store.prune(40), 0);
    assert.equal(await store.prune(41), 4);
  });

  test("P8 old runs are found behind any number of children that must stay", async () => {
    const { store } = host();
    const children = Array.from({ length: 1_200 }, (_, index) => `p.${index}`);
    const others = Array.from({ length: 600 }, (_, index) => `old-${index}`);
    await createRuns(store, ["p", ...others]);
    await store.append(children.map((id) => childCreation(id, "p")));
    await store.append(children.map((id) => settlement(id, 10)));
    await store.append(others.map((id) => settlement(id, 20)));
    assert.equal(await store.prune(endOfTime), others.length);
    assert.equal((await listIds(store, {})).length, children.length + 1);
  });

  test("P8 runs that are each other's parents are forgotten like others", async () => {
    const { store } = host();
    await store.append([childCreation("a", "c"), childCreation("b", "a"), childCreation("c", "b")]);
    await store.append([settlement("a", 10), settlement("b", 20)]);
    assert.equal(await store.prune(endOfTime), 0);
    await store.append([settlement("c", 30)]);
    assert.equal(await store.prune(30), 0);
    assert.equal(await store.prune(31), 3);
  });

  test("P8 a run that another was forked from may go; the fork still names it", async () => {
    const { store } = host();
    const forkedFrom = { runId: "original", tasks: ["ask"] };
    await store.append([creation("original"), settlement("original", 10), creation("fork", { forkedFrom })]);
    assert.equal(await store.prune(endOfTime), 1);
    assert.deepEqual((await store.getRun("fork"))?.forkedFrom, forkedFrom);
  });
}
