/**
 * Reads all of a store, kind by kind in the order of its keys. First come the keys of a page with the sizes of what they stand
 * for, and then, in pieces of a bounded size, the records themselves.
 */
import type { ArchiveKind, ArchiveRecord } from "@mycroft/runtime";
import type { Client } from "pg";
import { type HeaderRow, headerColumns, toHeader } from "./run-header-row.ts";

/** What one piece takes at most, unless it is one record: in bytes, as the server counts them. */
const pieceBytes = 8 * 1024 * 1024;
const pageKeys = 500;

/** A record's place, and its size. */
interface KeyRow {
  readonly key: readonly (string | Buffer)[];
  readonly bytes: number;
}

export interface ArchiveReading {
  /** The keys above the one given, or the first ones. */
  readonly keys: (client: Client, above: KeyRow["key"] | null) => Promise<readonly KeyRow[]>;
  /** The records of these keys, in their order. */
  readonly records: (client: Client, keys: readonly KeyRow["key"][]) => Promise<readonly ArchiveRecord[]>;
}

/** Batches of records, none empty. */
export async function* readInPieces(
  client: Client,
  { keys, records }: ArchiveReading,
): AsyncGenerator<readonly ArchiveRecord[]> {
  for (let above: KeyRow["key"] | null = null; ; ) {
    const page: readonly KeyRow[] = await keys(client, above);
    const last = page.at(-1);
    if (last === undefined) return;
    for (const piece of piecesOf(page)) yield await records(client, piece);
    above = last.key;
  }
}

function piecesOf(page: readonly KeyRow[]): readonly (readonly KeyRow["key"][])[] {
  const pieces: KeyRow["key"][][] = [];
  let room = 0;
  for (const { key, bytes } of page) {
    if (room <= 0) {
      pieces.push([]);
      room = pieceBytes;
    }
    pieces.at(-1)?.push(key);
    room -= bytes;
  }
  return pieces;
}

export const archiveReadings: Readonly<Record<ArchiveKind, ArchiveReading>> = {
  plan: byHash("plans", "", ({ hash, body }) => ({ kind: "plan", hash, body })),
  artifact: byHash("artifacts", ", put_at", ({ hash, body, put_at: putAt = 0 }) => ({
    kind: "artifact",
    hash,
    putAt,
    body,
  })),
  document: { keys: documentKeys, records: readDocuments },
  run: { keys: runKeys, records: readRuns },
};

interface HashRow {
  readonly hash: string;
  readonly body: string;
  readonly put_at?: number;
}

function byHash(
  table: "plans" | "artifacts",
  more: string,
  recordOf: (row: HashRow) => ArchiveRecord,
): ArchiveReading {
  return {
    keys: async (client, above) => {
      const { rows } = await client.query<{ readonly hash: string; readonly bytes: number }>({
        name: `archive keys of ${table}`,
        text: `SELECT hash, octet_length(body) AS bytes FROM ${table} WHERE hash > $1 ORDER BY hash LIMIT ${pageKeys}`,
        values: [above?.[0] ?? ""],
      });
      return rows.map(({ hash, bytes }) => ({ key: [hash], bytes }));
    },
    records: async (client, keys) => {
      const { rows } = await client.query<HashRow>({
        name: `archive ${table}`,
        text: `SELECT hash, body${more} FROM ${table} WHERE hash = ANY ($1::text[]) ORDER BY hash`,
        values: [keys.map(([hash]) => hash)],
      });
      return rows.map(recordOf);
    },
  };
}

interface DocumentRow {
  readonly collection: string;
  readonly id: Buffer;
  /** Postgres's bigint comes as text. */
  readonly revision: string;
  readonly body: string;
  readonly expires_at: number | null;
}

async function documentKeys(client: Client, above: KeyRow["key"] | null): Promise<readonly KeyRow[]> {
  const { rows } = await client.query<Pick<DocumentRow, "collection" | "id"> & { readonly bytes: number }>({
    name: "archive keys of documents",
    text: `SELECT collection, id, octet_length(body) AS bytes FROM documents WHERE (collection, id) > ($1, $2)
      ORDER BY collection, id LIMIT ${pageKeys}`,
    values: [above?.[0] ?? "", above?.[1] ?? Buffer.alloc(0)],
  });
  return rows.map(({ collection, id, bytes }) => ({ key: [collection, id], bytes }));
}

async function readDocuments(
  client: Client,
  keys: readonly KeyRow["key"][],
): Promise<readonly ArchiveRecord[]> {
  const { rows } = await client.query<DocumentRow>({
    name: "archive documents",
    text: `SELECT collection, id, revision, body, expires_at
      FROM unnest($1::text[], $2::bytea[]) AS wanted (collection, id) JOIN documents USING (collection, id)
      ORDER BY collection, id`,
    values: [keys.map(([collection]) => collection), keys.map(([, id]) => id)],
  });
  return rows.map(({ collection, id, revision, body, expires_at: expiresAt }) => ({
    kind: "document",
    collection,
    id: id.toString("utf8"),
    revision: Number(revision),
    body,
    expiresAt,
  }));
}

async function runKeys(client: Client, above: KeyRow["key"] | null): Promise<readonly KeyRow[]> {
  const { rows } = await client.query<{ readonly run_id: string; readonly bytes: string }>({
    name: "archive keys of runs",
    text: `SELECT run_id, (
        SELECT coalesce(sum(octet_length(body)), 0) FROM events WHERE events.run_no = runs.run_no) AS bytes
      FROM runs WHERE run_id > $1 ORDER BY run_id LIMIT ${pageKeys}`,
    values: [above?.[0] ?? ""],
  });
  return rows.map(({ run_id, bytes }) => ({ key: [run_id], bytes: Number(bytes) }));
}

async function readRuns(client: Client, keys: readonly KeyRow["key"][]): Promise<readonly ArchiveRecord[]> {
  const { rows } = await client.query<HeaderRow & { readonly run_no: string }>({
    name: "archive runs",
    text: `SELECT run_no, ${headerColumns} FROM runs WHERE run_id = ANY ($1::text[]) ORDER BY run_id`,
    values: [keys.map(([runId]) => runId)],
  });
  const events = await client.query<{ readonly run_no: string; readonly body: string }>({
    name: "archive events",
    text: "SELECT run_no, body FROM events WHERE run_no = ANY ($1::bigint[]) ORDER BY run_no, seq",
    values: [rows.map((row) => row.run_no)],
  });
  const byRun = Map.groupBy(events.rows, (row) => row.run_no);
  return rows.map(({ run_no, ...row }) => ({
    kind: "run",
    header: toHeader(row),
    events: (byRun.get(run_no) ?? []).map(({ body }) => body),
  }));
}
