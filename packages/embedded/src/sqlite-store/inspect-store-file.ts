/**
 * Looks at a store's file before anything is opened for writing: what is not a sound store of ours is refused, and not
 * a byte of it or beside it is touched. SQLite opens the file as immutable for that: without locks, log or shared
 * memory. (Reading the file directly would not do: closing it would drop the locks that this process holds on it.)
 */
import { readFileSync, type Stats, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { MycroftError } from "@mycroft/errors";
import { newerStore, schemaVersionOf, tablesOf } from "./migrations.ts";
import { asStoreError, sqliteCodeOf, sqliteCodes } from "./store-error.ts";
import type { StoreFiles } from "./store-files.ts";

/** Marks the file as ours, in SQLite's header: "Mycr" in ASCII. */
export const applicationId = 0x4d796372;

/** In bytes. SQLite takes a shorter file for an empty database. */
const smallestPage = 512;

const sqliteMagic = "SQLite format 3\0";

/**
 * Whether there is a store. Throws STORE_FOREIGN_FILE, STORE_DAMAGED, STORE_NEWER or STORE_IO when there is something
 * else in its place.
 */
export function inspectStoreFile(files: StoreFiles, latestVersion: number): "absent" | "present" {
  if (statOf(files.folder, files)?.isDirectory() === false) {
    throw new MycroftError(
      "STORE_FOREIGN_FILE",
      `${files.folder} is not a folder, so it cannot hold a store. Move it away, or name another folder.`,
      { details: { folder: files.folder } },
    );
  }
  const stats = statOf(files.database, files);
  const hasLog = (statOf(files.writeAheadLog, files)?.size ?? 0) > 0;
  if (stats === undefined) {
    if (hasLog)
      throw damaged(files, `${files.writeAheadLog} is there, but the file that it belongs to is gone`);
    return "absent";
  }
  if (!stats.isFile()) throw foreign(files, "it is not a file");
  if (stats.size === 0) throw damaged(files, "it is empty");
  if (stats.size < smallestPage) throw notADatabase(files);
  inspectContent(files, latestVersion, hasLog ? undefined : stats.size);
  return "present";
}

function statOf(path: string, { folder }: StoreFiles): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (thrown) {
    throw asStoreError(thrown, "look for the store", folder);
  }
}

/** `size` is given when the file holds everything: beyond its header it says nothing while a log has newer pages. */
function inspectContent(files: StoreFiles, latestVersion: number, size: number | undefined): void {
  const url = pathToFileURL(files.database);
  url.searchParams.set("immutable", "1");
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(url, { readOnly: true });
    const version = checkHeader(database, files, latestVersion);
    if (size === undefined) return;
    checkTables(database, files, version);
    checkLastPage(database, files, size);
  } catch (thrown) {
    const code = sqliteCodeOf(thrown);
    if (code === sqliteCodes.notADatabase) throw notADatabase(files);
    if (code !== sqliteCodes.corrupt) throw asStoreError(thrown, "inspect the store", files.folder);
    if (size === undefined) return;
    throw damaged(files, "it is shorter than its header says, or its first page is garbled", thrown);
  } finally {
    database?.close();
  }
}

/** The schema's version, as the connection sees it. Throws as `inspectStoreFile` does. */
export function checkSchema(database: DatabaseSync, files: StoreFiles, latestVersion: number): number {
  const version = checkHeader(database, files, latestVersion);
  checkTables(database, files, version);
  return version;
}

function checkHeader(database: DatabaseSync, files: StoreFiles, latestVersion: number): number {
  const id = database.prepare("PRAGMA application_id").get()?.["application_id"];
  if (id !== applicationId) throw foreign(files, "it is a SQLite database of another application");
  const version = schemaVersionOf(database);
  if (version > latestVersion) throw newerStore(files.folder, version, latestVersion);
  if (version < 1) throw damaged(files, "its header names no schema version");
  return version;
}

function checkTables(database: DatabaseSync, files: StoreFiles, version: number): void {
  const rows = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  const found = new Set(rows.map((row) => row["name"]));
  const missing = tablesOf(version).filter((table) => !found.has(table));
  if (missing.length > 0) throw damaged(files, `it lacks the tables ${missing.join(", ")}`);
}

/** SQLite itself reads the missing end of the last page as zeros. */
function checkLastPage(database: DatabaseSync, files: StoreFiles, size: number): void {
  const pageBytes = Number(database.prepare("PRAGMA page_size").get()?.["page_size"]);
  if (size % pageBytes !== 0) throw damaged(files, "its last page is cut off");
}

function notADatabase(files: StoreFiles): MycroftError {
  const start = readFileSync(files.database).toString("latin1", 0, sqliteMagic.length);
  return start === sqliteMagic
    ? damaged(files, "its header is garbled or cut off")
    : foreign(files, "it is not a SQLite database, or its beginning was overwritten");
}

function foreign(files: StoreFiles, why: string): MycroftError {
  return new MycroftError(
    "STORE_FOREIGN_FILE",
    `${files.database} is not a Mycroft store: ${why}. It was not touched. Move it away, or choose another folder.`,
    { details: { file: files.database, why } },
  );
}

function damaged(files: StoreFiles, why: string, cause?: unknown): MycroftError {
  return new MycroftError(
    "STORE_DAMAGED",
    `The store ${files.database} is damaged: ${why}. It was not touched. ` +
      "Restore the folder from a backup, or move it away to begin with an empty store.",
    { details: { file: files.database, why }, cause },
  );
}
