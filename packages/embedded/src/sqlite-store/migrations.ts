/**
 * The store's schema, as numbered steps. A step that was released is never changed: a store of any older version is
 * brought up to date by the steps that it lacks, each in a transaction of its own with the version it leads to.
 */
import type { DatabaseSync } from "node:sqlite";
import { MycroftError } from "@mycroft/errors";

/** SQL that leads from the version before to the next. The first leads from an empty file to version 1. */
export type Migration = string;

/**
 * Events are a log in the order of arrival, with a narrow index by run: rows clustered by run would touch one page of
 * 4 KiB for each run in flight and commit, and the log of a commit would hold them all (measured with 100 runs in
 * flight, one event each per commit: 130,000 events/s clustered, 230,000 as a log).
 */
const firstSchema: Migration = `
  CREATE TABLE plans (
    hash TEXT PRIMARY KEY,
    body TEXT NOT NULL
  ) WITHOUT ROWID;

  -- What many runs have in common; "runs" says how many have it.
  CREATE TABLE origins (
    origin_no INTEGER PRIMARY KEY,
    plan_hash TEXT NOT NULL,
    provenance TEXT NOT NULL,
    data_hash TEXT,
    runs INTEGER NOT NULL,
    UNIQUE (plan_hash, provenance)
  );
  CREATE INDEX origins_by_data_hash ON origins (data_hash) WHERE data_hash IS NOT NULL;

  -- Status is a code (run-status-code.ts); status_at is when the run was created or, once it has settled, when it did.
  CREATE TABLE runs (
    run_no INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL UNIQUE,
    workflow TEXT NOT NULL,
    origin_no INTEGER NOT NULL,
    status INTEGER NOT NULL,
    as_of TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    status_at INTEGER NOT NULL
  );
  CREATE INDEX runs_by_workflow ON runs (workflow, run_id);
  -- Nearly all runs succeed: those are found in the order of ids, and the others in a small index.
  CREATE INDEX runs_by_rare_status ON runs (status, run_id) WHERE status <> 3;
  CREATE INDEX runs_by_settling ON runs (status_at) WHERE status > 2;

  -- An event's JSON is in body, or in the artifact of that hash when it is large.
  CREATE TABLE events (
    event_no INTEGER PRIMARY KEY,
    run_no INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    body TEXT,
    artifact TEXT
  );
  CREATE UNIQUE INDEX events_by_run ON events (run_no, seq);

  CREATE TABLE artifacts (
    hash TEXT PRIMARY KEY,
    put_at INTEGER NOT NULL
  ) WITHOUT ROWID;

  -- Which runs name an artifact; also one that is yet to be put.
  CREATE TABLE artifact_names (
    hash TEXT NOT NULL,
    run_no INTEGER NOT NULL,
    PRIMARY KEY (hash, run_no)
  ) WITHOUT ROWID;
  CREATE INDEX artifact_names_by_run ON artifact_names (run_no);
`;

/** Side tables for what few runs have, and documents: a plain run is stored as it was in version 1. */
const secondSchema: Migration = `
  -- Start key, parent, fork (as JSON) and tags (as a JSON list) of the runs that have any of them.
  CREATE TABLE run_extras (
    run_no INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    start_key TEXT,
    parent_run_id TEXT,
    parent_task TEXT,
    parent_attempt INTEGER,
    forked_from TEXT,
    tags TEXT NOT NULL
  );
  CREATE UNIQUE INDEX runs_by_start_key ON run_extras (start_key) WHERE start_key IS NOT NULL;
  CREATE INDEX runs_by_parent ON run_extras (parent_run_id, run_id) WHERE parent_run_id IS NOT NULL;

  -- One row for each tag of a run. It holds what runs are listed by, so that no listing has to look at runs that it
  -- does not list, however many have the tag.
  CREATE TABLE run_tags (
    tag TEXT NOT NULL,
    status INTEGER NOT NULL,
    run_id TEXT NOT NULL,
    workflow TEXT NOT NULL,
    PRIMARY KEY (tag, status, run_id)
  ) WITHOUT ROWID;
  CREATE INDEX run_tags_by_workflow ON run_tags (tag, workflow, status, run_id);

  CREATE TABLE documents (
    document_no INTEGER PRIMARY KEY,
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    body TEXT NOT NULL,
    expires_at INTEGER,
    UNIQUE (collection, id)
  );
  CREATE INDEX documents_by_expiry ON documents (expires_at) WHERE expires_at IS NOT NULL;
`;

export const migrations: readonly Migration[] = [firstSchema, secondSchema];

/** The tables of a store of a version, by which one of ours is known. */
export function tablesOf(version: number): readonly string[] {
  const first = ["artifact_names", "artifacts", "events", "origins", "plans", "runs"];
  return version < 2 ? first : [...first, "documents", "run_extras", "run_tags"];
}

export function schemaVersionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}

/** Brings a store up to date. When a step fails, the steps before it stay done. */
export function migrate(database: DatabaseSync, steps: readonly Migration[]): void {
  const from = schemaVersionOf(database);
  for (const [index, step] of steps.entries()) {
    if (index < from) continue;
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(step);
      database.exec(`PRAGMA user_version = ${index + 1}`);
      database.exec("COMMIT");
    } catch (cause) {
      if (database.isTransaction) database.exec("ROLLBACK");
      throw cause;
    }
  }
  // The version is read from the main file alone when a store is inspected, so it must not stay in the log.
  if (from > 0 && from < steps.length) database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

export function newerStore(folder: string, version: number, known: number): MycroftError {
  return new MycroftError(
    "STORE_NEWER",
    `The store in ${folder} has schema version ${version}; this Mycroft knows versions up to ${known}. ` +
      "Use the newer Mycroft that wrote it, or another folder.",
    { details: { folder, version, known } },
  );
}

export function olderStore(folder: string, version: number, known: number): MycroftError {
  return new MycroftError(
    "STORE_OLDER",
    `The store in ${folder} has schema version ${version}, and reading needs version ${known}. ` +
      "Open it once for writing (any command that runs a workflow does) to bring it up to date.",
    { details: { folder, version, known } },
  );
}
