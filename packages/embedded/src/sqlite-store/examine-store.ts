/** Looks at a store from outside, for somebody who wants to know how it does. Nothing is locked, changed or created. */
import { existsSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { checkSchema, inspectStoreFile } from "./inspect-store-file.ts";
import { migrations } from "./migrations.ts";
import { openForReading } from "./open-database.ts";
import { asStoreError, sqliteCodeOf, sqliteCodes } from "./store-error.ts";
import { type StoreFiles, storeFiles } from "./store-files.ts";
import { readOwner, type StoreOwner } from "./store-lock.ts";

export interface StoreExamination {
  readonly file: string;
  /** Of the file and of the log that is not yet part of it. */
  readonly bytes: number;
  readonly schemaVersion: number;
  /** The newest that this code knows. */
  readonly latestVersion: number;
  /** Null, as `artifacts`, when the file is damaged. */
  readonly runs: number | null;
  readonly artifacts: number | null;
  /** Who writes to it now: null for nobody, `unknown` when they have not said. */
  readonly holder: StoreOwner | "unknown" | null;
  /** What SQLite's quick check found, at most 10; null when the file is too large for it. */
  readonly problems: readonly string[] | null;
}

export interface ExamineOptions {
  /** Larger files are not checked through: 2 GiB unless given. */
  readonly maxCheckedBytes?: number;
}

const mostProblems = 10;

/**
 * What there is to know of the store in `folder`; null when there is none.
 * @throws {MycroftError} STORE_FOREIGN_FILE, STORE_DAMAGED (beyond what can be looked into), STORE_NEWER, STORE_IO.
 */
export function examineStore(folder: string, options: ExamineOptions = {}): StoreExamination | null {
  const files = storeFiles(resolve(folder));
  try {
    if (inspectStoreFile(files, migrations.length) === "absent") return null;
    const bytes = sizeOf(files.database) + sizeOf(files.writeAheadLog);
    const database = openBeside(files);
    try {
      const isChecked = bytes <= (options.maxCheckedBytes ?? 2 * 1024 ** 3);
      const problems = isChecked ? quickCheck(database) : null;
      const isDamaged = problems !== null && problems.length > 0;
      return {
        file: files.database,
        bytes,
        schemaVersion: checkSchema(database, files, migrations.length),
        latestVersion: migrations.length,
        runs: isDamaged ? null : countRows(database, "runs"),
        artifacts: isDamaged ? null : countRows(database, "artifacts"),
        holder: findHolder(files),
        problems,
      };
    } finally {
      database.close();
    }
  } catch (thrown) {
    throw asStoreError(thrown, "examine the store", files.folder);
  }
}

/** Without a log the file alone is the store, and can be read without leaving a trace. */
function openBeside(files: StoreFiles): DatabaseSync {
  if (existsSync(files.writeAheadLog)) return openForReading(files);
  const url = pathToFileURL(files.database);
  url.searchParams.set("immutable", "1");
  return new DatabaseSync(url, { readOnly: true });
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function countRows(database: DatabaseSync, table: "runs" | "artifacts"): number {
  return Number(database.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.["rows"]);
}

function quickCheck(database: DatabaseSync): readonly string[] {
  try {
    const rows = database.prepare(`PRAGMA quick_check(${mostProblems})`).all();
    return rows.map((row) => String(row["quick_check"])).filter((text) => text !== "ok");
  } catch (thrown) {
    if (sqliteCodeOf(thrown) !== sqliteCodes.corrupt) throw thrown;
    return [thrown instanceof Error ? thrown.message : String(thrown)];
  }
}

/** Reading needs a shared lock, which nobody gets while a writer holds the store's. */
function findHolder(files: StoreFiles): StoreExamination["holder"] {
  if (!existsSync(files.lock)) return null;
  const database = new DatabaseSync(files.lock, { readOnly: true });
  try {
    database.prepare("SELECT count(*) FROM sqlite_schema").get();
    return null;
  } catch (thrown) {
    const code = sqliteCodeOf(thrown);
    if (code !== sqliteCodes.busy && code !== sqliteCodes.locked) throw thrown;
    return readOwner(files) ?? "unknown";
  } finally {
    database.close();
  }
}
