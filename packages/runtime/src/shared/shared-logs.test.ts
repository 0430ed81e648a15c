/** The log of an attempt on its way from a worker that shares nothing with an orchestrator but the store. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compile, type RunEvent } from "@mycroft/engine";
import { fullestLog } from "../contracts/sample-log.ts";
import { testCluster } from "../testing/test-cluster.ts";
import { RunClient } from "./run-client.ts";
import { SharedLedger } from "./shared-ledger.ts";

const input = { kind: "const", value: null } as const;
const target = { kind: "agent", name: "trend" } as const;
const plan = compile({
  name: "study",
  steps: [{ name: "a", kind: "call", target, input, retry: { maxAttempts: 2, initialDelayMs: 1 } }],
  output: input,
});

test("P2 the letter of an attempt carries its log to the run's record, whether it succeeded or failed", async () => {
  const { store, pass, open, port, clock, during } = await testCluster();
  const orchestrator = await open("one");
  const client = new RunClient({ store: port, clock });
  const ledger = new SharedLedger({ store: port, clock, leaseMs: 10_000 });
  const start = { plan, input: null, asOf: "2020-02-28", provenance: { codeVersion: "test" } };
  const runId = await during(client.startRun(start));
  const log = fullestLog();
  const report = { startedAt: 1, worker: "w", log };
  const attempts = [
    { ok: false, error: { code: "TASK_FAILED", message: "no", retryable: true } },
    { ok: true, output: "up", version: "1" },
  ] as const;
  for (const [index, outcome] of attempts.entries()) {
    await pass(2_000);
    const message = { runId, task: "a", attempt: index + 1, pool: "default", priority: 0 };
    assert.notEqual(await during(ledger.claim(message, "w", { postpone: () => assert.fail("again") })), null);
    await during(ledger.report(message, outcome, report));
  }
  await pass(2_000);
  const ends = (await store.readEvents(runId)).flatMap((event: RunEvent) =>
    event.type === "attemptFailed" || event.type === "attemptSucceeded"
      ? [[event.type, event.report?.log]]
      : [],
  );
  assert.deepEqual(ends, [
    ["attemptFailed", log],
    ["attemptSucceeded", log],
  ]);
  ledger.close();
  client.close();
  await orchestrator.close();
});
