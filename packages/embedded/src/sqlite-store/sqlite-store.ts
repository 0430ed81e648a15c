/**
 * The store of a single process: one SQLite file and a folder of artifacts (P1, P2, P8). Every call is done before it
 * returns to the event loop; the promises are the port's, for hosts that have to wait. Only pruning takes turns.
 */
import type { DatabaseSync } from "node:sqlite";
import { canonicalJson, type JsonValue, type Plan, type RunEvent } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type {
  AppendOutcome,
  Clock,
  DocumentPage,
  DocumentPageQuery,
  DocumentWrite,
  RunAppend,
  RunHeader,
  RunPage,
  RunQuery,
  Store,
  StoredDocument,
} from "@mycroft/runtime";
import { ArtifactFiles } from "./artifact-files.ts";
import { ArtifactIndex } from "./artifact-index.ts";
import { DocumentTable } from "./document-table.ts";
import { checkPayload, EventLog, type EventLogLimits } from "./event-log.ts";
import { OriginTable } from "./origin-table.ts";
import { PlanTable } from "./plan-table.ts";
import { Pruner } from "./pruner.ts";
import { RunExtras } from "./run-extras.ts";
import { RunList } from "./run-list.ts";
import { RunTable } from "./run-table.ts";
import { asStoreError } from "./store-error.ts";
import type { StoreFiles } from "./store-files.ts";
import { Transaction } from "./transaction.ts";

export interface SqliteStoreParts {
  readonly files: StoreFiles;
  readonly database: DatabaseSync;
  readonly isReadOnly: boolean;
  readonly limits: EventLogLimits;
  readonly clock: Clock;
  /** Called once, when the database is closed. */
  readonly onClosed: () => void;
}

const hashForm = /^[0-9a-f]{64}$/;

export class SqliteStore implements Store {
  readonly #parts: SqliteStoreParts;
  readonly #plans: PlanTable;
  readonly #runs: RunTable;
  readonly #list: RunList;
  readonly #events: EventLog;
  readonly #artifacts: ArtifactIndex;
  readonly #documents: DocumentTable;
  readonly #pruner: Pruner;
  #isClosed = false;

  constructor(parts: SqliteStoreParts) {
    const { database, files, clock, limits } = parts;
    const now = () => clock.now();
    const transaction = new Transaction(database);
    const runs = new RunTable(database, new OriginTable(database, transaction), new RunExtras(database));
    const artifacts = new ArtifactIndex(database, new ArtifactFiles(files.artifacts), transaction, now);
    const documents = new DocumentTable(database, transaction, now);
    const events = new EventLog(database, { runs, artifacts, transaction, limits });
    this.#parts = parts;
    this.#plans = new PlanTable(database);
    this.#runs = runs;
    this.#list = new RunList(database);
    this.#artifacts = artifacts;
    this.#documents = documents;
    this.#events = events;
    this.#pruner = new Pruner({ runs, events, artifacts, documents, transaction });
  }

  async putPlan(plan: Plan): Promise<void> {
    this.#write("store a plan", () => this.#plans.put(plan));
  }

  async getPlan(hash: string): Promise<Plan | undefined> {
    return this.#do("read a plan", () => this.#plans.find(hash));
  }

  async append(batch: readonly RunAppend[]): Promise<readonly AppendOutcome[]> {
    return this.#write("append events", () => this.#events.append(batch));
  }

  async getRun(runId: string): Promise<RunHeader | undefined> {
    return this.#do("read a run", () => this.#runs.findHeader(runId));
  }

  async findRunByStartKey(startKey: string): Promise<RunHeader | undefined> {
    return this.#do("look up a start key", () => this.#runs.findByStartKey(startKey));
  }

  async listRuns(query: RunQuery): Promise<RunPage> {
    return this.#do("list runs", () => this.#list.list(query));
  }

  async readEvents(runId: string, fromSeq = 0): Promise<readonly RunEvent[]> {
    return this.#do("read events", () => this.#events.read(runId, fromSeq));
  }

  async putArtifact(value: JsonValue): Promise<string> {
    return this.#write("store an artifact", () => {
      const text = canonicalJson(value);
      checkPayload(Buffer.byteLength(text), this.#parts.limits.maxPayloadBytes, "An artifact");
      return this.#artifacts.put(text);
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
      const text = this.#artifacts.read(hash);
      return text === undefined ? undefined : (JSON.parse(text) as JsonValue);
    });
  }

  async getDocument(collection: string, id: string): Promise<StoredDocument | undefined> {
    return this.#do("read a document", () => this.#documents.get(collection, id));
  }

  async putDocument(write: DocumentWrite): Promise<"stored" | "conflict"> {
    return this.#write("store a document", () => this.#documents.put(write));
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
      return await this.#pruner.prune(settledBefore, () => this.#nextTurn());
    } catch (thrown) {
      throw asStoreError(thrown, "prune", this.#parts.files.folder);
    }
  }

  /** Whether there may be something to prune: a run that settled before that time, or an expired document. */
  hasOld(settledBefore: number): boolean {
    return this.#do(
      "look for what is old",
      () => this.#documents.hasExpired() || this.#runs.findSettledBefore(settledBefore, 1).length > 0,
    );
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.#parts.database.close();
    } catch (thrown) {
      throw asStoreError(thrown, "close the store", this.#parts.files.folder);
    } finally {
      this.#parts.onClosed();
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

  #write<Result>(doing: string, work: () => Result): Result {
    this.#assertWritable();
    return this.#do(doing, work);
  }

  async #nextTurn(): Promise<void> {
    await new Promise<void>((resolve) => this.#parts.clock.defer(resolve));
    this.#assertOpen();
  }

  #assertOpen(): void {
    const { folder } = this.#parts.files;
    if (this.#isClosed) {
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
