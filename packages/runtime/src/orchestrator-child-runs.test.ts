import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile, type Plan } from "@mycroft/engine";
import { childRunId, maxRunDepth } from "./child-runs.ts";
import type { RunAppend, Store } from "./ports/store.ts";
import { readRun } from "./run-record.ts";
import { storePort } from "./simulation/store-port.ts";
import { asked, type ByHandOptions, failed, OrchestratorByHand, ok } from "./testing/orchestrator-by-hand.ts";

const input = { kind: "input", path: [] } as const;
const child = compile({
  name: "child",
  tags: ["small"],
  steps: [
    {
      kind: "call",
      name: "work",
      target: { kind: "function", name: "work" },
      input,
      retry: { maxAttempts: 1 },
    },
  ],
  output: { kind: "step", step: "work", path: [] },
});

function parentOf(inner: Plan, settings: object = {}, name = "parent"): Plan {
  const { hash, workflow } = inner;
  const step = { kind: "run", name: "sub", workflow: workflow.name, plan: hash, input, ...settings };
  return compile({ name, steps: [step], output: { kind: "step", step: "sub", path: [] } });
}

async function started(plan: Plan, childPlans: readonly Plan[] = [child], options: ByHandOptions = {}) {
  const byHand = await OrchestratorByHand.open(options);
  const start = { plan, childPlans, input: "x", ...asked };
  const runId = await byHand.settle(byHand.orchestrator.startRun(start));
  await byHand.turn();
  const childId = childRunId(runId, { task: "sub", attempt: 1 });
  return { byHand, orchestrator: byHand.orchestrator, runId, childId };
}

