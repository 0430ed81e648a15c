/** The store compared with the simplest thing that could be right: a map, on random histories. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { AppendOutcome, RunAppend, RunHeader, Store } from "../ports/store.ts";
import { sampleRun, started, succeeded } from "./sample-runs.ts";
import type { StoreHost } from "./store-host.ts";
import { listPages } from "./store-listing.ts";

const workflows = ["one", "two"] as const;
const statuses = ["succeeded", "failed", "cancelled"] as const;

type Operation =
  | { readonly type: "append"; readonly batch: readonly RunAppend[] }
  | { readonly type: "prune"; readonly before: number }
  | { readonly type: "list"; readonly workflow: number; readonly status: number; readonly limit: number }
  | { readonly type: "reopen" };

class Model {
  #runs = new Map<string, { header: RunHeader; events: RunAppend["events"] }>();

  append(append: RunAppend): AppendOutcome {
    const run = this.#runs.get(append.runId);
    const { create, settle } = append;
    if (create !== undefined) {
      if (run !== undefined) return "conflict";
    } else if (run === undefined || append.fromSeq !== run.header.events) return "conflict";
    if (settle !== undefined && run !== undefined && run.header.settledAt !== null) return "conflict";
    const events = [...(run?.events ?? []), ...append.events];
    const base = run?.header ?? {
      ...(create ?? sampleRun(append.runId)),
      status: "running" as const,
      settledAt: null,
    };
    const settled = settle === undefined ? {} : { status: settle.status, settledAt: settle.at };
    this.#runs.set(append.runId, { header: { ...base, ...settled, events: events.length }, events });
    return "stored";
  }

  prune(before: number): number {
    const old = this.headers().filter((run) => run.settledAt !== null && run.settledAt < before);
    for (const run of old) this.#runs.delete(run.runId);
    return old.length;
  }

  headers(): readonly RunHeader[] {
    return [...this.#runs.values()].map((run) => run.header).sort((a, b) => (a.runId < b.runId ? 1 : -1));
  }

  events(runId: string): RunAppend["events"] {
    return this.#runs.get(runId)?.events ?? [];
  }
}

const runId = fc.integer({ min: 0, max: 5 }).map((index) => `run-${index}`);

const append: fc.Arbitrary<RunAppend> = fc
  .record({
    runId,
    create: fc.boolean(),
    workflow: fc.constantFrom(...workflows),
    // Small numbers, so that some are right.
    fromSeq: fc.integer({ min: 0, max: 6 }),
    outputs: fc.array(fc.oneof(fc.integer(), fc.string()), { maxLength: 3 }),
    settle: fc.option(
      fc.record({ status: fc.constantFrom(...statuses), at: fc.integer({ min: 1, max: 9 }) }),
    ),
  })
  .map(({ create, workflow, fromSeq, outputs, settle, runId: id }) => ({
    runId: id,
    fromSeq: create ? 0 : fromSeq,
    events: create ? [started(outputs)] : outputs.map((output, index) => succeeded(`task-${index}`, output)),
    ...(create ? { create: sampleRun(id, { workflow }) } : {}),
    ...(settle === null ? {} : { settle }),
  }));

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ type: fc.constant("append" as const), batch: fc.array(append, { maxLength: 6 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("prune" as const), before: fc.integer({ min: 0, max: 10 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("list" as const),
      workflow: fc.integer({ min: 0, max: 2 }),
      status: fc.integer({ min: 0, max: 3 }),
      limit: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("reopen" as const) }) },
);

/** Does one operation on both, compares what they answer, and returns the store to go on with. */
async function step(host: StoreHost, store: Store, model: Model, operation: Operation): Promise<Store> {
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
      const workflow = workflows[operation.workflow];
      const status = statuses[operation.status];
      const expected = model
        .headers()
        .filter(
          (run) =>
            (workflow === undefined || run.workflow === workflow) &&
            (status === undefined || run.status === status),
        )
        .map((run) => run.runId);
      const filter = {
        ...(workflow === undefined ? {} : { workflow }),
        ...(status === undefined ? {} : { status }),
      };
      assert.deepEqual((await listPages(store, { ...filter, limit: operation.limit })).flat(), expected);
      return store;
    }
    case "reopen":
      if (host.reopen === undefined) return store;
      await store.close();
      return await host.reopen();
  }
}

async function compareWholly(store: Store, model: Model): Promise<void> {
  assert.deepEqual((await store.listRuns({ limit: 1_000 })).runs, model.headers());
  for (const { runId: id } of model.headers()) {
    assert.deepEqual(await store.readEvents(id), model.events(id));
    assert.deepEqual(await store.readEvents(id, 2), model.events(id).slice(2));
  }
}

export function testAgainstModel(open: () => Promise<StoreHost>, histories: number): void {
  test("any history leaves the same runs and events as in a plain map", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
        const host = await open();
        try {
          const model = new Model();
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
