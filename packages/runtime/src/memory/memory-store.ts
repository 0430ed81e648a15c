/**
 * A store that lives in memory, for simulations and backtests: the whole port, nothing on disk. It keeps JSON text,
 * as a store on disk does, so that what is read is never the object that was written.
 */
import { hash } from "node:crypto";
import { canonicalJson, type JsonValue, type Plan, type RunEvent, type RunStatus } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { checkAppend, checkEventRange, eventText } from "../ports/check-append.ts";
import { checkRunQuery } from "../ports/check-query.ts";
import type {
  AppendOutcome,
  DocumentPage,
  DocumentPageQuery,
  DocumentWrite,
  NewRun,
  RunAppend,
  RunHeader,
  RunPage,
  RunQuery,
  Store,
  StoredDocument,
} from "../ports/store.ts";
import { MemoryDocuments } from "./memory-documents.ts";
import { SortedIds } from "./sorted-ids.ts";

export interface MemoryStoreOptions {
  /** Milliseconds since the epoch: dates artifacts, and says which documents have expired. The system's clock unless given. */
  readonly now?: () => number;
}

interface KeptRun {
  readonly created: NewRun;
  status: RunStatus;
  settledAt: number | null;
  readonly events: string[];
  /** The hashes that this run's data and events name. */
  readonly names: Set<string>;
}

interface KeptArtifact {
  readonly text: string;
  putAt: number;
}

const hashForm = /^[0-9a-f]{64}$/;
const hashInText = /\b[0-9a-f]{64}\b/g;

export class MemoryStore implements Store {
  readonly #now: () => number;
  readonly #plans = new Map<string, string>();
  readonly #runs = new Map<string, KeptRun>();
  readonly #ids = new SortedIds();
  readonly #idsByStartKey = new Map<string, string>();
  readonly #childIds = new Map<string, SortedIds>();
  readonly #artifacts = new Map<string, KeptArtifact>();
  readonly #documents: MemoryDocuments;
  #isClosed = false;

  constructor({ now = Date.now }: MemoryStoreOptions = {}) {
    this.#now = now;
    this.#documents = new MemoryDocuments(now);
  }