describe("E7 child runs", () => {
  it("are runs of their own, pinned to their plan, with an id that follows from their parent", async () => {
    const { byHand, runId, childId } = await started(parentOf(child));
    const header = await byHand.memory.getRun(childId);
    assert.deepEqual(header?.parent, { runId, task: "sub", attempt: 1 });
    assert.equal(header?.planHash, child.hash);
    assert.equal(header?.asOf, asked.asOf);
    assert.deepEqual(header?.tags, ["small"]);
    assert.match(childId, new RegExp(`^${runId}\\.[0-9a-f]{16}$`));
    const { runs } = await byHand.memory.listRuns({ parentRunId: runId, limit: 10 });
    assert.deepEqual(
      runs.map((run) => run.runId),
      [childId],
    );
  });

  it("give their output to the task that runs them", async () => {
    const { byHand, orchestrator, runId, childId } = await started(parentOf(child));
    await byHand.report(childId, "work", ok("done"));
    assert.deepEqual(await byHand.settle(orchestrator.waitFor(runId)), {
      status: "succeeded",
      output: "done",
    });
    const [, event] = await byHand.memory.readEvents(runId);
    assert.ok(event?.type === "attemptSucceeded");
    assert.equal(event.report?.childRunId, childId);
  });

  it("that fail fail their task, or are tried again as runs of their own", async () => {
    const retry = { maxAttempts: 2, initialDelayMs: 1_000, jitter: 0 };
    const { byHand, orchestrator, runId, childId } = await started(parentOf(child, { retry }));
    await byHand.report(childId, "work", failed("NO_DATA"));
    await byHand.pass(1_000);
    const secondId = childRunId(runId, { task: "sub", attempt: 2 });
    assert.notEqual(secondId, childId);
    await byHand.report(secondId, "work", failed("NO_DATA"));
    const result = await byHand.settle(orchestrator.waitFor(runId));
    assert.ok(result.status === "failed");
    assert.equal(result.error.code, "NO_DATA");
    assert.match(result.error.message, new RegExp(`Child run ${secondId} failed`));
    assert.equal(result.error.details?.["childRunId"], secondId);
  });

  it("E11 end with their parent, and with the task that runs them", async () => {
    for (const task of [undefined, "sub"]) {
      const { byHand, orchestrator, runId, childId } = await started(parentOf(child));
      byHand.takeSent();
      await byHand.settle(orchestrator.cancel(runId, "enough", task));
      const end = await byHand.settle(orchestrator.waitFor(childId));
      assert.deepEqual(end, { status: "cancelled", reason: "enough" });
      assert.deepEqual(byHand.takeSent(), []);
    }
  });

  it("E11 end in the same commit as what they lie below, at every depth", async () => {
    const middle = parentOf(child, {}, "middle");
    const batches: (readonly RunAppend[])[] = [];
    const wrap = (store: Store): Store => ({
      ...storePort(store),
      append: (batch) => {
        batches.push(batch);
        return store.append(batch);
      },
    });
    const { byHand, orchestrator, runId, childId } = await started(parentOf(middle), [child, middle], {
      wrap,
    });
    await byHand.turn();
    const leafId = childRunId(childId, { task: "sub", attempt: 1 });
    assert.deepEqual(byHand.takeSent(), ["work#1"]);
    batches.length = 0;
    await byHand.settle(orchestrator.cancel(runId, "enough"));
    const [batch = [], ...others] = batches;
    assert.deepEqual(others, []);
    assert.deepEqual(new Set(batch.map((append) => append.runId)), new Set([runId, childId, leafId]));
    for (const { settle, events } of batch) {
      assert.equal(settle?.status, "cancelled");
      assert.deepEqual(events, [{ type: "cancelRequested", at: byHand.clock.now(), reason: "enough" }]);
    }
  });

  it("that are cancelled themselves fail their task, which is not tried again", async () => {
    const { byHand, orchestrator, runId, childId } = await started(
      parentOf(child, { retry: { maxAttempts: 3 } }),
    );
    await byHand.settle(orchestrator.cancel(childId, "not this one"));
    const result = await byHand.settle(orchestrator.waitFor(runId));
    assert.ok(result.status === "failed" && result.error.code === "RUN_CANCELLED");
    assert.match(result.error.message, /was cancelled: not this one\./);
  });

  it("P3 that end while nobody is there are reported by the next process", async () => {
    const { byHand, runId, childId } = await started(parentOf(child));
    await byHand.settle(byHand.orchestrator.close());
    const at = byHand.clock.now();
    const ended = { type: "attemptSucceeded", at, task: "work", attempt: 1, output: "done" } as const;
    const settle = { status: "succeeded", at } as const;
    await byHand.memory.append([{ runId: childId, fromSeq: 1, events: [ended], settle }]);
    const after = await OrchestratorByHand.open({ memory: byHand.memory, now: at });
    const result = await after.settle(after.orchestrator.waitFor(runId));
    assert.deepEqual(result, { status: "succeeded", output: "done" });
  });

  it("P7 whose plan the store does not have fail their task", async () => {
    const { byHand, orchestrator, runId } = await started(parentOf(child), []);
    const result = await byHand.settle(orchestrator.waitFor(runId));
    assert.ok(result.status === "failed" && result.error.code === "NOT_FOUND");
    assert.match(result.error.message, /has no plan [0-9a-f]{64} of workflow child/);
  });

  it("P8 lie at most eight deep", async () => {
    const plans = [child];
    for (let depth = 1; depth <= maxRunDepth; depth += 1) {
      plans.push(parentOf(plans.at(-1) ?? child, {}, `level-${depth}`));
    }
    const { byHand, orchestrator, runId } = await started(plans.at(-1) ?? child, plans);
    for (let depth = 0; depth <= 2 * maxRunDepth; depth += 1) await byHand.turn();
    const result = await byHand.settle(orchestrator.waitFor(runId));
    assert.ok(result.status === "failed");
    assert.equal(result.error.code, "RUN_TOO_DEEP");
    const { runs } = await byHand.memory.listRuns({ limit: 100 });
    assert.equal(runs.length, maxRunDepth);
    const { state } = await readRun(byHand.memory, runId);
    assert.equal(state.tasks.get("sub")?.attempt, 1);
  });
});
