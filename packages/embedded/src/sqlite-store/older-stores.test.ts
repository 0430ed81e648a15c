import assert from "node:assert/strict";
import { rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import type { Store } from "@mycroft/runtime";
import { makeVersion1Store, version1Record, version1Sql } from "../testing/version-1-store.ts";
import { examineStore } from "./examine-store.ts";
import { migrate, migrations, schemaVersionOf } from "./migrations.ts";
import { openStore } from "./open-sqlite-store.ts";
import { creation } from "./sample-run.ts";
import { storeFiles } from "./store-files.ts";
import { snapshotOf, temporaryFolder } from "./temporary-folder.ts";

const settings = { retentionDays: Number.POSITIVE_INFINITY };
const plain = { tags: [], startKey: null, parent: null, forkedFrom: null };

function schemaOf(folder: string): readonly unknown[] {
  const database = new DatabaseSync(storeFiles(folder).database, { readOnly: true });
  const rows = database.prepare("SELECT name, sql FROM sqlite_schema ORDER BY name").all();
  const version = schemaVersionOf(database);
  database.close();
  return [version, ...rows];
}

async function assertWhole(store: Store): Promise<void> {
  const { plan, artifacts, runs } = version1Record();
  assert.deepEqual(await store.getPlan(plan.hash), plan);
  for (const { header, events } of runs) {
    assert.deepEqual(await store.getRun(header.runId), { ...header, ...plain });
    assert.deepEqual(await store.readEvents(header.runId), events);
  }
  for (const [hash, text] of Object.entries(artifacts)) {
    assert.deepEqual(await store.getArtifact(hash), JSON.parse(text));
  }
  const listed = (await store.listRuns({ limit: 1_000 })).runs.map((run) => run.runId);
  assert.deepEqual(
    listed,
    runs.map((run) => run.header.runId),
  );
  const running = (await store.listRuns({ status: "running", limit: 1_000 })).runs.map((run) => run.runId);
  assert.deepEqual(running, ["running"]);
}

describe("a store of schema version 1", () => {
  for (const end of ["closed", "killed"] as const) {
    test(`that was ${end} is brought up to date with all that it holds`, async (context) => {
      const [folder, fresh] = [temporaryFolder(context), temporaryFolder(context)];
      makeVersion1Store(folder, end);
      const hasLog = statSync(storeFiles(folder).writeAheadLog, { throwIfNoEntry: false }) !== undefined;
      assert.equal(hasLog, end === "killed");
      const store = openStore({ folder, ...settings }, {});
      await assertWhole(store);
      await store.close();
      await openStore({ folder: fresh, ...settings }, {}).close();
      assert.deepEqual(schemaOf(folder), schemaOf(fresh));
      const again = openStore({ folder, ...settings }, {});
      await assertWhole(again);
      await again.close();
    });
  }

  test("goes on afterwards as a new one does, with tags, keys, children and documents", async (context) => {
    const folder = temporaryFolder(context);
    makeVersion1Store(folder);
    const store = openStore({ folder, ...settings }, {});
    const parent = { runId: "running", task: "trend", attempt: 1 };
    const child = creation("running.1", { tags: ["new"], startKey: "key", parent });
    const next = { type: "attemptSucceeded", at: 9, task: "trend", attempt: 2, output: 1 } as const;
    const batch = [
      child,
      { runId: "running", fromSeq: 2, events: [next] },
      { runId: "running.1", fromSeq: 1, events: [], settle: { status: "succeeded", at: 20 } as const },
    ];
    assert.deepEqual(await store.append(batch), ["stored", "stored", "stored"]);
    const found = await store.getRun("running.1");
    assert.deepEqual((await store.listRuns({ tag: "new", limit: 10 })).runs, [found]);
    assert.deepEqual((await store.listRuns({ parentRunId: "running", limit: 10 })).runs, [found]);
    assert.deepEqual(await store.findRunByStartKey("key"), found);
    assert.equal(await store.putDocument({ collection: "notes", id: "a", replaces: 0, value: 1 }), "stored");
    assert.equal(
      await store.prune(2_000),
      1,
      "the run that settled long ago, and not the child of one that runs",
    );
    assert.equal(await store.getRun("old"), undefined);
    assert.equal((await store.readEvents("running")).length, 3);
    await store.close();
  });

  test("is STORE_OLDER for reading, can be examined, and is not touched by either", (context) => {
    const folder = temporaryFolder(context);
    makeVersion1Store(folder);
    const before = snapshotOf(folder);
    assert.throws(
      () => openStore({ folder, readOnly: true }, {}),
      (thrown) => thrown instanceof MycroftError && thrown.code === "STORE_OLDER",
    );
    const found = examineStore(folder);
    assert.deepEqual([found?.schemaVersion, found?.latestVersion, found?.runs], [1, migrations.length, 5]);
    const after = snapshotOf(folder);
    for (const path of [storeFiles(folder).database, ...before.keys()]) {
      assert.equal(after.get(path), before.get(path), path);
    }
  });

  test("a step that was released is never changed", () => {
    const database = new DatabaseSync(":memory:");
    migrate(database, migrations.slice(0, 1));
    const rows = database.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid").all();
    database.close();
    const sql = version1Sql();
    const schema = sql.slice(sql.indexOf("CREATE"), sql.indexOf("INSERT")).trim();
    assert.equal(rows.map((row) => `${row["sql"]};`).join("\n\n"), schema);
  });

  test("a store of this version that lacks one of its tables is STORE_DAMAGED", async (context) => {
    for (const table of ["runs", "run_extras", "run_tags", "documents"]) {
      const folder = temporaryFolder(context);
      await openStore({ folder, ...settings }, {}).close();
      const database = new DatabaseSync(storeFiles(folder).database);
      database.exec(`DROP TABLE ${table}`);
      database.close();
      rmSync(storeFiles(folder).writeAheadLog, { force: true });
      assert.throws(
        () => openStore({ folder, ...settings }, {}),
        (thrown) => thrown instanceof MycroftError && thrown.code === "STORE_DAMAGED",
        table,
      );
    }
  });
});
