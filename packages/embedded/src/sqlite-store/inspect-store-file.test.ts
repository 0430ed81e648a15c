import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { creation, succeeded } from "./sample-run.ts";
import { type StoreFiles, storeFiles } from "./store-files.ts";
import { snapshotOf, temporaryFolder } from "./temporary-folder.ts";

async function makeStore(folder: string): Promise<void> {
  const store = await openSqliteStore({ folder });
  const events = Array.from({ length: 50 }, (_, index) => succeeded(`task-${index}`, "x".repeat(1_000)));
  await store.append([creation("run-1"), { runId: "run-1", fromSeq: 1, events }]);
  await store.close();
}

function change(file: string, offset: number, bytes: Uint8Array): void {
  const content = readFileSync(file);
  content.set(bytes, offset);
  writeFileSync(file, content);
}

function execute(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

const garbage = new Uint8Array(84).fill(0xa5);

interface Case {
  readonly what: string;
  readonly code: ErrorCode;
  /** Turns a sound store into this. */
  readonly spoil: (files: StoreFiles) => void;
}

const cases: readonly Case[] = [
  {
    what: "a text file",
    code: "STORE_FOREIGN_FILE",
    spoil: ({ database }) => writeFileSync(database, "date,symbol,close\n".repeat(1_000)),
  },
  {
    what: "a SQLite database without an application id",
    code: "STORE_FOREIGN_FILE",
    spoil: ({ database }) => {
      rmSync(database);
      execute(database, "CREATE TABLE runs (id INTEGER PRIMARY KEY)");
    },
  },
  {
    what: "a SQLite database of another application",
    code: "STORE_FOREIGN_FILE",
    spoil: ({ database }) => execute(database, "PRAGMA application_id = 42"),
  },
  {
    what: "a SQLite database of another application that was killed, with its log",
    code: "STORE_FOREIGN_FILE",
    spoil: ({ folder, database }) => {
      const other = join(folder, "other.sqlite");
      const running = new DatabaseSync(other);
      running.exec("PRAGMA application_id = 42; PRAGMA journal_mode = WAL; CREATE TABLE theirs (x)");
      for (const suffix of ["", "-wal", "-shm"]) copyFileSync(`${other}${suffix}`, `${database}${suffix}`);
      running.close();
    },
  },
  {
    what: "a folder",
    code: "STORE_FOREIGN_FILE",
    spoil: ({ database }) => {
      rmSync(database);
      mkdirSync(database);
    },
  },
  {
    what: "a store whose first bytes were overwritten",
    code: "STORE_FOREIGN_FILE",
    spoil: ({ database }) => change(database, 0, garbage),
  },
  { what: "an empty file", code: "STORE_DAMAGED", spoil: ({ database }) => truncateSync(database, 0) },
  {
    what: "a store cut off within its header",
    code: "STORE_DAMAGED",
    spoil: ({ database }) => truncateSync(database, 60),
  },
  {
    what: "a store cut off within its first page",
    code: "STORE_DAMAGED",
    spoil: ({ database }) => truncateSync(database, 1_000),
  },
  {
    what: "a store cut off in the middle",
    code: "STORE_DAMAGED",
    spoil: ({ database }) => truncateSync(database, 8 * 4_096),
  },
  {
    what: "a store that lacks its last byte",
    code: "STORE_DAMAGED",
    spoil: ({ database }) => truncateSync(database, readFileSync(database).length - 1),
  },
  {
    what: "a store whose header is garbled after the magic",
    code: "STORE_DAMAGED",
    spoil: ({ database }) => change(database, 16, garbage),
  },
  {
    what: "a store whose first page is garbled after the header",
    code: "STORE_DAMAGED",
    spoil: ({ database }) => change(database, 100, new Uint8Array(3_996).fill(0xa5)),
  },
  {
    what: "a store that lacks a table",
    code: "STORE_DAMAGED",
    spoil: ({ database }) => execute(database, "DROP TABLE events"),
  },
  {
    what: "a store without a version",
    code: "STORE_DAMAGED",
    spoil: ({ database }) => execute(database, "PRAGMA user_version = 0"),
  },
  {
    what: "the log of a store that is gone",
    code: "STORE_DAMAGED",
    spoil: ({ database, writeAheadLog }) => {
      rmSync(database);
      writeFileSync(writeAheadLog, "log");
    },
  },
  {
    what: "a store of a newer version",
    code: "STORE_NEWER",
    spoil: ({ database }) => execute(database, "PRAGMA user_version = 999"),
  },
  {
    what: "a lock file that is something else",
    code: "STORE_FOREIGN_FILE",
    spoil: ({ lock }) => writeFileSync(lock, "somebody else's notes ".repeat(50)),
  },
];

describe("what lies in the place of a store", () => {
  for (const { what, code, spoil } of cases) {
    test(`${what} is ${code}, and nothing is touched`, async (context) => {
      const folder = temporaryFolder(context);
      await makeStore(folder);
      spoil(storeFiles(folder));
      const before = snapshotOf(folder);
      // Readers take no lock, so they do not care what the lock file is.
      const modes = what.includes("lock file") ? [false] : [false, true];
      for (const readOnly of modes) {
        await assert.rejects(openSqliteStore({ folder, readOnly }), (thrown: unknown) => {
          assert.ok(thrown instanceof MycroftError, String(thrown));
          assert.equal(thrown.code, code, thrown.message);
          assert.ok(thrown.message.includes(folder), "the message names the place");
          return true;
        });
        assert.deepEqual(snapshotOf(folder), before);
      }
    });
  }

  test("in a folder without a lock file none is left behind either", async (context) => {
    const folder = temporaryFolder(context);
    writeFileSync(storeFiles(folder).database, "something else");
    const before = snapshotOf(folder);
    await assert.rejects(openSqliteStore({ folder }));
    assert.deepEqual(snapshotOf(folder), before);
  });

  test("a page that is garbled deep within is STORE_DAMAGED when it is read", async (context) => {
    const folder = temporaryFolder(context);
    await makeStore(folder);
    const { database } = storeFiles(folder);
    const pages = readFileSync(database).length / 4_096;
    for (let page = 1; page < pages; page += 1)
      change(database, page * 4_096, new Uint8Array(4_096).fill(0xa5));
    const store = await openSqliteStore({ folder, retentionDays: Number.POSITIVE_INFINITY }).catch(
      (thrown: unknown) => thrown,
    );
    assert.ok(store instanceof MycroftError);
    assert.equal(store.code, "STORE_DAMAGED");
    const again = await openSqliteStore({ folder }).catch((thrown: unknown) => thrown);
    assert.ok(again instanceof MycroftError && again.code === "STORE_DAMAGED", "the lock is free again");
  });
});
