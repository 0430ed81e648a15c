import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile, type StepDefinition } from "@mycroft/engine";
import { testCluster } from "../testing/test-cluster.ts";
import { RunClient } from "./run-client.ts";

const agent = (name: string, after: readonly string[] = []): StepDefinition => ({
  name,
  kind: "call",
  target: { kind: "agent", name: "trend" },
  input: { kind: "const", value: null },
  after,
});
const plan = compile({
  name: "study",
  steps: [agent("a"), { name: "ok", kind: "approve", input: { kind: "const", value: "ok?" }, after: ["a"] }],
  output: { kind: "const", value: null },
});
const start = { plan, input: null, asOf: "2020-02-28", provenance: { codeVersion: "test" } };
const report = { startedAt: 0, worker: "w" };
const done = { ok: true, output: "up", version: "1" } as const;
const key = (runId: string, task: string, attempt = 1) => ({ runId, task, attempt });
const outcomeOf = (runId: string, id: string) => ({
  id,
  runId,
  body: { kind: "outcome", key: key(runId, "a"), outcome: done, report } as const,
});

describe("orchestrators that share a store", () => {
  it("P3 a run that a latecomer creates, and tells nobody of, is found by looking through its shard", async () => {
    const { store, published, pass, open, port, clock, during } = await testCluster();
    const orchestrator = await open("one");
    const client = new RunClient({
      // The letter that tells of the run is lost with the process that sent it.
      store: { ...port, append: (batch) => store.append(batch.map(({ outbox: _, ...append }) => append)) },
      clock,
    });
    await during(client.startRun(start));
    await pass(5_000);
    assert.deepEqual(published, []);
    await pass(30_000);
    assert.deepEqual(
      published.map(({ task }) => task),
      ["a"],
    );
    client.close();
    await orchestrator.close();
  });

  it("P3 events that a latecomer appends, and tells nobody of, are found by looking through their shard", async () => {
    const { store, pass, open, port, clock, during } = await testCluster();
    const orchestrator = await open("one");
    const client = new RunClient({ store: port, clock });
    const runId = await during(client.startRun(start));
    await pass(2_000);
    const ended = orchestrator.waitFor(runId);
    const at = clock.now();
    const events = [{ type: "cancelRequested", at, reason: "late" }] as const;
    const append = { runId, fromSeq: 1, events, settle: { status: "cancelled", at } } as const;
    assert.deepEqual(await store.append([append]), ["stored"]);
    await pass(35_000);
    assert.equal((await during(ended)).status, "cancelled");
    client.close();
    await orchestrator.close();
  });

  it("P2 what has ended while nobody had the shard is not offered again by who takes it over", async () => {
    const { store, pass, open, port, clock, during, letters, offers } = await testCluster();
    const first = await open("one");
    const client = new RunClient({ store: port, clock });
    const runId = await during(client.startRun(start));
    await pass(2_000);
    assert.equal(await offers(), 1);
    await during(first.close());
    await store.claimAttempts("w", 10_000, [key(runId, "a")]);
    await store.reportAttempts([outcomeOf(runId, "1")]);
    const ensured: number[] = [];
    const second = await open("two", {
      ensureOffers: (made) => {
        ensured.push(made.length);
        return store.ensureOffers(made);
      },
    });
    await pass(5_000);
    assert.deepEqual(ensured, []);
    assert.deepEqual([(await letters()).length, await offers()], [0, 0]);
    client.close();
    await second.close();
  });

  it("E10 an offer for a run that has gone on meanwhile is not made", async () => {
    const { store, pass, open, port, clock, during, offers } = await testCluster();
    const orchestrator = await open("one");
    const client = new RunClient({ store: port, clock });
    const runId = await during(client.startRun(start));
    await pass(2_000);
    const [claimed] = await store.claimAttempts("w", 10_000, [key(runId, "a")]);
    assert.ok(claimed !== undefined && claimed !== null && "request" in claimed);
    await store.reportAttempts([outcomeOf(runId, "1")]);
    await pass(2_000);
    const message = { ...key(runId, "a"), pool: "default", priority: 0 };
    const late = { message, request: claimed.request, rateLimit: null, events: 1 };
    assert.deepEqual(await store.ensureOffers([late]), []);
    assert.equal(await offers(), 0);
    assert.deepEqual(await store.ensureOffers([{ ...late, events: 2 }]), [key(runId, "a")]);
    client.close();
    await orchestrator.close();
  });

  it("E8 a verdict by a client that has seen the task wait is not refused for what another caller read before", async () => {
    const { store, pass, open, port, clock, during } = await testCluster();
    const orchestrator = await open("one");
    const gate = Promise.withResolvers<void>();
    let reads = 0;
    const client = new RunClient({
      store: {
        ...port,
        readEvents: async (runId, fromSeq) => {
          const events = await store.readEvents(runId, fromSeq);
          reads += 1;
          if (reads === 1) await gate.promise;
          return events;
        },
      },
      clock,
    });
    const runId = await during(client.startRun(start));
    await pass(2_000);
    // Somebody reads the run before the task waits, and has not heard yet.
    const early = client.decide(runId, { task: "ok", verdict: "approve", by: "ada" });
    early.catch(() => {});
    await pass(100);
    await store.reportAttempts([outcomeOf(runId, "1")]);
    await pass(2_000);
    const late = client.decide(runId, { task: "ok", verdict: "approve", by: "grace" });
    await pass(100);
    gate.resolve();
    await assert.rejects(early, { code: "TASK_NOT_WAITING" });
    assert.equal(await late, "ok");
    const result = await during(client.waitFor(runId));
    assert.equal(result.status, "succeeded");
    client.close();
    await orchestrator.close();
  });
});
