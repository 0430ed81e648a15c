/**
 * Writes what a batch came to in one statement, whatever it holds: one round trip and one commit (P1). The statement
 * fails as a whole when a run's head is not the one that the batch was worked out from. It is put together from the
 * parts that a batch needs, since each costs something even when it has nothing to do.
 */
import { type NewRun, shardOf } from "@mycroft/runtime";
import type { ClientBase, QueryConfig } from "pg";
import { hashesIn, isHash } from "./artifact-table.ts";
import type { BatchPart as Part } from "./batch-part.ts";
import { binaryArray } from "./binary-array.ts";
import { outboxParts } from "./outbox-parts.ts";
import { tagBytes } from "./run-header-row.ts";
import { runStatusCodes } from "./run-status-code.ts";
import { type ChangedRun, type NewEvent, newStatusOf, type WorkedOut } from "./work-out-batch.ts";

/** Events' texts that one statement takes, in UTF-16 code units: far below what a message of the protocol may hold. */
const longestStatement = 16 * 1024 * 1024;

/** Events in pieces of which each fits into a statement. */
export function eventPieces(events: readonly NewEvent[]): readonly (readonly NewEvent[])[] {
  const pieces: NewEvent[][] = [[]];
  let length = 0;
  for (const event of events) {
    if (length > 0 && length + event.text.length > longestStatement) {
      pieces.push([]);
      length = 0;
    }
    length += event.text.length;
    pieces.at(-1)?.push(event);
  }
  return pieces;
}

/** The statement that writes everything but the events that are not given. */
export function batchStatement({ runs, outboxes }: WorkedOut, events: readonly NewEvent[]): QueryConfig {
  const created = runs.filter((run) => run.create !== null);
  const moved = runs.filter((run) => run.create === null);
  const parts = [
    ...creationParts(created),
    ...movePart(moved),
    ...eventParts(events),
    ...settledTagsPart(moved),
    ...outboxParts(outboxes),
  ];
  return statementOf(parts, moved.length);
}

/** Writes more events of a batch, in the same transaction. */
export async function writeEvents(client: ClientBase, events: readonly NewEvent[]): Promise<void> {
  await client.query(statementOf(eventParts(events), 0));
}

function statementOf(parts: readonly Part[], movedRuns: number): QueryConfig {
  const values: unknown[] = [];
  const tables = parts.map(({ name, types, columns, sql }) => {
    const given = columns.map((column, index) => {
      const type = types[index] ?? "";
      return `$${values.push(binaryArray(type, column))}::${type}[]`;
    });
    return `${name} AS (${sql(given.join(", "))})`;
  });
  const names = parts.map((part) => part.name);
  // What is asked for is done first: that a rival was faster must not be found out by what depends on it.
  const counts = ["created", "moved", "taken", "held"].flatMap((name) => {
    const part = parts.find((one) => one.name === name);
    if (part === undefined) return [];
    const count = `(SELECT count(*) FROM ${name})`;
    const expected = name === "moved" ? movedRuns : name === "taken" ? (part.columns[0]?.length ?? 0) : null;
    return expected === null ? count : `expect_rows(${count}, $${values.push(expected)}::bigint)`;
  });
  return {
    name: `write ${names.join(" ")}`,
    text: `WITH ${tables.join(",\n")} SELECT ${counts.join(", ")}`,
    values,
  };
}

const newRunTypes = {
  runNo: "bigint",
  status: "smallint",
  shard: "smallint",
  events: "integer",
  createdAt: "double precision",
  statusAt: "double precision",
  runId: "text",
  workflow: "text",
  planHash: "text",
  asOf: "text",
  provenance: "text",
  dataHash: "text",
  startKey: "text",
  parentRunId: "text",
  parent: "text",
  forkedFrom: "text",
  tags: "text",
} as const;

function creationParts(unsorted: readonly ChangedRun[]): readonly Part[] {
  if (unsorted.length === 0) return [];
  // Everybody creates in the same order, so that two who create the same runs do not wait for each other.
  const created = unsorted.toSorted((left, right) => (left.runId < right.runId ? -1 : 1));
  const rows = created.map(newRunRow);
  const fields = Object.keys(newRunTypes) as (keyof typeof newRunTypes)[];
  const runs: Part = {
    name: "created",
    types: Object.values(newRunTypes),
    columns: fields.map((field) => rows.map((row) => row[field])),
    sql: (given) => `
      INSERT INTO runs (run_no, status, shard, events, created_at, status_at, run_id, workflow, plan_hash, as_of, provenance,
        data_hash, start_key, parent_run_id, parent, forked_from, tags)
      SELECT * FROM unnest(${given})
      RETURNING 1`,
  };
  return [runs, ...newTagsPart(created), ...heldDataPart(rows)];
}

function newRunRow(run: ChangedRun): Readonly<Record<keyof typeof newRunTypes, string | number | null>> {
  const { workflow, planHash, asOf, provenance, createdAt, startKey, parent, forkedFrom, tags } =
    run.create as NewRun;
  const { dataHash } = provenance;
  return {
    runNo: run.head.runNo,
    status: runStatusCodes[newStatusOf(run) ?? "running"],
    shard: shardOf(run.runId),
    events: run.head.nextSeq,
    createdAt,
    statusAt: run.settle?.at ?? createdAt,
    runId: run.runId,
    workflow,
    planHash,
    asOf,
    provenance: JSON.stringify(provenance),
    dataHash: dataHash !== undefined && isHash(dataHash) ? dataHash : null,
    startKey,
    parentRunId: parent?.runId ?? null,
    parent: parent === null ? null : JSON.stringify(parent),
    forkedFrom: forkedFrom === null ? null : JSON.stringify(forkedFrom),
    tags: tags.length === 0 ? null : JSON.stringify(tags),
  };
}

