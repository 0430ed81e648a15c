/**
 * The store of many processes: a schema of a Postgres database (P1, P2, P8). Reads, and writes that may be done twice,
 * are tried once more when their connection is lost; what must not be done twice is decided when the server is back.
 */
import { canonicalJson, type JsonValue, type Plan, type RunEvent } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import {
  type AppendOutcome,
  checkAppend,
  checkEventRange,
  checkRunQuery,
  type DocumentPage,
  type DocumentPageQuery,
  type DocumentWrite,
  eventText,
  type RunAppend,
  type RunHeader,
  type RunPage,
  type RunQuery,
  type SharedAppend,
  type Store,
  type StoredDocument,
} from "@mycroft/runtime";
import type { PoolClient } from "pg";
import { AppendLine } from "./append-line.ts";
import { checkHash, checkPayload, getArtifact, putArtifact } from "./artifact-table.ts";
import { ConnectionLost, type Connections } from "./connections.ts";
import {
  checkDocumentPage,
  checkDocumentQuery,
  checkWrite,
  getDocument,
  isStored,
  listDocuments,
  putDocument,
  removeSomeExpired,
} from "./document-table.ts";
import { findHeader } from "./find-header.ts";
import { artifactStart, pruneArtifacts, pruneRuns, pruningStart } from "./pruner.ts";
import { askedText } from "./run-header-row.ts";
import { listRuns } from "./run-list.ts";
import { asStoreError } from "./store-error.ts";
import type { WorkedOut } from "./work-out-batch.ts";

export interface PostgresStoreParts {
  readonly connections: Connections;
  /** Names the store in messages. */
  readonly address: string;
  readonly isReadOnly: boolean;
  readonly maxPayloadBytes: number;
  readonly decideWithinMs: number;
  /** Called once: what it resolves for is waited for. */
  readonly onClosing: () => Promise<void>;
  /** Told of each batch of appends when it is stored. */
  readonly onStored: (workedOut: WorkedOut) => void;
}

/** Expired documents that one statement of a pruning removes at most. */
const pieceDocuments = 200;
const largestSeq = 2_147_483_647;

export class PostgresStore implements Store {
  readonly #parts: PostgresStoreParts;
  readonly #line: AppendLine;
  #closing: Promise<void> | null = null;

  constructor(parts: PostgresStoreParts) {
    this.#parts = parts;
    this.#line = new AppendLine(parts);
  }

  async putPlan(plan: Plan): Promise<void> {
    this.#assertWritable();
    await this.read("store a plan", (client) =>
      client.query({
        name: "put-plan",
        text: "INSERT INTO plans (hash, body) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        values: [plan.hash, JSON.stringify(plan)],
      }),
    );
  }

  async getPlan(hash: string): Promise<Plan | undefined> {
    const { rows } = await this.read("read a plan", (client) =>
      client.query<{ readonly body: string }>({
        name: "get-plan",
        text: "SELECT body FROM plans WHERE hash = $1",
        values: [askedText(hash)],
      }),
    );
    return rows[0] === undefined ? undefined : (JSON.parse(rows[0].body) as Plan);
  }

