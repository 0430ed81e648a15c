/** Start keys: no two runs of a store have the same, so that whoever starts a run again under its key finds it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { creation, settlement, started } from "./sample-runs.ts";
import type { CurrentHost } from "./store-host.ts";

export function testStartKeys(host: CurrentHost): void {
  describe("start keys", () => {
    testFinding(host);
    testUniqueness(host);
  });
}

function testFinding(host: CurrentHost): void {
  test("a run is found by its start key, running or settled, and by no other", async () => {
    const { store } = host();
    await store.append([creation("run-1", { startKey: "key A" }), creation("run-2"), creation("run-3")]);
    assert.deepEqual(await store.findRunByStartKey("key A"), await store.getRun("run-1"));
    await store.append([settlement("run-1", 10)]);
    assert.equal((await store.findRunByStartKey("key A"))?.status, "succeeded");
    for (const other of ["key B", "key a", "key A ", "", "run-1", "null", "\ud800", "k".repeat(5_000)]) {
      assert.equal(await store.findRunByStartKey(other), undefined, other.slice(0, 20));
    }
  });

  test("P1 start keys hold after reopening", async (context) => {
    const { store, reopen } = host();
    if (reopen === undefined) return context.skip("nothing outlives this store");
    await store.append([creation("run-1", { startKey: "key" })]);
    await store.close();
    const again = await reopen();
    assert.equal((await again.findRunByStartKey("key"))?.runId, "run-1");
    assert.deepEqual(await again.append([creation("run-2", { startKey: "key" })]), ["conflict"]);
  });
}

function testUniqueness(host: CurrentHost): void {
  test("P2 a second run with a start key is a conflict: nothing of it is stored, and the first is untouched", async () => {
    const { store } = host();
    const outcomes = await store.append([
      creation("run-1", { startKey: "key" }),
      creation("run-2", { startKey: "key", tags: ["second"], workflow: "usurper" }),
      { runId: "run-2", fromSeq: 1, events: [started()] },
      creation("run-3", { startKey: "another key" }),
    ]);
    assert.deepEqual(outcomes, ["stored", "conflict", "conflict", "stored"]);
    await store.append([settlement("run-1", 10)]);
    assert.deepEqual(await store.append([creation("run-4", { startKey: "key" })]), ["conflict"]);
    for (const runId of ["run-2", "run-4"]) {
      assert.equal(await store.getRun(runId), undefined);
      assert.deepEqual(await store.readEvents(runId), []);
    }
    assert.deepEqual((await store.listRuns({ tag: "second", limit: 10 })).runs, []);
    assert.deepEqual(await store.findRunByStartKey("key"), await store.getRun("run-1"));
    assert.deepEqual(await store.append([creation("run-2")]), ["stored"]);
  });

  test("P2 a run that exists already leaves the start key of its second creation free", async () => {
    const { store } = host();
    await store.append([creation("run-1")]);
    assert.deepEqual(await store.append([creation("run-1", { startKey: "key", tags: ["tag"] })]), [
      "conflict",
    ]);
    assert.equal(await store.findRunByStartKey("key"), undefined);
    assert.deepEqual((await store.listRuns({ tag: "tag", limit: 10 })).runs, []);
    assert.deepEqual(await store.append([creation("run-2", { startKey: "key" })]), ["stored"]);
    assert.equal((await store.getRun("run-1"))?.startKey, null);
  });

  test("P2 of many starts with one key in one moment exactly one is stored", async () => {
    const { store, openSecond } = host();
    const second = (await openSecond?.()) ?? store;
    const starts = Array.from({ length: 20 }, (_, index) =>
      (index % 2 === 0 ? store : second).append([creation(`run-${index}`, { startKey: "key" })]),
    );
    const outcomes = (await Promise.all(starts)).flat();
    assert.equal(outcomes.filter((outcome) => outcome === "stored").length, 1);
    const winner = `run-${outcomes.indexOf("stored")}`;
    assert.equal((await store.findRunByStartKey("key"))?.runId, winner);
    assert.equal((await store.listRuns({ limit: 100 })).runs.length, 1);
  });

  test("P8 a forgotten run's start key is free again", async () => {
    const { store } = host();
    await store.append([creation("run-1", { startKey: "key" }), settlement("run-1", 10)]);
    assert.equal(await store.prune(11), 1);
    assert.equal(await store.findRunByStartKey("key"), undefined);
    assert.deepEqual(await store.append([creation("run-2", { startKey: "key" })]), ["stored"]);
    assert.equal((await store.findRunByStartKey("key"))?.runId, "run-2");
  });
}
