import { after, before, describe } from "node:test";
import { storeContract } from "@mycroft/runtime/contracts";
import { type PostgresServer, startPostgres, whyNoPostgres } from "../testing/postgres-server.ts";
import { type SmallDisk, smallDisk } from "../testing/small-disk.ts";
import { openStoreHost } from "../testing/store-host.ts";

// Named as the suite in it, which does not come about when it is skipped.
describe("store contract: Postgres", { skip: whyNoPostgres() }, () => {
  let server: PostgresServer;
  let disk: SmallDisk | null = null;
  before(async () => {
    server = await startPostgres();
    disk = await smallDisk(server);
  });
  after(async () => {
    await server.stop();
    disk?.remove();
  });
  storeContract({ name: "Postgres", open: () => openStoreHost(server, disk), histories: 25 });
});
