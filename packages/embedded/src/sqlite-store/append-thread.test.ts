import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { describe, type TestContext, test } from "node:test";
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import type { AppendOutcome, RunAppend, Store } from "@mycroft/runtime";
import { type EndOfThread, knock, threadProgram } from "../testing/side-door.ts";
import { openSqliteStore, openStore, type SqliteStoreOptions } from "./open-sqlite-store.ts";
import { creation, settlement, succeeded } from "./sample-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const settings = { retentionDays: Number.POSITIVE_INFINITY, appendThread: "always" } as const;

function open(context: TestContext, options: Partial<SqliteStoreOptions> = {}, program = threadProgram) {
  const folder = temporaryFolder(context);
  const lost: MycroftError[] = [];
  let connection: DatabaseSync | undefined;
  const store = openStore(
    { ...settings, folder, onThreadLost: (error) => lost.push(error), ...options },
    { threadProgram: program, onConnected: (database) => (connection = database) },
  );
  context.after(() => store.close());
  /** How many rows the main thread has written. */
  const written = () => Number(connection?.prepare("SELECT total_changes() AS rows").get()?.["rows"]);
  const isWrittenHere = async (append: () => Promise<unknown>): Promise<boolean> => {
    const before = written();
    await append();
    return written() > before;
  };
  return { folder, store, lost, isWrittenHere };
}

function assertCode(action: Promise<unknown>, code: ErrorCode): Promise<void> {
  return assert.rejects(action, (thrown) => thrown instanceof MycroftError && thrown.code === code);
}

async function countEvents(store: Store, runId: string): Promise<number> {
  return (await store.readEvents(runId)).length;
}

describe("the append thread", () => {
  test("P1 its commits too return only when they are on disk: write-ahead log, synchronous = FULL", async (context) => {
    const { folder, store } = open(context);
    await store.append([creation("run")]);
    for (const [pragma, value] of Object.entries({
      synchronous: 2,
      journal_mode: "wal",
      wal_autocheckpoint: 4_000,
    })) {
      assert.deepEqual(await knock(folder, { sql: `PRAGMA ${pragma}` }), { [pragma]: value });
    }
  });

  test("writes what the main thread then reads, and leaves that free meanwhile", async (context) => {
    const { store, isWrittenHere } = open(context);
    let isStored = false;
    const append = async () => {
      const stored = store.append([creation("run")]).then(() => {
        isStored = true;
      });
      for (let round = 0; round < 100; round += 1) await Promise.resolve();
      assert.equal(isStored, false, "it takes a turn of the event loop to hear of it");
      await stored;
    };
    assert.equal(await isWrittenHere(append), false);
    assert.equal((await store.getRun("run"))?.events, 1);
  });

  test("writes take effect in the order in which they were asked for, whoever does them", async (context) => {
    const { store } = open(context);
    const note = { collection: "notes", id: "a" };
    const outcomes = await Promise.all([
      store.append([creation("run")]),
      store.putDocument({ ...note, replaces: 0, value: 1 }),
      store.append([{ runId: "run", fromSeq: 1, events: [succeeded("a", "")] }, creation("other")]),
      store.putDocument({ ...note, replaces: 1, value: 2 }),
      store.append([settlement("run", 2, 5), settlement("other", 9, 5)]),
      store.prune(6),
      store.append([creation("run")]),
    ]);
    assert.deepEqual(outcomes.slice(0, 4), [["stored"], "stored", ["stored", "stored"], "stored"]);
    assert.deepEqual(outcomes.slice(4), [["stored", "conflict"], 1, ["stored"]]);
    assert.equal((await store.getRun("run"))?.status, "running");
  });

  test("each side forgets what it remembered of runs, origins and artifacts when the other has written", async (context) => {
    const { store } = open(context, { inlineEventBytes: 2_000 });
    const large = succeeded("large", "x".repeat(3_000));
    await store.append([creation("old"), { runId: "old", fromSeq: 1, events: [large] }]);
    await store.append([settlement("old", 2, 5)]);
    // The thread remembers the origin that is forgotten now, and its only artifact.
    assert.equal(await store.prune(Number.MAX_SAFE_INTEGER), 1);
    await store.append([creation("new")]);
    assert.deepEqual((await store.getRun("new"))?.provenance, { codeVersion: "0.1.0" });
    // It has looked, and there were none.
    await store.append([{ runId: "new", fromSeq: 1, events: [succeeded("a", "")] }]);
    const named = await store.putArtifact("named by an event");
    await store.append([{ runId: "new", fromSeq: 2, events: [succeeded("b", named)] }]);
    assert.equal(await store.prune(Number.MAX_SAFE_INTEGER), 0);
    assert.equal(await store.getArtifact(named), "named by an event");
    await store.append([settlement("new", 3, 5)]);
    assert.equal(await store.prune(Number.MAX_SAFE_INTEGER), 1);
    assert.equal(await store.getArtifact(named), undefined);
  });

  test("is used while batches are large, and what each side knows of a run is what the other has stored", async (context) => {
    const { store, isWrittenHere } = open(context, { appendThread: "auto" });
    let seq = 0;
    const append = async (events: number): Promise<void> => {
      const all = Array.from({ length: events }, (_, index) => succeeded(`${seq + index}`, ""));
      const created = seq === 0 ? { create: creation("run").create } : {};
      const batch = [{ runId: "run", fromSeq: seq, events: all, ...created } as RunAppend];
      assert.deepEqual(await store.append(batch), ["stored"]);
      assert.deepEqual(await store.append([{ ...batch[0], events: [] } as RunAppend]), ["conflict"]);
      seq += events;
      // A thread that is ready says so in a turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    };
    for (let round = 0; round < 2; round += 1) {
      assert.equal(await isWrittenHere(() => append(1)), true);
      while (await isWrittenHere(() => append(500))) assert.ok(seq < 1_000_000, "it is never used");
      assert.ok(round > 0 || seq > 2_000);
      while (!(await isWrittenHere(() => append(1)))) assert.ok(seq < 2_000_000, "it is used for ever");
    }
    assert.equal(await countEvents(store, "run"), seq);
  });

  test("P1 closing waits for what is under way and what stands in line", async (context) => {
    const { folder, store } = open(context);
    const under = Promise.all([
      store.append([creation("a")]),
      store.append([creation("b")]),
      store.putDocument({ collection: "notes", id: "a", replaces: 0, value: 1 }),
      store.putArtifact("kept"),
    ]);
    await store.close();
    await assertCode(store.append([creation("c")]), "STORE_CLOSED");
    const [a, b, document, artifact] = await under;
    assert.deepEqual([a, b, document], [["stored"], ["stored"], "stored"]);
    assert.deepEqual(readdirSync(folder), ["artifacts", "mycroft.lock", "mycroft.sqlite"]);
    const again = await openSqliteStore({ folder });
    assert.deepEqual(
      (await again.listRuns({ limit: 10 })).runs.map((run) => run.runId),
      ["b", "a"],
    );
    assert.equal(await again.getArtifact(artifact), "kept");
    await again.close();
  });

  test("what it refuses has the code that it would have here, and what was refused is not remembered", async (context) => {
    const { folder, store } = open(context, { maxPayloadBytes: 50_000, maxFileBytes: 300_000 });
    await store.append([creation("run")]);
    const append = (size: number) =>
      store.append([
        creation(`with-${size}`),
        { runId: "run", fromSeq: 1, events: [succeeded("a", "x".repeat(size))] },
      ]);
    await assertCode(append(60_000), "LIMIT_EXCEEDED");
    await knock(folder, { sql: "PRAGMA max_page_count = 1" });
    await assertCode(append(40_000), "STORE_FULL");
    assert.deepEqual((await store.listRuns({ limit: 10 })).runs.length, 1);
    await knock(folder, { sql: "PRAGMA max_page_count = 1000" });
    assert.deepEqual(await append(40_000), ["stored", "stored"]);
  });

  test("holds up the end of a process only while it has something in hand", async (context) => {
    const folder = temporaryFolder(context);
    const program = `
      import { openSqliteStore } from ${JSON.stringify(import.meta.resolve("./open-sqlite-store.ts"))};
      import { creation } from ${JSON.stringify(import.meta.resolve("./sample-run.ts"))};
      const store = await openSqliteStore({ folder: process.argv[1], appendThread: "always" });
      await store.append([creation("awaited")]);
      store.append([creation("left")]).then(() => console.log("stored"));
    `;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program, folder]);
    context.after(() => child.kill("SIGKILL"));
    let told = "";
    child.stdout.on("data", (data) => {
      told += data;
    });
    assert.deepEqual(await once(child, "close"), [0, null]);
    assert.equal(told, "stored\n");
    const store = await openSqliteStore({ folder });
    assert.equal((await store.listRuns({ limit: 10 })).runs.length, 2);
    await store.close();
  });
});

