/**
 * The store of a single process: one SQLite file and a folder of artifacts (P1, P2, P8). Every call is done before it
 * returns to the event loop, except for large appends, which go to a thread of their own, what has to wait for those,
 * and pruning, which takes turns.
 */
import type { DatabaseSync } from "node:sqlite";
import { canonicalJson, type JsonValue, type Plan, type RunEvent } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import {
  type AppendOutcome,
  type Clock,
  checkEventRange,
  type DocumentPage,
  type DocumentPageQuery,
  type DocumentWrite,
  type RunAppend,
  type RunHeader,
  type RunPage,
  type RunQuery,
  type Store,
  type StoredDocument,
} from "@mycroft/runtime";
import type { AppendThread } from "./append-thread.ts";
import { DocumentTable } from "./document-table.ts";
import { checkPayload, type EventLogLimits } from "./event-log.ts";
import { PlanTable } from "./plan-table.ts";
import { Pruner } from "./pruner.ts";
import { RunList } from "./run-list.ts";
import { openRunTables, type RunTables } from "./run-tables.ts";
import { asStoreError } from "./store-error.ts";
import type { StoreFiles } from "./store-files.ts";
import { type AppendThreadUse, StoreWriter } from "./store-writer.ts";

export interface SqliteStoreParts {
  readonly files: StoreFiles;
  readonly database: DatabaseSync;
  readonly isReadOnly: boolean;
  readonly limits: EventLogLimits;
  readonly clock: Clock;
  readonly appendThread: AppendThreadUse;
  readonly startThread: () => AppendThread;
  /** Called when something could not be written: files may be left that no row knows of. */
  readonly onWriteFailed: () => void;
  /** Called once, when the database is closed. */
  readonly onClosed: () => void;
}

const hashForm = /^[0-9a-f]{64}$/;
const writeFailures: ReadonlySet<string> = new Set(["STORE_IO", "STORE_FULL", "STORE_DAMAGED"]);

export class SqliteStore implements Store {
  readonly #parts: SqliteStoreParts;
  readonly #plans: PlanTable;
  readonly #list: RunList;
  readonly #tables: RunTables;
  readonly #documents: DocumentTable;
  readonly #pruner: Pruner;
  readonly #writer: StoreWriter;
  #closing: Promise<void> | null = null;

  constructor(parts: SqliteStoreParts) {
    const { database, clock, appendThread: use, startThread } = parts;
    const now = () => clock.now();
    const tables = openRunTables({ ...parts, now });
    this.#parts = parts;
    this.#plans = new PlanTable(database);
    this.#list = new RunList(database);
    this.#tables = tables;
    this.#documents = new DocumentTable(database, tables.transaction, now);
    this.#pruner = new Pruner({ ...tables, documents: this.#documents });
    this.#writer = new StoreWriter({ tables, now, use, startThread });
  }

  async putPlan(plan: Plan): Promise<void> {
    await this.#write("store a plan", () => this.#writer.write(() => this.#plans.put(plan)));
  }

  async getPlan(hash: string): Promise<Plan | undefined> {
    return this.#do("read a plan", () => this.#plans.find(hash));
  }

  async append(batch: readonly RunAppend[]): Promise<readonly AppendOutcome[]> {
    return this.#write("append events", () => this.#writer.append(batch));
  }

  async getRun(runId: string): Promise<RunHeader | undefined> {
    return this.#do("read a run", () => this.#tables.runs.findHeader(runId));
  }

  async findRunByStartKey(startKey: string): Promise<RunHeader | undefined> {
    return this.#do("look up a start key", () => this.#tables.runs.findByStartKey(startKey));
  }

  async listRuns(query: RunQuery): Promise<RunPage> {
    return this.#do("list runs", () => this.#list.list(query));
  }

