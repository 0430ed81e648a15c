import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile, type JsonValue, type Plan, type StepDefinition } from "@mycroft/engine";
import { readRun } from "./run-record.ts";
import { asked, OrchestratorByHand, ok } from "./testing/orchestrator-by-hand.ts";

const text = { type: "string" };
const waitFor = { kind: "waitFor", name: "news", signal: "news", outputSchema: text } as const;
const approve = {
  kind: "approve",
  name: "sign",
  input: { kind: "const", value: "shall we?" },
} as const;
const work: StepDefinition = {
  kind: "call",
  name: "work",
  target: { kind: "function", name: "work" },
  input: { kind: "const", value: null },
};

function planOf(...steps: readonly StepDefinition[]): Plan {
  const last = steps.at(-1)?.name ?? "";
  return compile({ name: "w", input: {}, steps, output: { kind: "step", step: last, path: [] } });
}

async function started(plan: Plan, input: JsonValue = null) {
  const byHand = await OrchestratorByHand.open();
  const runId = await byHand.settle(byHand.orchestrator.startRun({ plan, input, ...asked }));
  return { byHand, orchestrator: byHand.orchestrator, runId };
}

/** What a request is refused with. */
async function refusal(byHand: OrchestratorByHand, request: Promise<unknown>) {
  const { code, message, details } = await byHand.settle(
    request.then(
      () => ({ code: "none", message: "", details: {} }),
      (thrown) => thrown,
    ),
  );
  return { code, message, details };
}

describe("E9 signals", () => {
  it("wake the task that waits, and their payload is its output", async () => {
    const { byHand, orchestrator, runId } = await started(planOf(waitFor));
    assert.deepEqual(await byHand.statuses(runId), ["news waitingForSignal"]);
    await byHand.settle(orchestrator.signal(runId, { signal: "news", payload: "good" }));
    assert.deepEqual(await byHand.settle(orchestrator.waitFor(runId)), {
      status: "succeeded",
      output: "good",
    });
  });

  it("that come before their wait are kept, across a restart too, and taken oldest first", async () => {
    const later: StepDefinition[] = ["one", "two"].map((name, index) => ({
      ...waitFor,
      name,
      after: [index === 0 ? "work" : "one"],
    }));
    const plan = planOf(work, ...later, {
      ...work,
      name: "both",
      input: { kind: "array", items: ["one", "two"].map((step) => ({ kind: "step", step, path: [] })) },
    });
    const { byHand, orchestrator, runId } = await started(plan);
    for (const payload of ["first", "second"]) {
      await byHand.settle(orchestrator.signal(runId, { signal: "news", payload }));
    }
    const after = await byHand.reopened();
    await after.report(runId, "work", ok(null));
    const [message] = after.sent.filter(({ task }) => task === "both");
    assert.ok(message !== undefined);
    const request = await after.orchestrator.claim(message, "w");
    assert.deepEqual(request?.input, ["first", "second"]);
  });

  it("with a key go to the task that waits for that key", async () => {
    const key = { kind: "const", value: 7 } as const;
    const { byHand, orchestrator, runId } = await started(planOf(work, { ...waitFor, key }));
    await assert.rejects(orchestrator.signal(runId, { signal: "news", payload: "for nobody" }), {
      code: "INPUT_INVALID",
      message: /takes the signal "news" only with a key/,
    });
    await byHand.settle(orchestrator.signal(runId, { signal: "news", key: "8", payload: "for another" }));
    await byHand.settle(orchestrator.signal(runId, { signal: "news", key: "7", payload: "mine" }));
    const { state } = await readRun(byHand.memory, runId);
    assert.equal(state.tasks.get("news")?.output, "mine");
  });

  it("P8 under one id count once, and are on record once, across a restart too", async () => {
    const { byHand, orchestrator, runId } = await started(planOf(work, waitFor));
    const signal = { signal: "news", payload: "once", id: "n-1" };
    await byHand.settle(Promise.all([1, 2, 3].map(() => orchestrator.signal(runId, signal))));
    const after = await byHand.reopened();
    await after.settle(after.orchestrator.signal(runId, signal));
    const events = await after.memory.readEvents(runId);
    assert.deepEqual(
      events.map(({ type }) => type),
      ["runStarted", "signalReceived"],
    );
  });

  it("P7 that are wrong are refused with a code that says why", async () => {
    const { byHand, orchestrator, runId } = await started(planOf(work, waitFor));
    const send = (signal: object, to = runId) =>
      refusal(byHand, orchestrator.signal(to, { signal: "news", payload: "x", ...signal }));
    assert.equal((await send({}, "nobody")).code, "RUN_UNKNOWN");
    const unknown = await send({ signal: "gossip" });
    assert.equal(unknown.code, "SIGNAL_UNKNOWN");
    assert.match(unknown.message, /waits for no signal "gossip"; it waits for news\.$/);
    const misfit = await send({ payload: 7 });
    assert.equal(misfit.code, "INPUT_INVALID");
    assert.match(misfit.message, /does not fit step "news"/);
    const oversized = await send({ payload: "x".repeat(1024 * 1024) });
    assert.equal(oversized.code, "LIMIT_EXCEEDED");
    assert.deepEqual(oversized.details, { field: "payload", limit: 1024 * 1024 });
    for (const wrong of [
      { key: " " },
      { key: "k".repeat(201) },
      { id: "" },
      { id: "\ud800" },
      { payload: undefined },
      { payload: Number.NaN },
      { payload: { list: [1n] } },
    ]) {
      assert.equal((await send(wrong)).code, "INPUT_INVALID");
    }
    assert.equal((await byHand.memory.readEvents(runId)).length, 1, "none is on record");
    await byHand.settle(orchestrator.cancel(runId, "test"));
    const settled = await send({});
    assert.equal(settled.code, "RUN_SETTLED");
    assert.match(settled.message, /has been cancelled already/);
  });

  it("P8 are 10,000 at the most in one run", async () => {
    const { byHand, orchestrator, runId } = await started(planOf(work, waitFor));
    const send = () => orchestrator.signal(runId, { signal: "news", payload: "x" });
    await byHand.settle(Promise.all(Array.from({ length: 10_000 }, send)));
    assert.equal((await refusal(byHand, send())).code, "LIMIT_EXCEEDED");
  });
});

