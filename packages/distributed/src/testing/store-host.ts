/** A Postgres store in a schema of its own, with whatever the store's contract can ask of its host. */
import type { Store } from "@mycroft/runtime";
import { openPostgresStore, type PostgresStoreOptions } from "../postgres-store/open-postgres-store.ts";
import type { PostgresServer } from "./postgres-server.ts";
import type { SmallDisk } from "./small-disk.ts";

let schemas = 0;

/** A name that no other schema of this process has. */
export function newSchema(): string {
  schemas += 1;
  return `test_${schemas}`;
}

/** Options for tests: without a wait for the disk, and without retention's own passes finding anything. */
export function storeOptions(server: PostgresServer, schema: string): PostgresStoreOptions {
  return {
    url: server.url,
    schema,
    retentionDays: Number.POSITIVE_INFINITY,
    maxConnections: 2,
    acceptsLoss: true,
  };
}

/** A `StoreHost`, as the contract's. */
export async function openStoreHost(server: PostgresServer, disk: SmallDisk | null) {
  const schema = newSchema();
  const opened: Store[] = [];
  const open = async (): Promise<Store> => {
    const store = await openPostgresStore(storeOptions(server, schema));
    opened.push(store);
    return store;
  };
  let shiftedMs = 0;
  return {
    store: await open(),
    reopen: open,
    openSecond: open,
    damageArtifact: async (hash: string) => {
      const sql = `UPDATE ${schema}.artifacts SET body = ' ' || body WHERE hash = $1`;
      await server.query(sql, [hash]);
    },
    ...(disk === null ? {} : { fillUp: () => fillUp(server, schema, disk) }),
    shiftClock: (byMs: number) => {
      shiftedMs += byMs;
      server.querySync(clockSql(schema, shiftedMs));
    },
    dispose: async () => {
      for (const store of opened) await store.close();
      await server.query(`DROP SCHEMA ${schema} CASCADE`);
    },
  };
}

/** The store's clock as its first migration makes it, with an hour hand that tests may move. */
export function clockSql(schema: string, shiftedMs: number): string {
  return `CREATE OR REPLACE FUNCTION ${schema}.now_ms() RETURNS double precision LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT extract(epoch FROM statement_timestamp())::double precision * 1000 + (${shiftedMs}) $$`;
}

async function fillUp(server: PostgresServer, schema: string, disk: SmallDisk): Promise<() => Promise<void>> {
  const rows = await server.query(
    `SELECT relname, relkind FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'i')`,
    [schema],
  );
  for (const { relname, relkind } of rows) {
    const what = relkind === "r" ? "TABLE" : "INDEX";
    await server.query(`ALTER ${what} ${schema}.${relname} SET TABLESPACE ${disk.tablespace}`);
  }
  const makeRoom = disk.fillUp();
  return async () => makeRoom();
}