function newTagsPart(created: readonly ChangedRun[]): readonly Part[] {
  const rows = created.flatMap((run) => run.head.tags.map((tag) => ({ run, tag })));
  if (rows.length === 0) return [];
  return [
    {
      name: "tagged",
      types: ["bytea", "smallint", "text", "text"],
      columns: [
        rows.map(({ tag }) => tagBytes(tag)),
        rows.map(({ run }) => runStatusCodes[newStatusOf(run) ?? "running"]),
        rows.map(({ run }) => run.runId),
        rows.map(({ run }) => run.create?.workflow ?? ""),
      ],
      sql: (given) => `
      INSERT INTO run_tags (tag, status, run_id, workflow) SELECT * FROM unnest(${given})`,
    },
  ];
}

/** Keeps pruning from forgetting data that a new run names, until that run can be seen. */
function heldDataPart(rows: readonly { readonly dataHash: string | number | null }[]): readonly Part[] {
  const hashes = [...new Set(rows.flatMap(({ dataHash }) => (dataHash === null ? [] : [dataHash])))];
  if (hashes.length === 0) return [];
  return [{ name: "held", types: ["text"], columns: [hashes.sort()], sql: holdArtifacts }];
}

const holdArtifacts = (given: string) => `
      SELECT hash FROM artifacts WHERE hash = ANY (${given}) ORDER BY hash FOR KEY SHARE`;

function movePart(unsorted: readonly ChangedRun[]): readonly Part[] {
  if (unsorted.length === 0) return [];
  // The same order for everybody, as with creations.
  const moved = unsorted.toSorted((left, right) => (left.runId < right.runId ? -1 : 1));
  return [
    {
      name: "moved",
      types: ["bigint", "integer", "integer", "smallint", "double precision"],
      columns: [
        moved.map((run) => run.head.runNo),
        moved.map((run) => run.fromSeq),
        moved.map((run) => run.head.nextSeq),
        moved.map(({ settle }) => (settle === null ? null : runStatusCodes[settle.status])),
        moved.map(({ settle }) => settle?.at ?? null),
      ],
      sql: (given) => `
      UPDATE runs SET events = given.to_seq, status = coalesce(given.status, runs.status),
        status_at = coalesce(given.at, runs.status_at)
      FROM unnest(${given}) AS given (run_no, from_seq, to_seq, status, at)
      WHERE runs.run_no = given.run_no AND runs.events = given.from_seq
        AND (given.status IS NULL OR runs.status = ${runStatusCodes.running})
      RETURNING 1`,
    },
  ];
}

function settledTagsPart(moved: readonly ChangedRun[]): readonly Part[] {
  const rows = moved.flatMap((run) =>
    run.settle === null ? [] : run.head.tags.map((tag) => ({ run, tag, status: newStatusOf(run) })),
  );
  if (rows.length === 0) return [];
  return [
    {
      name: "retagged",
      types: ["bytea", "text", "smallint"],
      columns: [
        rows.map(({ tag }) => tagBytes(tag)),
        rows.map(({ run }) => run.runId),
        rows.map(({ status }) => runStatusCodes[status ?? "running"]),
      ],
      sql: (given) => `
      UPDATE run_tags SET status = given.status FROM unnest(${given}) AS given (tag, run_id, status)
      WHERE run_tags.tag = given.tag AND run_tags.status = ${runStatusCodes.running}
        AND run_tags.run_id = given.run_id`,
    },
  ];
}

function eventParts(events: readonly NewEvent[]): readonly Part[] {
  if (events.length === 0) return [];
  const inserted: Part = {
    name: "inserted",
    types: ["bigint", "integer", "text"],
    columns: [
      events.map((event) => event.runNo),
      events.map((event) => event.seq),
      events.map((event) => event.text),
    ],
    sql: (given) => `
      INSERT INTO events (run_no, seq, body) SELECT * FROM unnest(${given})`,
  };
  return [inserted, ...namesPart(events)];
}

/** Notes which of the artifacts that there are the events name, and keeps them from being pruned meanwhile. */
function namesPart(events: readonly NewEvent[]): readonly Part[] {
  const rows = events.flatMap(({ runNo, text }) => hashesIn(text).map((hash) => ({ hash, runNo })));
  if (rows.length === 0) return [];
  const sorted = rows.toSorted((left, right) => (left.hash < right.hash ? -1 : 1));
  return [
    {
      name: "named",
      types: ["text", "bigint"],
      columns: [sorted.map(({ hash }) => hash), sorted.map(({ runNo }) => runNo)],
      sql: (given) => `
      INSERT INTO artifact_names (hash, run_no)
      SELECT artifacts.hash, given.run_no FROM unnest(${given}) AS given (hash, run_no)
      JOIN artifacts ON artifacts.hash = given.hash FOR KEY SHARE OF artifacts
      ON CONFLICT DO NOTHING`,
    },
  ];
}
