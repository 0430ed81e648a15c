/**
 * The events of all runs, in the order of their arrival (P1, P2). A whole batch is one transaction; an append is
 * checked before anything of it is written, so that a conflict needs no undoing.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { RunEvent } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { AppendOutcome, RunAppend } from "@mycroft/runtime";
import type { ArtifactIndex } from "./artifact-index.ts";
import type { RunHead, RunTable } from "./run-table.ts";
import type { Transaction } from "./transaction.ts";

export interface EventLogLimits {
  /** An event whose JSON has more bytes is kept as an artifact. */
  readonly inlineEventBytes: number;
  /** The most bytes that an event's JSON may have. */
  readonly maxPayloadBytes: number;
}

/** An append whose events are there, or their texts. */
export type AppendOf<Event> = Omit<RunAppend, "events"> & { readonly events: readonly Event[] };

export interface EventLogParts {
  readonly runs: RunTable;
  readonly artifacts: ArtifactIndex;
  readonly transaction: Transaction;
  readonly limits: EventLogLimits;
}

/** Heads of runs in flight that are remembered; the others are looked up again. */
const rememberedHeads = 50_000;
/** To SQLite a negative limit is none. */
const unlimited = -1;

interface EventRow {
  readonly body: string | null;
  readonly artifact: string | null;
}

export class EventLog {
  readonly #runs: RunTable;
  readonly #artifacts: ArtifactIndex;
  readonly #transaction: Transaction;
  readonly #limits: EventLogLimits;
  readonly #insert: StatementSync;
  readonly #insertLarge: StatementSync;
  readonly #select: StatementSync;
  readonly #delete: StatementSync;
  /** Holds until another connection writes. The one remembered longest comes first. */
  readonly #heads = new Map<string, RunHead>();

  constructor(database: DatabaseSync, { runs, artifacts, transaction, limits }: EventLogParts) {
    this.#runs = runs;
    this.#artifacts = artifacts;
    this.#transaction = transaction;
    this.#limits = limits;
    transaction.follow({ onForget: () => this.#heads.clear() });
    this.#insert = database.prepare("INSERT INTO events (run_no, seq, body) VALUES (?, ?, ?)");
    this.#insertLarge = database.prepare("INSERT INTO events (run_no, seq, artifact) VALUES (?, ?, ?)");
    this.#select = database.prepare(`
      SELECT body, artifact FROM events
      WHERE run_no = (SELECT run_no FROM runs WHERE run_id = ?) AND seq >= ? ORDER BY seq LIMIT ?
    `);
    this.#delete = database.prepare("DELETE FROM events WHERE run_no = ?");
  }

  /** @param batch is well-formed; `textOf` gives an event's JSON, which is asked for once. */
  append<Event>(
    batch: readonly AppendOf<Event>[],
    textOf: (event: Event) => string,
  ): readonly AppendOutcome[] {
    return this.#transaction.run(() => batch.map((append) => this.#appendOne(append, textOf)));
  }

  read(runId: string, fromSeq: number, limit = unlimited): readonly RunEvent[] {
    const rows = this.#select.all(runId, fromSeq, limit) as unknown as readonly EventRow[];
    return rows.map(({ body, artifact }) => JSON.parse(body ?? this.#readLarge(artifact)) as RunEvent);
  }

  /** Forgets the events of a settled run, whose head is never remembered; returns how many there were. */
  forget(runNo: number): number {
    return Number(this.#delete.run(runNo).changes);
  }

  #appendOne<Event>(append: AppendOf<Event>, textOf: (event: Event) => string): AppendOutcome {
    const { runId, create, fromSeq, events, settle } = append;
    const head = create === undefined ? this.#headOf(runId) : this.#runs.create(create);
    if (head === undefined || head.nextSeq !== fromSeq) return "conflict";
    if (settle !== undefined && head.isSettled) return "conflict";
    for (const event of events) this.#appendEvent(head, textOf(event));
    if (settle === undefined) {
      if (create !== undefined) this.#remember(runId, head);
    } else {
      this.#runs.settle(runId, head, settle);
      this.#heads.delete(runId);
    }
    return "stored";
  }

  #appendEvent(head: RunHead, text: string): void {
    const seq = head.nextSeq;
    head.nextSeq += 1;
    if (this.#isLarge(text)) {
      const hash = this.#artifacts.put(text);
      this.#artifacts.name(hash, head.runNo);
      this.#insertLarge.run(head.runNo, seq, hash);
    } else {
      this.#insert.run(head.runNo, seq, text);
    }
    this.#artifacts.nameAllIn(text, head.runNo);
  }

  #isLarge(text: string): boolean {
    const { inlineEventBytes, maxPayloadBytes } = this.#limits;
    // A UTF-16 code unit takes at most three bytes in UTF-8.
    if (text.length * 3 <= inlineEventBytes) return false;
    const bytes = Buffer.byteLength(text);
    checkPayload(bytes, maxPayloadBytes, "An event");
    return bytes > inlineEventBytes;
  }

  #headOf(runId: string): RunHead | undefined {
    const remembered = this.#heads.get(runId);
    if (remembered !== undefined) return remembered;
    const head = this.#runs.findHead(runId);
    if (head !== undefined && !head.isSettled) this.#remember(runId, head);
    return head;
  }

  #remember(runId: string, head: RunHead): void {
    if (this.#heads.size >= rememberedHeads) {
      for (const oldest of this.#heads.keys()) {
        this.#heads.delete(oldest);
        break;
      }
    }
    this.#heads.set(runId, head);
  }

  #readLarge(hash: string | null): string {
    const text = hash === null ? undefined : this.#artifacts.read(hash);
    if (text !== undefined) return text;
    throw new MycroftError(
      "ARTIFACT_MISSING",
      `An event refers to artifact ${hash}, which is not in the store.`,
      {
        details: { hash },
      },
    );
  }
}

/** Throws LIMIT_EXCEEDED. `what` begins the message. */
export function checkPayload(bytes: number, limit: number, what: string): void {
  if (bytes <= limit) return;
  throw new MycroftError(
    "LIMIT_EXCEEDED",
    `${what} takes ${bytes} bytes of JSON; maxPayloadBytes is ${limit}.`,
    {
      details: { bytes, limit },
    },
  );
}
