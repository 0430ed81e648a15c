import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { inspect } from "node:util";
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import pg from "pg";
import { type PostgresServer, startPostgres, whyNoPostgres } from "../testing/postgres-server.ts";
import { creation } from "../testing/sample-appends.ts";
import { clockSql, newSchema, storeOptions } from "../testing/store-host.ts";
import { openPostgresStore, openStore, type PostgresStoreOptions } from "./open-postgres-store.ts";
import type { RetentionOutcome } from "./retention.ts";

const secret = "s3cr3t-w0rd";

/** Opening rejects with that code, and nothing that could be printed holds the password. */
async function assertRefused(
  options: PostgresStoreOptions,
  code: ErrorCode,
  retryable: boolean,
): Promise<MycroftError> {
  const thrown: unknown = await openPostgresStore(options).then(
    (store) => store.close(),
    (reason: unknown) => reason,
  );
  assert.ok(thrown instanceof MycroftError, inspect(thrown));
  assert.deepEqual([thrown.code, thrown.retryable], [code, retryable], thrown.message);
  const shown = `${inspect(thrown, { depth: 10 })} ${JSON.stringify(thrown.toRecord())} ${thrown.stack}`;
  assert.ok(!shown.includes(secret), shown);
  return thrown;
}

describe("opening a Postgres store", { skip: whyNoPostgres() }, () => {
  let server: PostgresServer;
  let at: (userAndDatabase: string) => string;
  before(async () => {
    server = await startPostgres({ settings: { max_connections: "20" } });
    at = (text) => `postgres://${text.replace("/", `@127.0.0.1:${server.port}/`)}`;
    await server.query(`CREATE ROLE guarded LOGIN PASSWORD '${secret}'`);
    await server.query("GRANT CREATE ON DATABASE postgres TO guarded");
    await server.query("CREATE ROLE few LOGIN CONNECTION LIMIT 1");
  });
  after(() => server.stop());

  function options(changes: Partial<PostgresStoreOptions>): PostgresStoreOptions {
    return { ...storeOptions(server, newSchema()), ...changes };
  }

  test("P7 a url that is none is INPUT_INVALID, and nothing of it is shown", async () => {
    const urls = [
      "",
      secret,
      `postgres:/${secret}`,
      `mysql://root:${secret}@host/db`,
      `postgres://u:${secret}%zz@h/d`,
    ];
    for (const url of urls) {
      const { details } = await assertRefused(options({ url }), "INPUT_INVALID", false);
      assert.deepEqual(details, { field: "url" });
    }
  });

  test("P7 options out of range are INPUT_INVALID", async () => {
    const wrong: readonly Partial<PostgresStoreOptions>[] = [
      { schema: "" },
      { schema: "pg_mine" },
      { schema: "x; DROP TABLE runs" },
      { schema: "s".repeat(61) },
      { maxConnections: 0 },
      { retentionDays: 0 },
      { maxPayloadBytes: Number.NaN },
      { answerTimeoutMs: 1.5 },
    ];
    for (const change of wrong) await assertRefused(options(change), "INPUT_INVALID", false);
  });

  test("a wrong password, or none, is STORE_REFUSED; the right one opens, and is not shown", async () => {
    for (const user of [`guarded:not-${secret}`, "guarded"]) {
      await assertRefused(options({ url: at(`${user}/postgres`) }), "STORE_REFUSED", false);
    }
    const store = await openPostgresStore(options({ url: at(`guarded:${secret}/postgres`) }));
    await store.close();
    await assert.rejects(store.getRun("a"), (thrown: unknown) => !inspect(thrown).includes(secret));
  });

  test("a database or a user that does not exist is STORE_REFUSED", async () => {
    await assertRefused(options({ url: at("postgres/nowhere") }), "STORE_REFUSED", false);
    await assertRefused(options({ url: at(`nobody:${secret}/postgres`) }), "STORE_REFUSED", false);
  });

  test("no server there is STORE_UNREACHABLE: a later try may work", async () => {
    const silent = `postgres://u:${secret}@127.0.0.1:1/db`;
    const { message } = await assertRefused(options({ url: silent }), "STORE_UNREACHABLE", true);
    assert.match(message, /u@127\.0\.0\.1:1\/db/);
    const unknown = `postgres://u:${secret}@no-such-host.invalid/db`;
    await assertRefused(options({ url: unknown }), "STORE_UNREACHABLE", true);
  });

  test("too many connections are STORE_UNREACHABLE, until there is one again", async () => {
    const url = at("few/postgres");
    const holder = new pg.Client(url);
    await holder.connect();
    const { message } = await assertRefused(options({ url }), "STORE_UNREACHABLE", true);
    assert.match(message, /maxConnections/);
    await holder.end();
  });

  test("a server that is too old is STORE_UNSUPPORTED", async () => {
    await assert.rejects(openStore(options({}), { oldestServer: 999 }), { code: "STORE_UNSUPPORTED" });
  });

  test("P1 a server that does not wait for its disk is STORE_UNSUPPORTED, unless that is accepted", async () => {
    const { message } = await assertRefused(options({ acceptsLoss: false }), "STORE_UNSUPPORTED", false);
    assert.match(message, /fsync/);
  });

  test("a database that is not UTF-8 is STORE_UNSUPPORTED", async () => {
    await server.query("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'");
    await assertRefused(options({ url: at("postgres/latin") }), "STORE_UNSUPPORTED", false);
  });

  test("P1 commits wait for the disk, whatever the role's own setting", async () => {
    await server.query("CREATE ROLE hasty LOGIN SUPERUSER");
    await server.query("ALTER ROLE hasty SET synchronous_commit = off");
    const schema = newSchema();
    const store = await openPostgresStore({ ...storeOptions(server, schema), url: at("hasty/postgres") });
    // What the sessions that append are really set to, as seen from within one of their statements.
    await server.query(`
      CREATE TABLE ${schema}.seen (setting text);
      CREATE FUNCTION ${schema}.see() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO ${schema}.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
      CREATE TRIGGER see AFTER INSERT ON ${schema}.events EXECUTE FUNCTION ${schema}.see();`);
    await store.append([creation("run-1")]);
    assert.deepEqual(await server.query(`SELECT setting FROM ${schema}.seen`), [{ setting: "on" }]);
    await store.close();
  });

  test("P2 a run with tags that is created, and settled, twice in the same way is a conflict", async () => {
    const store = await openPostgresStore(options({}));
    const settle = { status: "failed", at: 1 } as const;
    const whole = { ...creation("run-1", { tags: ["a", "b"] }), settle };
    assert.deepEqual(await store.append([whole]), ["stored"]);
    assert.deepEqual(await store.append([whole]), ["conflict"]);
    assert.deepEqual(await store.append([whole, creation("run-2", { tags: ["a"] })]), ["conflict", "stored"]);
    assert.equal((await store.listRuns({ tag: "a", limit: 10 })).runs.length, 2);
    await store.close();
  });

  test("tables that are gone are STORE_DAMAGED", async () => {
    const schema = newSchema();
    const store = await openPostgresStore(storeOptions(server, schema));
    await server.query(`DROP TABLE ${schema}.runs`);
    await assert.rejects(store.append([creation("run-1")]), { code: "STORE_DAMAGED" });
    await store.close();
  });

  test("P8 retention forgets what is older, by the server's clock, soon after the store was opened", async () => {
    const schema = newSchema();
    const first = await openPostgresStore(storeOptions(server, schema));
    const settle = { status: "succeeded", at: Date.now() } as const;
    await first.append([{ ...creation("old"), settle }, creation("running")]);
    await first.close();
    const dayMs = 24 * 3_600_000;
    for (const [days, left] of [
      [9, ["running", "old"]],
      [11, ["running"]],
    ] as const) {
      await server.query(clockSql(schema, days * dayMs));
      const pass = Promise.withResolvers<RetentionOutcome>();
      const store = await openPostgresStore({
        ...storeOptions(server, schema),
        retentionDays: 10,
        onRetention: pass.resolve,
      });
      assert.deepEqual(await pass.promise, { ok: true, forgottenRuns: 2 - left.length });
      assert.deepEqual(
        (await store.listRuns({ limit: 10 })).runs.map((run) => run.runId),
        left,
      );
      await store.close();
    }
  });

  test("P7 what no text of Postgres can hold is refused, or kept all the same", async () => {
    const store = await openPostgresStore(options({}));
    for (const text of ["a\0b", "a\u0001b", "\ud800"]) {
      await assert.rejects(store.append([creation("run", { workflow: text })]), { code: "INPUT_INVALID" });
      assert.deepEqual((await store.listRuns({ workflow: text, limit: 1 })).runs, []);
      assert.equal(await store.getRun(text), undefined);
      assert.equal(await store.getPlan(text), undefined);
      assert.deepEqual((await store.listRuns({ cursor: text, runIdPrefix: text, limit: 1 })).runs, []);
    }
    const parent = { runId: "p", task: "nul \0 within", attempt: 1 };
    const provenance = { codeVersion: "nul \0 within" };
    assert.deepEqual(await store.append([creation("run", { parent, provenance })]), ["stored"]);
    assert.deepEqual((await store.getRun("run"))?.parent, parent);
    assert.deepEqual((await store.getRun("run"))?.provenance, provenance);
    await store.close();
  });

  test("P7 a batch larger than one statement may be is stored all the same", async () => {
    const store = await openPostgresStore(options({}));
    const large = (seq: number) => ({
      type: "attemptSucceeded" as const,
      at: seq,
      task: "large",
      attempt: 1,
      output: "x".repeat(9 * 1024 * 1024),
      report: { startedAt: 1, worker: "w", version: "1" },
    });
    const batch = [creation("run"), { runId: "run", fromSeq: 1, events: [large(1), large(2), large(3)] }];
    assert.deepEqual(await store.append(batch), ["stored", "stored"]);
    const events = await store.readEvents("run", 1);
    assert.deepEqual(
      events.map((event) => event.at),
      [1, 2, 3],
    );
    const tooLarge = { ...large(4), output: "é".repeat(33 * 1024 * 1024) };
    const append = { runId: "run", fromSeq: 4, events: [tooLarge] };
    await assert.rejects(store.append([append]), { code: "LIMIT_EXCEEDED" });
    await store.close();
  });

  test("what is closed while it is in use ends in good order", async () => {
    const store = await openPostgresStore(options({ maxConnections: 1 }));
    const reads = Array.from({ length: 5 }, () =>
      store.getRun("nobody").then(
        () => "read",
        (thrown: unknown) => (thrown instanceof MycroftError ? thrown.code : String(thrown)),
      ),
    );
    const appended = store.append([creation("run")]);
    await store.close();
    assert.deepEqual(await appended, ["stored"]);
    for (const read of await Promise.all(reads)) assert.ok(["read", "STORE_CLOSED"].includes(read), read);
    const name = "SELECT count(*)::integer AS open FROM pg_stat_activity WHERE application_name = 'mycroft'";
    while ((await server.query(name))[0]?.["open"] !== 0);
  });
});
