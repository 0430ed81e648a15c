import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { AttemptReport } from "@mycroft/engine";
import type { MycroftError } from "@mycroft/errors";
import type { AttemptLedger, CancelledAttempt } from "./ports/attempt-ledger.ts";
import type { AttemptControl, AttemptOutcome, AttemptRequest, Gateway } from "./ports/gateway.ts";
import type { Delivery, TaskMessage, TaskQueue } from "./ports/queue.ts";
import { ProcessClock } from "./simulation/process-clock.ts";
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
  heartbeatTimeoutMs: null,
  cacheTtlMs: null,
  idempotencyKey: "r/t",
};
const done: AttemptOutcome = { ok: true, output: 1, version: "1" };

/** A worker whose queue and ledger are in the test's hands. */
async function start(execute: Gateway["execute"], claimed: AttemptRequest | null = request) {
  const world = new VirtualClock(1_000);
  const clock = new ProcessClock(world);
  const reports: [AttemptOutcome, AttemptReport][] = [];
  const renewals: [number, string][] = [];
  const handedBack: string[] = [];
  const errors: MycroftError[] = [];
  const ledgerState = {
    cancel: (_: CancelledAttempt) => {},
    claim: () => Promise.resolve(claimed),
    report: () => Promise.resolve(),
    isListening: true,
  };
  const ledger: AttemptLedger = {
    leaseMs: 900,
    claim: () => ledgerState.claim(),
    renew: (worker, attempts) => {
      const named = attempts.map(({ runId, task, attempt }) => `${runId}/${task}#${attempt}`);
      renewals.push([world.elapsed(), `${worker}: ${named.join(" ")}`]);
    },
    handBack: ({ task, attempt }, worker) => handedBack.push(`${task}#${attempt} of ${worker}`),
    report: (_, outcome, report) => {
      reports.push([outcome, report]);
      return ledgerState.report();
    },
    onCancelled: (listener) => {
      ledgerState.cancel = listener;
      return () => {
        ledgerState.isListening = false;
      };
    },
  };
  const delivery: Delivery = { postpone: () => {} };
  let deliver: (message: TaskMessage) => Promise<void> = () => Promise.reject(new Error("no consumer"));
  const inHand = new Set<Promise<void>>();
  const queue: TaskQueue = {
    publish: () => Promise.resolve(),
    consume: (_, handle) => {
      deliver = (message) => handle(message, delivery);
      return Promise.resolve({ close: async () => void (await Promise.allSettled(inHand)) });
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
    gateway: { execute },
    clock,
    onError: (error) => void errors.push(error),
  });
  return {
    worker,
    world,
    clock,
    reports,
    renewals,
    handedBack,
    errors,
    ledgerState,
    deliver: (more: Partial<TaskMessage> = {}) => {
      const handled = deliver({ ...message, ...more });
      inHand.add(handled);
      const isDone = () => void inHand.delete(handled);
      handled.then(isDone, isDone);
      return handled;
    },
    /** Lets time pass, and what follows from it happen. */
    async pass(forMs: number) {
      await setImmediate();
      for (let passed = 0; passed < forMs; passed += 50) {
        world.advanceTo(world.now() + Math.min(50, forMs - passed));
        await setImmediate();
      }
    },
    async failure() {
      await setImmediate();
      const [outcome] = reports[0] ?? [];
      assert.ok(outcome !== undefined && !outcome.ok);
      return outcome.error;
    },
  };
}

const hang: Gateway["execute"] = () => new Promise(() => {});

/** Whether the worker is done with the message, and how. */
async function fateOf(handled: Promise<void>): Promise<string> {
  const fate = handled.then(
    () => "done",
    (thrown: MycroftError) => `delivered again: ${thrown.code}`,
  );
  return Promise.race([fate, setImmediate().then(() => "in hand")]);
}

