/**
 * The connection to a store's file: write-ahead log, and a commit that returns only when it is on disk (P1). A new
 * file appears under its name only when it is whole.
 */
import { renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { applicationId } from "./inspect-store-file.ts";
import { type Migration, migrate } from "./migrations.ts";
import type { StoreFiles } from "./store-files.ts";
import { syncFolder } from "./sync-folder.ts";

/** How long to wait for another connection that recovers the log or checks the file in. */
const busyTimeoutMs = 5_000;

const pageBytes = 4_096;

/** 16 MiB of log between checkpoints: on a busy disk, 1,000 pages cost up to half of the throughput. */
const checkpointPages = 4_000;

/** Creates the file, empty but for its schema. */
export function createDatabase(files: StoreFiles, steps: readonly Migration[]): void {
  const draft = `${files.database}.new`;
  rmSync(draft, { force: true });
  rmSync(`${draft}-journal`, { force: true });
  const database = new DatabaseSync(draft);
  try {
    database.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA synchronous = FULL`);
    database.exec(`PRAGMA application_id = ${applicationId}`);
    migrate(database, steps);
  } finally {
    database.close();
  }
  renameSync(draft, files.database);
  syncFolder(files.folder);
}

export function openForReading(files: StoreFiles): DatabaseSync {
  return new DatabaseSync(files.database, { readOnly: true, timeout: busyTimeoutMs });
}

/** `maxFileBytes` limits the main file; it cannot make it smaller than it is. */
export function openForWriting(files: StoreFiles, maxFileBytes: number): DatabaseSync {
  const database = new DatabaseSync(files.database, { timeout: busyTimeoutMs });
  try {
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = ${checkpointPages};
      PRAGMA journal_size_limit = 67108864;
      PRAGMA cache_size = -65536;
      PRAGMA temp_store = MEMORY;
    `);
    if (Number.isFinite(maxFileBytes)) {
      database.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxFileBytes / pageBytes))}`);
    }
    return database;
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}
