import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { AttemptReport } from "@mycroft/engine";
import type { AttemptLedger, CancelledAttempt } from "./ports/attempt-ledger.ts";
import type { AttemptOutcome, AttemptRequest, Gateway } from "./ports/gateway.ts";
import type { TaskMessage, TaskQueue } from "./ports/queue.ts";
import { VirtualClock } from "./simulation/virtual-clock.ts";
import { Worker } from "./worker.ts";

const message: TaskMessage = { runId: "r", task: "t", attempt: 1, pool: "default", priority: 0 };
const request: AttemptRequest = {
  runId: "r",
  task: "t",
  step: "t",
  attempt: 1,
  target: { kind: "agent", name: "slow" },
  input: null,
  asOf: "2010-02-26",
  timeoutMs: 5_000,
  idempotencyKey: "r/t",
};

/** A worker whose queue and ledger are in the test's hands. */
async function start(gateway: Gateway, claimed: AttemptRequest | null = request) {
  const clock = new VirtualClock(1_000);
  const reports: [AttemptOutcome, AttemptReport][] = [];
  const ledgerState = { cancel: (_: CancelledAttempt) => {}, report: () => Promise.resolve() };
  const ledger: AttemptLedger = {
    claim: () => Promise.resolve(claimed),
    report: (_, outcome, report) => {
      reports.push([outcome, report]);
      return ledgerState.report();
    },
    onCancelled: (listener) => {
      ledgerState.cancel = listener;
      return () => {};
    },
  };
  let deliver: (message: TaskMessage) => Promise<void> = () => Promise.reject(new Error("no consumer"));
  const queue: TaskQueue = {
    publish: () => Promise.resolve(),
    consume: (_, handle) => {
      deliver = handle;
      return Promise.resolve({ close: () => Promise.resolve() });
    },
    depth: () => Promise.resolve(0),
    close: () => Promise.resolve(),
  };
  const worker = await Worker.start({
    name: "w1",
    pool: "default",
    concurrency: 1,
    queue,
    ledger,
    gateway,
    clock,
  });
  return { worker, clock, reports, ledgerState, deliver: () => deliver(message) };
}

const hanging: Gateway = { execute: () => new Promise(() => {}) };
const done: AttemptOutcome = { ok: true, output: 1, version: "1" };

describe("Worker", () => {
  it("reports the outcome with when it started and who executed it", async () => {
    const { deliver, reports } = await start({ execute: () => Promise.resolve(done) });
    await deliver();
    assert.deepEqual(reports, [[done, { startedAt: 1_000, worker: "w1" }]]);
  });

  it("E4 ends an attempt at its timeout, even when the agent ignores the signal", async () => {
    let signal: AbortSignal | null = null;
    const { deliver, reports, clock } = await start({
      execute: (_, given) => {
        signal = given;
        return new Promise(() => {});
      },
    });
    const handled = deliver();
    await setImmediate();
    clock.advanceTo(5_999);
    await setImmediate();
    assert.equal(reports.length, 0);
    clock.advanceTo(6_000);
    await handled;
    const [outcome] = reports[0] ?? [];
    assert.ok(outcome !== undefined && !outcome.ok);
    assert.equal(outcome.error.code, "ATTEMPT_TIMED_OUT");
    assert.equal(outcome.error.retryable, true);
    assert.match(outcome.error.message, /slow.*5000 ms/);
    assert.equal((signal as AbortSignal | null)?.aborted, true);
  });

  it("E11 aborts an attempt that is cancelled, and reports nothing of it, even when the agent ignores the signal", async () => {
    const signals: AbortSignal[] = [];
    const { deliver, reports, ledgerState } = await start({
      execute: (_, signal) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    });
    const handled = deliver();
    await setImmediate();
    ledgerState.cancel({ runId: "r", task: "t", attempt: 2 });
    assert.equal(signals[0]?.aborted, false, "another attempt is not its business");
    ledgerState.cancel({ runId: "r", task: "t", attempt: 1 });
    await handled;
    assert.equal(signals[0]?.aborted, true);
    assert.deepEqual(reports, []);
  });

  it("P4 executes an attempt once when its message comes twice at a time", async () => {
    let executions = 0;
    const result = Promise.withResolvers<AttemptOutcome>();
    const { deliver, reports } = await start({
      execute: () => {
        executions += 1;
        return result.promise;
      },
    });
    const first = deliver();
    await deliver();
    result.resolve(done);
    await first;
    assert.equal(executions, 1);
    assert.equal(reports.length, 1);
  });

  it("E10 does not execute an attempt that is not wanted any more", async () => {
    const { deliver, reports } = await start(hanging, null);
    await deliver();
    assert.deepEqual(reports, []);
  });

  it("P2 hands the message back when the outcome could not be made durable", async () => {
    const { deliver, ledgerState } = await start({ execute: () => Promise.resolve(done) });
    ledgerState.report = () => Promise.reject(new Error("the store is gone"));
    await assert.rejects(deliver(), /the store is gone/);
  });
});
