/**
 * Attempts in flight (P2, P3, P4): offered, claimed by one worker at a time, and due again when their message or their worker may
 * be lost. What only leases hang on need not be on disk before it counts: should the server forget a claim, somebody else claims.
 */
import {
  type AttemptKey,
  type ClaimAnswer,
  type DueQuery,
  type HandedBack,
  type OutstandingOffer,
  type PoolBacklog,
  shardOf,
  type TaskMessage,
} from "@mycroft/runtime";
import type { ClientBase } from "pg";
import { binaryArray } from "./binary-array.ts";
import { inLockOrder, offersPart, taskBytes } from "./outbox-parts.ts";

interface KeyRow {
  readonly run_id: string;
  readonly task: Buffer;
  readonly attempt: number;
}

interface MessageRow extends KeyRow {
  readonly pool: string;
  readonly priority: number;
}

/** Its commit is not waited for. */
const notDurable = "(SELECT set_config('synchronous_commit', 'off', true))";
const keyTypes = "unnest($1::smallint[], $2::text[], $3::bytea[], $4::integer[])";
const isGiven = `offers.shard = given.shard AND offers.run_id = given.run_id AND offers.task = given.task
    AND offers.attempt = given.attempt`;
const given = `${keyTypes} WITH ORDINALITY AS given (shard, run_id, task, attempt, place)`;

function keyColumns(keys: readonly AttemptKey[]): readonly unknown[] {
  return [
    binaryArray(
      "smallint",
      keys.map(({ runId }) => shardOf(runId)),
    ),
    binaryArray(
      "text",
      keys.map(({ runId }) => runId),
    ),
    binaryArray(
      "bytea",
      keys.map(({ task }) => taskBytes(task)),
    ),
    binaryArray(
      "integer",
      keys.map(({ attempt }) => attempt),
    ),
  ];
}

function toKey({ run_id, task, attempt }: KeyRow): AttemptKey {
  return { runId: run_id, task: task.toString(), attempt };
}

/** Offers of runs that have gone on since they were read are left out. The others' runs are held until the offers are there. */
export async function ensureOffers(
  client: ClientBase,
  offers: readonly OutstandingOffer[],
): Promise<readonly AttemptKey[]> {
  const fresh = offers.filter(({ events }) => events === undefined);
  if (fresh.length > 0 && fresh.length < offers.length) {
    const outstanding = offers.filter(({ events }) => events !== undefined);
    return [...(await ensureOffers(client, outstanding)), ...(await ensureOffers(client, fresh))];
  }
  const { types, columns, sql } = offersPart("ensured", offers, 0);
  const arrays = types.map((type, index) => `$${index + 1}::${type}[]`).join(", ");
  const runs = new Map(
    offers.flatMap(({ message, events }) => (events === undefined ? [] : [[message.runId, events] as const])),
  );
  const read = [...runs.keys()].sort();
  const { rows } = await client.query<KeyRow>({
    name: "ensure-offers",
    text: `WITH unchanged AS (
        SELECT runs.run_id FROM unnest($${types.length + 1}::text[], $${types.length + 2}::integer[]) AS read (run_id, events)
        JOIN runs ON runs.run_id = read.run_id AND runs.events = read.events ORDER BY runs.run_id FOR SHARE OF runs)
      ${sql(arrays, `WHERE given.run_id <> ALL ($${types.length + 1}::text[]) OR given.run_id IN (SELECT run_id FROM unchanged)`)}`,
    values: [
      ...columns.map((column, index) => binaryArray(types[index] ?? "", column)),
      binaryArray("text", read),
      binaryArray(
        "integer",
        read.map((runId) => runs.get(runId) ?? 0),
      ),
    ],
  });
  return rows.map(toKey);
}

export async function claimAttempts(
  client: ClientBase,
  worker: string,
  leaseMs: number,
  keys: readonly AttemptKey[],
): Promise<readonly ClaimAnswer[]> {
  const sorted = inLockOrder(keys, (key) => key);
  const { rows } = await client.query<{ readonly place: string; readonly request: string }>({
    name: "claim",
    text: `UPDATE offers SET worker = $5, due_at = now_ms() + $6::double precision, reason = NULL
      FROM ${given}
      WHERE ${isGiven} AND offers.rate_calls IS NULL
        AND (offers.worker IS NULL OR offers.worker = $5 OR offers.due_at <= now_ms())
      RETURNING given.place, offers.request, ${notDurable}`,
    values: [...keyColumns(sorted), worker, leaseMs],
  });
  const answers = new Map<AttemptKey, ClaimAnswer>();
  for (const { place, request } of rows) {
    const key = sorted[Number(place) - 1];
    if (key !== undefined) answers.set(key, { request: JSON.parse(request) });
  }
  // The others are not wanted, or limited in their rate: few of either kind.
  for (const key of sorted) {
    if (!answers.has(key)) answers.set(key, await claimLimited(client, worker, leaseMs, key));
  }
  return keys.map((key) => answers.get(key) ?? null);
}

