import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile, type Plan } from "@mycroft/engine";
import type { DispatchSettings } from "./dispatch/dispatch-settings.ts";
import { asked, OrchestratorByHand, ok } from "./testing/orchestrator-by-hand.ts";

const narrow: DispatchSettings = { pools: { narrow: { slots: 2 } } };

/** One task for each item of the input. */
function mapped(settings: object = {}): Plan {
  const item = { kind: "item", of: "all", path: [] };
  const work = {
    kind: "call",
    name: "work",
    target: { kind: "agent", name: "ada" },
    input: item,
    ...settings,
  };
  return compile({
    name: "w",
    steps: [
      {
        kind: "map",
        name: "all",
        over: { kind: "input", path: ["list"] },
        maxItems: 10,
        steps: [work],
        output: item,
      },
    ],
    output: { kind: "step", step: "all", path: [] },
  });
}

async function started(plan: Plan, items: number, dispatch: DispatchSettings) {
  const byHand = await OrchestratorByHand.open({ dispatch });
  const input = { list: Array.from({ length: items }, (_, index) => index) };
  const runId = await byHand.settle(byHand.orchestrator.startRun({ plan, input, ...asked }));
  return { byHand, orchestrator: byHand.orchestrator, runId };
}

function usage({ orchestrator }: OrchestratorByHand, name = "narrow") {
  const { inUse, waiting } = orchestrator.pools.find(({ pool }) => pool === name) ?? {};
  return { inUse, waiting };
}

describe("pools", () => {
  it("have as many attempts under way as they have slots, and the next one when a slot is free", async () => {
    const { byHand, runId } = await started(mapped({ pool: "narrow" }), 3, narrow);
    assert.deepEqual(byHand.takeSent(), ["all[0]/work#1", "all[1]/work#1"]);
    assert.deepEqual(usage(byHand), { inUse: 2, waiting: 1 });
    await byHand.report(runId, "all[1]/work", ok(null));
    assert.deepEqual(byHand.takeSent(), ["all[2]/work#1"]);
    assert.deepEqual(usage(byHand), { inUse: 2, waiting: 0 });
  });

  it("E11 get their slots back from what is cancelled, one task or all", async () => {
    const { byHand, orchestrator, runId } = await started(mapped({ pool: "narrow" }), 4, narrow);
    byHand.takeSent();
    await byHand.settle(orchestrator.cancel(runId, "enough", "all[0]/work"));
    assert.deepEqual(byHand.takeSent(), ["all[2]/work#1"]);
    await byHand.settle(orchestrator.cancel(runId, "enough"));
    assert.deepEqual(byHand.takeSent(), []);
    assert.deepEqual(usage(byHand), { inUse: 0, waiting: 0 });
  });

  it("P3 are filled anew by the next process", async () => {
    const { byHand, orchestrator } = await started(mapped({ pool: "narrow" }), 3, narrow);
    await byHand.settle(orchestrator.close());
    const { memory } = byHand;
    const after = await OrchestratorByHand.open({ memory, dispatch: narrow });
    assert.deepEqual(usage(after), { inUse: 2, waiting: 1 });
    assert.equal(after.sent.length, 2);
  });

  it("serve the higher priority first", async () => {
    const slots = { pools: { narrow: { slots: 1 } } };
    const { byHand, orchestrator, runId } = await started(mapped({ pool: "narrow" }), 2, slots);
    const urgent = mapped({ pool: "narrow", priority: 5 });
    const urgentId = await byHand.settle(
      orchestrator.startRun({ plan: urgent, input: { list: [1] }, ...asked }),
    );
    byHand.takeSent();
    await byHand.report(runId, "all[0]/work", ok(null));
    assert.deepEqual(
      byHand.sent.map((message) => message.runId),
      [urgentId],
    );
  });

  it("P7 that nobody declared are refused when a run starts, with those that there are", async () => {
    const byHand = await OrchestratorByHand.open({ dispatch: narrow });
    const start = { plan: mapped({ pool: "nowhere" }), input: { list: [] }, ...asked };
    await assert.rejects(byHand.settle(byHand.orchestrator.startRun(start)), {
      code: "POOL_UNKNOWN",
      message: /There is no pool "nowhere"; there are default, narrow\./,
      details: { pool: "nowhere", known: ["default", "narrow"] },
    });
  });

  it("that are not declared any more keep what a run on record wants of them waiting, and stop nobody else", async () => {
    const { byHand, orchestrator } = await started(mapped({ pool: "narrow" }), 1, narrow);
    await byHand.settle(orchestrator.startRun({ plan: mapped(), input: { list: [1] }, ...asked }));
    const after = await byHand.reopened();
    assert.equal(after.sent.length, 1);
    assert.deepEqual(usage(after), { inUse: 0, waiting: 1 });
    assert.deepEqual(
      after.errors.map(({ code }) => code),
      ["POOL_UNKNOWN"],
    );
  });

  it("pace the calls of an agent whose rate is limited", async () => {
    const limited = { rateLimits: { ada: { calls: 1, perMs: 1_000 } } };
    const { byHand, orchestrator } = await started(mapped(), 2, limited);
    assert.deepEqual(byHand.takeSent(), [], "the call before a restart may be a moment ago");
    await byHand.pass(1_000);
    const [message] = byHand.sent.splice(0);
    assert.ok(message !== undefined);
    assert.notEqual(await orchestrator.claim(message, "w"), null);
    await byHand.pass(999);
    assert.equal(byHand.sent.length, 0);
    await byHand.pass(1);
    assert.equal(byHand.sent.length, 1);
  });
});
