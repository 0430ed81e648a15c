import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import pg from "pg";
import { describeSchema } from "../testing/describe-schema.ts";
import { type PostgresServer, startPostgres, whyNoPostgres } from "../testing/postgres-server.ts";
import { creation } from "../testing/sample-appends.ts";
import { newSchema, storeOptions } from "../testing/store-host.ts";
import { migrate, migrations } from "./migrations.ts";
import { openStore, type PostgresStoreOptions } from "./open-postgres-store.ts";

/** What later versions of Mycroft might do: each step needs the one before it. */
const imagined: readonly string[] = [
  ...migrations,
  "CREATE TABLE votes (run_no bigint NOT NULL, vote text NOT NULL); INSERT INTO votes SELECT run_no, 'old' FROM runs;",
  "ALTER TABLE votes ADD COLUMN since integer NOT NULL DEFAULT 7;",
  "CREATE INDEX votes_by_vote ON votes (vote, since);",
];

describe("migrations of a Postgres store", { skip: whyNoPostgres() }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  async function open(schema: string, steps = migrations, options: Partial<PostgresStoreOptions> = {}) {
    return openStore({ ...storeOptions(server, schema), ...options }, { migrations: steps });
  }

  async function versionOf(schema: string): Promise<unknown> {
    const rows = await server.query(`SELECT max(version) AS version FROM ${schema}.mycroft_migrations`);
    return rows[0]?.["version"];
  }

  test("schema.sql is what the migrations make", async () => {
    const [migrated, written] = [newSchema(), newSchema()];
    await (await open(migrated)).close();
    const dump = readFileSync(new URL("./schema.sql", import.meta.url), "utf8");
    await server.query(`CREATE SCHEMA ${written}; SET search_path TO ${written}; ${dump}`);
    const description = await describeSchema(server, migrated);
    assert.deepEqual(await describeSchema(server, written), description);
    // The description sees what may differ.
    await server.query(`DROP INDEX ${written}.runs_by_parent`);
    assert.notDeepEqual(await describeSchema(server, written), description);
  });

  test("a store of any version is brought to the same schema as a new one, with its runs", async () => {
    const newest = newSchema();
    await (await open(newest, imagined)).close();
    for (let version = 1; version <= imagined.length; version += 1) {
      const schema = newSchema();
      const old = await open(schema, imagined.slice(0, version));
      const parent = { runId: "run-1", task: "t", attempt: 1 };
      await old.append([creation("run-1"), creation("run-1.child", { parent })]);
      await old.close();
      const store = await open(schema, imagined);
      assert.equal((await store.getRun("run-1"))?.events, 1);
      for (const status of [undefined, "running"] as const) {
        const query = { parentRunId: null, limit: 9, ...(status && { status }) };
        assert.deepEqual(
          (await store.listRuns(query)).runs.map(({ runId }) => runId),
          ["run-1"],
        );
      }
      assert.deepEqual(await store.append([creation("run-2")]), ["stored"]);
      await store.close();
      assert.deepEqual(await describeSchema(server, schema), await describeSchema(server, newest));
    }
  });

  test("P3 half a migration is impossible: a step that fails changes nothing, and those before it stay done", async () => {
    const schema = newSchema();
    const sound = imagined.slice(0, migrations.length + 1);
    await (await open(schema, sound)).close();
    const before = await describeSchema(server, schema);
    const broken = [...sound, "CREATE TABLE half (x integer); INSERT INTO nowhere VALUES (1);"];
    await assert.rejects(open(schema, broken), { code: "STORE_DAMAGED" });
    assert.deepEqual(await describeSchema(server, schema), before);
    assert.equal(await versionOf(schema), sound.length);
    await (await open(schema, imagined)).close();
    assert.equal(await versionOf(schema), imagined.length);
  });

  test("P3 a process that is cut off in the middle of a step leaves nothing of it", async () => {
    const schema = newSchema();
    const cut = [`${migrations[0]}; SELECT pg_terminate_backend(pg_backend_pid());`];
    await assert.rejects(open(schema, cut), { code: "STORE_UNREACHABLE" });
    assert.deepEqual(await server.query("SELECT 1 FROM pg_namespace WHERE nspname = $1", [schema]), []);
    await (await open(schema)).close();
  });

  test("any number of processes may create one store at once: each step is taken once", async () => {
    const schema = newSchema();
    const stores = await Promise.all(Array.from({ length: 6 }, () => open(schema, imagined)));
    const rows = await server.query(`SELECT version FROM ${schema}.mycroft_migrations ORDER BY version`);
    assert.deepEqual(
      rows.map((row) => row["version"]),
      imagined.map((_, index) => index + 1),
    );
    for (const store of stores) await store.close();
  });

  test("a store of a newer version is STORE_NEWER, and nothing is touched", async () => {
    const schema = newSchema();
    await (await open(schema, imagined)).close();
    const before = await describeSchema(server, schema);
    for (const readOnly of [false, true]) {
      await assert.rejects(open(schema, migrations, { readOnly }), { code: "STORE_NEWER" });
    }
    assert.deepEqual(await describeSchema(server, schema), before);
  });

  test("a schema that holds something else is STORE_FOREIGN_FILE, and nothing is touched", async () => {
    const schema = newSchema();
    await server.query(`CREATE SCHEMA ${schema} CREATE TABLE customers (name text)`);
    const before = await describeSchema(server, schema);
    for (const readOnly of [false, true]) {
      await assert.rejects(open(schema, migrations, { readOnly }), { code: "STORE_FOREIGN_FILE" });
    }
    assert.deepEqual(await describeSchema(server, schema), before);
  });

  test("an empty schema that is there already is used, also by a role that may create none", async () => {
    const schema = newSchema();
    await server.query(`CREATE ROLE tenant LOGIN; CREATE SCHEMA ${schema} AUTHORIZATION tenant`);
    const url = server.url.replace("postgres@", "tenant@");
    const store = await open(schema, migrations, { url });
    assert.deepEqual(await store.append([creation("run-1")]), ["stored"]);
    await store.close();
    await assert.rejects(open(newSchema(), migrations, { url }), { code: "STORE_REFUSED", retryable: false });
  });

  test("reading needs a store of this version: NOT_FOUND, STORE_OLDER, and then no writes", async () => {
    const schema = newSchema();
    const readOnly = true;
    await assert.rejects(open(schema, migrations, { readOnly }), { code: "NOT_FOUND" });
    const store = await open(schema);
    await store.append([creation("run-1")]);
    await store.close();
    await assert.rejects(open(schema, imagined, { readOnly }), { code: "STORE_OLDER" });
    const reader = await open(schema, migrations, { readOnly });
    assert.equal((await reader.readEvents("run-1")).length, 1);
    await assert.rejects(reader.append([creation("run-2")]), { code: "STORE_READ_ONLY" });
    await assert.rejects(reader.putArtifact(1), { code: "STORE_READ_ONLY" });
    await assert.rejects(reader.prune(1), { code: "STORE_READ_ONLY" });
    await reader.close();
  });

  test("a migration waits for the one that is under way", async () => {
    const schema = newSchema();
    const holder = new pg.Client(server.url);
    await holder.connect();
    await holder.query("BEGIN");
    await holder.query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [
      `mycroft migrates ${schema}`,
    ]);
    const client = new pg.Client(server.url);
    await client.connect();
    let isDone = false;
    const migrated = migrate(client, schema, migrations).then(() => {
      isDone = true;
    });
    const waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    while ((await server.query(waiting)).length === 0) assert.equal(isDone, false);
    await holder.query("ROLLBACK");
    await migrated;
    await Promise.all([holder.end(), client.end()]);
  });
});
