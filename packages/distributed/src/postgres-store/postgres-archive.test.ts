import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { moveHistory, type Store, type StoreArchive } from "@mycroft/runtime";
import { type ArchiveHost, archiveContract } from "@mycroft/runtime/contracts";
import pg from "pg";
import { CuttingProxy } from "../testing/cutting-proxy.ts";
import { hasCode, secret } from "../testing/has-code.ts";
import { type PostgresServer, startPostgres, whyNoPostgres } from "../testing/postgres-server.ts";
import { continuation, creation } from "../testing/sample-appends.ts";
import { newSchema, storeOptions } from "../testing/store-host.ts";
import { openPostgresStore } from "./open-postgres-store.ts";
import { writePostgresArchive } from "./postgres-archive.ts";

describe("moving a history into Postgres", { skip: whyNoPostgres() }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  archiveContract({ name: "Postgres", open: () => openHost(server), isWritable: true });

  test("P1 nobody sees anything of it before its end, and then all", async () => {
    const schema = await filledSchema(server);
    const into = newSchema();
    await move(server, schema, into, async () => {
      assert.equal(await countRuns(server, into), 0);
    });
    assert.equal(await countRuns(server, into), 3);
  });

  test("P3 a server that loses its power half way keeps nothing of it, and the move can be made again", async () => {
    const schema = await filledSchema(server);
    const into = newSchema();
    const failing = move(server, schema, into, () => server.crash());
    await assert.rejects(failing, hasCode("STORE_UNREACHABLE"));
    await server.restart();
    assert.equal(await countRuns(server, into), 0);
    assert.equal((await move(server, schema, into)).wasThere, false);
  });

  test("P3 a connection that is lost at the very end leaves a doubt, which the next move settles", async () => {
    const schema = await filledSchema(server);
    const proxy = await CuttingProxy.start(server.port);
    try {
      for (const cut of ["request", "answer"] as const) {
        const into = newSchema();
        const options = { url: `postgres://postgres@127.0.0.1:${proxy.port}/postgres`, schema: into };
        await (await openPostgresStore(storeOptions(server, into))).close();
        const failing = withSource(server, schema, (from) =>
          writePostgresArchive({ ...options, acceptsLoss: true }, async (to) => {
            await moveHistory({ from, to, at: 0 });
            proxy.cutNext(cut, "COMMIT\0");
          }),
        );
        await assert.rejects(failing, (thrown: Error & { details?: unknown }) => {
          assert.ok(hasCode("STORE_UNREACHABLE")(thrown));
          assert.deepEqual(Reflect.get(thrown.details ?? {}, "isUndecided"), true);
          return true;
        });
        const { wasThere } = await move(server, schema, into);
        assert.equal(wasThere, cut === "answer");
      }
    } finally {
      await proxy.stop();
    }
  });

  test("two moves into one store at once: the second is refused, and told to wait", async () => {
    const schema = await filledSchema(server);
    const into = newSchema();
    await move(server, schema, into, async () => {
      await assert.rejects(move(server, schema, into), hasCode("STORE_LOCKED"));
    });
    assert.equal(await countRuns(server, into), 3);
  });

  test("a store that somebody is just writing to is refused", async () => {
    const schema = await filledSchema(server);
    const into = newSchema();
    await (await openPostgresStore(storeOptions(server, into))).close();
    const writer = new pg.Client(server.url);
    await writer.connect();
    try {
      await writer.query(`BEGIN; INSERT INTO ${into}.plans VALUES ('a', '{}')`);
      const failing = withSource(server, schema, (from) =>
        writePostgresArchive({ url: server.url, schema: into, acceptsLoss: true, lockTimeoutMs: 50 }, (to) =>
          moveHistory({ from, to, at: 0 }),
        ),
      );
      await assert.rejects(failing, hasCode("STORE_LOCKED"));
    } finally {
      await writer.end();
    }
  });

  for (const [what, tamper, found] of [
    [
      "an event",
      "UPDATE events SET body = replace(body, '2001', '2002')",
      /run run-2 differs in events from 1 on/,
    ],
    [
      "a run's header",
      "UPDATE runs SET as_of = '2020-02-29' WHERE run_id = 'run-3'",
      /run run-3 differs in header.asOf/,
    ],
    [
      "a tag's list",
      `UPDATE runs SET tags = '["a"]' WHERE run_id = 'run-2'`,
      /run run-2 differs in header.tags/,
    ],
    ["a run that is gone", "DELETE FROM runs WHERE run_id = 'run-1'", /run run-1 is missing/],
    ["a run too many", "UPDATE runs SET run_id = 'run-0' WHERE run_id = 'run-1'", /run run-0 is only there/],
    ["an event that is gone", "DELETE FROM events WHERE seq = 1", /run run-2 differs in events from 1 on/],
    ["a revision", "UPDATE documents SET revision = 8", /document notes one differs in revision/],
    [
      "a document's time",
      "UPDATE documents SET expires_at = 9e15",
      /document notes one differs in expiresAt/,
    ],
    [
      "an artifact's time",
      "UPDATE artifacts SET put_at = put_at + 0.5",
      /artifact [0-9a-f]+ differs in putAt/,
    ],
    ["an artifact", "UPDATE artifacts SET body = '1'", /artifact [0-9a-f]+ differs in body/],
    ["a plan", "UPDATE plans SET body = body || ' '", /plan [0-9a-f]+ differs in body/],
  ] as const) {
    test(`tampering with ${what} is found by moving again`, async () => {
      const schema = await filledSchema(server);
      const into = newSchema();
      await move(server, schema, into);
      await server.query(tamper.replace(/(UPDATE|FROM) /, `$1 ${into}.`));
      await assert.rejects(move(server, schema, into), (thrown: Error) => {
        assert.ok(hasCode("STORE_NOT_EMPTY")(thrown));
        assert.match(thrown.message, found);
        return true;
      });
    });
  }

  test("what changes a row while it is being moved is found before anybody sees it", async () => {
    const schema = await filledSchema(server);
    const into = newSchema();
    await (await openPostgresStore(storeOptions(server, into))).close();
    await server.query(`CREATE FUNCTION ${into}.spoil() RETURNS trigger LANGUAGE plpgsql
      AS $$ BEGIN NEW.body := replace(NEW.body, '2001', '2002'); RETURN NEW; END $$`);
    await server.query(`CREATE TRIGGER spoil BEFORE INSERT ON ${into}.events
      FOR EACH ROW EXECUTE FUNCTION ${into}.spoil()`);
    await assert.rejects(move(server, schema, into), (thrown: Error) => {
      assert.ok(hasCode("HISTORY_DIFFERS")(thrown));
      assert.match(thrown.message, /run run-2 differs in events from 1 on/);
      return true;
    });
    assert.equal(await countRuns(server, into), 0);
  });

  test("P7 wrong addresses and schemas are refused with their codes, and no password is shown", async () => {
    const refused = async (url: string, schema: string, code: Parameters<typeof hasCode>[0]) => {
      const failing = writePostgresArchive({ url, schema, connectTimeoutMs: 5_000 }, async () => {});
      await assert.rejects(failing, hasCode(code));
    };
    await refused(`mysql://me:${secret}@host/base`, "mycroft", "INPUT_INVALID");
    await refused(`postgres://me:${secret}@127.0.0.1:1/base`, "mycroft", "STORE_UNREACHABLE");
    await refused(`postgres://postgres:${secret}@127.0.0.1:${server.port}/none`, "mycroft", "STORE_REFUSED");
    await refused(server.url, "not a name", "INPUT_INVALID");
    await refused(server.url, "public2", "STORE_UNSUPPORTED");
    await server.query("CREATE SCHEMA theirs; CREATE TABLE theirs.things (a integer)");
    const foreign = writePostgresArchive(
      { url: server.url, schema: "theirs", acceptsLoss: true },
      async () => {},
    );
    await assert.rejects(foreign, hasCode("STORE_FOREIGN_FILE"));
  });
});

