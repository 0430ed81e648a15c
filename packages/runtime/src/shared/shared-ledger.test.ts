import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { sampleOffer } from "../contracts/sample-offers.ts";
import { MemorySharedStore } from "../memory/memory-shared-store.ts";
import type { Delivery } from "../ports/queue.ts";
import type { SharedStore } from "../ports/shared-store.ts";
import { sharedStorePort } from "../simulation/cluster/shared-store-port.ts";
import { VirtualClock } from "../simulation/virtual-clock.ts";
import { shardCount } from "./shard-of.ts";
import { SharedLedger, type SharedLedgerOptions } from "./shared-ledger.ts";

const key = { runId: "run", task: "a", attempt: 1 };
const message = { ...key, pool: "default", priority: 0 };
const at = { startedAt: 0, worker: "w" };
const done = { ok: true, output: "up", version: "1" } as const;
const allShards = Array.from({ length: shardCount }, (_, shard) => shard);
const call = <T>(make: () => Promise<T>) => make();

function aLedger(over: Partial<SharedStore> = {}, options: Partial<SharedLedgerOptions> = {}) {
  const clock = new VirtualClock(0);
  const store = new MemorySharedStore({ now: () => clock.now() });
  const port = { ...sharedStorePort(store, call, call), ...over };
  const ledger = new SharedLedger({ store: port, clock, leaseMs: 10_000, ...options });
  const pass = async (ms: number) => {
    clock.advanceTo(clock.now() + ms);
    for (let turn = 0; turn < 10; turn += 1) await new Promise(process.nextTick);
  };
  const during = async <T>(work: Promise<T>, ms = 0): Promise<T> => {
    await pass(ms);
    return work;
  };
  const letters = () => store.readLetters({ shards: allShards, limit: 10, except: [] });
  return { store, ledger, pass, during, letters };
}

const noDelivery: Delivery = { postpone: () => assert.fail("postponed") };

describe("the ledger of workers that share a store", () => {
  it("E10 grants an attempt to one worker, and to another one when its lease is over", async () => {
    const { store, ledger, pass, during } = aLedger();
    await store.ensureOffers([sampleOffer(key)]);
    const first = await during(ledger.claim(message, "w1", noDelivery));
    assert.equal(first?.task, "a");
    assert.equal(await during(ledger.claim(message, "w2", noDelivery)), null);
    await pass(10_001);
    assert.equal((await during(ledger.claim(message, "w2", noDelivery)))?.task, "a");
  });

  it("a message comes again when its agent may be called", async () => {
    const { store, ledger, during } = aLedger();
    const rateLimit = { calls: 1, perMs: 5_000 };
    await store.ensureOffers([sampleOffer(key, { rateLimit })]);
    const postponed: number[] = [];
    const claimed = await during(
      ledger.claim(message, "w", { postpone: (againInMs) => void postponed.push(againInMs) }),
    );
    assert.equal(claimed, null);
    assert.deepEqual(postponed, [5_000]);
  });

  it("P1 a report is durable when it resolves, and is made again while the store is away, as one letter", async () => {
    let failures = 2;
    const errors: string[] = [];
    const world = aLedger();
    const { ledger, pass } = aLedger(
      {
        reportAttempts: async (sent) => {
          // Taken, and nobody is told.
          await world.store.reportAttempts(sent);
          failures -= 1;
          if (failures >= 0) throw new MycroftError("STORE_UNREACHABLE", "away");
        },
      },
      { onError: ({ code }) => errors.push(code) },
    );
    let isReported = false;
    const reporting = ledger.report(message, done, at).then(() => {
      isReported = true;
    });
    await pass(0);
    assert.equal(isReported, false);
    for (let second = 0; second < 4; second += 1) await pass(1_000);
    await reporting;
    assert.equal((await world.letters()).length, 1);
    assert.deepEqual(errors, ["STORE_UNREACHABLE", "STORE_UNREACHABLE"]);
  });

  it("E11 tells of attempts that are withdrawn, and of those whose lease is lost", async () => {
    const { store, ledger, pass, during } = aLedger();
    const cancelled: string[] = [];
    ledger.onCancelled(({ task }) => cancelled.push(task));
    await store.ensureOffers([sampleOffer(key), sampleOffer({ ...key, task: "b" })]);
    await during(ledger.claim(message, "w", noDelivery));
    ledger.renew("w", [message]);
    await pass(0);
    assert.deepEqual(cancelled, []);
    ledger.renew("w", [{ ...message, task: "b" }]);
    await pass(0);
    assert.deepEqual(cancelled, ["b"]);
  });

  it("hands back what its process cannot execute, with the reason", async () => {
    const { store, ledger, pass, during } = aLedger({}, { canExecute: () => false });
    const { target } = sampleOffer(key).request;
    await store.ensureOffers([sampleOffer(key)]);
    const claiming = ledger.claim(message, "w", noDelivery);
    await pass(0);
    assert.equal(await during(claiming), null);
    const [backlog] = await store.listBacklogs();
    assert.equal(backlog?.waiting, 1);
    assert.match(backlog?.reasons[0] ?? "", new RegExp(`has the ${target.kind} ${target.name}; w has not`));
  });
});
