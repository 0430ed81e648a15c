import assert from "node:assert/strict";
import { after, before, describe, type TestContext, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import type { RunAppend, Store } from "@mycroft/runtime";
import fc from "fast-check";
import { CuttingProxy } from "../testing/cutting-proxy.ts";
import { type PostgresServer, startPostgres, whyNoPostgres } from "../testing/postgres-server.ts";
import { continuation, creation, eventNumber } from "../testing/sample-appends.ts";
import { newSchema, storeOptions } from "../testing/store-host.ts";
import { openPostgresStore, type PostgresStoreOptions } from "./open-postgres-store.ts";

/** In the messages that write a batch, and in those that end a transaction. */
const writing = "write ";

describe("a Postgres store whose connections are lost", { skip: whyNoPostgres() }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres({ isDurable: true });
  });
  after(() => server.stop());

  async function open(context: TestContext, options: Partial<PostgresStoreOptions> = {}): Promise<Store> {
    const schema = newSchema();
    const store = await openPostgresStore({
      ...storeOptions(server, schema),
      acceptsLoss: false,
      ...options,
    });
    context.after(() => store.close());
    return store;
  }

  async function openBehindProxy(
    context: TestContext,
    options: Partial<PostgresStoreOptions> = {},
  ): Promise<{ store: Store; proxy: CuttingProxy }> {
    const proxy = await CuttingProxy.start(server.port);
    const url = `postgres://postgres@127.0.0.1:${proxy.port}/postgres`;
    const store = await open(context, { url, ...options });
    context.after(() => proxy.stop());
    return { store, proxy };
  }

  for (const cut of ["request", "answer"] as const) {
    test(`P2 a batch whose ${cut} is lost is stored once, and is no conflict`, async (context) => {
      const { store, proxy } = await openBehindProxy(context);
      await store.append([creation("a"), creation("b")]);
      const batch: readonly RunAppend[] = [
        creation("new", { tags: ["tag"], startKey: "key" }),
        continuation("a", 1),
        { ...continuation("a", 2), settle: { status: "failed", at: 7 } },
        { runId: "b", fromSeq: 1, events: [], settle: { status: "succeeded", at: 8 } },
        continuation("b", 5),
        creation("b", { workflow: "usurper" }),
      ];
      proxy.cutNext(cut, writing);
      const outcomes = await store.append(batch);
      assert.equal(proxy.cuts, 1);
      assert.deepEqual(outcomes, ["stored", "stored", "stored", "stored", "conflict", "conflict"]);
      assert.deepEqual((await store.readEvents("a")).slice(1), [eventNumber(1), eventNumber(2)]);
      assert.equal((await store.getRun("b"))?.settledAt, 8);
      assert.deepEqual(await store.append([continuation("new", 1)]), ["stored"]);
    });

    test(`P2 a transaction whose ${cut} is lost is stored once, and is no conflict`, async (context) => {
      const { store, proxy } = await openBehindProxy(context);
      await store.append([creation("a")]);
      proxy.cutNext(cut, "COMMIT");
      // The second append at the same place has the batch done by the rows of its runs.
      const outcomes = await store.append([continuation("a", 1), continuation("a", 1, "rival")]);
      assert.equal(proxy.cuts, 1);
      assert.deepEqual(outcomes, ["stored", "conflict"]);
      assert.deepEqual((await store.readEvents("a")).slice(1), [eventNumber(1)]);
    });

    test(`P2 a document whose ${cut} is lost is written once`, async (context) => {
      const { store, proxy } = await openBehindProxy(context);
      const note = { collection: "notes", id: "one" };
      proxy.cutNext(cut, "create-document");
      assert.equal(await store.putDocument({ ...note, replaces: 0, value: 1 }), "stored");
      proxy.cutNext(cut, "update-document");
      assert.equal(await store.putDocument({ ...note, replaces: 1, value: 2 }), "stored");
      proxy.cutNext(cut, "put-document");
      assert.equal(await store.putDocument({ ...note, replaces: null, value: 3 }), "stored");
      assert.deepEqual(await store.getDocument("notes", "one"), { id: "one", revision: 3, value: 3 });
      proxy.cutNext(cut, "delete-revision");
      assert.equal(await store.putDocument({ ...note, replaces: 3, value: null }), "stored");
      assert.equal(await store.getDocument("notes", "one"), undefined);
      assert.equal(proxy.cuts, 4);
    });
  }

  test("P2 what a rival has stored at that place meanwhile is a conflict, also in doubt", async (context) => {
    const schema = newSchema();
    const { store, proxy } = await openBehindProxy(context, { schema });
    const rival = await open(context, { schema });
    await store.append([creation("a"), creation("b")]);
    await rival.append([continuation("a", 1, "rival")]);
    proxy.cutNext("request", writing);
    const batch = [continuation("a", 1), continuation("b", 1)];
    assert.deepEqual(await store.append(batch), ["conflict", "stored"]);
    assert.deepEqual((await store.readEvents("a")).slice(1), [eventNumber(1, "rival")]);
  });

  test("P2 what cannot be decided says so, and is decided when it is tried again", async (context) => {
    const { store, proxy } = await openBehindProxy(context, { decideWithinMs: 1 });
    await store.append([creation("a")]);
    const batch = [continuation("a", 1), continuation("a", 2)];
    // The answer is cut off, and nobody can ask any more.
    proxy.cutNext("answer", writing);
    const appended = store.append(batch);
    while (proxy.cuts === 0) await new Promise((resolve) => setImmediate(resolve));
    proxy.shut();
    await assert.rejects(appended, (thrown: unknown) => {
      assert.ok(thrown instanceof MycroftError);
      assert.deepEqual([thrown.code, thrown.retryable], ["STORE_UNREACHABLE", true]);
      assert.deepEqual(thrown.details, { isUndecided: true });
      return true;
    });
    await assert.rejects(store.readEvents("a"), { code: "STORE_UNREACHABLE" });
    proxy.open();
    assert.deepEqual(await store.append(batch), ["stored", "stored"]);
    assert.deepEqual((await store.readEvents("a")).slice(1), [eventNumber(1), eventNumber(2)]);
    assert.deepEqual(await store.append(batch), ["conflict", "conflict"]);
  });

  test("P1 P2 connections cut at random moments cost time, and nothing else", async (context) => {
    const schema = newSchema();
    const store = await open(context, { schema });
    const runIds = Array.from({ length: 20 }, (_, index) => `run-${index}`);
    await store.append(runIds.map((runId) => creation(runId)));
    let isDone = false;
    let cut = 0;
    const cutting = (async () => {
      while (!isDone) {
        const killed = await server.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'mycroft'",
        );
        cut += killed.length;
      }
    })();
    let last = 0;
    try {
      // Whoever cuts may be the slower one.
      for (let seq = 1; seq <= 25 || cut <= 3; seq += 1) {
        last = seq;
        await appendUntilStored(
          store,
          runIds.map((runId) => continuation(runId, seq)),
        );
      }
    } finally {
      isDone = true;
      await cutting;
    }
    assert.ok(cut > 3, `only ${cut} connections were cut`);
    const expected = Array.from({ length: last }, (_, index) => eventNumber(index + 1));
    for (const runId of runIds) assert.deepEqual((await store.readEvents(runId)).slice(1), expected);
  });

  test("P1 P3 a server that loses its power keeps what was acknowledged, and the store goes on", async (context) => {
    const store = await open(context, { decideWithinMs: 60_000 });
    await store.append([creation("run")]);
    let acknowledged = 0;
    let isDone = false;
    const appending = (async () => {
      for (let seq = 1; !isDone; seq += 1) {
        await appendUntilStored(store, [continuation("run", seq)]);
        acknowledged = seq;
      }
    })();
    appending.catch(() => {});
    for (let crash = 0; crash < 2; crash += 1) {
      const before = acknowledged;
      while (acknowledged < before + 20) {
        await Promise.race([appending, new Promise((resolve) => setImmediate(resolve))]);
      }
      await server.crash();
      await server.restart();
    }
    isDone = true;
    await appending;
    const expected = Array.from({ length: acknowledged }, (_, index) => eventNumber(index + 1));
    assert.deepEqual((await store.readEvents("run")).slice(1), expected);
  });

  test("P2 any number of processes append at once: each place is taken once, and no place is left out", async (context) => {
    const schema = newSchema();
    const stores = [
      await open(context, { schema }),
      await open(context, { schema }),
      await open(context, { schema }),
    ];
    const runIds = Array.from({ length: 6 }, (_, index) => `run-${index}`);
    let histories = 0;
    const batches = fc.array(fc.subarray(runIds, { minLength: 1 }), { minLength: 10, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.tuple(batches, batches, batches), async (plans) => {
        histories += 1;
        const named = (runId: string) => `${histories}.${runId}`;
        const stored = new Map<string, number>();
        const work = async (
          store: Store,
          plan: readonly (readonly string[])[],
          by: number,
        ): Promise<void> => {
          const next = new Map<string, number>();
          for (const [index, names] of plan.entries()) {
            // Every other batch in the opposite order, to tempt them into waiting for each other.
            const chosen = (index % 2 === 0 ? names : names.toReversed()).map(named);
            const batch = chosen.map((runId) => {
              const seq = next.get(runId) ?? 0;
              return seq === 0 ? creation(runId) : continuation(runId, seq, `${by}`);
            });
            for (const [place, outcome] of (await store.append(batch)).entries()) {
              const runId = chosen[place] ?? "";
              if (outcome === "stored") stored.set(runId, (stored.get(runId) ?? 0) + 1);
              next.set(runId, (await store.getRun(runId))?.events ?? 0);
            }
          }
        };
        await Promise.all(stores.map((store, by) => work(store, plans[by] ?? [], by)));
        for (const runId of runIds.map(named)) {
          const events = (await stores[0]?.readEvents(runId)) ?? [];
          assert.equal(events.length, stored.get(runId) ?? 0);
          const places = events.slice(1).map((event) => ("task" in event ? event.task : ""));
          assert.deepEqual(
            places,
            places.map((_, index) => `task-${index + 1}`),
          );
        }
      }),
      { numRuns: 5 },
    );
  });
});

/** As the orchestrator does: tries again what was rejected and may succeed later. */
async function appendUntilStored(store: Store, batch: readonly RunAppend[]): Promise<void> {
  for (;;) {
    try {
      const outcomes = await store.append(batch);
      assert.deepEqual(
        outcomes,
        batch.map(() => "stored"),
      );
      return;
    } catch (thrown) {
      if (!(thrown instanceof MycroftError && thrown.retryable)) throw thrown;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
