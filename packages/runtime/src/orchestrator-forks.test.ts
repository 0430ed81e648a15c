import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile, type JsonValue, type StepDefinition } from "@mycroft/engine";
import { readRun } from "./run-record.ts";
import { asked, failed, OrchestratorByHand, ok } from "./testing/orchestrator-by-hand.ts";

const target = { kind: "function", name: "work" } as const;
const once = { maxAttempts: 1 };

function call(name: string, of: StepDefinition["name"] | null = null): object {
  const input = of === null ? { kind: "input", path: [] } : { kind: "step", step: of, path: [] };
  return { kind: "call", name, target, input, retry: once };
}

/** `a` is followed by `b`; `c` stands alone. */
const plan = compile({
  name: "w",
  input: { type: "string" },
  tags: ["daily"],
  steps: [call("a"), call("b", "a"), call("c")],
  output: { kind: "array", items: ["b", "c"].map((step) => ({ kind: "step", step, path: [] })) },
});
const start = { plan, input: "x", ...asked };

/** A run that has settled. */
async function settledRun(b = ok("B")) {
  const byHand = await OrchestratorByHand.open();
  const { orchestrator } = byHand;
  const runId = await byHand.settle(orchestrator.startRun({ ...start, tags: ["first"] }));
  await byHand.report(runId, "a", ok("A"));
  await byHand.report(runId, "c", ok("C"));
  await byHand.report(runId, "b", b);
  byHand.takeSent();
  return { byHand, orchestrator, runId };
}

async function refusal(byHand: OrchestratorByHand, request: Promise<unknown>) {
  const { code, message, details } = await byHand.settle(
    request.then(
      () => ({ code: "none", message: "", details: {} }),
      (thrown) => thrown,
    ),
  );
  return { code, message, details };
}

