/**
 * Forgets settled runs, their events, orphaned artifacts and expired documents (P8), in transactions short enough to go
 * unnoticed. What is forgotten is locked first and looked at again then, so that nobody can be appending to it, or about
 * to name it. Several processes may prune at once: each run is counted by the one that forgot it.
 */
import type { ClientBase } from "pg";
import { tagBytes, tagsOf } from "./run-header-row.ts";
import { runStatusCodes } from "./run-status-code.ts";

/** Runs and events that one transaction forgets at most, but always one run. */
const pieceRuns = 500;
const pieceEvents = 10_000;

/** Where the walk over settled runs stands. */
export interface PruningPlace {
  readonly settledAt: number;
  readonly runNo: string;
}

export interface PrunedRuns {
  readonly forgotten: number;
  /** Null when there is nothing after it. */
  readonly next: PruningPlace | null;
}

interface SettledRow {
  readonly run_no: string;
  readonly run_id: string;
  readonly status: number;
  readonly status_at: number;
  readonly events: number;
  readonly tags: string | null;
  readonly is_free: boolean;
}

export const pruningStart: PruningPlace = { settledAt: Number.NEGATIVE_INFINITY, runNo: "0" };

/** Runs of which none above them, up to the first that is there no more, is under way or young: circles end, too. */
const findSettled = `
  SELECT run_no, run_id, status, status_at, events, tags, NOT EXISTS (
    WITH RECURSIVE above AS (
      SELECT run_id, parent_run_id, status, status_at FROM runs WHERE run_id = old.parent_run_id
      UNION
      SELECT next.run_id, next.parent_run_id, next.status, next.status_at
      FROM above JOIN runs AS next ON next.run_id = above.parent_run_id)
    SELECT FROM above WHERE status = ${runStatusCodes.running} OR status_at >= $1) AS is_free
  FROM (
    SELECT * FROM runs
    WHERE status > ${runStatusCodes.running} AND status_at < $1 AND (status_at, run_no) > ($2, $3::bigint)
    ORDER BY status_at, run_no LIMIT ${pieceRuns}) AS old`;

const forgetRuns = `
  WITH events AS (DELETE FROM events WHERE run_no = ANY ($1::bigint[])),
    names AS (DELETE FROM artifact_names WHERE run_no = ANY ($1::bigint[])),
    tags AS (DELETE FROM run_tags USING unnest($2::bytea[], $3::smallint[], $4::text[]) AS old (tag, status, run_id)
      WHERE run_tags.tag = old.tag AND run_tags.status = old.status AND run_tags.run_id = old.run_id)
  DELETE FROM runs WHERE run_no = ANY ($1::bigint[])`;

/** Forgets some of the runs that settled before the time. Runs that must stay are passed over. */
export async function pruneRuns(
  client: ClientBase,
  settledBefore: number,
  from: PruningPlace,
): Promise<PrunedRuns> {
  const { rows } = await client.query<SettledRow>({
    name: "find-settled",
    text: findSettled,
    values: [settledBefore, from.settledAt, from.runNo],
  });
  const { chosen, last } = choose(rows);
  const next = last === undefined ? null : { settledAt: last.status_at, runNo: last.run_no };
  return { forgotten: chosen.length === 0 ? 0 : await forget(client, chosen), next };
}

/** Those that may go, up to a piece's measure, and the last that was looked at. */
function choose(rows: readonly SettledRow[]): {
  chosen: readonly SettledRow[];
  last: SettledRow | undefined;
} {
  const chosen: SettledRow[] = [];
  let events = 0;
  for (const row of rows) {
    if (!row.is_free) continue;
    chosen.push(row);
    events += row.events;
    if (events >= pieceEvents) return { chosen, last: row };
  }
  return { chosen, last: rows.at(-1) };
}

async function forget(client: ClientBase, chosen: readonly SettledRow[]): Promise<number> {
  await client.query("BEGIN");
  // A settled run settles no more, so nothing but its events can change until it is locked.
  const { rows } = await client.query<{ readonly run_no: string }>({
    name: "lock-settled",
    text: "SELECT run_no FROM runs WHERE run_id = ANY ($1::text[]) AND status > 1 ORDER BY run_id FOR UPDATE",
    values: [chosen.map((run) => run.run_id)],
  });
  const locked = new Set(rows.map((row) => row.run_no));
  const runs = chosen.filter((run) => locked.has(run.run_no));
  const tags = runs.flatMap((run) => tagsOf(run.tags).map((tag) => ({ run, tag })));
  await client.query({
    name: "forget-runs",
    text: forgetRuns,
    values: [
      runs.map((run) => run.run_no),
      tags.map(({ tag }) => tagBytes(tag)),
      tags.map(({ run }) => run.status),
      tags.map(({ run }) => run.run_id),
    ],
  });
  await client.query("COMMIT");
  return runs.length;
}

/** Artifacts that one transaction looks at, at most. */
const pieceArtifacts = 500;

export interface ArtifactPlace {
  readonly putAt: number;
  readonly hash: string;
}

export const artifactStart: ArtifactPlace = { putAt: Number.NEGATIVE_INFINITY, hash: "" };

/** Forgets some of the orphans that were last put before the time; returns where to go on, or null. */
export async function pruneArtifacts(
  client: ClientBase,
  putBefore: number,
  from: ArtifactPlace,
): Promise<ArtifactPlace | null> {
  await client.query("BEGIN");
  // What somebody is putting, or naming, at this moment is locked by him, and no orphan.
  const { rows } = await client.query<{ readonly hash: string; readonly put_at: number }>({
    name: "lock-artifacts",
    text: `SELECT hash, put_at FROM artifacts WHERE put_at < $1 AND (put_at, hash) > ($2, $3)
      ORDER BY put_at, hash LIMIT ${pieceArtifacts} FOR UPDATE SKIP LOCKED`,
    values: [putBefore, from.putAt, from.hash],
  });
  // A statement of its own: it sees the names that were committed until the locks were had.
  await client.query({
    name: "forget-orphans",
    text: `DELETE FROM artifacts WHERE hash = ANY ($1::text[])
      AND NOT EXISTS (SELECT FROM artifact_names WHERE artifact_names.hash = artifacts.hash)
      AND NOT EXISTS (SELECT FROM runs WHERE runs.data_hash = artifacts.hash)`,
    values: [rows.map((row) => row.hash)],
  });
  await client.query("COMMIT");
  const last = rows.at(-1);
  return last === undefined ? null : { putAt: last.put_at, hash: last.hash };
}
