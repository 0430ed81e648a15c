/** The store compared with a model of it on random histories. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DocumentWrite, RunAppend, RunQuery, Store } from "../ports/store.ts";
import { sampleRun, started, succeeded } from "./sample-runs.ts";
import { listDocumentPages } from "./store-documents.ts";
import type { StoreHost } from "./store-host.ts";
import { listPages } from "./store-listing.ts";
import { StoreModel } from "./store-model.ts";

const workflows = ["one", "two"] as const;
const statuses = ["succeeded", "failed", "cancelled"] as const;
const tags = ["blue", "green", "red"] as const;
const startKeys = ["key 0", "key 1", "key 2"] as const;
const runIds = Array.from({ length: 6 }, (_, index) => `run-${index}`);
const documentIds = ["a", "b", "c"] as const;
const collection = "notes";
/** Moments lie half an hour beside whole hours, so that the seconds that a test takes do not matter. */
const hourMs = 3_600_000;

type Operation =
  | { readonly type: "append"; readonly batch: readonly RunAppend[] }
  | { readonly type: "prune"; readonly before: number }
  | { readonly type: "list"; readonly query: RunQuery }
  | { readonly type: "putDocument"; readonly write: DocumentWrite; readonly hours: number | null }
  | { readonly type: "pass"; readonly hours: number }
  | { readonly type: "reopen" };

const maybe = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });

const newRun = fc.record({
  workflow: fc.constantFrom(...workflows),
  tags: fc.subarray([...tags]),
  startKey: fc.option(fc.constantFrom(...startKeys), { freq: 2 }),
  parent: fc.option(
    fc.record({ runId: fc.constantFrom(...runIds), task: fc.constant("ask"), attempt: fc.nat(2) }),
  ),
});

const append: fc.Arbitrary<RunAppend> = fc
  .record({
    runId: fc.constantFrom(...runIds),
    create: fc.option(newRun, { freq: 2 }),
    // Small numbers, so that some are right.
    fromSeq: fc.integer({ min: 0, max: 6 }),
    outputs: fc.array(fc.oneof(fc.integer(), fc.string()), { maxLength: 3 }),
    settle: fc.option(
      fc.record({ status: fc.constantFrom(...statuses), at: fc.integer({ min: 1, max: 9 }) }),
    ),
  })
  .map(({ create, fromSeq, outputs, settle, runId }) => ({
    runId,
    fromSeq: create === null ? fromSeq : 0,
    events:
      create === null
        ? outputs.map((output, index) => succeeded(`task-${index}`, output))
        : [started(outputs)],
    ...(create === null ? {} : { create: sampleRun(runId, withoutItself(runId, create)) }),
    ...(settle === null ? {} : { settle }),
  }));

function withoutItself(runId: string, run: typeof newRun extends fc.Arbitrary<infer Run> ? Run : never) {
  const parent = run.parent === null || run.parent.runId === runId ? null : run.parent;
  return { ...run, parent: parent && { ...parent, attempt: parent.attempt + 1 } };
}

const query: fc.Arbitrary<RunQuery> = fc
  .record({
    limit: fc.integer({ min: 1, max: 4 }),
    workflow: maybe(fc.constantFrom(...workflows)),
    status: maybe(fc.constantFrom("running" as const, ...statuses)),
    tag: maybe(fc.constantFrom(...tags)),
    parentRunId: fc.option(fc.constantFrom(null, ...runIds), { nil: undefined, freq: 3 }),
  })
  .map(({ limit, ...filters }) => {
    const given = Object.entries(filters).filter(([, value]) => value !== undefined);
    return { limit, ...Object.fromEntries(given) };
  });

const write: fc.Arbitrary<DocumentWrite> = fc.record({
  collection: fc.constant(collection),
  id: fc.constantFrom(...documentIds),
  replaces: fc.option(fc.nat(3)),
  value: fc.option(fc.nat(9)),
});

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant("append" as const), batch: fc.array(append, { maxLength: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("prune" as const), before: fc.nat(10) }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant("list" as const), query }) },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("putDocument" as const),
      write,
      hours: fc.option(fc.integer({ min: -2, max: 5 })),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("pass" as const), hours: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("reopen" as const) }) },
);

/** Does one operation on both, compares what they answer, and returns the store to go on with. */
async function step(host: StoreHost, store: Store, model: StoreModel, operation: Operation): Promise<Store> {
  switch (operation.type) {
    case "append": {
      const outcomes = operation.batch.map((append) => model.append(append));
      assert.deepEqual(await store.append(operation.batch), outcomes);
      return store;
    }
    case "prune":
      assert.equal(await store.prune(operation.before), model.prune(operation.before));
      return store;
    case "list": {
      const expected = model.headers(operation.query).map((run) => run.runId);
      assert.deepEqual((await listPages(store, operation.query)).flat(), expected);
      return store;
    }
    case "putDocument": {
      const { write, hours } = operation;
      const expiry = hours === null ? {} : { expiresAt: model.now + (hours + 0.5) * hourMs };
      const outcome = model.putDocument({ ...write, ...expiry });
      assert.equal(await store.putDocument({ ...write, ...expiry }), outcome);
      return store;
    }
    case "pass":
      if (host.shiftClock === undefined) return store;
      host.shiftClock(operation.hours * hourMs);
      model.now += operation.hours * hourMs;
      return store;
    case "reopen":
      if (host.reopen === undefined) return store;
      await store.close();
      return await host.reopen();
  }
}

async function compareWholly(store: Store, model: StoreModel): Promise<void> {
  assert.deepEqual((await store.listRuns({ limit: 1_000 })).runs, model.headers());
  for (const runId of runIds) {
    assert.deepEqual(await store.readEvents(runId), model.events(runId));
    assert.deepEqual(await store.readEvents(runId, 2), model.events(runId).slice(2));
    assert.deepEqual(await store.readEvents(runId, 1, 2), model.events(runId).slice(1, 3));
    const children = (await store.listRuns({ parentRunId: runId, limit: 1_000 })).runs;
    assert.deepEqual(children, model.headers({ parentRunId: runId }));
  }
  for (const key of startKeys)
    assert.deepEqual(await store.findRunByStartKey(key), model.findByStartKey(key));
  for (const tag of tags) {
    for (const status of [undefined, "running", ...statuses] as const) {
      const filter = status === undefined ? { tag } : { tag, status };
      assert.deepEqual((await store.listRuns({ ...filter, limit: 1_000 })).runs, model.headers(filter));
    }
  }
  const documents = model.documents();
  assert.deepEqual((await store.listDocuments(collection, { limit: 1_000 })).documents, documents);
  assert.deepEqual(
    (await listDocumentPages(store, collection, 1)).flat(),
    documents.map(({ id }) => id),
  );
  for (const id of documentIds) {
    assert.deepEqual(
      await store.getDocument(collection, id),
      documents.find((document) => document.id === id),
    );
  }
}

export function testAgainstModel(open: () => Promise<StoreHost>, histories: number): void {
  test("any history leaves the same runs, events and documents as in plain maps", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
        const host = await open();
        try {
          const model = new StoreModel(Date.now());
          let store = host.store;
          for (const next of operations) store = await step(host, store, model, next);
          await compareWholly(store, model);
        } finally {
          await host.dispose();
        }
      }),
      { numRuns: histories },
    );
  });
}