describe("Worker: outcomes", () => {
  it("reports the outcome with when it started and who executed it", async () => {
    const { deliver, reports } = await start(() => Promise.resolve(done));
    await deliver();
    assert.deepEqual(reports, [[done, { startedAt: 1_000, worker: "w1" }]]);
  });

  it("E10 does not execute an attempt that is not wanted any more", async () => {
    const { deliver, reports } = await start(hang, null);
    await deliver();
    assert.deepEqual(reports, []);
  });

  it("P4 executes an attempt once when its message comes twice at a time, also while it is being claimed", async () => {
    let executions = 0;
    const result = Promise.withResolvers<AttemptOutcome>();
    const { deliver, reports, ledgerState } = await start(() => {
      executions += 1;
      return result.promise;
    });
    const claims: ((request: AttemptRequest) => void)[] = [];
    ledgerState.claim = () => new Promise((resolve) => claims.push(resolve));
    const first = deliver();
    await deliver();
    assert.equal(claims.length, 1);
    claims[0]?.(request);
    await setImmediate();
    await deliver();
    result.resolve(done);
    await first;
    assert.equal(executions, 1);
    assert.equal(reports.length, 1);
  });

  it("P2 hands the message back, and the lease, when the outcome could not be made durable", async () => {
    const { deliver, ledgerState, handedBack, errors } = await start(() => Promise.resolve(done));
    ledgerState.report = () => Promise.reject(new Error("the store is gone"));
    await assert.rejects(deliver(), /the store is gone/);
    assert.deepEqual(handedBack, ["t#1 of w1"]);
    assert.deepEqual(
      errors.map(({ message }) => message),
      ["the store is gone"],
    );
    ledgerState.report = () => Promise.resolve();
    await deliver();
  });

  it("hands the message back when it cannot be claimed, or its gateway breaks its promise not to throw", async () => {
    const throwing = await start(() => {
      throw new Error("at once");
    });
    await assert.rejects(throwing.deliver(), /at once/);
    const rejecting = await start(() => Promise.reject(new Error("later")));
    await assert.rejects(rejecting.deliver(), /later/);
    assert.deepEqual(rejecting.handedBack, ["t#1 of w1"]);
    const claiming = await start(hang);
    claiming.ledgerState.claim = () => Promise.reject(new Error("no record"));
    await assert.rejects(claiming.deliver(), /no record/);
  });
});

