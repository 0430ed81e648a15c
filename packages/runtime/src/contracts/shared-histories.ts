/** Offers and letters compared with a model of them on random histories, in turn through two processes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { AttemptKey, Letter, SharedAppend, SharedStore } from "../ports/shared-store.ts";
import {
  allShards,
  backAgain,
  beginLetter,
  claims,
  key,
  longMs,
  outcomeLetter,
  sampleOffer,
} from "./sample-offers.ts";
import { creation, succeeded } from "./sample-runs.ts";
import { instances, type SharedStoreHost } from "./shared-store-host.ts";
import { SharedStoreModel, textOf } from "./shared-store-model.ts";

const runIds = ["run-1", "run-2", "run-3"] as const;
const workers = ["worker", "other"] as const;
const letterPool = ["a", "b", "c", "d", "e"] as const;

const anyKey: fc.Arbitrary<AttemptKey> = fc
  .record({
    runId: fc.constantFrom(...runIds),
    task: fc.constantFrom("x", "y"),
    attempt: fc.constantFrom(1, 2),
  })
  .map(({ runId, task, attempt }) => key(task, runId, attempt));
const keys = fc.uniqueArray(anyKey, { maxLength: 4, selector: textOf });
const ids = fc.subarray([...letterPool]);
const worker = fc.constantFrom(...workers);

const anyLetter: fc.Arbitrary<Letter> = fc
  .record({ id: fc.constantFrom(...letterPool), runId: fc.constantFrom(...runIds) })
  .map(({ id, runId }) => beginLetter(id, runId));
const letters = fc.uniqueArray(anyLetter, { maxLength: 3, selector: ({ id }) => id });

interface PlannedAppend {
  readonly runId: string;
  /** How far from where the run stands: 0 is its place. */
  readonly off: number;
  readonly offers: number;
  readonly withdrawn: readonly AttemptKey[];
  readonly taken: readonly string[];
  readonly sent: readonly Letter[];
}

const plannedAppend: fc.Arbitrary<PlannedAppend> = fc.record({
  runId: fc.constantFrom(...runIds),
  off: fc.constantFrom(0, 0, 0, 0, 1, -1),
  offers: fc.nat(2),
  withdrawn: keys,
  taken: fc.subarray([...letterPool], { maxLength: 2 }),
  sent: letters,
});

type Operation =
  | { readonly type: "append"; readonly batch: readonly PlannedAppend[] }
  | { readonly type: "ensure" | "report"; readonly keys: readonly AttemptKey[] }
  | { readonly type: "claim" | "renew"; readonly worker: string; readonly keys: readonly AttemptKey[] }
  | {
      readonly type: "handBack";
      readonly worker: string;
      readonly keys: readonly AttemptKey[];
      readonly isNow: boolean;
    }
  | { readonly type: "takeDue" | "hurry" }
  | { readonly type: "send"; readonly letters: readonly Letter[] }
  | { readonly type: "drop"; readonly ids: readonly string[] };

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      type: fc.constant("append" as const),
      batch: fc.array(plannedAppend, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constantFrom("ensure" as const, "report" as const), keys }) },
  {
    weight: 6,
    arbitrary: fc.record({ type: fc.constantFrom("claim" as const, "renew" as const), worker, keys }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constant("handBack" as const), worker, keys, isNow: fc.boolean() }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constantFrom("takeDue" as const, "hurry" as const) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("send" as const), letters }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("drop" as const), ids }) },
);

/** One store and the model of it, through a history. */
class History {
  readonly #stores: readonly SharedStore[];
  readonly #model = new SharedStoreModel();
  #turn = 0;
  #made = 0;

  constructor(stores: readonly SharedStore[]) {
    this.#stores = stores;
  }

  async create(): Promise<void> {
    const batch = runIds.map((runId) => creation(runId));
    for (const append of batch) this.#model.append(append);
    await this.#store.append(batch);
  }

