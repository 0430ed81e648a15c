import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { CancelledAttempt } from "./ports/attempt-ledger.ts";
import type { Store } from "./ports/store.ts";
import { readRun } from "./run-record.ts";
import { asked, by, OrchestratorByHand, ok } from "./testing/orchestrator-by-hand.ts";

const target = { kind: "function", name: "work" };
const input = { kind: "input", path: [] };
const twoSteps = compile({
  name: "two-steps",
  timeoutMs: 60_000,
  steps: [
    { kind: "call", name: "a", target, input, retry: { maxAttempts: 2, initialDelayMs: 1_000, jitter: 0 } },
    { kind: "call", name: "b", target, input: { kind: "step", step: "a", path: [] } },
  ],
  output: { kind: "step", step: "b", path: [] },
});
const start = { plan: twoSteps, input: "x", ...asked };
/** What the tests below take apart. */
async function open(wrap: (store: Store) => Store = (store) => store) {
  const byHand = await OrchestratorByHand.open({ wrap });
  const { orchestrator, memory, clock, sent, updates, errors } = byHand;
  const turn = () => byHand.turn();
  const settle = <T>(work: Promise<T>) => byHand.settle(work);
  return { byHand, orchestrator, memory, clock, sent, updates, errors, turn, settle };
}

/** A store whose appends wait until they are let through, or fail as told. */
function gate() {
  const waiting: { readonly pass: () => void; readonly fail: (error: MycroftError) => void }[] = [];
  const wrap = (store: Store): Store =>
    new Proxy(store, {
      get: (of, name) => {
        if (name !== "append") return Reflect.get(of, name).bind(of);
        return (batch: Parameters<Store["append"]>[0]) =>
          new Promise((resolve, reject) => {
            waiting.push({ pass: () => resolve(of.append(batch)), fail: reject });
          });
      },
    });
  return { waiting, wrap };
}

