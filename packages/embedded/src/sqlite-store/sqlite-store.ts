/**
 * The store of a single process: one SQLite file and a folder of artifacts (P1, P2, P8). Every call is done when it
 * returns to the event loop; the promises are the port's, for hosts that have to wait.
 */
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { canonicalJson, type JsonValue, type Plan, type RunEvent } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { AppendOutcome, Clock, RunAppend, RunHeader, RunPage, RunQuery, Store } from "@mycroft/runtime";
import { SystemClock } from "../system-clock.ts";
import { ArtifactFiles } from "./artifact-files.ts";
import { ArtifactIndex } from "./artifact-index.ts";
import { checkPayload, EventLog } from "./event-log.ts";
import { inspectStoreFile } from "./inspect-store-file.ts";
import { type Migration, migrate, migrations, newerStore, olderStore, schemaVersionOf } from "./migrations.ts";
import { createDatabase, openForReading, openForWriting } from "./open-database.ts";
import { PlanTable } from "./plan-table.ts";
import { Pruner } from "./pruner.ts";
import { type RetentionOutcome, startRetention } from "./retention.ts";
import { RunTable } from "./run-table.ts";
import { asStoreError } from "./store-error.ts";
import { type StoreFiles, storeFiles } from "./store-files.ts";
import { acquireStoreLock, type StoreLock } from "./store-lock.ts";
import { syncFolder } from "./sync-folder.ts";
import { Transaction } from "./transaction.ts";
