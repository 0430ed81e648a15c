/** What the orchestrator does while its store cannot be written, or read, and when it is closed meanwhile. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { childRunId } from "./child-runs.ts";
import type { Store } from "./ports/store.ts";
import { asked, by, OrchestratorByHand, ok } from "./testing/orchestrator-by-hand.ts";

const input = { kind: "input", path: [] } as const;
const single = compile({
  name: "single",
  steps: [{ kind: "call", name: "work", target: { kind: "function", name: "work" }, input }],
  output: { kind: "step", step: "work", path: [] },
});
const parent = compile({
  name: "parent",
  steps: [{ kind: "run", name: "sub", workflow: "single", plan: single.hash, input }],
  output: { kind: "step", step: "sub", path: [] },
});
const start = { plan: single, input: "x", ...asked };

/** A store that refuses some of what it is asked, as long as it is told to. */
function unsteady() {
  const refused = new Map<keyof Store, MycroftError>();
  const asked: (keyof Store)[] = [];
  const wrap = (store: Store): Store =>
    new Proxy(store, {
      get:
        (of, name: keyof Store) =>
        (...given: readonly unknown[]) => {
          asked.push(name);
          const refusal = refused.get(name);
          if (refusal !== undefined) return Promise.reject(refusal);
          return Reflect.apply(of[name] as (...given: readonly unknown[]) => unknown, of, given);
        },
    });
  const times = (name: keyof Store) => asked.filter((one) => one === name).length;
  return { refused, wrap, times };
}

describe("P1 closing while the store cannot write", () => {
  it("asks it once more, gives up, and tells those who wait", async () => {
    const { refused, wrap, times } = unsteady();
    const byHand = await OrchestratorByHand.open({ wrap });
    const { orchestrator, memory } = byHand;
    refused.set("append", new MycroftError("STORE_FULL", "no room"));
    const starting = orchestrator.startRun(start);
    starting.catch(() => {});
    await byHand.turn();
    assert.equal(times("append"), 1);
    await byHand.settle(orchestrator.close());
    assert.equal(times("append"), 2);
    await assert.rejects(byHand.settle(starting), { code: "STORE_FULL" });
    assert.equal(orchestrator.failure?.code, "STORE_FULL");
    assert.deepEqual((await memory.listRuns({ limit: 10 })).runs, []);
    assert.deepEqual([byHand.sent, byHand.updates], [[], []]);
    await byHand.pass(10_000);
    assert.equal(times("append"), 2, "nothing is tried after that");
  });

  it("loses nothing when there is room again just then", async () => {
    const { refused, wrap } = unsteady();
    const byHand = await OrchestratorByHand.open({ wrap });
    refused.set("append", new MycroftError("STORE_IO", "no disk"));
    const starting = byHand.orchestrator.startRun(start);
    await byHand.turn();
    refused.clear();
    await byHand.settle(byHand.orchestrator.close());
    const runId = await byHand.settle(starting);
    assert.equal((await byHand.memory.getRun(runId))?.events, 1);
  });
});

it("P1 takes nothing in after it was closed, and says so", async () => {
  const { wrap, times } = unsteady();
  const byHand = await OrchestratorByHand.open({ wrap });
  const { orchestrator, memory } = byHand;
  const runId = await byHand.settle(orchestrator.startRun(start));
  await byHand.settle(orchestrator.close());
  const appends = times("append");
  await assert.rejects(byHand.settle(orchestrator.startRun(start)), { code: "STORE_CLOSED" });
  await assert.rejects(byHand.settle(orchestrator.cancel(runId, "too late")), { code: "STORE_CLOSED" });
  assert.equal(times("append"), appends);
  assert.equal((await memory.getRun(runId))?.status, "running");
  assert.deepEqual(byHand.errors, []);
});

it("commits nothing of what gathered while the store failed for good", async () => {
  let fail = (_: MycroftError): void => {};
  let appends = 0;
  const wrap = (store: Store): Store =>
    new Proxy(store, {
      get: (of, name: keyof Store) => {
        if (name !== "append") return Reflect.get(of, name).bind(of);
        return () =>
          new Promise((_, reject) => {
            appends += 1;
            fail = reject;
          });
      },
    });
  const byHand = await OrchestratorByHand.open({ wrap });
  const first = byHand.orchestrator.startRun(start);
  await byHand.turn();
  const second = byHand.orchestrator.startRun(start);
  await byHand.turn();
  assert.equal(appends, 1);
  const starts = byHand.settle(Promise.allSettled([first, second]));
  fail(new MycroftError("STORE_DAMAGED", "gone"));
  assert.deepEqual(
    (await starts).map((end) => end.status === "rejected" && Reflect.get(end.reason, "code")),
    ["STORE_DAMAGED", "STORE_DAMAGED"],
  );
  assert.equal(appends, 1);
});

it("has nothing executed any more when the store has failed for good", async () => {
  const { refused, wrap } = unsteady();
  const byHand = await OrchestratorByHand.open({ wrap });
  const { orchestrator, sent } = byHand;
  const runId = await byHand.settle(orchestrator.startRun(start));
  const [message] = sent;
  assert.ok(message !== undefined);
  refused.set("append", new MycroftError("STORE_DAMAGED", "gone"));
  const report = orchestrator.report(message, ok("done"), by);
  await assert.rejects(byHand.settle(report), { code: "STORE_DAMAGED" });
  // Whoever reported it hands the message back, and it comes again.
  assert.equal(await byHand.settle(orchestrator.claim(message, "w")), null);
  refused.clear();
  const next = await byHand.reopened();
  assert.deepEqual(next.takeSent(), ["work#1"]);
  assert.notEqual(await next.orchestrator.claim({ ...message, runId }, "w"), null);
});

describe("E7 P3 while the store cannot be read", () => {
  it("a child run is started later, and its end told later", async () => {
    const { refused, wrap } = unsteady();
    const byHand = await OrchestratorByHand.open({ wrap });
    const { orchestrator, memory } = byHand;
    refused.set("getRun", new MycroftError("STORE_IO", "no disk"));
    const runId = await byHand.settle(
      orchestrator.startRun({ ...start, plan: parent, childPlans: [single] }),
    );
    const childId = childRunId(runId, { task: "sub", attempt: 1 });
    await byHand.pass(5_000);
    assert.equal(await memory.getRun(childId), undefined);
    assert.ok(byHand.errors.length > 1 && byHand.errors.every(({ code }) => code === "STORE_IO"));

    refused.clear();
    await byHand.pass(1_000);
    assert.deepEqual(byHand.takeSent(), ["work#1"]);
    await byHand.report(childId, "work", ok("done"));
    assert.deepEqual(await byHand.settle(orchestrator.waitFor(runId)), {
      status: "succeeded",
      output: "done",
    });
  });

  it("one that is not wanted any more by then is not started", async () => {
    const { refused, wrap } = unsteady();
    const byHand = await OrchestratorByHand.open({ wrap });
    const { orchestrator, memory } = byHand;
    refused.set("getRun", new MycroftError("STORE_IO", "no disk"));
    const runId = await byHand.settle(
      orchestrator.startRun({ ...start, plan: parent, childPlans: [single] }),
    );
    assert.equal(await byHand.settle(orchestrator.cancel(runId, "enough")), true);
    refused.clear();
    await byHand.pass(5_000);
    assert.equal((await memory.listRuns({ limit: 10 })).runs.length, 1);
    assert.deepEqual(byHand.takeSent(), []);
  });
});
