import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import { openSqliteStore, openStore } from "./open-sqlite-store.ts";
import { creation, succeeded } from "./sample-run.ts";
import { snapshotOf, temporaryFolder } from "./temporary-folder.ts";

function hasCode(code: ErrorCode): (thrown: unknown) => boolean {
  return (thrown) => {
    assert.ok(thrown instanceof MycroftError, String(thrown));
    assert.equal(thrown.code, code, thrown.message);
    return true;
  };
}

function pragma(database: DatabaseSync | undefined, name: string): unknown {
  return Object.values(database?.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

describe("opening a SQLite store", () => {
  test("P1 a commit returns only when it is on disk: write-ahead log, synchronous = FULL", async (context) => {
    const folder = temporaryFolder(context);
    for (const _ of ["created", "opened again"]) {
      let connection: DatabaseSync | undefined;
      const store = openStore({ folder }, { onConnected: (database) => (connection = database) });
      assert.equal(pragma(connection, "synchronous"), 2);
      assert.equal(pragma(connection, "journal_mode"), "wal");
      await store.close();
    }
  });

  test("creates the folder with all above it, and leaves one file, the artifacts, the lock and nothing else", async (context) => {
    const folder = join(temporaryFolder(context), "deep", "er");
    const store = await openSqliteStore({ folder });
    await store.append([creation("run-1")]);
    assert.deepEqual(readdirSync(folder), [
      "artifacts",
      "mycroft.lock",
      "mycroft.owner.json",
      "mycroft.sqlite",
      "mycroft.sqlite-shm",
      "mycroft.sqlite-wal",
    ]);
    await store.close();
    assert.deepEqual(readdirSync(folder), ["artifacts", "mycroft.lock", "mycroft.sqlite"]);
  });

  test("P7 a file system that refuses folders is STORE_IO, and no wait without end", {
    skip: existsSync("/proc/self") ? false : "there is no /proc",
  }, async () => {
    await assert.rejects(openSqliteStore({ folder: "/proc/mycroft/deep" }), hasCode("STORE_IO"));
  });

  test("a creation that was cut short leaves no trace in the next one", async (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(join(folder, "mycroft.sqlite.new"), "half a da");
    writeFileSync(join(folder, "mycroft.sqlite.new-journal"), "half a journal");
    const store = await openSqliteStore({ folder });
    await store.append([creation("run-1")]);
    await store.close();
    assert.deepEqual(readdirSync(folder), ["artifacts", "mycroft.lock", "mycroft.sqlite"]);
  });

  test("P8 maxFileBytes: STORE_FULL beyond it, nothing of the batch stored, and room again after pruning", async (context) => {
    const folder = temporaryFolder(context);
    const store = await openSqliteStore({
      folder,
      maxFileBytes: 200_000,
      retentionDays: Number.POSITIVE_INFINITY,
    });
    const bulk = Array.from({ length: 10 }, (_, index) => succeeded(`task-${index}`, "x".repeat(4_000)));
    let stored = 0;
    await assert.rejects(async () => {
      for (; stored < 100; stored += 1) {
        const settle = { status: "succeeded", at: 5 } as const;
        await store.append([
          creation(`run-${stored}`),
          { runId: `run-${stored}`, fromSeq: 1, events: bulk, settle },
        ]);
      }
    }, hasCode("STORE_FULL"));
    assert.ok(stored > 0 && stored < 6, `${stored} runs of 40 KB in 200 KB`);
    assert.equal(await store.getRun(`run-${stored}`), undefined);
    assert.equal((await store.listRuns({ limit: 100 })).runs.length, stored);
    assert.equal(await store.prune(6), stored);
    assert.deepEqual(await store.append([creation("after"), { runId: "after", fromSeq: 1, events: bulk }]), [
      "stored",
      "stored",
    ]);
    await store.close();
  });

  test("P7 payloads beyond maxPayloadBytes are refused, and the message names the limit", async (context) => {
    const store = await openSqliteStore({ folder: temporaryFolder(context), maxPayloadBytes: 100_000 });
    await store.append([creation("run-1")]);
    const large = { runId: "run-1", fromSeq: 1, events: [succeeded("large", "€".repeat(40_000))] };
    await assert.rejects(store.append([creation("run-2"), large]), hasCode("LIMIT_EXCEEDED"));
    await assert.rejects(store.putArtifact("€".repeat(40_000)), hasCode("LIMIT_EXCEEDED"));
    assert.equal(await store.getRun("run-2"), undefined);
    assert.deepEqual(await store.append([{ ...large, events: [succeeded("fits", "€".repeat(30_000))] }]), [
      "stored",
    ]);
    await store.close();
  });

  test("P7 options out of range are refused before anything is created", async (context) => {
    const folder = join(temporaryFolder(context), "new");
    const wrong = [
      { retentionDays: 0 },
      { retentionDays: Number.NaN },
      { inlineEventBytes: -1 },
      { maxPayloadBytes: 0 },
      { maxFileBytes: Number.NaN },
    ];
    for (const options of wrong) {
      await assert.rejects(openSqliteStore({ folder, ...options }), hasCode("INPUT_INVALID"));
    }
    await assert.rejects(openSqliteStore({ folder: "" }), hasCode("INPUT_INVALID"));
    assert.equal(existsSync(folder), false);
  });

  test("a file in the folder's place is STORE_FOREIGN_FILE, and a folder that cannot be made STORE_IO", async (context) => {
    const file = join(temporaryFolder(context), "file");
    writeFileSync(file, "not a folder");
    await assert.rejects(openSqliteStore({ folder: file }), hasCode("STORE_FOREIGN_FILE"));
    await assert.rejects(openSqliteStore({ folder: file, readOnly: true }), hasCode("STORE_FOREIGN_FILE"));
    await assert.rejects(openSqliteStore({ folder: join(file, "below") }), hasCode("STORE_IO"));
  });
});

describe("opening a SQLite store for reading", () => {
  test("there must be one: NOT_FOUND, and nothing is created", async (context) => {
    const folder = join(temporaryFolder(context), "absent");
    await assert.rejects(openSqliteStore({ folder, readOnly: true }), hasCode("NOT_FOUND"));
    assert.equal(existsSync(folder), false);
  });

  test("reads what another handle stores, while it stores", async (context) => {
    const folder = temporaryFolder(context);
    const writer = await openSqliteStore({ folder, inlineEventBytes: 1_000 });
    await writer.append([creation("run-1")]);
    const reader = await openSqliteStore({ folder, readOnly: true });
    const another = await openSqliteStore({ folder, readOnly: true });
    assert.equal((await reader.getRun("run-1"))?.events, 1);
    const large = succeeded("large", "x".repeat(5_000));
    await writer.append([{ runId: "run-1", fromSeq: 1, events: [large] }, creation("run-2")]);
    const hash = await writer.putArtifact("artifact");
    assert.deepEqual(await reader.readEvents("run-1", 1), [large]);
    assert.equal(await reader.getArtifact(hash), "artifact");
    await reader.close();
    await writer.append([creation("run-3")]);
    assert.equal((await another.listRuns({ limit: 10 })).runs.length, 3);
    await another.close();
    await writer.close();
  });

  test("refuses to write, and changes no file", async (context) => {
    const folder = temporaryFolder(context);
    const writer = await openSqliteStore({ folder });
    await writer.append([creation("run-1")]);
    await writer.close();
    const before = snapshotOf(folder);
    const reader = await openSqliteStore({ folder, readOnly: true });
    const plan = {
      format: 1,
      hash: "h",
      workflow: { name: "w", input: {}, steps: [], output: constant },
    } as const;
    for (const write of [
      () => reader.append([creation("run-2")]),
      () => reader.putPlan(plan),
      () => reader.putArtifact("artifact"),
      () => reader.putDocument({ collection: "notes", id: "a", replaces: null, value: 1 }),
      () => reader.prune(10),
    ]) {
      await assert.rejects(write, hasCode("STORE_READ_ONLY"));
    }
    assert.equal((await reader.readEvents("run-1")).length, 1);
    await reader.close();
    const after = snapshotOf(folder);
    for (const [path, content] of before) assert.equal(after.get(path), content, path);
  });
});

const constant = { kind: "const", value: null } as const;