async function openHost(server: PostgresServer): Promise<ArchiveHost> {
  const schema = newSchema();
  const opened: Store[] = [];
  const options = { url: server.url, schema, acceptsLoss: true };
  return {
    openStore: async () => {
      const store = await openPostgresStore(storeOptions(server, schema));
      opened.push(store);
      return store;
    },
    read: (use) => writePostgresArchive(options, use),
    write: (use) => writePostgresArchive(options, use),
    dispose: async () => {
      for (const store of opened) await store.close();
      await server.query(`DROP SCHEMA ${schema} CASCADE`);
    },
  };
}

/** A store with three runs, one of them with a second event, and something of everything else. */
async function filledSchema(server: PostgresServer): Promise<string> {
  const schema = newSchema();
  const store = await openPostgresStore(storeOptions(server, schema));
  await store.putPlan({
    format: 1,
    hash: "0".repeat(64),
    workflow: { name: "sample", input: {}, steps: [], output: { kind: "literal", value: null } },
  } as never);
  await store.putArtifact({ a: 1 });
  await store.putDocument({ collection: "notes", id: "one", replaces: 0, value: 1 });
  await store.append([creation("run-1"), creation("run-2", { tags: ["a", "b"] }), creation("run-3")]);
  await store.append([continuation("run-2", 1)]);
  await store.close();
  return schema;
}

function withSource<Result>(
  server: PostgresServer,
  schema: string,
  use: (from: StoreArchive) => Promise<Result>,
): Promise<Result> {
  return writePostgresArchive({ url: server.url, schema, acceptsLoss: true }, use);
}

/** @param beforeEnd is called when everything has been written and compared. */
function move(server: PostgresServer, schema: string, into: string, beforeEnd = async () => {}) {
  return withSource(server, schema, (from) =>
    writePostgresArchive({ url: server.url, schema: into, acceptsLoss: true }, async (to) => {
      const moved = await moveHistory({ from, to, at: 0 });
      await beforeEnd();
      return moved;
    }),
  );
}

async function countRuns(server: PostgresServer, schema: string): Promise<number> {
  const rows = await server.query(`SELECT count(*)::integer AS runs FROM ${schema}.runs`);
  return Number(rows[0]?.["runs"]);
}
