/** Documents by collection and id. One that has expired is as if it were not there, and is soon removed (P8). */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { JsonValue } from "@mycroft/engine";
import {
  checkCollection,
  checkDocumentId,
  checkDocumentWrite,
  checkPageLimit,
  type DocumentPage,
  type DocumentPageQuery,
  type DocumentWrite,
  type StoredDocument,
} from "@mycroft/runtime";
import type { Transaction } from "./transaction.ts";

/**
 * Every write of a document that expires removes up to this many that have: more than one, so that the expired ones
 * never outnumber those that are in use for long.
 */
const removedByWrite = 2;

/** Expired documents that one transaction of a pruning removes at most. */
const pieceDocuments = 200;

interface DocumentRow {
  readonly id: string;
  readonly revision: number;
  readonly body: string;
}

export class DocumentTable {
  readonly #transaction: Transaction;
  readonly #now: () => number;
  readonly #find: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #list: StatementSync;
  readonly #findExpired: StatementSync;
  readonly #removeExpired: StatementSync;

  constructor(database: DatabaseSync, transaction: Transaction, now: () => number) {
    this.#transaction = transaction;
    this.#now = now;
    const isThere = "(expires_at IS NULL OR expires_at > $now)";
    const isIt = "collection = $collection AND id = $id";
    this.#find = database.prepare(`SELECT id, revision, body FROM documents WHERE ${isIt} AND ${isThere}`);
    this.#put = database.prepare(`
      INSERT INTO documents (collection, id, revision, body, expires_at)
      VALUES ($collection, $id, $revision, $body, $expiresAt)
      ON CONFLICT DO UPDATE SET revision = $revision, body = $body, expires_at = $expiresAt
    `);
    this.#remove = database.prepare(`DELETE FROM documents WHERE ${isIt}`);
    this.#list = database.prepare(`
      SELECT id, revision, body FROM documents
      WHERE collection = $collection AND id > $cursor AND ${isThere} ORDER BY id LIMIT $limit
    `);
    this.#findExpired = database.prepare("SELECT 1 FROM documents WHERE expires_at <= ? LIMIT 1");
    this.#removeExpired = database.prepare(`
      DELETE FROM documents
      WHERE document_no IN (SELECT document_no FROM documents WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)
    `);
  }

  get(collection: string, id: string): StoredDocument | undefined {
    checkCollection(collection);
    checkDocumentId(id);
    const row = this.#find.get({ collection, id, now: this.#now() }) as DocumentRow | undefined;
    return row === undefined ? undefined : documentOf(row);
  }

  put(write: DocumentWrite): "stored" | "conflict" {
    const body = checkDocumentWrite(write);
    const { collection, id, replaces, value, expiresAt = null } = write;
    const now = this.#now();
    return this.#transaction.run(() => {
      const found = this.#find.get({ collection, id, now }) as DocumentRow | undefined;
      const revision = found?.revision ?? 0;
      if (replaces !== null && replaces !== revision) return "conflict";
      if (value === null) this.#remove.run({ collection, id });
      else this.#put.run({ collection, id, revision: revision + 1, body, expiresAt });
      if (expiresAt !== null) this.#removeExpired.run(now, removedByWrite);
      return "stored";
    });
  }

  list(collection: string, { limit, cursor }: DocumentPageQuery): DocumentPage {
    checkCollection(collection);
    checkPageLimit(limit);
    if (cursor !== undefined) checkDocumentId(cursor);
    const rows = this.#list.all({
      collection,
      cursor: cursor ?? "",
      now: this.#now(),
      // One more than asked for tells whether something follows.
      limit: limit + 1,
    }) as unknown as readonly DocumentRow[];
    const documents = rows.slice(0, limit).map(documentOf);
    return { documents, nextCursor: rows.length > limit ? (documents.at(-1)?.id ?? null) : null };
  }

  hasExpired(): boolean {
    return this.#findExpired.get(this.#now()) !== undefined;
  }

  /** Removes what has expired. Yields between short pieces of work. */
  *sweep(): Generator<void> {
    while (this.hasExpired()) {
      this.#transaction.run(() => this.#removeExpired.run(this.#now(), pieceDocuments));
      yield;
    }
  }
}

function documentOf({ id, revision, body }: DocumentRow): StoredDocument {
  return { id, revision, value: JSON.parse(body) as JsonValue };
}