describe("Worker: time", () => {
  it("E4 ends an attempt at its timeout, even when the agent ignores the signal", async () => {
    const controls: AttemptControl[] = [];
    const { deliver, reports, pass, failure } = await start((_, control) => {
      controls.push(control);
      return new Promise(() => {});
    });
    await pass(60_000);
    const handled = deliver();
    await pass(4_999);
    assert.equal(reports.length, 0);
    assert.equal(controls[0]?.signal.aborted, false);
    await pass(1);
    await handled;
    const error = await failure();
    assert.equal(error.code, "ATTEMPT_TIMED_OUT");
    assert.equal(error.retryable, true);
    assert.match(error.message, /slow.*5000 ms/);
    assert.equal(controls[0]?.signal.aborted, true);
  });

  it("E4 setting the machine's clock ends no attempt, and lets none go on", async () => {
    const { deliver, reports, clock, pass } = await start(hang);
    const handled = deliver();
    await setImmediate();
    clock.jump(86_400_000);
    await pass(4_999);
    assert.equal(reports.length, 0);
    clock.jump(-2 * 86_400_000);
    await pass(1);
    await handled;
    assert.equal(reports.length, 1);
  });

  it("a signal that is first asked for when the attempt is over is aborted", async () => {
    const controls: AttemptControl[] = [];
    const { deliver, pass } = await start((_, control) => {
      controls.push(control);
      return new Promise(() => {});
    });
    const handled = deliver();
    await pass(5_000);
    await handled;
    assert.equal(controls[0]?.signal.aborted, true);
    assert.equal(controls[0]?.signal, controls[0]?.signal);
  });

  it("an attempt that succeeds does not abort its signal, however long its report takes", async () => {
    const signals: AbortSignal[] = [];
    const { deliver, reports, ledgerState, pass } = await start(
      (_, { signal }) => {
        signals.push(signal);
        return Promise.resolve(done);
      },
      { ...request, heartbeatTimeoutMs: 300 },
    );
    const durable = Promise.withResolvers<void>();
    ledgerState.report = () => durable.promise;
    const handled = deliver();
    await pass(10_000);
    durable.resolve();
    await handled;
    assert.equal(signals[0]?.aborted, false);
    assert.equal(reports.length, 1);
  });

  it("P8 leaves no timer behind when it is closed", async () => {
    const { worker, world, deliver } = await start(() => Promise.resolve(done), {
      ...request,
      heartbeatTimeoutMs: 300,
    });
    await deliver();
    await worker.close();
    assert.equal(world.advance(), false);
  });

  it("ends an attempt that gives no heartbeat for heartbeatTimeoutMs, and no other", async () => {
    const controls: AttemptControl[] = [];
    const { deliver, reports, pass, failure } = await start(
      (_, control) => {
        controls.push(control);
        return new Promise(() => {});
      },
      { ...request, heartbeatTimeoutMs: 300 },
    );
    await pass(60_000);
    const handled = deliver();
    for (let beat = 0; beat < 10; beat += 1) {
      await pass(299);
      controls[0]?.heartbeat();
    }
    await pass(299);
    assert.equal(reports.length, 0);
    await pass(1);
    await handled;
    const error = await failure();
    assert.equal(error.code, "HEARTBEAT_TIMED_OUT");
    assert.equal(error.retryable, true);
    assert.match(error.message, /slow.*300 ms/);
    assert.equal(controls[0]?.signal.aborted, true);
  });

  it("E4 heartbeats do not put off the attempt's timeout", async () => {
    const controls: AttemptControl[] = [];
    const { deliver, pass, failure } = await start(
      (_, control) => {
        controls.push(control);
        return new Promise(() => {});
      },
      { ...request, heartbeatTimeoutMs: 300 },
    );
    const handled = deliver();
    for (let passed = 0; passed < 5_000; passed += 250) {
      await pass(250);
      controls[0]?.heartbeat();
    }
    await handled;
    assert.equal((await failure()).code, "ATTEMPT_TIMED_OUT");
  });
});

