/** Who works on the store: the processes that say that they are alive, and which of them advances which runs. */
import { type ListedProcess, type ProcessStatus, type RunPage, shardCount } from "@mycroft/runtime";
import type { ClientBase } from "pg";
import { askedText, type HeaderRow, headerColumns, toHeader } from "./run-header-row.ts";
import { runStatusCodes } from "./run-status-code.ts";

const dayMs = 86_400_000;

export async function holdShards(
  client: ClientBase,
  owner: string,
  leaseMs: number,
): Promise<readonly number[]> {
  const { rows } = await client.query<{ readonly shard: number }>({
    name: "hold-shards",
    text: "SELECT shard FROM hold_shards($1, $2) AS shard ORDER BY shard",
    values: [owner, leaseMs],
  });
  return rows.map(({ shard }) => shard);
}

/** True when it had one of them. */
export async function releaseShards(
  client: ClientBase,
  owner: string,
  shards: readonly number[],
): Promise<boolean> {
  const { rowCount } = await client.query({
    name: "release-shards",
    text: "UPDATE shards SET owner = NULL WHERE owner = $1 AND shard = ANY ($2::smallint[])",
    values: [owner, shards],
  });
  return (rowCount ?? 0) > 0;
}

/** True when the process was not known, or not alive. */
export async function reportProcess(
  client: ClientBase,
  status: ProcessStatus,
  ttlMs: number,
): Promise<boolean> {
  const { rows } = await client.query<{ readonly was_alive: boolean }>({
    name: "report-process",
    text: `WITH known AS (SELECT EXISTS (SELECT FROM processes WHERE name = $1 AND alive_until > now_ms()) AS was_alive),
      old AS (DELETE FROM processes WHERE alive_until < now_ms() - ${dayMs} AND name <> $1)
      INSERT INTO processes (name, kind, seen_at, alive_until, status)
      VALUES ($1, $2, now_ms(), now_ms() + $3::double precision, $4)
      ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, seen_at = excluded.seen_at,
        alive_until = excluded.alive_until, status = excluded.status
      RETURNING (SELECT was_alive FROM known) AS was_alive, (SELECT set_config('synchronous_commit', 'off', true))`,
    values: [status.name, status.kind, ttlMs, JSON.stringify(status)],
  });
  return rows[0]?.was_alive !== true;
}

export async function forgetProcess(client: ClientBase, name: string): Promise<void> {
  await client.query({
    name: "forget-process",
    text: `WITH gone AS (DELETE FROM processes WHERE name = $1)
      UPDATE shards SET owner = NULL WHERE owner = $1`,
    values: [name],
  });
}

interface ProcessRow {
  readonly status: string;
  readonly seen_at: number;
  readonly shards: string;
}

export async function listProcesses(client: ClientBase): Promise<readonly ListedProcess[]> {
  const { rows } = await client.query<ProcessRow>({
    name: "list-processes",
    text: `SELECT status, seen_at,
        (SELECT count(*) FROM shards WHERE owner = name AND leased_until > now_ms()) AS shards
      FROM processes WHERE alive_until > now_ms() ORDER BY name`,
  });
  return rows.map(({ status, seen_at, shards }) => ({
    ...(JSON.parse(status) as ProcessStatus),
    seenAt: seen_at,
    shards: Number(shards),
  }));
}

export async function listUnsettled(
  client: ClientBase,
  shard: number,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): Promise<RunPage> {
  const { rows } = await client.query<HeaderRow>({
    name: "list-unsettled",
    text: `SELECT ${headerColumns} FROM runs
      WHERE status = ${runStatusCodes.running} AND shard = $1::smallint AND run_id < $2
      ORDER BY run_id DESC LIMIT $3::bigint`,
    // Ids are ASCII, so this is above all of them.
    values: [Math.min(shard, shardCount), askedText(cursor ?? "\u{10ffff}"), limit + 1],
  });
  const runs = rows.slice(0, limit).map(toHeader);
  return { runs, nextCursor: rows.length > limit ? (runs.at(-1)?.runId ?? null) : null };
}
