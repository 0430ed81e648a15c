/** The simplest thing that a store could be, and be right: maps, looked through from end to end. */
import type {
  AppendOutcome,
  DocumentWrite,
  NewRun,
  RunAppend,
  RunHeader,
  RunQuery,
  StoredDocument,
} from "../ports/store.ts";

interface ModelRun {
  readonly header: RunHeader;
  readonly events: RunAppend["events"];
}

interface ModelDocument extends StoredDocument {
  readonly expiresAt: number;
}

export class StoreModel {
  /** The time, in milliseconds since the epoch. */
  now: number;
  #runs = new Map<string, ModelRun>();
  #documents = new Map<string, ModelDocument>();

  constructor(now: number) {
    this.now = now;
  }

  append({ runId, create, fromSeq, events, settle }: RunAppend): AppendOutcome {
    const known = this.#runs.get(runId);
    if (create !== undefined && (known !== undefined || this.#isTaken(create.startKey))) return "conflict";
    const run = create === undefined ? known : newRun(create);
    if (run === undefined || run.header.events !== fromSeq) return "conflict";
    if (settle !== undefined && run.header.settledAt !== null) return "conflict";
    const settled = settle === undefined ? {} : { status: settle.status, settledAt: settle.at };
    const all = [...run.events, ...events];
    this.#runs.set(runId, { header: { ...run.header, ...settled, events: all.length }, events: all });
    return "stored";
  }

  #isTaken(startKey: string | null): boolean {
    return startKey !== null && this.findByStartKey(startKey) !== undefined;
  }

  prune(before: number): number {
    const old = this.headers().filter((run) =>
      [...this.#lineOf(run.runId)].every((above) => isOld(above, before)),
    );
    for (const run of old) this.#runs.delete(run.runId);
    for (const [id, { expiresAt }] of this.#documents) if (expiresAt <= this.now) this.#documents.delete(id);
    return old.length;
  }

  /** The run and all above it. */
  #lineOf(runId: string): ReadonlySet<RunHeader> {
    const line = new Set<RunHeader>();
    let next = this.#runs.get(runId)?.header;
    while (next !== undefined && !line.has(next)) {
      line.add(next);
      next = this.#runs.get(next.parent?.runId ?? "")?.header;
    }
    return line;
  }

  /** Newest first. */
  headers({ workflow, status, tag, parentRunId }: Omit<RunQuery, "limit"> = {}): readonly RunHeader[] {
    return [...this.#runs.values()]
      .map((run) => run.header)
      .filter((run) => workflow === undefined || run.workflow === workflow)
      .filter((run) => status === undefined || run.status === status)
      .filter((run) => tag === undefined || run.tags.includes(tag))
      .filter((run) => parentRunId === undefined || (run.parent?.runId ?? null) === parentRunId)
      .sort((left, right) => (left.runId < right.runId ? 1 : -1));
  }

  findByStartKey(startKey: string): RunHeader | undefined {
    return this.headers().find((run) => run.startKey === startKey);
  }

  events(runId: string): RunAppend["events"] {
    return this.#runs.get(runId)?.events ?? [];
  }

  /** All documents are of one collection. */
  putDocument({ id, replaces, value, expiresAt = Number.POSITIVE_INFINITY }: DocumentWrite): AppendOutcome {
    const revision = this.documents().find((document) => document.id === id)?.revision ?? 0;
    if (replaces !== null && replaces !== revision) return "conflict";
    if (value === null) this.#documents.delete(id);
    else this.#documents.set(id, { id, revision: revision + 1, value, expiresAt });
    return "stored";
  }

  documents(): readonly StoredDocument[] {
    return [...this.#documents.values()]
      .filter(({ expiresAt }) => expiresAt > this.now)
      .map(({ id, revision, value }) => ({ id, revision, value }))
      .sort((left, right) => (left.id < right.id ? -1 : 1));
  }
}

function newRun(create: NewRun): ModelRun {
  return { header: { ...create, status: "running", settledAt: null, events: 0 }, events: [] };
}

function isOld({ settledAt }: RunHeader, before: number): boolean {
  return settledAt !== null && settledAt < before;
}
