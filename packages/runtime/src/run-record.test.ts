import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile } from "@mycroft/engine";
import { MemoryStore } from "./memory/memory-store.ts";
import { findRun, readRun } from "./run-record.ts";

const plan = compile({ name: "w", steps: [], output: { kind: "const", value: 1 } });

/** A run's parent is the part of its id before the last full stop. */
async function storeWith(...runIds: readonly string[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  await store.putPlan(plan);
  for (const runId of runIds) {
    const parent = /^(.*)\.[^.]*$/.exec(runId)?.[1];
    const create = {
      runId,
      workflow: "w",
      planHash: plan.hash,
      asOf: "2010-02-26",
      provenance: { codeVersion: "1" },
      createdAt: 1,
      tags: [],
      startKey: null,
      parent: parent === undefined ? null : { runId: parent, task: "child", attempt: 1 },
      forkedFrom: null,
    };
    await store.append([{ runId, create, fromSeq: 0, events: [{ type: "runStarted", at: 1, input: null }] }]);
  }
  return store;
}

describe("findRun", () => {
  it("finds a run by its id, its beginning, or its place from the latest", async () => {
    const store = await storeWith("a1", "a2", "b1");
    for (const [given, found] of [
      ["a1", "a1"],
      ["b", "b1"],
      ["latest", "b1"],
      ["latest~0", "b1"],
      ["latest~2", "a1"],
    ] as const) {
      assert.equal((await findRun(store, given)).runId, found, given);
    }
  });

  it("passes over child runs, unless one is meant", async () => {
    const children = Array.from({ length: 250 }, (_, index) => `a2.${String(index).padStart(3, "0")}`);
    const store = await storeWith("a1", "a2", ...children, "a2.007.x", "b1", "b1.1", "b1.2");
    for (const [given, found] of [
      ["latest", "b1"],
      ["latest~1", "a2"],
      ["latest~2", "a1"],
      ["b", "b1"],
      ["a2.01", null],
      ["a2.249", "a2.249"],
      ["a2.007.", "a2.007.x"],
    ] as const) {
      if (found === null) await assert.rejects(findRun(store, given), { code: "RUN_UNKNOWN" });
      else assert.equal((await findRun(store, given)).runId, found, given);
    }
  });

  it("says what is wrong when none or several fit", async () => {
    const store = await storeWith("a1", "a2");
    await assert.rejects(findRun(store, "a"), { code: "RUN_UNKNOWN", message: /More than one.*a2, a1/ });
    await assert.rejects(findRun(store, "c"), { code: "RUN_UNKNOWN", message: /There is no run c/ });
    await assert.rejects(findRun(store, "latest~2"), { code: "RUN_UNKNOWN", message: /only 2 runs/ });
    await assert.rejects(findRun(await storeWith(), "latest"), { code: "RUN_UNKNOWN" });
  });
});

describe("readRun", () => {
  it("E12 folds the run's events", async () => {
    const { state, header } = await readRun(await storeWith("a1"), "latest");
    assert.deepEqual(state.result, { status: "succeeded", output: 1 });
    assert.equal(header.workflow, "w");
  });
});
