/** What a latecomer does to a run of a family reaches the others of the family, though nobody tells of it (E7, E11, P3). */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile, type RunEvent } from "@mycroft/engine";
import { childRunId } from "../child-runs.ts";
import { testCluster } from "../testing/test-cluster.ts";
import { RunClient } from "./run-client.ts";

const child = compile({
  name: "child",
  input: {},
  steps: [
    {
      name: "a",
      kind: "call",
      target: { kind: "agent", name: "trend" },
      input: { kind: "const", value: null },
    },
  ],
  output: { kind: "step", step: "a", path: [] },
});
const parent = compile({
  name: "parent",
  input: {},
  steps: [
    {
      name: "study",
      kind: "run",
      workflow: "child",
      plan: child.hash,
      input: { kind: "const", value: null },
    },
  ],
  output: { kind: "step", step: "study", path: [] },
});
const start = {
  plan: parent,
  childPlans: [child],
  input: null,
  asOf: "2020-02-28",
  provenance: { codeVersion: "test" },
};
const report = { startedAt: 0, worker: "w" };
const done = { ok: true, output: "up", version: "1" } as const;

/** A parent whose child waits for a worker; how it goes on is up to the test. */
async function aFamily() {
  const cluster = await testCluster();
  const { store, port, clock, pass, during, open } = cluster;
  const orchestrator = await open("one");
  const client = new RunClient({ store: port, clock });
  const parentId = await during(client.startRun(start));
  await pass(2_000);
  const childId = childRunId(parentId, { task: "study", attempt: 1 });
  /** What somebody appends who has not noticed yet that the runs are others'. */
  const appendLate = async (
    runId: string,
    fromSeq: number,
    event: RunEvent,
    status: "succeeded" | "cancelled",
  ) =>
    assert.deepEqual(
      await store.append([{ runId, fromSeq, events: [event], settle: { status, at: event.at } }]),
      ["stored"],
    );
  const close = async () => {
    client.close();
    await orchestrator.close();
  };
  return { ...cluster, orchestrator, parentId, childId, appendLate, close };
}

describe("families of runs, and latecomers", () => {
  it("E7 P3 whoever finds a child run ended by a latecomer, when it has an outcome for it, tells the parent", async () => {
    const { store, clock, pass, orchestrator, parentId, childId, appendLate, close, during } =
      await aFamily();
    const ended = orchestrator.waitFor(parentId);
    const key = { runId: childId, task: "a", attempt: 1 };
    await store.claimAttempts("w", 10_000, [key]);
    const of = { at: clock.now(), task: "a", attempt: 1, report };
    await appendLate(childId, 1, { type: "attemptSucceeded", ...of, output: "up" }, "succeeded");
    await store.reportAttempts([
      { id: "1", runId: childId, body: { kind: "outcome", key, outcome: done, report } },
    ]);
    await pass(5_000);
    const { status } = (await store.getRun(parentId)) ?? assert.fail();
    assert.equal(status, "succeeded");
    assert.deepEqual(await during(ended), { status: "succeeded", output: "up" });
    await close();
  });

  it("E7 P3 a child run that a latecomer has ended, and tells nobody of, is found by looking through its shard", async () => {
    const { clock, pass, orchestrator, parentId, childId, appendLate, close, during } = await aFamily();
    const ended = orchestrator.waitFor(parentId);
    const of = { at: clock.now(), task: "a", attempt: 1, report };
    await appendLate(childId, 1, { type: "attemptSucceeded", ...of, output: "up" }, "succeeded");
    await pass(35_000);
    assert.deepEqual(await during(ended), { status: "succeeded", output: "up" });
    await close();
  });

  it("E11 P3 a child run whose parent a latecomer has cancelled does not go on", async () => {
    const { store, clock, pass, parentId, childId, appendLate, close, offers } = await aFamily();
    assert.equal(await offers(), 1);
    const cancelled = { type: "cancelRequested", at: clock.now(), reason: "late" } as const;
    await appendLate(parentId, 1, cancelled, "cancelled");
    await pass(65_000);
    assert.equal((await store.getRun(childId))?.status, "cancelled");
    assert.equal(await offers(), 0);
    await close();
  });
});