describe("Worker: cancellation", () => {
  it("E11 aborts an attempt that is cancelled, and reports nothing of it, even when the agent ignores the signal", async () => {
    const signals: AbortSignal[] = [];
    const { deliver, reports, ledgerState } = await start((_, { signal }) => {
      signals.push(signal);
      return new Promise(() => {});
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

  it("E11 does not execute an attempt that is cancelled while it is being claimed", async () => {
    let executions = 0;
    const { deliver, ledgerState } = await start(() => {
      executions += 1;
      return Promise.resolve(done);
    });
    const claim = Promise.withResolvers<AttemptRequest>();
    ledgerState.claim = () => claim.promise;
    const handled = deliver();
    ledgerState.cancel({ runId: "r", task: "t", attempt: 1 });
    claim.resolve(request);
    await handled;
    assert.equal(executions, 0);
  });

  it("an outcome that is being made durable is reported, whatever is cancelled meanwhile", async () => {
    const { deliver, ledgerState, handedBack } = await start(() => Promise.resolve(done));
    const durable = Promise.withResolvers<void>();
    ledgerState.report = () => durable.promise;
    const handled = deliver();
    await setImmediate();
    ledgerState.cancel({ runId: "r", task: "t", attempt: 1 });
    assert.equal(await fateOf(handled), "in hand");
    durable.resolve();
    await handled;
    assert.deepEqual(handedBack, []);
  });
});

describe("Worker: leases", () => {
  it("renews each third of a lease what it has in hand, on one timer, and nothing when that is nothing", async () => {
    const results: ((outcome: AttemptOutcome) => void)[] = [];
    const { deliver, renewals, pass } = await start(() => new Promise((resolve) => results.push(resolve)));
    await pass(2_000);
    assert.deepEqual(renewals, []);
    void deliver();
    await pass(100);
    void deliver({ task: "u", attempt: 3 });
    await pass(500);
    results[0]?.(done);
    await pass(300);
    results[1]?.(done);
    await pass(5_000);
    assert.deepEqual(renewals, [
      [2_300, "w1: r/t#1 r/u#3"],
      [2_600, "w1: r/t#1 r/u#3"],
      [2_900, "w1: r/u#3"],
    ]);
  });

  it("P3 renews nothing that it has not been granted: it would be told that it is not its own, and forget it", async () => {
    const claimed = Promise.withResolvers<AttemptRequest | null>();
    const { deliver, renewals, ledgerState, pass } = await start(() => new Promise(() => {}));
    ledgerState.claim = () => claimed.promise;
    void deliver();
    await pass(700);
    assert.deepEqual(renewals, []);
    claimed.resolve(request);
    await pass(300);
    assert.deepEqual(renewals, [[900, "w1: r/t#1"]]);
  });

  it("renews also what is still being reported", async () => {
    const { deliver, renewals, ledgerState, pass } = await start(() => Promise.resolve(done));
    ledgerState.report = () => new Promise(() => {});
    void deliver();
    await pass(300);
    assert.equal(renewals.length, 1);
  });
});

describe("Worker: closing", () => {
  it("takes its time when none is stated: what is in hand ends, and is reported", async () => {
    const result = Promise.withResolvers<AttemptOutcome>();
    const { worker, deliver, reports, pass, ledgerState } = await start(() => result.promise, {
      ...request,
      timeoutMs: 1_000_000,
    });
    const handled = deliver();
    const closed = worker.close();
    await pass(10_000);
    assert.equal(await fateOf(closed), "in hand");
    result.resolve(done);
    await closed;
    await handled;
    assert.equal(reports.length, 1);
    assert.equal(ledgerState.isListening, false);
  });

  it("gives up after graceMs what has not ended: unreported, its lease and its message go to others", async () => {
    const signals: AbortSignal[] = [];
    const late = Promise.withResolvers<AttemptOutcome>();
    const { worker, world, deliver, reports, pass, handedBack } = await start((_, { signal }) => {
      signals.push(signal);
      return late.promise;
    });
    const handled = deliver();
    const fate = fateOf(handled);
    assert.equal(await fate, "in hand");
    const closed = worker.close({ graceMs: 2_000 });
    await pass(1_999);
    assert.equal(await fateOf(closed), "in hand");
    await pass(1);
    await closed;
    assert.equal(await fateOf(handled), "delivered again: WORKER_CLOSED");
    assert.deepEqual(handedBack, ["t#1 of w1"]);
    assert.equal(signals[0]?.aborted, true);
    late.resolve(done);
    await pass(10_000);
    assert.deepEqual(reports, []);
    assert.equal(world.advance(), false, "no timer is left");
  });

  it("gives up what is being claimed, and what cannot be made durable, too", async () => {
    const claiming = await start(hang);
    const claim = Promise.withResolvers<AttemptRequest>();
    claiming.ledgerState.claim = () => claim.promise;
    const claimed = claiming.deliver();
    const reporting = await start(() => Promise.resolve(done));
    reporting.ledgerState.report = () => new Promise(() => {});
    const reported = reporting.deliver();
    for (const [{ worker, pass }, handled] of [
      [claiming, claimed],
      [reporting, reported],
    ] as const) {
      const fate = assert.rejects(handled, { code: "WORKER_CLOSED" });
      const closed = worker.close({ graceMs: 100 });
      await pass(100);
      await closed;
      await fate;
    }
    claim.resolve(request);
    await setImmediate();
    assert.deepEqual(claiming.handedBack, ["t#1 of w1", "t#1 of w1"], "also the lease that came too late");
  });

  it("waits for no grace when nothing is in hand", async () => {
    const { worker, world } = await start(hang);
    await worker.close({ graceMs: 60_000 });
    assert.equal(world.advance(), false);
  });
});