describe("E8 verdicts", () => {
  it("are the output of the task that asked, with who gave them and why", async () => {
    const { byHand, orchestrator, runId } = await started(planOf(approve));
    const verdict = { verdict: "approve", by: "ada", comment: "go" } as const;
    assert.equal(await byHand.settle(orchestrator.decide(runId, verdict)), "sign");
    assert.deepEqual(await byHand.settle(orchestrator.waitFor(runId)), {
      status: "succeeded",
      output: { approved: true, by: "ada", comment: "go" },
    });
  });

  it("that reject fail the step, or are its output where it says so", async () => {
    for (const [onReject, expected] of [
      ["fail", "failed"],
      ["continue", "succeeded"],
    ] as const) {
      const { byHand, orchestrator, runId } = await started(planOf({ ...approve, onReject }));
      await byHand.settle(orchestrator.decide(runId, { verdict: "reject", by: "ada" }));
      const result = await byHand.settle(orchestrator.waitFor(runId));
      assert.equal(result.status, expected);
      if (result.status === "failed") assert.equal(result.error.code, "APPROVAL_REJECTED");
    }
  });

  it("of two people at the same moment: the first counts, the second is told so", async () => {
    const { byHand, orchestrator, runId } = await started(planOf(approve, { ...work, after: ["sign"] }));
    const first = orchestrator.decide(runId, { verdict: "approve", by: "ada" });
    const second = orchestrator.decide(runId, { verdict: "reject", by: "grace" });
    const { code, message } = await refusal(byHand, second);
    assert.equal(await byHand.settle(first), "sign");
    assert.equal(code, "TASK_NOT_WAITING");
    assert.match(message, /^No task of run \S+ waits for a verdict\.$/);
    const named = orchestrator.decide(runId, { task: "sign", verdict: "reject", by: "grace" });
    assert.match((await refusal(byHand, named)).message, /does not wait for a verdict: it is succeeded\.$/);
    const { state } = await readRun(byHand.memory, runId);
    assert.deepEqual(state.tasks.get("sign")?.output, { approved: true, by: "ada", comment: null });
  });

  it("P7 that are wrong are refused with a code that says why", async () => {
    const { byHand, orchestrator, runId } = await started(
      planOf(approve, { ...approve, name: "countersign" }),
    );
    const decide = (approval: object, of = runId) =>
      refusal(byHand, orchestrator.decide(of, { verdict: "approve", by: "ada", ...approval }));
    assert.equal((await decide({}, "nobody")).code, "RUN_UNKNOWN");
    for (const nobody of ["", "  ", "a".repeat(201)]) {
      const { code, details } = await decide({ task: "sign", by: nobody });
      assert.equal(code, "INPUT_INVALID");
      assert.deepEqual(details, { field: "by", limit: 200 });
    }
    assert.equal((await decide({ task: "sign", comment: "c".repeat(10_001) })).code, "INPUT_INVALID");
    const unknown = await decide({ task: "sing" });
    assert.equal(unknown.code, "TASK_UNKNOWN");
    assert.match(unknown.message, /has no task or step "sing"/);
    const which = await decide({});
    assert.equal(which.code, "TASK_NOT_WAITING");
    assert.match(which.message, /2 tasks of run \S+ wait for a verdict: sign, countersign\. Say which/);
    await byHand.settle(orchestrator.cancel(runId, "test"));
    assert.equal((await decide({ task: "sign" })).code, "RUN_SETTLED");
  });
});
