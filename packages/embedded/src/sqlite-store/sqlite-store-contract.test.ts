import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Store } from "@mycroft/runtime";
import { type StoreHost, storeContract } from "@mycroft/runtime/contracts";
import { ManualClock } from "../testing/manual-clock.ts";
import { openStore, type SqliteStoreOptions } from "./open-sqlite-store.ts";

async function openHost(settings: Omit<SqliteStoreOptions, "folder">): Promise<StoreHost> {
  const folder = await mkdtemp(join(tmpdir(), "mycroft-store-"));
  const opened: Store[] = [];
  const clock = new ManualClock(Date.now());
  let connection: DatabaseSync | undefined;
  const open = (): Store => {
    const onConnected = (database: DatabaseSync): void => {
      connection = database;
    };
    const store = openStore(
      { retentionDays: Number.POSITIVE_INFINITY, clock, ...settings, folder },
      { onConnected },
    );
    opened.push(store);
    return store;
  };
  const pathOf = (hash: string) => join(folder, "artifacts", hash.slice(0, 2), `${hash}.json`);
  return {
    store: open(),
    reopen: async () => open(),
    damageArtifact: async (hash) => {
      const content = await readFile(pathOf(hash));
      content[0] = (content[0] ?? 0) ^ 1;
      await writeFile(pathOf(hash), content);
    },
    loseArtifact: (hash) => rm(pathOf(hash)),
    fillUp: async () => {
      const pages = connection?.prepare("PRAGMA page_count").get()?.["page_count"];
      connection?.exec(`PRAGMA max_page_count = ${pages}`);
      return async () => connection?.exec("PRAGMA max_page_count = 1073741823");
    },
    shiftClock: (byMs) => clock.shift(byMs),
    dispose: async () => {
      for (const store of opened) await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

storeContract({ name: "SQLite", open: () => openHost({}), histories: 25 });

// Every event on its own in the artifact folder: the same store, as far as anyone can see.
storeContract({
  name: "SQLite, all events large",
  open: () => openHost({ inlineEventBytes: 1 }),
  histories: 5,
});