  async putPlan(plan: Plan): Promise<void> {
    this.assertOpen();
    if (!this.#plans.has(plan.hash)) this.#plans.set(plan.hash, JSON.stringify(plan));
  }

  async getPlan(hash: string): Promise<Plan | undefined> {
    this.assertOpen();
    const text = this.#plans.get(hash);
    return text === undefined ? undefined : (JSON.parse(text) as Plan);
  }

  async append(batch: readonly RunAppend[]): Promise<readonly AppendOutcome[]> {
    const texts = this.readBatch(batch);
    return batch.map((append, index) => this.appendOne(append, texts[index] ?? []));
  }

  /** The texts of each append's events. Throws, before anything is stored, when the batch is malformed. */
  protected readBatch(batch: readonly RunAppend[]): readonly (readonly string[])[] {
    this.assertOpen();
    for (const append of batch) checkAppend(append);
    return batch.map((append) => append.events.map(eventText));
  }

  protected appendOne(append: RunAppend, texts: readonly string[]): AppendOutcome {
    const { runId, create, settle } = append;
    const known = this.#runs.get(runId);
    if ((create === undefined) !== (known !== undefined)) return "conflict";
    if (typeof create?.startKey === "string" && this.#idsByStartKey.has(create.startKey)) return "conflict";
    if (known !== undefined && known.events.length !== append.fromSeq) return "conflict";
    if (settle !== undefined && known !== undefined && known.settledAt !== null) return "conflict";
    const run = known ?? this.#create(append);
    for (const text of texts) {
      run.events.push(text);
      if (this.#artifacts.size > 0) this.#noteNames(run, text);
    }
    if (settle !== undefined) {
      run.status = settle.status;
      run.settledAt = settle.at;
    }
    return "stored";
  }

  #create({ runId, create }: RunAppend): KeptRun {
    if (create === undefined) throw new MycroftError("INTERNAL", `Run ${runId} is created from nothing.`);
    const created = structuredClone(create);
    const { provenance, startKey, parent } = created;
    const names = new Set(provenance.dataHash === undefined ? [] : [provenance.dataHash]);
    const run: KeptRun = { created, status: "running", settledAt: null, events: [], names };
    this.#runs.set(runId, run);
    this.#ids.add(runId);
    if (startKey !== null) this.#idsByStartKey.set(startKey, runId);
    if (parent !== null) this.#childIdsOf(parent.runId).add(runId);
    return run;
  }

  #childIdsOf(parentId: string): SortedIds {
    const ids = this.#childIds.get(parentId) ?? new SortedIds();
    this.#childIds.set(parentId, ids);
    return ids;
  }

  #noteNames(run: KeptRun, text: string): void {
    for (const [name] of text.matchAll(hashInText)) if (this.#artifacts.has(name)) run.names.add(name);
  }

  async getRun(runId: string): Promise<RunHeader | undefined> {
    this.assertOpen();
    return this.headerOf(runId);
  }

  /** As `getRun`, in the same turn. */
  protected headerOf(runId: string): RunHeader | undefined {
    const run = this.#runs.get(runId);
    return run === undefined ? undefined : headerOf(run);
  }

  async findRunByStartKey(startKey: string): Promise<RunHeader | undefined> {
    this.assertOpen();
    const runId = this.#idsByStartKey.get(startKey);
    return runId === undefined ? undefined : await this.getRun(runId);
  }

  async listRuns(query: RunQuery): Promise<RunPage> {
    this.assertOpen();
    checkRunQuery(query);
    const { limit, parentRunId, runIdPrefix = "", cursor } = query;
    const ids = typeof parentRunId === "string" ? this.#childIds.get(parentRunId) : this.#ids;
    const runs: RunHeader[] = [];
    for (const id of ids?.descending(runIdPrefix, cursor) ?? []) {
      const run = this.#runs.get(id);
      if (run === undefined || !isAskedFor(run, query)) continue;
      if (runs.length === limit) return { runs, nextCursor: runs.at(-1)?.runId ?? null };
      runs.push(headerOf(run));
    }
    return { runs, nextCursor: null };
  }

  async readEvents(runId: string, fromSeq = 0, limit?: number): Promise<readonly RunEvent[]> {
    this.assertOpen();
    checkEventRange(fromSeq, limit);
    const texts = this.#runs.get(runId)?.events ?? [];
    return texts
      .slice(fromSeq, limit === undefined ? undefined : fromSeq + limit)
      .map((text) => JSON.parse(text) as RunEvent);
  }

  async putArtifact(value: JsonValue): Promise<string> {
    this.assertOpen();
    const text = canonicalJson(value);
    const name = hash("sha256", text, "hex");
    this.#artifacts.set(name, { text, putAt: this.#now() });
    return name;
  }

  async getArtifact(name: string): Promise<JsonValue | undefined> {
    this.assertOpen();
    if (!hashForm.test(name)) {
      throw new MycroftError("INPUT_INVALID", "An artifact's hash is 64 lower-case hex digits.", {
        details: { field: "hash", value: name },
      });
    }
    const artifact = this.#artifacts.get(name);
    return artifact === undefined ? undefined : (JSON.parse(artifact.text) as JsonValue);
  }

  async getDocument(collection: string, id: string): Promise<StoredDocument | undefined> {
    this.assertOpen();
    return this.#documents.get(collection, id);
  }

  async putDocument(write: DocumentWrite): Promise<"stored" | "conflict"> {
    this.assertOpen();
    return this.#documents.put(write);
  }

  async listDocuments(collection: string, page: DocumentPageQuery): Promise<DocumentPage> {
    this.assertOpen();
    return this.#documents.list(collection, page);
  }

  async prune(settledBefore: number): Promise<number> {
    this.assertOpen();
    if (Number.isNaN(settledBefore)) {
      throw new MycroftError("INPUT_INVALID", "The time to prune up to is not a number.", {
        details: { field: "settledBefore", value: settledBefore },
      });
    }
    this.#documents.forgetExpired();
    const before = this.#runs.size;
    for (const run of this.#runs.values()) if (this.#isOld(run, settledBefore)) this.#forget(run.created);
    const named = new Set([...this.#runs.values()].flatMap((run) => [...run.names]));
    for (const [name, { putAt }] of this.#artifacts) {
      if (putAt < settledBefore && !named.has(name)) this.#artifacts.delete(name);
    }
    return before - this.#runs.size;
  }

  /** Whether the run and those above it settled before the time. A circle of runs is old when all of them are. */
  #isOld(run: KeptRun, settledBefore: number): boolean {
    const looked = new Set<KeptRun>();
    for (let above: KeptRun | undefined = run; above !== undefined && !looked.has(above); ) {
      if (above.settledAt === null || above.settledAt >= settledBefore) return false;
      looked.add(above);
      const { parent }: NewRun = above.created;
      above = parent === null ? undefined : this.#runs.get(parent.runId);
    }
    return true;
  }

  #forget({ runId, startKey, parent }: NewRun): void {
    this.#runs.delete(runId);
    this.#ids.remove(runId);
    if (startKey !== null) this.#idsByStartKey.delete(startKey);
    if (parent === null) return;
    const siblings = this.#childIdsOf(parent.runId);
    siblings.remove(runId);
    if (siblings.isEmpty) this.#childIds.delete(parent.runId);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  protected assertOpen(): void {
    if (this.#isClosed) throw new MycroftError("STORE_CLOSED", "The store is closed; open a new one.");
  }
}

function isAskedFor({ created, status }: KeptRun, query: RunQuery): boolean {
  return (
    (query.parentRunId !== null || created.parent === null) &&
    (query.workflow === undefined || created.workflow === query.workflow) &&
    (query.status === undefined || status === query.status) &&
    (query.tag === undefined || created.tags.includes(query.tag))
  );
}

function headerOf({ created, status, settledAt, events }: KeptRun): RunHeader {
  return { ...created, status, settledAt, events: events.length };
}
