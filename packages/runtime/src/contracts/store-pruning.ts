/** Retention (P8): settled runs are forgotten whole; running ones, and what they name, are kept. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { contentHash } from "@mycroft/engine";
import { assertCode } from "./assert-code.ts";
import { createRuns, creation, samplePlan, settlement, started, succeeded } from "./sample-runs.ts";
import type { CurrentHost } from "./store-host.ts";
import { listPages } from "./store-listing.ts";

/** Later than any clock: everything that has settled goes. */
const endOfTime = Number.MAX_SAFE_INTEGER;

export function testPruning(host: CurrentHost): void {
  describe("pruning", () => {
    testForgettingRuns(host);
    testForgettingArtifacts(host);
  });
}

function testForgettingRuns(host: CurrentHost): void {
  test("P8 runs that settled before the time are forgotten, with their events; no others", async () => {
    const { store } = host();
    await createRuns(store, ["early", "on-time", "late", "running"]);
    await store.append([settlement("early", 99), settlement("on-time", 100), settlement("late", 101)]);
    assert.equal(await store.prune(100), 1);
    assert.equal(await store.getRun("early"), undefined);
    assert.deepEqual(await store.readEvents("early"), []);
    assert.deepEqual((await listPages(store, { limit: 10 })).flat(), ["running", "on-time", "late"]);
    assert.deepEqual(await store.readEvents("late"), [started(), succeeded("trend", "up")]);
    assert.equal(await store.prune(100), 0);
  });

  test("P8 a run that has not settled is never forgotten", async () => {
    const { store } = host();
    await createRuns(store, ["running"]);
    assert.equal(await store.prune(endOfTime), 0);
    assert.deepEqual(await store.readEvents("running"), [started()]);
  });

  test("a forgotten run is as one that never was: its id may be used again", async () => {
    const { store } = host();
    await store.append([creation("run-1"), settlement("run-1", 1)]);
    assert.equal(await store.prune(endOfTime), 1);
    assert.deepEqual(await store.append([settlement("run-1", 2)]), ["conflict"]);
    assert.deepEqual(await store.append([creation("run-1", { workflow: "second life" })]), ["stored"]);
    assert.deepEqual(await listPages(store, { limit: 10 }), [["run-1"]]);
    assert.equal((await store.getRun("run-1"))?.events, 1);
    assert.deepEqual(await store.readEvents("run-1"), [started()]);
  });

  test("many runs are forgotten in one call, while others are being recorded", async () => {
    const { store } = host();
    const ids = Array.from({ length: 1_500 }, (_, index) => `old-${index}`);
    await createRuns(store, ids);
    await store.append(ids.map((id) => settlement(id, 10)));
    await createRuns(store, ["busy"]);
    const pruned = store.prune(11);
    for (let seq = 1; seq <= 20; seq += 1) {
      const append = { runId: "busy", fromSeq: seq, events: [succeeded(`task-${seq}`, seq)] };
      assert.deepEqual(await store.append([append]), ["stored"]);
    }
    assert.equal(await pruned, ids.length);
    assert.deepEqual((await listPages(store, { limit: 10 })).flat(), ["busy"]);
    assert.equal((await store.readEvents("busy")).length, 21);
  });

  test("plans are kept", async () => {
    const { store } = host();
    const plan = samplePlan("kept");
    await store.putPlan(plan);
    await store.prune(endOfTime);
    assert.deepEqual(await store.getPlan(plan.hash), plan);
  });

  test("P7 a time that is no number is refused", async () => {
    const { store } = host();
    await assertCode(() => store.prune(Number.NaN), "INPUT_INVALID");
  });
}

function testForgettingArtifacts(host: CurrentHost): void {
  test("P8 an artifact that no run names is forgotten once it is older than the time", async () => {
    const { store } = host();
    const hash = await store.putArtifact("orphan");
    await store.prune(1);
    assert.equal(await store.getArtifact(hash), "orphan");
    await store.prune(endOfTime);
    assert.equal(await store.getArtifact(hash), undefined);
  });

  test("an artifact that a kept run names in an event is kept, until the last such run goes", async () => {
    const { store } = host();
    const hash = await store.putArtifact({ prices: [1, 2, 3] });
    const names = (runId: string) => ({ runId, fromSeq: 1, events: [succeeded("load", { prices: [hash] })] });
    await createRuns(store, ["one", "two"]);
    await store.append([names("one"), names("two")]);
    const settle = (runId: string) => ({
      runId,
      fromSeq: 2,
      events: [],
      settle: { status: "succeeded" as const, at: 10 },
    });
    await store.append([settle("one")]);
    assert.equal(await store.prune(endOfTime), 1);
    assert.deepEqual(await store.getArtifact(hash), { prices: [1, 2, 3] });
    await store.append([settle("two")]);
    assert.equal(await store.prune(endOfTime), 1);
    assert.equal(await store.getArtifact(hash), undefined);
  });

  test("an artifact that a kept run names as its data is kept, whichever came first", async () => {
    const { store } = host();
    const putFirst = await store.putArtifact("put first");
    const putLater = contentHash("put later");
    await store.append([
      creation("one", { provenance: { codeVersion: "1", dataHash: putFirst } }),
      creation("two", { provenance: { codeVersion: "1", dataHash: putLater } }),
    ]);
    await store.putArtifact("put later");
    await store.prune(endOfTime);
    assert.equal(await store.getArtifact(putFirst), "put first");
    assert.equal(await store.getArtifact(putLater), "put later");
    await store.append([settlement("one", 1), settlement("two", 1)]);
    await store.prune(endOfTime);
    assert.equal(await store.getArtifact(putFirst), undefined);
    assert.equal(await store.getArtifact(putLater), undefined);
  });

  test("a run that was refused names nothing, whatever else its batch holds", async () => {
    const { store } = host();
    const provenanceOf = async (value: string) => ({
      codeVersion: "1",
      dataHash: await store.putArtifact(value),
    });
    const [alone, shared] = [await provenanceOf("alone"), await provenanceOf("shared")];
    await createRuns(store, ["taken"]);
    const batch = [
      creation("taken", { provenance: alone }),
      creation("taken", { provenance: shared }),
      creation("new", { provenance: shared }),
      creation("new", { provenance: shared }),
    ];
    assert.deepEqual(await store.append(batch), ["conflict", "conflict", "stored", "conflict"]);
    await store.prune(endOfTime);
    assert.equal(await store.getArtifact(alone.dataHash), undefined);
    assert.equal(await store.getArtifact(shared.dataHash), "shared");
    assert.deepEqual((await store.getRun("new"))?.provenance, shared);
    await store.append([settlement("new", 1)]);
    assert.equal(await store.prune(endOfTime), 1);
    assert.equal(await store.getArtifact(shared.dataHash), undefined);
  });

  test("large events of kept runs outlive those of forgotten ones, even when they are equal", async () => {
    const { store } = host();
    const large = succeeded("large", "z".repeat(400_000));
    await createRuns(store, ["one", "two"]);
    await store.append(["one", "two"].map((runId) => ({ runId, fromSeq: 1, events: [large] })));
    await store.append([{ runId: "one", fromSeq: 2, events: [], settle: { status: "failed", at: 1 } }]);
    assert.equal(await store.prune(endOfTime), 1);
    assert.deepEqual(await store.readEvents("two", 1), [large]);
  });
}
