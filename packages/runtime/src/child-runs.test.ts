import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { compile, type Plan, type RunEvent } from "@mycroft/engine";
import { childRunId } from "./child-runs.ts";
import { sampleRun } from "./contracts/sample-runs.ts";
import { MemoryStore } from "./memory/memory-store.ts";
import { Orchestrator } from "./orchestrator.ts";
import type { TaskMessage } from "./ports/queue.ts";
import type { NewRun } from "./ports/store.ts";
import { deafBus } from "./simulation/deaf-bus.ts";
import { VirtualClock } from "./simulation/virtual-clock.ts";

const input = { kind: "input", path: [] };
const child = compile({
  name: "child",
  input: {},
  steps: [{ kind: "waitFor", name: "never", signal: "never" }],
  output: input,
});
const run = { kind: "run", name: "child", workflow: "child", plan: child.hash, input };
const parent = compile({
  name: "parent",
  input: {},
  timeoutMs: 60_000,
  steps: [
    { kind: "map", name: "all", over: input, maxItems: 2, steps: [run], output: input },
    { kind: "waitFor", name: "last", signal: "last", after: ["all"], trigger: "allDone" },
  ],
  output: input,
});
const started = { type: "runStarted", at: 1_000 } as const;
const task = "all[1]/child";
const of = { runId: "parent", task, attempt: 1 };

function newRun(runId: string, plan: Plan, changes: Partial<NewRun> = {}): NewRun {
  return sampleRun(runId, { workflow: plan.workflow.name, planHash: plan.hash, ...changes });
}

/** An orchestrator that takes over what is in the store, and what it sends to the queue. */
async function recover(store: MemoryStore) {
  const clock = new VirtualClock(10_000);
  const sent: TaskMessage[] = [];
  const opening = Orchestrator.open({
    store,
    clock,
    bus: deafBus,
    queue: {
      publish: async (messages) => void sent.push(...messages),
      consume: () => Promise.reject(new Error("nobody consumes here")),
      depth: async () => 0,
      close: async () => {},
    },
  });
  for (let round = 0; round < 20; round += 1) {
    clock.advanceTo(clock.now());
    await setImmediate();
  }
  return { orchestrator: await opening, sent };
}

/** What a child run comes to whose parent gave it up, in a process that died before the child was told. */
async function endOfOrphan(events: readonly RunEvent[], status: "running" | "cancelled" | "failed") {
  const store = new MemoryStore();
  await store.putPlan(parent);
  await store.putPlan(child);
  const childId = childRunId("parent", of);
  const settle = status === "running" ? {} : { settle: { status, at: 2_000 } };
  await store.append([
    {
      runId: "parent",
      create: newRun("parent", parent),
      fromSeq: 0,
      events: [{ ...started, input: ["a", "b"] }, ...events],
      ...settle,
    },
    {
      runId: childId,
      create: newRun(childId, child, { parent: of }),
      fromSeq: 0,
      events: [{ ...started, input: "b" }],
    },
  ]);
  const { orchestrator } = await recover(store);
  const end = await orchestrator.waitFor(childId);
  return end.status === "cancelled" ? end.reason : end.status;
}

describe("E7 P3 a child run that was given up just before a crash is cancelled as if there had been none", () => {
  it("because its parent was cancelled", async () => {
    const cancel = { type: "cancelRequested", at: 2_000, reason: "nobody wants it" } as const;
    assert.equal(await endOfOrphan([cancel], "cancelled"), "nobody wants it");
  });

  it("because the parent's task was cancelled, or one around it", async () => {
    for (const cancelled of [task, "all"]) {
      const other = { type: "cancelRequested", at: 1_500, reason: "another", task: "all[0]/child" } as const;
      const cancel = { type: "cancelRequested", at: 2_000, reason: "too dear", task: cancelled } as const;
      assert.equal(await endOfOrphan([other, cancel], "running"), "too dear");
    }
  });

  it("because its parent ran out of time", async () => {
    const timer = { type: "timerFired", at: 61_000, timer: "run" } as const;
    assert.equal(await endOfOrphan([timer], "failed"), "its run timed out");
  });
});

describe("E11 nothing starts below a run that was cancelled just before a crash", () => {
  it("at any depth", async () => {
    const store = new MemoryStore();
    const target = { kind: "function", name: "work" };
    const leaf = compile({
      name: "leaf",
      input: {},
      steps: [{ kind: "call", name: "work", target, input }],
      output: input,
    });
    const nest = (name: string, inner: Plan) => {
      const { hash, workflow } = inner;
      const steps = [{ kind: "run", name: "inner", workflow: workflow.name, plan: hash, input }];
      return compile({ name, input: {}, steps, output: input });
    };
    const middle = nest("middle", leaf);
    const root = nest("root", middle);
    const inner = (runId: string) => ({ runId, task: "inner", attempt: 1 });
    const rootId = "root";
    const middleId = childRunId(rootId, inner(rootId));
    const leafId = childRunId(middleId, inner(middleId));
    for (const plan of [leaf, middle, root]) await store.putPlan(plan);
    const cancel = { type: "cancelRequested", at: 2_000, reason: "nobody wants it" } as const;
    const begin = { fromSeq: 0, events: [{ ...started, input: null }] };
    await store.append([
      { runId: leafId, create: newRun(leafId, leaf, { parent: inner(middleId) }), ...begin },
      { runId: middleId, create: newRun(middleId, middle, { parent: inner(rootId) }), ...begin },
      { runId: rootId, create: newRun(rootId, root), ...begin },
      { runId: rootId, fromSeq: 1, events: [cancel], settle: { status: "cancelled", at: 2_000 } },
    ]);
    const { orchestrator, sent } = await recover(store);
    assert.deepEqual(await orchestrator.waitFor(leafId), { status: "cancelled", reason: "nobody wants it" });
    assert.deepEqual(sent, []);
  });
});
