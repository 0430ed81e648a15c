import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import type { ArchiveKind, ArchiveRecord, Store } from "@mycroft/runtime";
import { type ArchiveHost, archiveContract } from "@mycroft/runtime/contracts";
import { makeVersion1Store, version1Record } from "../testing/version-1-store.ts";
import { examineStore } from "./examine-store.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { creation, succeeded } from "./sample-run.ts";
import { readSqliteArchive } from "./sqlite-archive.ts";
import { storeFiles } from "./store-files.ts";
import { snapshotOf, temporaryFolder } from "./temporary-folder.ts";

const settings = { retentionDays: Number.POSITIVE_INFINITY };

async function openHost(): Promise<ArchiveHost> {
  const folder = await mkdtemp(join(tmpdir(), "mycroft-archive-"));
  const opened: Store[] = [];
  return {
    openStore: async () => {
      const store = await openSqliteStore({ folder, ...settings });
      opened.push(store);
      return store;
    },
    read: (use) => readSqliteArchive({ folder }, use),
    dispose: async () => {
      for (const store of opened) await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

archiveContract({ name: "SQLite", open: openHost, isWritable: false });

async function readAll(folder: string, kind: ArchiveKind): Promise<readonly ArchiveRecord[]> {
  return readSqliteArchive({ folder }, async (archive) => (await Array.fromAsync(archive.read(kind))).flat());
}

function hasCode(code: ErrorCode, mention = /./): (thrown: unknown) => boolean {
  return (thrown) => thrown instanceof MycroftError && thrown.code === code && mention.test(thrown.message);
}

test("a store that a process works on is refused, saying which; and nobody writes while it is read", async (context) => {
  const folder = temporaryFolder(context);
  const store = await openSqliteStore({ folder, ...settings });
  await store.append([creation("run-1")]);
  await assert.rejects(readAll(folder, "run"), hasCode("STORE_LOCKED", new RegExp(`process ${process.pid}`)));
  await store.close();
  await readSqliteArchive({ folder }, async (archive) => {
    assert.equal(archive.address, folder);
    await assert.rejects(openSqliteStore({ folder, ...settings }), hasCode("STORE_LOCKED"));
    const reader = await openSqliteStore({ folder, readOnly: true });
    assert.equal((await reader.getRun("run-1"))?.runId, "run-1");
    await reader.close();
  });
  await (await openSqliteStore({ folder, ...settings })).close();
});

test("the lock is given back when its user fails, with a failure of his own", async (context) => {
  const folder = temporaryFolder(context);
  await (await openSqliteStore({ folder, ...settings })).close();
  const failing = readSqliteArchive({ folder }, async () => {
    throw new RangeError("mine");
  });
  await assert.rejects(failing, RangeError);
  assert.equal(examineStore(folder)?.holder, null);
});

test("where there is no store, none is made", async (context) => {
  const folder = temporaryFolder(context);
  await assert.rejects(readAll(join(folder, "nothing"), "run"), hasCode("NOT_FOUND", /nothing/));
  assert.equal(snapshotOf(folder).size, 0);
  writeFileSync(storeFiles(folder).database, "x".repeat(600));
  const before = snapshotOf(folder);
  await assert.rejects(readAll(folder, "run"), hasCode("STORE_FOREIGN_FILE"));
  assert.deepEqual(snapshotOf(folder), before);
});

test("what a holder that was killed left behind is left to the next one that writes", async (context) => {
  const folder = temporaryFolder(context);
  await (await openSqliteStore({ folder, ...settings })).close();
  const { owner } = storeFiles(folder);
  writeFileSync(owner, "{}");
  await readAll(folder, "run");
  assert.equal(snapshotOf(folder).has(owner), true);
});

test("a store of schema version 1 is brought up to date and read", async (context) => {
  const folder = temporaryFolder(context);
  makeVersion1Store(folder, "killed");
  const { runs, artifacts } = version1Record();
  const read = await readAll(folder, "run");
  const ids = read.map((record) => (record.kind === "run" ? record.header.runId : ""));
  assert.deepEqual(ids, runs.map(({ header }) => header.runId).toSorted());
  const events = new Map(
    read.map((record) =>
      record.kind === "run" ? [record.header.runId, record.events.map((text) => JSON.parse(text))] : ["", []],
    ),
  );
  for (const { header, events: expected } of runs) assert.deepEqual(events.get(header.runId), expected);
  const large = new Set([...events.values()].flat().map((event) => JSON.stringify(event)));
  const expected = Object.entries(artifacts).filter(([, text]) => !large.has(text));
  assert.deepEqual(
    (await readAll(folder, "artifact")).map((record) => (record.kind === "artifact" ? record.hash : "")),
    expected.map(([hash]) => hash).toSorted(),
  );
});

test("a run that lacks an event, and an artifact that lacks its file, stop the reading", async (context) => {
  const folder = temporaryFolder(context);
  const store = await openSqliteStore({ folder, ...settings });
  const events = ["a", "b", "c"].map((task) => succeeded(task, task));
  await store.append([{ ...creation("run-1"), events }]);
  const hash = await store.putArtifact("soon lost");
  await store.close();
  const database = new DatabaseSync(storeFiles(folder).database);
  database.exec("DELETE FROM events WHERE seq = 1");
  database.close();
  rmSync(join(storeFiles(folder).artifacts, hash.slice(0, 2), `${hash}.json`));
  await assert.rejects(readAll(folder, "run"), hasCode("STORE_DAMAGED", /event 1 of run run-1/));
  await assert.rejects(readAll(folder, "artifact"), hasCode("ARTIFACT_MISSING"));
});

test("who holds the store is told without the passwords on his command line", async (context) => {
  const folder = temporaryFolder(context);
  const program = `
    import { readFileSync } from "node:fs";
    import { openSqliteStore } from ${JSON.stringify(import.meta.resolve("./open-sqlite-store.ts"))};
    const [folder] = process.argv.slice(1);
    const store = await openSqliteStore({ folder });
    process.stdout.write(readFileSync(${JSON.stringify(storeFiles(folder).owner)}, "utf8"));
    await store.close();
  `;
  const words = [
    "postgres://me:s3cret@host:5432/base?password=s3cret&a=b",
    "redis://:s3cret@host",
    "postgres://me:s3cret@with@host",
    "me@host",
  ];
  const options = ["--input-type=module", "--eval", program, folder, ...words];
  const { command } = JSON.parse(execFileSync(process.execPath, options, { encoding: "utf8" }));
  assert.ok(!command.includes("s3cret"), command);
  assert.ok(
    command.endsWith(
      "postgres://me:***@host:5432/base?password=***&a=b redis://:***@host postgres://me:***@host me@host",
    ),
    command,
  );
});
