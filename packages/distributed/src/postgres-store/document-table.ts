/** Documents by collection and id. One that has expired is as if it were not there, and is soon removed (P8). */
import { randomUUID } from "node:crypto";
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
import type { ClientBase, QueryResult } from "pg";

interface DocumentRow {
  readonly id: Buffer;
  /** Postgres's bigint comes as text. */
  readonly revision: string;
  readonly body: string;
}

/** A write that was checked, with what tells it from all others. */
export interface CheckedWrite {
  readonly write: DocumentWrite;
  readonly body: string;
  readonly writtenBy: string;
}

const isIt = "collection = $1 AND id = $2";
const isThere = "(expires_at IS NULL OR expires_at > now_ms())";

/** Of a document that is replaced: it begins anew when the one before has expired. */
const replace = `
  UPDATE SET body = excluded.body, expires_at = excluded.expires_at, written_by = excluded.written_by,
    revision = CASE WHEN documents.expires_at IS NULL OR documents.expires_at > now_ms()
      THEN documents.revision + 1 ELSE 1 END`;

const insert = `
  INSERT INTO documents (collection, id, revision, body, expires_at, written_by)
  VALUES ($1, $2, 1, $3, $4, $5) ON CONFLICT (collection, id) DO ${replace}`;

const createOnly = `${insert} WHERE documents.expires_at <= now_ms()`;

const update = `
  UPDATE documents SET revision = revision + 1, body = $3, expires_at = $4, written_by = $5
  WHERE ${isIt} AND revision = $6 AND ${isThere}`;

/**
 * Every write of a document that expires removes up to this many that have: more than one, so that the expired ones
 * never outnumber those that are in use for long. What others are just writing or removing is passed over.
 */
const removedByWrite = 2;
const removeExpired = `
  DELETE FROM documents WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM documents WHERE expires_at <= now_ms()
    ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED))`;

/** @throws {MycroftError} INPUT_INVALID, OUTPUT_NOT_JSON, LIMIT_EXCEEDED. */
export function checkWrite(write: DocumentWrite): CheckedWrite {
  return { write, body: checkDocumentWrite(write), writtenBy: randomUUID() };
}

export async function getDocument(
  client: ClientBase,
  collection: string,
  id: string,
): Promise<StoredDocument | undefined> {
  const { rows } = await client.query<DocumentRow>({
    name: "get-document",
    text: `SELECT id, revision, body FROM documents WHERE ${isIt} AND ${isThere}`,
    values: [collection, Buffer.from(id)],
  });
  return rows[0] === undefined ? undefined : documentOf(rows[0]);
}

/** One statement, and so one transaction. */
export async function putDocument(client: ClientBase, checked: CheckedWrite): Promise<"stored" | "conflict"> {
  const { replaces, value, expiresAt } = checked.write;
  const outcome = value === null ? await remove(client, checked) : await put(client, checked, replaces);
  // Only tidies up: what was stored stays stored when it fails.
  if (expiresAt !== undefined) await removeSomeExpired(client, removedByWrite).catch(() => {});
  return outcome;
}

/** Whether a write whose answer was lost has been stored, and not been replaced since. */
export async function isStored(
  client: ClientBase,
  { write: { collection, id, value }, writtenBy }: CheckedWrite,
): Promise<boolean> {
  const { rows } = await client.query<{ readonly written_by: string }>({
    name: "find-writer",
    text: `SELECT written_by FROM documents WHERE ${isIt}`,
    values: [collection, Buffer.from(id)],
  });
  return value === null ? rows.length === 0 : rows[0]?.written_by === writtenBy;
}

async function put(
  client: ClientBase,
  { write, body, writtenBy }: CheckedWrite,
  replaces: number | null,
): Promise<"stored" | "conflict"> {
  const { collection, id, expiresAt = null } = write;
  const values = [collection, Buffer.from(id), body, expiresAt, writtenBy];
  if (replaces === null) return outcomeOf(await client.query({ name: "put-document", text: insert, values }));
  if (replaces === 0) {
    return outcomeOf(await client.query({ name: "create-document", text: createOnly, values }));
  }
  values.push(String(replaces));
  return outcomeOf(await client.query({ name: "update-document", text: update, values }));
}

async function remove(
  client: ClientBase,
  { write: { collection, id, replaces } }: CheckedWrite,
): Promise<"stored" | "conflict"> {
  const it = [collection, Buffer.from(id)];
  if (replaces === 0) {
    return (await getDocument(client, collection, id)) === undefined ? "stored" : "conflict";
  }
  const text = `DELETE FROM documents WHERE ${isIt}`;
  if (replaces === null) {
    await client.query({ name: "delete-document", text, values: it });
    return "stored";
  }
  const values = [...it, String(replaces)];
  const revision = `${text} AND revision = $3 AND ${isThere}`;
  return outcomeOf(await client.query({ name: "delete-revision", text: revision, values }));
}

/** Removes up to so many documents that have expired; returns how many. */
export async function removeSomeExpired(client: ClientBase, limit: number): Promise<number> {
  const { rowCount } = await client.query({ name: "remove-expired", text: removeExpired, values: [limit] });
  return rowCount ?? 0;
}

export async function listDocuments(
  client: ClientBase,
  collection: string,
  { limit, cursor }: DocumentPageQuery,
): Promise<DocumentPage> {
  const { rows } = await client.query<DocumentRow>({
    name: "list-documents",
    text: `SELECT id, revision, body FROM documents
      WHERE collection = $1 AND id > $2 AND ${isThere} ORDER BY id LIMIT $3`,
    // One more than asked for tells whether something follows.
    values: [collection, Buffer.from(cursor ?? ""), limit + 1],
  });
  const documents = rows.slice(0, limit).map(documentOf);
  return { documents, nextCursor: rows.length > limit ? (documents.at(-1)?.id ?? null) : null };
}

/** @throws {MycroftError} INPUT_INVALID. */
export function checkDocumentQuery(collection: string, id: string): void {
  checkCollection(collection);
  checkDocumentId(id);
}

/** @throws {MycroftError} INPUT_INVALID. */
export function checkDocumentPage(collection: string, { limit, cursor }: DocumentPageQuery): void {
  checkCollection(collection);
  checkPageLimit(limit);
  if (cursor !== undefined) checkDocumentId(cursor);
}

function outcomeOf({ rowCount }: QueryResult): "stored" | "conflict" {
  return rowCount === 0 ? "conflict" : "stored";
}

function documentOf({ id, revision, body }: DocumentRow): StoredDocument {
  return { id: id.toString("utf8"), revision: Number(revision), value: JSON.parse(body) as JsonValue };
}