describe("an append thread that ends", () => {
  const batch: readonly RunAppend[] = [
    creation("new"),
    { runId: "new", fromSeq: 1, events: [succeeded("a", ""), succeeded("b", "")] },
    { runId: "run", fromSeq: 7, events: [succeeded("from the future", "")] },
    { runId: "run", fromSeq: 1, events: [succeeded("a", "")] },
    settlement("other", 1, 5),
    settlement("other", 1, 6),
    creation("other"),
    { ...creation("bare"), events: [] },
    { runId: "bare", fromSeq: 0, events: [] },
  ];
  const outcomes: readonly AppendOutcome[] = [
    ...(["stored", "stored", "conflict", "stored"] as const),
    ...(["stored", "conflict", "conflict", "stored", "stored"] as const),
  ];
  for (const endAt of ["beginning", "committing", "committed"] satisfies readonly EndOfThread[]) {
    test(`P1 P2 ${endAt}: the main thread goes on, and what it had in hand is stored once`, async (context) => {
      const { folder, store, lost, isWrittenHere } = open(context);
      await store.append([creation("run"), creation("other", { createdAt: 2_000 })]);
      await knock(folder, { endAt });
      assert.deepEqual(await store.append(batch), outcomes);
      assert.deepEqual(
        lost.map((error) => error.code),
        ["INTERNAL"],
      );
      assert.equal(await countEvents(store, "new"), 3);
      assert.equal(await countEvents(store, "run"), 2);
      assert.equal((await store.getRun("other"))?.status, "succeeded");
      assert.equal(await isWrittenHere(() => store.append([creation("next")])), true);
      assert.deepEqual(await store.append([creation("next")]), ["conflict"]);
      await store.close();
      assert.equal(lost.length, 1);
    });
  }

  test("before it began: the main thread does it all", async (context) => {
    const nowhere = new URL("./no-such-program.ts", import.meta.url);
    const { store, lost, isWrittenHere } = open(context, {}, nowhere);
    assert.equal(await isWrittenHere(() => store.append([creation("run")])), true);
    assert.equal(lost.length, 1);
    assert.deepEqual(await store.append([creation("other")]), ["stored"]);
  });

  test("between two appends: the next one is stored all the same", async (context) => {
    const { folder, store, lost } = open(context);
    await store.append([creation("run")]);
    await knock(folder, { endAt: "now" });
    assert.deepEqual(await store.append([creation("other")]), ["stored"]);
    assert.deepEqual(await store.append([creation("third")]), ["stored"]);
    assert.equal((await store.listRuns({ limit: 10 })).runs.length, 3);
    assert.equal(lost.length, 1);
  });
});