describe("a fork", () => {
  it("states the outcome of every task of a step that is named", async () => {
    const item = { kind: "item", of: "all", path: [] };
    const inner = { kind: "call", name: "inner", target, input: item, retry: once };
    const output = { kind: "step", step: "inner", path: [] };
    const over = { kind: "const", value: [1, 2] };
    const mapped = compile({
      name: "m",
      steps: [{ kind: "map", name: "all", over, maxItems: 9, steps: [inner], output }],
      output: { kind: "step", step: "all", path: [] },
    });
    const byHand = await OrchestratorByHand.open();
    const { orchestrator } = byHand;
    const runId = await byHand.settle(orchestrator.startRun({ ...start, plan: mapped }));
    for (const index of [0, 1]) await byHand.report(runId, `all[${index}]/inner`, ok(index));
    const forkId = await byHand.settle(orchestrator.fork({ runId, from: [], stated: { inner: "said" } }));
    const result = await byHand.settle(orchestrator.waitFor(forkId));
    assert.deepEqual(result, { status: "succeeded", output: ["said", "said"] });
  });

  it("does again what is asked for and what follows it, and takes over the rest", async () => {
    const { byHand, orchestrator, runId } = await settledRun();
    const before = await readRun(byHand.memory, runId);
    const forkId = await byHand.settle(orchestrator.fork({ runId, from: ["b"] }));
    assert.deepEqual(byHand.takeSent(), ["b#1"]);
    await byHand.report(forkId, "b", ok("B2"));
    assert.deepEqual(await byHand.settle(orchestrator.waitFor(forkId)), {
      status: "succeeded",
      output: ["B2", "C"],
    });
    const header = await byHand.memory.getRun(forkId);
    assert.deepEqual(header?.forkedFrom, { runId, tasks: ["b"] });
    assert.deepEqual(header?.tags, ["daily", "first"]);
    const after = await readRun(byHand.memory, runId);
    assert.deepEqual(after.header, before.header, "the original is as it was");
    assert.deepEqual(after.events, before.events);
  });

  it("with another input does again what that reaches", async () => {
    const { byHand, orchestrator, runId } = await settledRun();
    const forkId = await byHand.settle(orchestrator.fork({ runId, from: [], input: "y" }));
    assert.deepEqual(byHand.takeSent(), ["a#1", "c#1"]);
    await byHand.report(forkId, "a", ok("A"));
    assert.deepEqual(byHand.takeSent(), [], "what `b` is given has not changed");
    const { state } = await readRun(byHand.memory, forkId);
    assert.equal(state.input, "y");
  });

  it("takes a stated outcome for the task's own", async () => {
    const { byHand, orchestrator, runId } = await settledRun();
    const forkId = await byHand.settle(orchestrator.fork({ runId, from: [], stated: { a: "what if" } }));
    const [message] = byHand.sent;
    assert.equal(message?.task, "b");
    assert.ok(message !== undefined);
    const request = await orchestrator.claim(message, "w");
    assert.equal(request?.input, "what if");
    assert.equal(request?.runId, forkId);
  });

  it("P3 is taken over by the next process where it stands", async () => {
    const { byHand, orchestrator, runId } = await settledRun();
    await byHand.settle(orchestrator.fork({ runId, from: ["b"] }));
    const after = await byHand.reopened();
    assert.deepEqual(after.takeSent(), ["b#1"]);
  });

  it("P7 of what cannot be is refused with a code that says why", async () => {
    const { byHand, orchestrator, runId } = await settledRun();
    const fork = (request: object) => refusal(byHand, orchestrator.fork({ runId, from: [], ...request }));
    assert.equal((await fork({ runId: "nobody", from: ["a"] })).code, "RUN_UNKNOWN");
    const unknown = await fork({ from: ["z"] });
    assert.equal(unknown.code, "TASK_UNKNOWN");
    assert.deepEqual(unknown.details, { runId, task: "z" });
    assert.equal((await fork({ stated: { z: 1 } })).code, "TASK_UNKNOWN");
    assert.match((await fork({})).message, /needs a task to start from, another input, or a stated outcome/);
    const misfit = await fork({ input: 7 });
    assert.equal(misfit.code, "INPUT_INVALID");
    assert.match(misfit.message, /^The fork's input is wrong: /);
  });
});

describe("a retry", () => {
  it("does again what failed, with what follows, and takes over the rest", async () => {
    const { byHand, orchestrator, runId } = await settledRun(failed("NO_DATA"));
    const retryId = await byHand.settle(orchestrator.retry(runId));
    assert.deepEqual(byHand.takeSent(), ["b#1"]);
    await byHand.report(retryId, "b", ok("B"));
    assert.deepEqual(await byHand.settle(orchestrator.waitFor(retryId)), {
      status: "succeeded",
      output: ["B", "C"],
    });
  });

  it("P7 of a run under way, or of one in which nothing failed, is refused", async () => {
    const { byHand, orchestrator, runId } = await settledRun();
    const fine = await refusal(byHand, orchestrator.retry(runId));
    assert.equal(fine.code, "INPUT_INVALID");
    assert.match(fine.message, /No task of run \S+ failed or was cancelled/);
    const underWay = await byHand.settle(orchestrator.startRun(start));
    assert.equal((await refusal(byHand, orchestrator.retry(underWay))).code, "RUN_NOT_SETTLED");
    assert.equal((await refusal(byHand, orchestrator.retry("nobody"))).code, "RUN_UNKNOWN");
  });
});

describe("a start key", () => {
  const startKey = "2010-02-26/daily";

  it("stands for one run, however often and whenever its start is asked for", async () => {
    const byHand = await OrchestratorByHand.open();
    const again = () => byHand.orchestrator.startRun({ ...start, startKey });
    const ids = await byHand.settle(Promise.all([again(), again(), again()]));
    assert.equal(new Set(ids).size, 1);
    const after = await byHand.reopened();
    const late = await after.settle(after.orchestrator.startRun({ ...start, startKey }));
    assert.equal(late, ids[0]);
    const { runs } = await after.memory.listRuns({ limit: 10 });
    assert.equal(runs.length, 1);
    assert.equal(runs[0]?.startKey, startKey);
  });

  it("P7 under which something else was started is refused, and says which run that is", async () => {
    const byHand = await OrchestratorByHand.open();
    const { orchestrator } = byHand;
    const runId = await byHand.settle(orchestrator.startRun({ ...start, startKey }));
    const other = compile({ ...plan.workflow, tags: ["weekly"] });
    const asks: readonly [JsonValue, typeof plan, RegExp][] = [
      ["y", plan, /on another input\.$/],
      ["x", other, /of another plan\.$/],
    ];
    for (const [input, of, message] of asks) {
      const refused = await refusal(byHand, orchestrator.startRun({ ...start, plan: of, input, startKey }));
      assert.equal(refused.code, "START_KEY_MISMATCH");
      assert.deepEqual(refused.details, { runId, startKey });
      assert.match(refused.message, message);
    }
  });

  it("P7 that is empty, too long or no plain text is refused, and stops nothing else", async () => {
    const byHand = await OrchestratorByHand.open();
    const { orchestrator } = byHand;
    for (const wrong of ["", "a\nb", "k".repeat(201), "ä"]) {
      const refused = await refusal(byHand, orchestrator.startRun({ ...start, startKey: wrong }));
      assert.equal(refused.code, "INPUT_INVALID");
    }
    await byHand.settle(orchestrator.startRun({ ...start, startKey }));
  });
});