  /** Does one operation on both, and compares what they answer. */
  async step(operation: Operation): Promise<void> {
    this.#turn += 1;
    const store = this.#store;
    const model = this.#model;
    switch (operation.type) {
      case "append": {
        const batch = this.#batchOf(operation.batch);
        const expected = batch.map((append) => model.append(append));
        return assert.deepEqual(await store.append(batch), expected);
      }
      case "ensure": {
        const made = await store.ensureOffers(operation.keys.map((one) => sampleOffer(one)));
        return assert.deepEqual(
          made.map(textOf).toSorted(),
          model.ensure(operation.keys).map(textOf).toSorted(),
        );
      }
      case "report": {
        const reported = operation.keys.map((one) => outcomeLetter(`outcome ${this.#made++}`, one));
        model.report(reported);
        return store.reportAttempts(reported);
      }
      case "claim": {
        const expected = operation.keys.map((one) => model.claim(operation.worker, one));
        return assert.deepEqual(await claims(store, operation.worker, operation.keys), expected);
      }
      case "renew": {
        const expected = operation.keys.map((one) => model.renew(operation.worker, one));
        return assert.deepEqual(
          await store.renewAttempts(operation.worker, longMs, operation.keys),
          expected,
        );
      }
      case "handBack": {
        const all = operation.keys.map((one) => backAgain(one, operation.isNow ? 0 : longMs));
        for (const one of all) model.handBack(operation.worker, one);
        return store.handBackAttempts(operation.worker, all);
      }
      case "takeDue": {
        const due = await store.takeDue({ shards: allShards, limit: 1_000, againInMs: longMs });
        return assert.deepEqual(due.map(textOf).toSorted(), model.takeDue().map(textOf).toSorted());
      }
      case "hurry":
        model.hurry();
        return store.hurry(allShards);
      case "send":
        model.send(operation.letters);
        return store.sendLetters(operation.letters);
      case "drop":
        model.drop(operation.ids);
        return store.dropLetters(operation.ids);
    }
  }

  async compareWholly(): Promise<void> {
    const store = this.#store;
    const model = this.#model;
    for (const runId of runIds) {
      assert.equal((await store.getRun(runId))?.events, model.eventCount(runId));
      assert.equal((await store.readEvents(runId)).length, model.eventCount(runId));
    }
    const read = await store.readLetters({ shards: allShards, limit: 1_000, except: [] });
    assert.deepEqual(read, model.letters());
    const [backlog = { claimed: 0, waiting: 0 }] = await store.listBacklogs();
    assert.deepEqual({ claimed: backlog.claimed, waiting: backlog.waiting }, model.backlog());
    await this.step({ type: "hurry" });
    await this.step({ type: "takeDue" });
  }

  get #store(): SharedStore {
    const store = this.#stores[this.#turn % this.#stores.length];
    assert.ok(store);
    return store;
  }

  /** What is offered with events is new, as it is with an engine; and nothing takes what its own batch sends. */
  #batchOf(planned: readonly PlannedAppend[]): readonly SharedAppend[] {
    const places = new Map(runIds.map((runId) => [runId as string, this.#model.eventCount(runId)]));
    const sent = new Set(planned.flatMap((one) => one.sent.map(({ id }) => id)));
    return planned.map((one) => {
      const place = places.get(one.runId) ?? 0;
      places.set(one.runId, place + 1);
      const offered = Array.from({ length: one.offers }, () => key(`new ${this.#made++}`, one.runId));
      return {
        runId: one.runId,
        fromSeq: Math.max(0, place + one.off),
        events: [succeeded("any", this.#turn)],
        outbox: {
          offers: offered.map((of) => sampleOffer(of)),
          withdrawals: one.withdrawn.map(({ task, attempt }) => ({ task, attempt })),
          lettersTaken: one.taken.filter((id) => !sent.has(id)),
          lettersSent: one.sent,
        },
      };
    });
  }
}

export function testOffersAgainstModel(open: () => Promise<SharedStoreHost>, histories: number): void {
  test("P2 any history leaves the same offers, letters and events as in plain maps", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 30 }), async (operations) => {
        const host = await open();
        try {
          const history = new History(await instances(host, 2));
          await history.create();
          for (const next of operations) await history.step(next);
          await history.compareWholly();
        } finally {
          await host.dispose();
        }
      }),
      { numRuns: histories },
    );
  });
}
