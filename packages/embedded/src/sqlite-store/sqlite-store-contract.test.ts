import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Store } from "@mycroft/runtime";
import { type StoreHost, storeContract } from "@mycroft/runtime/contracts";
import { ManualClock } from "../testing/manual-clock.ts";
import { knock, threadProgram } from "../testing/side-door.ts";
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
      { onConnected, threadProgram },
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
      const limitPages = async (pages: unknown) => {
        const sql = `PRAGMA max_page_count = ${pages}`;
        connection?.exec(sql);
        if (settings.appendThread === "always") await knock(folder, { sql });
      };
      await limitPages(connection?.prepare("PRAGMA page_count").get()?.["page_count"]);
      return () => limitPages(1_073_741_823);
    },
    shiftClock: (byMs) => clock.shift(byMs),
    dispose: async () => {
      for (const store of opened) await store.close();
      await rm(folder, { recursive: true });
    },
  };
}

storeContract({ name: "SQLite", open: () => openHost({ appendThread: "never" }), histories: 25 });

storeContract({
  name: "SQLite, appended to by a thread of its own",
  open: () => openHost({ appendThread: "always" }),
  histories: 10,
});

// Every event on its own in the artifact folder: the same store, as far as anyone can see.
storeContract({
  name: "SQLite, all events large",
  open: () => openHost({ inlineEventBytes: 1 }),
  histories: 5,
});
