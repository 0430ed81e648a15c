/**
 * Everything that a SQLite store holds, for moving it elsewhere. While it is read, this process holds the store's lock: what
 * a process that works on the runs is just writing is never half seen, and nothing is added that would be left behind.
 */
import { resolve } from "node:path";
import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { MycroftError } from "@mycroft/errors";
import { type ArchiveKind, type ArchiveRecord, type StoreArchive, SystemClock } from "@mycroft/runtime";
import { ArtifactFiles } from "./artifact-files.ts";
import { checkSchema, inspectStoreFile } from "./inspect-store-file.ts";
import { migrate, migrations } from "./migrations.ts";
import { openForWriting } from "./open-database.ts";
import { type HeaderRow, headerColumns, joinExtras, joinOrigins, toHeader } from "./run-header-row.ts";
import { asStoreError } from "./store-error.ts";
import { type StoreFiles, storeFiles } from "./store-files.ts";
import { acquireStoreLock } from "./store-lock.ts";

/** What a batch takes at most, unless it is one record. */
const batchRecords = 500;
const batchLength = 8 * 1024 * 1024;

/**
 * An event that became a file is moved as the event that it is. Nobody can have put the same text as an artifact: it is not
 * canonical JSON, since events begin with their type.
 */
const isNoEvent = "hash NOT IN (SELECT artifact FROM events WHERE artifact IS NOT NULL)";

const counting: Readonly<Record<ArchiveKind, string>> = {
  plan: "SELECT count(*) AS rows FROM plans",
  artifact: `SELECT count(*) AS rows FROM artifacts WHERE ${isNoEvent}`,
  document: "SELECT count(*) AS rows FROM documents",
  run: "SELECT count(*) AS rows FROM runs",
};

const reading: Readonly<Record<ArchiveKind, string>> = {
  plan: "SELECT hash, body FROM plans ORDER BY hash",
  artifact: `SELECT hash, put_at AS putAt FROM artifacts WHERE ${isNoEvent} ORDER BY hash`,
  document: `SELECT collection, id, revision, body, expires_at AS expiresAt FROM documents ORDER BY collection, id`,
  run: `SELECT runs.run_no, ${headerColumns} FROM runs ${joinOrigins} ${joinExtras} ORDER BY runs.run_id`,
};

interface EventRow {
  readonly seq: number;
  readonly body: string | null;
  readonly artifact: string | null;
}

/**
 * Gives `use` all that the store in `folder` holds. A store that an earlier version wrote is brought up to date first.
 * @throws {MycroftError} NOT_FOUND where there is no store, STORE_LOCKED while another process writes to it (`details` say
 *   which), STORE_FOREIGN_FILE, STORE_DAMAGED, STORE_NEWER, STORE_IO.
 */
export async function readSqliteArchive<Result>(
  { folder }: { readonly folder: string },
  use: (archive: StoreArchive) => Promise<Result>,
): Promise<Result> {
  const files = storeFiles(resolve(folder));
  if (inspectStoreFile(files, migrations.length) === "absent") {
    throw new MycroftError("NOT_FOUND", `There is no store in ${files.folder}.`, {
      details: { folder: files.folder },
    });
  }
  const lock = acquireStoreLock(files, new SystemClock().now());
  try {
    const database = open(files);
    try {
      return await use(new SqliteArchive(files, database));
    } finally {
      database.close();
    }
  } finally {
    // What a holder that died has left behind is for the next one that writes.
    lock.release(!lock.wasAbandoned);
  }
}

function open(files: StoreFiles): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = openForWriting(files, Number.POSITIVE_INFINITY);
    checkSchema(database, files, migrations.length);
    migrate(database, migrations);
    // From here on, what is read is of one moment, even if somebody writes who does not ask for the lock.
    database.exec("PRAGMA query_only = ON; BEGIN; SELECT count(*) FROM plans");
    return database;
  } catch (thrown) {
    database?.close();
    throw asStoreError(thrown, "open the store", files.folder);
  }
}

class SqliteArchive implements StoreArchive {
  readonly address: string;
  readonly #database: DatabaseSync;
  readonly #artifacts: ArtifactFiles;
  readonly #readEvents: StatementSync;

  constructor(files: StoreFiles, database: DatabaseSync) {
    this.address = files.folder;
    this.#database = database;
    this.#artifacts = new ArtifactFiles(files.artifacts);
    this.#readEvents = database.prepare(
      "SELECT seq, body, artifact FROM events WHERE run_no = ? ORDER BY seq",
    );
  }

  async count(kind: ArchiveKind): Promise<number> {
    return this.#do(() => Number(this.#database.prepare(counting[kind]).get()?.["rows"]));
  }

  async *read(kind: ArchiveKind): AsyncGenerator<readonly ArchiveRecord[]> {
    const rows = this.#do(() => this.#database.prepare(reading[kind]).iterate());
    for (;;) {
      const batch = this.#do(() => this.#takeBatch(kind, rows));
      if (batch.length === 0) return;
      yield batch;
    }
  }

  #takeBatch(kind: ArchiveKind, rows: Iterator<Record<string, SQLInputValue>>): readonly ArchiveRecord[] {
    const batch: ArchiveRecord[] = [];
    for (let length = 0; batch.length < batchRecords && length < batchLength; ) {
      const row = rows.next();
      if (row.done === true) break;
      const record = this.#recordOf(kind, row.value);
      length += lengthOf(record);
      batch.push(record);
    }
    return batch;
  }

  #recordOf(kind: ArchiveKind, row: Readonly<Record<string, unknown>>): ArchiveRecord {
    if (kind === "run") return this.#runOf(row as unknown as HeaderRow & { readonly run_no: number });
    if (kind !== "artifact") return { ...row, kind } as ArchiveRecord;
    const { hash, putAt } = row as { readonly hash: string; readonly putAt: number };
    return { kind, hash, putAt, body: this.#artifacts.read(hash) };
  }

  #runOf({ run_no, ...row }: HeaderRow & { readonly run_no: number }): ArchiveRecord {
    const header = toHeader(row);
    const rows = this.#readEvents.all(run_no) as unknown as readonly EventRow[];
    const events = rows.map(({ seq, body, artifact }, place) => {
      const text = body ?? (artifact === null ? null : this.#artifacts.read(artifact));
      if (text === null || seq !== place) throw brokenRun(this.address, header.runId, place);
      return text;
    });
    return { kind: "run", header, events };
  }

  #do<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (thrown) {
      throw asStoreError(thrown, "read the history", this.address);
    }
  }
}

function lengthOf(record: ArchiveRecord): number {
  if (record.kind !== "run") return record.body.length;
  return record.events.reduce((length, text) => length + text.length, 0);
}

function brokenRun(folder: string, runId: string, seq: number): MycroftError {
  return new MycroftError(
    "STORE_DAMAGED",
    `The store in ${folder} lacks event ${seq} of run ${runId}. Restore the folder from a backup.`,
    { details: { folder, runId, seq } },
  );
}
