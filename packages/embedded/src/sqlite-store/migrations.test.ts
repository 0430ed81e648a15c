import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { migrate, migrations, schemaVersionOf } from "./migrations.ts";
import { openStore } from "./open-sqlite-store.ts";
import { creation } from "./sample-run.ts";
import { storeFiles } from "./store-files.ts";
import { snapshotOf, temporaryFolder } from "./temporary-folder.ts";

/** What later versions of Mycroft might do: each step needs the one before it. */
const imagined: readonly string[] = [
  ...migrations,
  "CREATE TABLE votes (run_no INTEGER NOT NULL, vote TEXT NOT NULL); INSERT INTO votes SELECT run_no, 'old' FROM runs;",
  "ALTER TABLE votes ADD COLUMN since INTEGER NOT NULL DEFAULT 7;",
  "CREATE INDEX votes_by_vote ON votes (vote, since);",
];

function schemaOf(folder: string): readonly unknown[] {
  const database = new DatabaseSync(storeFiles(folder).database, { readOnly: true });
  const rows = database.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").all();
  const version = schemaVersionOf(database);
  database.close();
  return [version, ...rows];
}

function codeOf(action: () => unknown): string {
  try {
    action();
    return "no error";
  } catch (thrown) {
    return thrown instanceof MycroftError ? thrown.code : String(thrown);
  }
}

describe("migrations", () => {
  test("a store of this version or a later one is brought to the same schema as a new one, with its runs", async (context) => {
    const newest = temporaryFolder(context);
    await openStore({ folder: newest }, { migrations: imagined }).close();
    for (let version = migrations.length; version <= imagined.length; version += 1) {
      const folder = temporaryFolder(context);
      const old = openStore({ folder }, { migrations: imagined.slice(0, version) });
      await old.append([creation("run-1")]);
      await old.close();
      const store = openStore({ folder }, { migrations: imagined });
      assert.equal((await store.getRun("run-1"))?.events, 1);
      assert.deepEqual(await store.append([creation("run-2")]), ["stored"]);
      await store.close();
      assert.deepEqual(schemaOf(folder), schemaOf(newest), `from version ${version}`);
    }
  });

  test("P3 a step that fails changes nothing, and the steps before it stay done", () => {
    const database = new DatabaseSync(":memory:");
    const sound = imagined.slice(0, migrations.length + 1);
    const broken = [...sound, "CREATE TABLE half (x); INSERT INTO nowhere VALUES (1);"];
    assert.throws(() => migrate(database, broken));
    assert.equal(schemaVersionOf(database), sound.length);
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE name IN ('votes', 'half')").all();
    assert.deepEqual(
      tables.map((row) => row["name"]),
      ["votes"],
    );
    migrate(database, imagined);
    assert.equal(schemaVersionOf(database), imagined.length);
    database.close();
  });

  test("a store of a newer version is STORE_NEWER, and nothing is touched", async (context) => {
    const folder = temporaryFolder(context);
    await openStore({ folder }, { migrations: imagined }).close();
    const before = snapshotOf(folder);
    for (const readOnly of [false, true]) {
      assert.equal(
        codeOf(() => openStore({ folder, readOnly }, {})),
        "STORE_NEWER",
      );
      assert.deepEqual(snapshotOf(folder), before);
    }
  });

  test("the version is seen even when the process that migrated was killed before it could tidy up", async (context) => {
    const folder = temporaryFolder(context);
    await openStore({ folder }, {}).close();
    const running = openStore({ folder }, { migrations: imagined });
    assert.equal(
      codeOf(() => openStore({ folder }, {})),
      "STORE_NEWER",
    );
    await running.close();
  });

  test("reading a store of an older version is STORE_OLDER until it was opened for writing", async (context) => {
    const folder = temporaryFolder(context);
    await openStore({ folder }, {}).close();
    assert.equal(
      codeOf(() => openStore({ folder, readOnly: true }, { migrations: imagined })),
      "STORE_OLDER",
    );
    await openStore({ folder }, { migrations: imagined }).close();
    await openStore({ folder, readOnly: true }, { migrations: imagined }).close();
  });
});