describe("Orchestrator", () => {
  it("P1 shows, sends and answers nothing before it is durable", async () => {
    const { waiting, wrap } = gate();
    const { orchestrator, sent, updates, turn, settle } = await open(wrap);
    let runId: string | null = null;
    const started = orchestrator.startRun(start).then((id) => {
      runId = id;
    });
    await turn();
    assert.equal(waiting.length, 1);
    assert.deepEqual([runId, sent, updates], [null, [], []]);
    waiting.shift()?.pass();
    await settle(started);
    assert.equal(sent.length, 1);
    assert.equal(updates.length, 1);

    const [message] = sent.splice(0);
    assert.ok(message !== undefined && runId !== null);
    let isReported = false;
    const reported = orchestrator.report(message, ok("A"), by).then(() => {
      isReported = true;
    });
    await turn();
    assert.deepEqual([isReported, sent.length, updates.length], [false, 0, 1]);
    waiting.shift()?.pass();
    await settle(reported);
    assert.deepEqual(
      sent.map(({ task, attempt }) => [task, attempt]),
      [["b", 1]],
    );
  });

  it("P1 does not show a result that is settled in memory only", async () => {
    const { waiting, wrap } = gate();
    const { orchestrator, sent, turn, settle } = await open(wrap);
    const starting = orchestrator.startRun(start);
    await turn();
    waiting.shift()?.pass();
    const runId = await settle(starting);
    const cancelling = orchestrator.cancel(runId, "test");
    await turn();
    let isShown = false;
    const result = orchestrator.waitFor(runId).finally(() => {
      isShown = true;
    });
    await turn();
    assert.equal(isShown, false);
    waiting.shift()?.pass();
    assert.deepEqual(await settle(result), { status: "cancelled", reason: "test" });
    assert.equal(await settle(cancelling), true);
    assert.equal(sent.length, 1);
  });

  it("P1 commits together what arrives together", async () => {
    const batches: number[] = [];
    const { orchestrator, settle } = await open(
      (store) =>
        new Proxy(store, {
          get: (of, name) => {
            if (name !== "append") return Reflect.get(of, name).bind(of);
            return (batch: Parameters<Store["append"]>[0]) => {
              batches.push(batch.length);
              return of.append(batch);
            };
          },
        }),
    );
    await settle(Promise.all(Array.from({ length: 50 }, () => orchestrator.startRun(start))));
    assert.deepEqual(batches, [50]);
  });

  it("stops intake while the disk is full, and loses nothing when there is room again", async () => {
    const { waiting, wrap } = gate();
    const { orchestrator, clock, errors, turn, settle, memory } = await open(wrap);
    const starting = orchestrator.startRun(start);
    await turn();
    waiting.shift()?.fail(new MycroftError("STORE_FULL", "no room"));
    await turn();
    assert.equal(orchestrator.failure?.code, "STORE_FULL");
    assert.deepEqual(
      errors.map((error) => error.code),
      ["STORE_FULL"],
    );
    await assert.rejects(orchestrator.startRun(start), { code: "STORE_FULL" });
    clock.advanceTo(clock.now() + 1_000);
    await turn();
    waiting.shift()?.pass();
    const runId = await settle(starting);
    assert.equal(orchestrator.failure, null);
    assert.equal((await memory.readEvents(runId)).length, 1);
  });

  it("commits nothing more after a failure that will not pass", async () => {
    const { waiting, wrap } = gate();
    const { orchestrator, turn, settle } = await open(wrap);
    const starting = orchestrator.startRun(start);
    await turn();
    waiting.shift()?.fail(new MycroftError("STORE_DAMAGED", "gone"));
    await assert.rejects(settle(starting), { code: "STORE_DAMAGED" });
    await assert.rejects(settle(orchestrator.startRun(start)), { code: "STORE_DAMAGED" });
  });

  it("E10 records stale, repeated and late results, ignores them, and stops recording them at the limit (P8)", async () => {
    const { orchestrator, sent, settle, memory } = await open();
    const runId = await settle(orchestrator.startRun(start));
    const [first] = sent.splice(0);
    assert.ok(first !== undefined);
    await settle(orchestrator.report(first, ok("A"), by));
    for (let repeat = 0; repeat < 10; repeat += 1) await settle(orchestrator.report(first, ok("other"), by));
    const [second] = sent.splice(0);
    assert.ok(second !== undefined && sent.length === 0);
    await settle(orchestrator.report(second, ok("B"), by));
    await settle(orchestrator.report(second, ok("too late"), by));
    const record = await readRun(memory, runId);
    assert.deepEqual(record.state.result, { status: "succeeded", output: "B" });
    assert.equal(record.state.ignored, 3);
    assert.equal(record.events.length, 1 + 2 + 3);
    assert.equal(await orchestrator.claim(second, "w"), null);
  });

  it("E11 gives up attempts in flight, and starts nothing after a cancellation", async () => {
    const { orchestrator, sent, settle } = await open();
    const cancelled: CancelledAttempt[] = [];
    orchestrator.onCancelled((attempt) => cancelled.push(attempt));
    const runId = await settle(orchestrator.startRun(start));
    const [message] = sent.splice(0);
    assert.ok(message !== undefined);
    assert.equal(await settle(orchestrator.cancel(runId, "enough")), true);
    assert.deepEqual(cancelled, [{ runId, task: "a", attempt: 1 }]);
    await settle(orchestrator.report(message, ok("A"), by));
    assert.equal(sent.length, 0);
    assert.equal(await orchestrator.claim(message, "w"), null);
    assert.equal(await settle(orchestrator.cancel(runId, "again")), false);
    assert.deepEqual(await settle(orchestrator.waitFor(runId)), { status: "cancelled", reason: "enough" });
  });

  it("E3 E4 sets the timers that the engine asks for: retries, and the run's own timeout", async () => {
    const { orchestrator, sent, clock, turn, settle } = await open();
    const runId = await settle(orchestrator.startRun(start));
    const [message] = sent.splice(0);
    assert.ok(message !== undefined);
    const error = { code: "TASK_FAILED", message: "no luck", retryable: true };
    await settle(orchestrator.report(message, { ok: false, error }, by));
    clock.advanceTo(clock.now() + 999);
    await turn();
    assert.equal(sent.length, 0);
    clock.advanceTo(clock.now() + 1);
    await turn();
    assert.deepEqual(
      sent.map(({ task, attempt }) => [task, attempt]),
      [["a", 2]],
    );
    clock.advanceTo(clock.now() + 60_000);
    const result = await settle(orchestrator.waitFor(runId));
    assert.ok(result.status === "failed" && result.error.code === "RUN_TIMED_OUT");
  });

  it("E12 takes unsettled runs over where they stand, timers included", async () => {
    const { byHand, orchestrator, sent, settle } = await open();
    const runId = await settle(orchestrator.startRun(start));
    const [message] = sent;
    assert.ok(message !== undefined);
    const error = { code: "TASK_FAILED", message: "no luck", retryable: true };
    await settle(orchestrator.report(message, { ok: false, error }, by));

    const after = await byHand.reopened();
    await after.pass(2_000);
    assert.deepEqual(
      after.sent.map(({ task, attempt }) => [task, attempt]),
      [["a", 2]],
    );
    const request = await after.orchestrator.claim({ ...message, attempt: 2 }, "w");
    assert.equal(request?.idempotencyKey, `${runId}/a`, "P2: equal for every attempt of the task");
    assert.equal(request?.input, "x");
  });

  it("tells callers of unknown runs, and of its shutting down", async () => {
    const { orchestrator, settle } = await open();
    await assert.rejects(orchestrator.waitFor("nobody"), { code: "RUN_UNKNOWN" });
    await assert.rejects(orchestrator.cancel("nobody", "test"), { code: "RUN_UNKNOWN" });
    const runId = await settle(orchestrator.startRun(start));
    const waiting = orchestrator.waitFor(runId);
    waiting.catch(() => {});
    await settle(orchestrator.close());
    await assert.rejects(waiting, { code: "STORE_CLOSED" });
    await assert.rejects(orchestrator.startRun(start), { code: "STORE_CLOSED" });
  });
});