async function claimLimited(
  client: ClientBase,
  worker: string,
  leaseMs: number,
  { runId, task, attempt }: AttemptKey,
): Promise<ClaimAnswer> {
  const { rows } = await client.query<{
    readonly request: string | null;
    readonly again_in_ms: number | null;
  }>({
    name: "claim-limited",
    text: "SELECT request, again_in_ms FROM claim_limited($1, $2, $3::smallint, $4, $5, $6)",
    values: [worker, leaseMs, shardOf(runId), runId, taskBytes(task), attempt],
  });
  const [row] = rows;
  if (row === undefined) return null;
  if (row.request !== null) return { request: JSON.parse(row.request) };
  return row.again_in_ms === null ? null : { againInMs: Math.max(1, Math.ceil(row.again_in_ms)) };
}

export async function renewAttempts(
  client: ClientBase,
  worker: string,
  leaseMs: number,
  keys: readonly AttemptKey[],
): Promise<readonly boolean[]> {
  const sorted = inLockOrder(keys, (key) => key);
  const { rows } = await client.query<{ readonly place: string }>({
    name: "renew",
    text: `UPDATE offers SET due_at = now_ms() + $6::double precision
      FROM ${given} WHERE ${isGiven} AND offers.worker = $5
      RETURNING given.place, ${notDurable}`,
    values: [...keyColumns(sorted), worker, leaseMs],
  });
  const held = new Set(rows.map(({ place }) => sorted[Number(place) - 1]));
  return keys.map((key) => held.has(key));
}

export async function handBackAttempts(
  client: ClientBase,
  worker: string,
  handedBack: readonly HandedBack[],
): Promise<void> {
  const sorted = inLockOrder(handedBack, ({ key }) => key);
  await client.query({
    name: "hand-back",
    text: `UPDATE offers SET worker = NULL, due_at = now_ms() + given.again_in_ms, reason = given.reason
      FROM unnest($1::smallint[], $2::text[], $3::bytea[], $4::integer[], $6::double precision[], $7::text[])
        AS given (shard, run_id, task, attempt, again_in_ms, reason)
      WHERE ${isGiven} AND offers.worker = $5
      RETURNING ${notDurable}`,
    values: [
      ...keyColumns(sorted.map(({ key }) => key)),
      worker,
      sorted.map(({ againInMs }) => againInMs),
      sorted.map(({ reason }) => reason?.replaceAll("\0", "\u{fffd}") ?? null),
    ],
  });
}

export async function takeDue(
  client: ClientBase,
  { shards, limit, againInMs }: DueQuery,
): Promise<readonly TaskMessage[]> {
  const { rows } = await client.query<MessageRow & { readonly due_at: number }>({
    name: "take-due",
    text: `WITH due AS (
        SELECT shard, run_id, task, attempt, due_at FROM offers
        WHERE due_at <= now_ms() AND shard = ANY ($1::smallint[])
        ORDER BY due_at LIMIT $2::bigint FOR UPDATE SKIP LOCKED)
      UPDATE offers SET worker = NULL, deliveries = deliveries + 1, taken_at = now_ms(),
        due_at = now_ms() + $3::double precision * 2 ^ least(deliveries, 6)
      FROM due AS given WHERE ${isGiven}
      RETURNING offers.run_id, offers.task, offers.attempt, offers.pool, offers.priority, given.due_at, ${notDurable}`,
    values: [shards, limit, againInMs],
  });
  return rows
    .sort((left, right) => left.due_at - right.due_at)
    .map((row) => ({ ...toKey(row), pool: row.pool, priority: row.priority }));
}

export async function hurry(
  client: ClientBase,
  shards: readonly number[],
  withinMs: number | undefined,
): Promise<void> {
  await client.query({
    name: "hurry",
    text: `UPDATE offers SET due_at = now_ms(), deliveries = 0
      WHERE shard = ANY ($1::smallint[]) AND worker IS NULL AND due_at > now_ms()
        AND ($2::double precision IS NULL OR greatest(offered_at, taken_at) > now_ms() - $2)
      RETURNING ${notDurable}`,
    values: [shards, withinMs ?? null],
  });
}

interface BacklogRow {
  readonly pool: string;
  readonly claimed: string;
  readonly waiting: string;
  readonly oldest_at: number | null;
  readonly reasons: readonly string[] | null;
}

export async function listBacklogs(client: ClientBase): Promise<readonly PoolBacklog[]> {
  const { rows } = await client.query<BacklogRow>({
    name: "list-backlogs",
    text: `SELECT pool, count(worker) AS claimed, count(*) - count(worker) AS waiting,
        min(offered_at) FILTER (WHERE worker IS NULL) AS oldest_at,
        (array_agg(DISTINCT reason) FILTER (WHERE worker IS NULL AND reason IS NOT NULL))[1:10] AS reasons
      FROM offers GROUP BY pool ORDER BY pool`,
  });
  return rows.map(({ pool, claimed, waiting, oldest_at, reasons }) => ({
    pool,
    claimed: Number(claimed),
    waiting: Number(waiting),
    oldestAt: oldest_at,
    reasons: reasons ?? [],
  }));
}