  async append(batch: readonly SharedAppend[]): Promise<readonly AppendOutcome[]> {
    this.#assertWritable();
    for (const append of batch) {
      checkAppend(append);
      checkTexts(append);
    }
    if (batch.length === 0) return [];
    const withTexts = batch.map((append) => ({
      append,
      texts: append.events.map((event) => this.#textOf(event)),
    }));
    return this.#named("append events", () => this.#line.append(withTexts));
  }

  async getRun(runId: string): Promise<RunHeader | undefined> {
    return this.read("read a run", (client) => findHeader(client, "run_id", askedText(runId)));
  }

  async findRunByStartKey(startKey: string): Promise<RunHeader | undefined> {
    return this.read("look up a start key", (client) => findHeader(client, "start_key", askedText(startKey)));
  }

  async listRuns(query: RunQuery): Promise<RunPage> {
    this.#assertOpen();
    checkRunQuery(query);
    return this.read("list runs", (client) => listRuns(client, query));
  }

  async readEvents(runId: string, fromSeq = 0, limit?: number): Promise<readonly RunEvent[]> {
    this.#assertOpen();
    checkEventRange(fromSeq, limit);
    const { rows } = await this.read("read events", (client) =>
      client.query<{ readonly body: string }>({
        name: "read-events",
        text: `SELECT body FROM events WHERE run_no = (SELECT run_no FROM runs WHERE run_id = $1)
          AND seq >= $2 ORDER BY seq LIMIT $3`,
        values: [askedText(runId), Math.min(fromSeq, largestSeq), limit ?? null],
      }),
    );
    return rows.map(({ body }) => JSON.parse(body) as RunEvent);
  }

  async putArtifact(value: JsonValue): Promise<string> {
    this.#assertWritable();
    const text = canonicalJson(value);
    checkPayload(text, this.#parts.maxPayloadBytes, "An artifact");
    return this.read("store an artifact", (client) => putArtifact(client, text));
  }

  async getArtifact(hash: string): Promise<JsonValue | undefined> {
    this.#assertOpen();
    checkHash(hash);
    return this.read("read an artifact", (client) => getArtifact(client, hash));
  }

  async getDocument(collection: string, id: string): Promise<StoredDocument | undefined> {
    this.#assertOpen();
    checkDocumentQuery(collection, id);
    return this.read("read a document", (client) => getDocument(client, collection, id));
  }

  async putDocument(write: DocumentWrite): Promise<"stored" | "conflict"> {
    this.#assertWritable();
    const checked = checkWrite(write);
    return this.#named("store a document", async () => {
      try {
        return await this.#parts.connections.once((client) => putDocument(client, checked));
      } catch (thrown) {
        if (!(thrown instanceof ConnectionLost)) throw thrown;
        return await this.#parts.connections.repeatable(async (client) =>
          (await isStored(client, checked)) ? "stored" : await putDocument(client, checked),
        );
      }
    });
  }

  async listDocuments(collection: string, page: DocumentPageQuery): Promise<DocumentPage> {
    this.#assertOpen();
    checkDocumentPage(collection, page);
    return this.read("list documents", (client) => listDocuments(client, collection, page));
  }

  async prune(settledBefore: number): Promise<number> {
    this.#assertWritable();
    if (Number.isNaN(settledBefore)) {
      throw new MycroftError("INPUT_INVALID", "The time to prune up to is not a number.", {
        details: { field: "settledBefore", value: settledBefore },
      });
    }
    const forgotten = await this.#pruneRuns(settledBefore);
    for (let from: typeof artifactStart | null = artifactStart; from !== null; ) {
      const place: typeof artifactStart = from;
      from = await this.read("prune", (client) => pruneArtifacts(client, settledBefore, place));
    }
    for (let removed = pieceDocuments; removed === pieceDocuments; ) {
      removed = await this.read("prune", (client) => removeSomeExpired(client, pieceDocuments));
    }
    return forgotten;
  }

  async #pruneRuns(settledBefore: number): Promise<number> {
    let forgotten = 0;
    for (let from: typeof pruningStart | null = pruningStart; from !== null; ) {
      const place: typeof pruningStart = from;
      const piece = await this.read("prune", (client) => pruneRuns(client, settledBefore, place));
      forgotten += piece.forgotten;
      from = piece.next;
    }
    return forgotten;
  }

  /** Milliseconds since the epoch, by the store's clock. */
  async now(): Promise<number> {
    const { rows } = await this.read("read the clock", (client) =>
      client.query<{ readonly now: number }>("SELECT now_ms() AS now"),
    );
    return rows[0]?.now ?? Number.NaN;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await Promise.all([this.#parts.onClosing(), this.#line.close()]);
    await this.#parts.connections.end();
  }

  /** Does what may be done twice. */
  protected async read<Result>(
    doing: string,
    work: (client: PoolClient) => Promise<Result>,
  ): Promise<Result> {
    this.#assertOpen();
    return this.#named(doing, () => this.#parts.connections.repeatable(work));
  }

  /** As `read`, for what writes: it may be done twice all the same. */
  protected async change<Result>(
    doing: string,
    work: (client: PoolClient) => Promise<Result>,
  ): Promise<Result> {
    this.#assertWritable();
    return this.#named(doing, () => this.#parts.connections.repeatable(work));
  }

  /** As `change`, for what must not be done twice: whoever asked is told that nobody knows whether it was done. */
  protected async changeOnce<Result>(
    doing: string,
    work: (client: PoolClient) => Promise<Result>,
  ): Promise<Result> {
    this.#assertWritable();
    return this.#named(doing, () => this.#parts.connections.once(work));
  }

  async #named<Result>(doing: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (thrown) {
      // What had no connection yet gets none any more.
      if (this.#closing !== null && !(thrown instanceof MycroftError)) this.#assertOpen();
      throw asStoreError(thrown, doing, this.#parts.address);
    }
  }

  #textOf(event: RunEvent): string {
    const text = eventText(event);
    checkPayload(text, this.#parts.maxPayloadBytes, "An event");
    return text;
  }

  #assertOpen(): void {
    if (this.#closing === null) return;
    const { address } = this.#parts;
    throw new MycroftError("STORE_CLOSED", `The store in ${address} is closed; open it again.`, {
      details: { store: address },
    });
  }

  #assertWritable(): void {
    this.#assertOpen();
    const { isReadOnly, address } = this.#parts;
    if (!isReadOnly) return;
    throw new MycroftError(
      "STORE_READ_ONLY",
      `The store in ${address} was opened for reading only; open it without readOnly to write.`,
      { details: { store: address } },
    );
  }
}

/**
 * NUL is what no text of Postgres can hold, and U+0001 is what ends a workflow's name in the indices. Whatever else an
 * append carries is kept as JSON, or is ASCII.
 */
export function checkTexts({ create }: RunAppend): void {
  if (create === undefined) return;
  for (const field of ["workflow", "planHash", "asOf"] as const) {
    const text = create[field];
    if (text.isWellFormed() && !text.includes("\0") && !text.includes("\u0001")) continue;
    const shown = text.slice(0, 50);
    const rule = `A run's ${field} is well-formed text without the characters U+0000 and U+0001`;
    throw new MycroftError("INPUT_INVALID", `${rule}, not ${JSON.stringify(shown)}.`, {
      details: { field, value: shown },
    });
  }
}
