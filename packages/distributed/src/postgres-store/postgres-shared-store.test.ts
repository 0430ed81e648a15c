/** Postgres as the store that orchestrators and workers share, by its contract. */
import { after, before, describe } from "node:test";
import type { SharedStore } from "@mycroft/runtime";
import { sharedStoreContract } from "@mycroft/runtime/contracts";
import { type PostgresServer, startPostgres, whyNoPostgres } from "../testing/postgres-server.ts";
import { newSchema, storeOptions } from "../testing/store-host.ts";
import { openPostgresStore } from "./open-postgres-store.ts";

// Named as the suite in it, which does not come about when it is skipped.
describe("shared store contract: Postgres", { skip: whyNoPostgres() }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server.stop());

  const open = async () => {
    const schema = newSchema();
    const opened: SharedStore[] = [];
    const another = async () => {
      const store = await openPostgresStore(storeOptions(server, schema));
      opened.push(store);
      return store;
    };
    return {
      store: await another(),
      another,
      dispose: async () => {
        for (const store of opened) await store.close();
        await server.query(`DROP SCHEMA ${schema} CASCADE`);
      },
    };
  };
  sharedStoreContract({ name: "Postgres", open });
});
