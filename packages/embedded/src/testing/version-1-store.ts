/**
 * A store of schema version 1, made from what the code of that version wrote and read. The record is never changed:
 * stores like it are out there.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Plan, RunEvent } from "@mycroft/engine";
import type { RunHeader } from "@mycroft/runtime";
import { storeFiles } from "../sqlite-store/store-files.ts";

export interface Version1Record {
  readonly plan: Plan;
  /** Their texts by their hashes. */
  readonly artifacts: Readonly<Record<string, string>>;
  readonly runs: readonly {
    readonly header: Omit<RunHeader, "tags" | "startKey" | "parent" | "forkedFrom">;
    readonly events: readonly RunEvent[];
  }[];
}

const records = join(import.meta.dirname, "../../test-records");

export function version1Record(): Version1Record {
  return JSON.parse(readFileSync(join(records, "store-version-1.json"), "utf8")) as Version1Record;
}

/** The SQL that makes the file. */
export function version1Sql(): string {
  return readFileSync(join(records, "store-version-1.sql"), "utf8");
}

/**
 * Makes the store in an empty folder. `killed`: as a process leaves it that was killed before it could copy its
 * write-ahead log into the file, but for the schema.
 */
export function makeVersion1Store(folder: string, end: "closed" | "killed" = "closed"): void {
  const { database: file, writeAheadLog, artifacts } = storeFiles(folder);
  for (const [hash, text] of Object.entries(version1Record().artifacts)) {
    const path = join(artifacts, hash.slice(0, 2), `${hash}.json`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const sql = version1Sql();
  const rows = sql.indexOf("INSERT INTO");
  const draft = `${file}.draft`;
  const database = new DatabaseSync(draft);
  database.exec(sql.slice(0, rows));
  database.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint = 0");
  database.exec(`BEGIN; ${sql.slice(rows)}; COMMIT`);
  if (end === "closed") database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  copyFileSync(draft, file);
  if (end === "killed") copyFileSync(`${draft}-wal`, writeAheadLog);
  database.close();
  rmSync(draft);
}
