/** The tables that an append writes, on one connection. */
import type { DatabaseSync } from "node:sqlite";
import { ArtifactFiles } from "./artifact-files.ts";
import { ArtifactIndex } from "./artifact-index.ts";
import { EventLog, type EventLogLimits } from "./event-log.ts";
import { OriginTable } from "./origin-table.ts";
import { RunExtras } from "./run-extras.ts";
import { RunTable } from "./run-table.ts";
import type { StoreFiles } from "./store-files.ts";
import { Transaction } from "./transaction.ts";

export interface RunTables {
  readonly transaction: Transaction;
  readonly runs: RunTable;
  readonly artifacts: ArtifactIndex;
  readonly events: EventLog;
}

export interface RunTablesOptions {
  readonly database: DatabaseSync;
  readonly files: StoreFiles;
  readonly limits: EventLogLimits;
  /** Dates artifacts: milliseconds since the epoch. */
  readonly now: () => number;
}

export function openRunTables({ database, files, limits, now }: RunTablesOptions): RunTables {
  const transaction = new Transaction(database);
  const runs = new RunTable(database, new OriginTable(database, transaction), new RunExtras(database));
  const artifacts = new ArtifactIndex(database, new ArtifactFiles(files.artifacts), transaction, now);
  const events = new EventLog(database, { runs, artifacts, transaction, limits });
  return { transaction, runs, artifacts, events };
}
