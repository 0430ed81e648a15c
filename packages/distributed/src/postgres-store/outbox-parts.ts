/** What a batch changes beside its runs: offers that come and go, letters that are taken and sent. */
import {
  type AttemptKey,
  type AttemptOffer,
  type Letter,
  type OutboxChange,
  shardOf,
} from "@mycroft/runtime";
import type { BatchPart } from "./batch-part.ts";

/** The change that comes with an append that is stored. */
export interface RunOutbox {
  readonly runId: string;
  readonly change: OutboxChange;
}

/** How long a message may go unclaimed before it is published again, unless it is known to be lost. */
const unclaimedForMs = 60_000;

export function outboxParts(outboxes: readonly RunOutbox[]): readonly BatchPart[] {
  if (outboxes.length === 0) return [];
  const taken = outboxes.flatMap(({ change }) => change.lettersTaken ?? []);
  const sent = outboxes.flatMap(({ change }) => change.lettersSent ?? []);
  const withdrawn = outboxes.flatMap(({ runId, change }) =>
    (change.withdrawals ?? []).map(({ task, attempt }) => ({ runId, task, attempt })),
  );
  // The parts of a statement do not see what the others do: what comes and goes in one batch is left out.
  const gone = new Set(withdrawn.map(keyText));
  const offers = outboxes
    .flatMap(({ change }) => change.offers ?? [])
    .filter(({ message }) => !gone.has(keyText(message)));
  return [
    ...(offers.length === 0 ? [] : [offersPart("offered", offers, unclaimedForMs)]),
    ...(withdrawn.length === 0 ? [] : [withdrawalsPart(withdrawn)]),
    ...(taken.length === 0 ? [] : [takenPart(taken)]),
    ...(sent.length === 0 ? [] : [sentPart(sent)]),
  ];
}

interface OffersPart extends BatchPart {
  /** `which` is a condition on those that are given. */
  readonly sql: (given: string, which?: string) => string;
}

/** Offers that are there already stay as they are. @param dueInMs when they are to be published again. */
export function offersPart(name: string, offers: readonly AttemptOffer[], dueInMs: number): OffersPart {
  return {
    name,
    types: [
      "smallint",
      "integer",
      "integer",
      "double precision",
      "double precision",
      "text",
      "bytea",
      "text",
      "text",
      "text",
    ],
    columns: [
      offers.map(({ message }) => shardOf(message.runId)),
      offers.map(({ message }) => message.attempt),
      offers.map(({ rateLimit }) => rateLimit?.calls ?? null),
      offers.map(({ message }) => message.priority),
      offers.map(({ rateLimit }) => rateLimit?.perMs ?? null),
      offers.map(({ message }) => message.runId),
      offers.map(({ message }) => taskBytes(message.task)),
      offers.map(({ message }) => message.pool),
      offers.map(({ rateLimit, request }) => (rateLimit === null ? null : request.target.name)),
      offers.map(({ request }) => JSON.stringify(request)),
    ],
    sql: (given, which = "") => `
      INSERT INTO offers (shard, attempt, rate_calls, priority, rate_per_ms, run_id, task, pool, agent, request,
        offered_at, due_at)
      SELECT given.*, now_ms(), now_ms() + ${dueInMs} FROM unnest(${given})
        AS given (shard, attempt, rate_calls, priority, rate_per_ms, run_id, task, pool, agent, request) ${which}
      ON CONFLICT DO NOTHING
      RETURNING run_id, task, attempt`,
  };
}

export function sentPart(letters: readonly Letter[]): BatchPart {
  return {
    name: "sent",
    types: ["text", "smallint", "text", "text"],
    columns: [
      letters.map(({ id }) => id),
      letters.map(({ runId }) => shardOf(runId)),
      letters.map(({ runId }) => runId),
      letters.map(({ body }) => JSON.stringify(body)),
    ],
    sql: (given) => `
      INSERT INTO letters (id, shard, run_id, body) SELECT * FROM unnest(${given}) ON CONFLICT DO NOTHING`,
  };
}

/** A task's id as it is kept. */
export function taskBytes(task: string): Buffer {
  return Buffer.from(task);
}

/** Everybody locks offers in one order, so that nobody waits in a circle. */
export function inLockOrder<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => AttemptKey,
): readonly Item[] {
  const text = (item: Item) => {
    const key = keyOf(item);
    return `${String(shardOf(key.runId)).padStart(3)} ${key.runId} ${key.task} ${key.attempt}`;
  };
  return items
    .map((item) => ({ item, text: text(item) }))
    .sort((left, right) => (left.text < right.text ? -1 : 1))
    .map(({ item }) => item);
}

function keyText({ runId, task, attempt }: AttemptKey): string {
  return `${runId} ${attempt} ${task}`;
}

export function withdrawalsPart(withdrawn: readonly AttemptKey[]): BatchPart {
  const keys = inLockOrder(withdrawn, (key) => key);
  return {
    name: "withdrawn",
    types: ["smallint", "text", "bytea", "integer"],
    columns: [
      keys.map(({ runId }) => shardOf(runId)),
      keys.map(({ runId }) => runId),
      keys.map(({ task }) => taskBytes(task)),
      keys.map(({ attempt }) => attempt),
    ],
    sql: (given) => `
      DELETE FROM offers USING unnest(${given}) AS given (shard, run_id, task, attempt)
      WHERE offers.shard = given.shard AND offers.run_id = given.run_id AND offers.task = given.task
        AND offers.attempt = given.attempt`,
  };
}

/** Whoever took one of them first has made this batch too late. */
function takenPart(ids: readonly string[]): BatchPart {
  return {
    name: "taken",
    types: ["text"],
    columns: [ids],
    sql: (given) => `
      DELETE FROM letters USING unnest(${given}) AS given (id) WHERE letters.id = given.id RETURNING 1`,
  };
}