  async readEvents(runId: string, fromSeq = 0, limit?: number): Promise<readonly RunEvent[]> {
    return this.#do("read events", () => {
      checkEventRange(fromSeq, limit);
      return this.#tables.events.read(runId, fromSeq, limit);
    });
  }

  async putArtifact(value: JsonValue): Promise<string> {
    return this.#write("store an artifact", () => {
      const text = canonicalJson(value);
      checkPayload(Buffer.byteLength(text), this.#parts.limits.maxPayloadBytes, "An artifact");
      return this.#writer.writeShared(() => this.#tables.artifacts.put(text));
    });
  }

  async getArtifact(hash: string): Promise<JsonValue | undefined> {
    return this.#do("read an artifact", () => {
      // The hash becomes part of a path.
      if (!hashForm.test(hash)) {
        throw new MycroftError("INPUT_INVALID", "An artifact's hash is 64 lower-case hex digits.", {
          details: { field: "hash", value: hash },
        });
      }
      const text = this.#tables.artifacts.read(hash);
      return text === undefined ? undefined : (JSON.parse(text) as JsonValue);
    });
  }

  async getDocument(collection: string, id: string): Promise<StoredDocument | undefined> {
    return this.#do("read a document", () => this.#documents.get(collection, id));
  }

  async putDocument(write: DocumentWrite): Promise<"stored" | "conflict"> {
    return this.#write("store a document", () => this.#writer.write(() => this.#documents.put(write)));
  }

  async listDocuments(collection: string, page: DocumentPageQuery): Promise<DocumentPage> {
    return this.#do("list documents", () => this.#documents.list(collection, page));
  }

  async prune(settledBefore: number): Promise<number> {
    this.#assertWritable();
    if (Number.isNaN(settledBefore)) {
      throw new MycroftError("INPUT_INVALID", "The time to prune up to is not a number.", {
        details: { field: "settledBefore", value: settledBefore },
      });
    }
    try {
      return await this.#pruner.prune(settledBefore, (piece) => this.#inTurn(piece));
    } catch (thrown) {
      throw asStoreError(thrown, "prune", this.#parts.files.folder);
    }
  }

  /** Whether there may be something to prune: a run that settled before that time, or an expired document. */
  hasOld(settledBefore: number): boolean {
    return this.#do(
      "look for what is old",
      () => this.#documents.hasExpired() || this.#tables.runs.findSettledBefore(settledBefore, 1).length > 0,
    );
  }

  /** Resolves when all that was under way is done. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { database, files, onClosed } = this.#parts;
    try {
      await this.#writer.close(() => database.close());
    } catch (thrown) {
      throw asStoreError(thrown, "close the store", files.folder);
    } finally {
      onClosed();
    }
  }

  #do<Result>(doing: string, work: () => Result): Result {
    this.#assertOpen();
    try {
      return work();
    } catch (thrown) {
      throw asStoreError(thrown, doing, this.#parts.files.folder);
    }
  }

  async #write<Result>(doing: string, work: () => Promise<Result>): Promise<Result> {
    this.#assertWritable();
    try {
      return await work();
    } catch (thrown) {
      const error = asStoreError(thrown, doing, this.#parts.files.folder);
      if (writeFailures.has(error.code)) this.#parts.onWriteFailed();
      throw error;
    }
  }

  /** Does a piece of a long piece of work, and lets a turn pass. */
  async #inTurn<Result>(piece: () => Result): Promise<Result> {
    const result = await this.#writer.writeShared(() => {
      this.#assertOpen();
      return piece();
    });
    await new Promise<void>((resolve) => this.#parts.clock.defer(resolve));
    this.#assertOpen();
    return result;
  }

  #assertOpen(): void {
    const { folder } = this.#parts.files;
    if (this.#closing !== null) {
      throw new MycroftError("STORE_CLOSED", `The store in ${folder} is closed; open it again.`, {
        details: { folder },
      });
    }
  }

  #assertWritable(): void {
    this.#assertOpen();
    const { isReadOnly, files } = this.#parts;
    if (isReadOnly) {
      throw new MycroftError(
        "STORE_READ_ONLY",
        `The store in ${files.folder} was opened for reading only; open it without readOnly to write.`,
        { details: { folder: files.folder } },
      );
    }
  }
}
