/**
 * One process at a time may write to a store. The lock is an exclusive transaction on an empty SQLite file beside the
 * store: a lock of the operating system, which vanishes with the process however that ends (`kill -9`). A readable
 * file says who holds it.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { MycroftError } from "@mycroft/errors";
import { asStoreError, sqliteCodeOf, sqliteCodes } from "./store-error.ts";
import type { StoreFiles } from "./store-files.ts";

/** Who holds a store. */
export interface StoreOwner {
  readonly pid: number;
  readonly host: string;
  /** When the store was opened, in ISO 8601. */
  readonly since: string;
  /** The command line, cut to 500 characters. */
  readonly command: string;
}

export interface StoreLock {
  /** Whether the last holder ended without releasing the lock, or before it had tidied up after one that did. */
  readonly wasAbandoned: boolean;
  /** @param isTidy whether nothing is left of a holder that abandoned it; otherwise the next holder is told so too. */
  release(isTidy: boolean): void;
}

const commandLength = 500;

/** Throws STORE_LOCKED, saying who holds the store, when somebody does. `now` is in milliseconds since the epoch. */
export function acquireStoreLock(files: StoreFiles, now: number): StoreLock {
  const database = lockFile(files);
  const wasAbandoned = existsSync(files.owner);
  writeOwner(files, now);
  return {
    wasAbandoned,
    release: (isTidy) => {
      if (isTidy) rmSync(files.owner, { force: true });
      database.close();
    },
  };
}

function lockFile(files: StoreFiles): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(files.lock);
    // The transaction writes nothing; without a journal in memory it would still leave an empty one behind.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    return database;
  } catch (thrown) {
    database?.close();
    const code = sqliteCodeOf(thrown);
    if (code === sqliteCodes.busy || code === sqliteCodes.locked) throw lockedBy(files, readOwner(files));
    if (code === sqliteCodes.notADatabase) {
      throw new MycroftError(
        "STORE_FOREIGN_FILE",
        `${files.lock} is not the lock of a Mycroft store. Move it away.`,
        {
          details: { file: files.lock },
        },
      );
    }
    throw asStoreError(thrown, "lock the store", files.folder);
  }
}

function writeOwner(files: StoreFiles, now: number): void {
  const owner: StoreOwner = {
    pid: process.pid,
    host: hostname(),
    since: new Date(now).toISOString(),
    command: withoutPasswords(process.argv.join(" ")).slice(0, commandLength),
  };
  const draft = `${files.owner}.new`;
  try {
    writeFileSync(draft, `${JSON.stringify(owner)}\n`);
    renameSync(draft, files.owner);
  } catch {
    // On a full disk the lock still holds; a second process is merely not told who has it.
    rmSync(draft, { force: true });
  }
}

/** A command may name a server's address, and everybody may read who holds the store. */
function withoutPasswords(command: string): string {
  return command
    .replaceAll(/(:\/\/[^\s:/@]*):[^\s/]*@/g, "$1:***@")
    .replaceAll(/([?&]password=)[^\s&]*/g, "$1***");
}

export function readOwner(files: StoreFiles): StoreOwner | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(files.owner, "utf8"));
    return isOwner(read) ? read : undefined;
  } catch {
    return undefined;
  }
}

function isOwner(read: unknown): read is StoreOwner {
  if (typeof read !== "object" || read === null) return false;
  const owner: Partial<Record<keyof StoreOwner, unknown>> = read;
  return (
    typeof owner.pid === "number" &&
    [owner.host, owner.since, owner.command].every((it) => typeof it === "string")
  );
}

function lockedBy({ folder }: StoreFiles, owner: StoreOwner | undefined): MycroftError {
  const who =
    owner === undefined
      ? "another process, which has not said which it is"
      : `process ${owner.pid} on ${owner.host} since ${owner.since} (${owner.command})`;
  return new MycroftError(
    "STORE_LOCKED",
    `The store in ${folder} is held by ${who}. Wait until it ends or stop it; commands that only read work meanwhile.`,
    { details: { folder, ...owner } },
  );
}
