/**
 * Opens a store: looks before it touches, takes the lock, brings the schema up to date, and begins retention. Whatever
 * goes wrong on the way leaves the folder as it was and the lock free.
 */
import { mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { MycroftError } from "@mycroft/errors";
import { type Clock, type Store, SystemClock } from "@mycroft/runtime";
import { AppendThread } from "./append-thread.ts";
import { checkSchema, inspectStoreFile } from "./inspect-store-file.ts";
import { type Migration, migrate, migrations, olderStore } from "./migrations.ts";
import { createDatabase, openForReading, openForWriting } from "./open-database.ts";
import { type RetentionOutcome, startRetention } from "./retention.ts";
import { SqliteStore, type SqliteStoreParts } from "./sqlite-store.ts";
import { asStoreError } from "./store-error.ts";
import { type StoreFiles, storeFiles } from "./store-files.ts";
import { acquireStoreLock } from "./store-lock.ts";
import type { AppendThreadUse } from "./store-writer.ts";
import { syncFolder } from "./sync-folder.ts";

export interface SqliteStoreOptions {
  /** Holds `mycroft.sqlite` and `artifacts/`; created when it is not there. */
  readonly folder: string;
  /** Reads while another process may write: takes no lock, refuses writes. False unless given. */
  readonly readOnly?: boolean;
  /** Dates artifacts, says which documents have expired, and drives retention. The system's clock unless given. */
  readonly clock?: Clock;
  /** For how long a settled run is kept: 365 days unless given; `Infinity` keeps it for ever. */
  readonly retentionDays?: number;
  /** Told how each pass of retention went. It must not throw. */
  readonly onRetention?: (outcome: RetentionOutcome) => void;
  /** An event whose JSON has more bytes is kept as an artifact: 64 KiB unless given. */
  readonly inlineEventBytes?: number;
  /** The most bytes of JSON that one event or artifact may have: 64 MiB unless given. */
  readonly maxPayloadBytes?: number;
  /** The most bytes that the SQLite file may have; then STORE_FULL. `Infinity` unless given. */
  readonly maxFileBytes?: number;
  /**
   * Whether appends go to a thread of their own: `auto` (unless given) when batches have been large for a while and
   * there is a second processor, `always`, or `never`.
   */
  readonly appendThread?: AppendThreadUse;
  /** Told that the append thread did not start, or ended: the store goes on without it. It must not throw. */
  readonly onThreadLost?: (error: MycroftError) => void;
}

/** What tests put in the place of the real thing. */
export interface StoreInternals {
  readonly migrations?: readonly Migration[];
  readonly onConnected?: (database: DatabaseSync) => void;
  /** What the append thread runs. */
  readonly threadProgram?: URL;
}

type Settings = Required<SqliteStoreOptions>;

/**
 * Opens the store in a folder; creates it unless `readOnly`.
 *
 * Rejects with STORE_FOREIGN_FILE, STORE_DAMAGED or STORE_NEWER (and nothing was touched), STORE_LOCKED (another
 * process writes; `details` say which), STORE_FULL, STORE_IO, INPUT_INVALID (an option out of range); with `readOnly`
 * also NOT_FOUND and STORE_OLDER.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  return openStore(options, {});
}

export function openStore(options: SqliteStoreOptions, internals: StoreInternals): SqliteStore {
  const settings = settingsOf(options);
  const files = storeFiles(settings.folder);
  const steps = internals.migrations ?? migrations;
  try {
    return settings.readOnly
      ? openReadOnly(settings, files, steps)
      : openWritable(settings, files, steps, internals);
  } catch (thrown) {
    throw asStoreError(thrown, "open the store", settings.folder);
  }
}

function settingsOf(options: SqliteStoreOptions): Settings {
  const settings: Settings = {
    readOnly: false,
    clock: new SystemClock({ unref: true }),
    retentionDays: 365,
    onRetention: () => {},
    inlineEventBytes: 64 * 1024,
    maxPayloadBytes: 64 * 1024 * 1024,
    maxFileBytes: Number.POSITIVE_INFINITY,
    appendThread: "auto",
    onThreadLost: () => {},
    ...options,
    folder: resolve(options.folder),
  };
  if (options.folder === "") throw outOfRange("folder", "", "a path");
  for (const field of ["retentionDays", "inlineEventBytes", "maxPayloadBytes", "maxFileBytes"] as const) {
    if (!(settings[field] > 0)) throw outOfRange(field, settings[field], "a number above 0");
  }
  return settings;
}

function openReadOnly(settings: Settings, files: StoreFiles, steps: readonly Migration[]): SqliteStore {
  if (inspectStoreFile(files, steps.length) === "absent") {
    throw new MycroftError("NOT_FOUND", `There is no store in ${files.folder}; the first run creates it.`, {
      details: { folder: files.folder },
    });
  }
  const database = openForReading(files);
  return closingOnFailure(database, () => {
    const version = checkSchema(database, files, steps.length);
    if (version < steps.length) throw olderStore(files.folder, version, steps.length);
    return buildStore(settings, files, database, undefined, { onWriteFailed: () => {}, onClosed: () => {} });
  });
}

function openWritable(
  settings: Settings,
  files: StoreFiles,
  steps: readonly Migration[],
  { onConnected = () => {}, threadProgram }: StoreInternals,
): SqliteStore {
  inspectStoreFile(files, steps.length);
  makeFolder(files.folder);
  const lock = acquireStoreLock(files, settings.clock.now());
  // A holder that died, or could not write, may have left files that no row knows of.
  let isTidy = !lock.wasAbandoned;
  try {
    // Once more: only now can nobody else create it.
    if (inspectStoreFile(files, steps.length) === "absent") createDatabase(files, steps);
    makeFolder(files.artifacts);
    const database = openForWriting(files, settings.maxFileBytes);
    return closingOnFailure(database, () => {
      checkSchema(database, files, steps.length);
      migrate(database, steps);
      onConnected(database);
      let stopRetention = (): void => {};
      const store = buildStore(settings, files, database, threadProgram, {
        onWriteFailed: () => {
          isTidy = false;
        },
        onClosed: () => {
          stopRetention();
          lock.release(isTidy);
        },
      });
      stopRetention = startRetention({
        clock: settings.clock,
        retentionDays: settings.retentionDays,
        prune: (settledBefore) => store.prune(settledBefore),
        isDue: (settledBefore) => !isTidy || store.hasOld(settledBefore),
        onOutcome: (outcome) => {
          isTidy ||= outcome.ok;
          settings.onRetention(outcome);
        },
      });
      return store;
    });
  } catch (thrown) {
    lock.release(isTidy);
    throw thrown;
  }
}

function buildStore(
  settings: Settings,
  files: StoreFiles,
  database: DatabaseSync,
  program: URL | undefined,
  events: Pick<SqliteStoreParts, "onWriteFailed" | "onClosed">,
): SqliteStore {
  const { readOnly: isReadOnly, clock, appendThread, onThreadLost } = settings;
  const limits = { inlineEventBytes: settings.inlineEventBytes, maxPayloadBytes: settings.maxPayloadBytes };
  const thread = { folder: files.folder, limits, maxFileBytes: settings.maxFileBytes };
  const startThread = () => new AppendThread({ settings: thread, program, onLost: onThreadLost });
  return new SqliteStore({
    files,
    database,
    isReadOnly,
    limits,
    clock,
    appendThread,
    startThread,
    ...events,
  });
}

function closingOnFailure<Result>(database: DatabaseSync, work: () => Result): Result {
  try {
    return work();
  } catch (thrown) {
    database.close();
    throw thrown;
  }
}

/** Folder by folder: Node's own recursive way never ends where a file system refuses new folders with ENOENT, as /proc. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  mkdirOnce(folder);
  syncFolder(parent);
}

function mkdirOnce(folder: string): void {
  try {
    mkdirSync(folder);
  } catch (thrown) {
    // Another process may have been faster.
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw thrown;
  }
}

function outOfRange(field: string, value: unknown, expected: string): MycroftError {
  return new MycroftError(
    "INPUT_INVALID",
    `The store's ${field} must be ${expected}, not ${JSON.stringify(value)}.`,
    {
      details: { field, value },
    },
  );
}
