import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { MemorySharedStore } from "../memory/memory-shared-store.ts";
import type { SharedStore } from "../ports/shared-store.ts";
import { sharedStorePort } from "../simulation/cluster/shared-store-port.ts";
import { VirtualClock } from "../simulation/virtual-clock.ts";
import { RunClient } from "./run-client.ts";
import { shardCount } from "./shard-of.ts";

const plan = compile({
  name: "study",
  steps: [
    { name: "news", kind: "waitFor", signal: "news" },
    { name: "ok", kind: "approve", input: { kind: "const", value: "ok?" } },
  ],
  output: { kind: "const", value: null },
});
const start = { plan, input: null, asOf: "2020-02-28", provenance: { codeVersion: "test" } };
const allShards = Array.from({ length: shardCount }, (_, shard) => shard);
const call = <T>(make: () => Promise<T>) => make();

function aClient(over: Partial<SharedStore> = {}) {
  const clock = new VirtualClock(1_000_000);
  const store = new MemorySharedStore({ now: () => clock.now() });
  const client = new RunClient({ store: { ...sharedStorePort(store, call, call), ...over }, clock });
  const letters = async () => {
    const found = await store.readLetters({ shards: allShards, limit: 100, except: [] });
    return found.map(({ body }) => (body.kind === "event" ? body.event.type : body.kind));
  };
  const pass = async (ms: number) => {
    clock.advanceTo(clock.now() + ms);
    for (let turn = 0; turn < 10; turn += 1) await new Promise(process.nextTick);
  };
  const cancelled = async (runId: string) => {
    const at = clock.now();
    const events = [{ type: "cancelRequested", at, reason: "enough" }] as const;
    const append = { runId, fromSeq: 1, events, settle: { status: "cancelled", at } } as const;
    assert.deepEqual(await store.append([append]), ["stored"]);
  };
  return { store, client, letters, pass, cancelled };
}

describe("a client of runs that others advance", () => {
  it("P1 a run, and the letter that tells of it, are there together when its start is answered", async () => {
    const { store, client, letters } = aClient();
    const runId = await client.startRun(start);
    assert.equal((await store.getRun(runId))?.status, "running");
    assert.deepEqual(await letters(), ["begin"]);
  });

  it("a start key gives one run, whoever asks at the same moment", async () => {
    const { store, client, letters } = aClient();
    const other = new RunClient({ store, clock: new VirtualClock(1_000_000) });
    const keyed = { ...start, startKey: "daily" };
    const runIds = await Promise.all([client, other, client].map((one) => one.startRun(keyed)));
    assert.equal(new Set(runIds).size, 1);
    assert.deepEqual(await letters(), ["begin"]);
    other.close();
  });

  it("E8 E9 E11 what is said to a run is a letter to it, in the order in which it was said", async () => {
    const { client, letters } = aClient();
    const runId = await client.startRun(start);
    await client.signal(runId, { signal: "news", payload: null });
    assert.equal(await client.decide(runId, { verdict: "approve", by: "ada" }), "ok");
    assert.equal(await client.cancel(runId, "enough"), true);
    assert.deepEqual(await letters(), ["begin", "signalReceived", "approvalDecided", "cancelRequested"]);
  });

  it("P7 what is wrong is refused, and no letter is written", async () => {
    const { client, letters, cancelled } = aClient();
    await assert.rejects(client.cancel("nobody", "enough"), { code: "RUN_UNKNOWN" });
    const runId = await client.startRun(start);
    await assert.rejects(client.signal(runId, { signal: "gossip", payload: null }), {
      code: "SIGNAL_UNKNOWN",
    });
    await assert.rejects(client.decide(runId, { task: "news", verdict: "approve", by: "ada" }), {
      code: "TASK_NOT_WAITING",
    });
    await assert.rejects(client.cancel(runId, "enough", "nothing"), { code: "TASK_UNKNOWN" });
    await cancelled(runId);
    await assert.rejects(client.signal(runId, { signal: "news", payload: null }), { code: "RUN_SETTLED" });
    assert.equal(await client.cancel(runId, "enough"), false);
    assert.deepEqual(await letters(), ["begin"]);
  });

  it("whoever waits for a run is told by the news, or by looking when the news are lost", async () => {
    for (const isDeaf of [false, true]) {
      const { client, pass, cancelled } = aClient(isDeaf ? { listen: () => () => {} } : {});
      const runId = await client.startRun(start);
      let status = "";
      const waiting = client.waitFor(runId).then((result) => {
        status = result.status;
      });
      await pass(100);
      await cancelled(runId);
      await pass(0);
      assert.equal(status, isDeaf ? "" : "cancelled");
      await pass(2_000);
      assert.equal(status, "cancelled");
      await waiting;
      client.close();
    }
  });

  it("ends all waiting when it is closed, and what the store refuses is told to who asked", async () => {
    const { client, pass } = aClient({
      sendLetters: () => Promise.reject(new MycroftError("STORE_UNREACHABLE", "away")),
    });
    const runId = await client.startRun(start);
    await assert.rejects(client.cancel(runId, "enough"), { code: "STORE_UNREACHABLE" });
    const waiting = client.waitFor(runId);
    waiting.catch(() => {});
    await pass(100);
    client.close();
    await assert.rejects(waiting, { code: "STORE_CLOSED" });
  });
});
