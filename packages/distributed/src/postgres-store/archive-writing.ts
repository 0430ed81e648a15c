/** Writes records of another store as they were there: runs with all their events by the statement that appends are written by. */
import { randomUUID } from "node:crypto";
import { MycroftError } from "@mycroft/errors";
import {
  type ArchivedArtifact,
  type ArchivedDocument,
  type ArchivedPlan,
  type ArchivedRun,
  type ArchiveRecord,
  checkNewRun,
  type RunAppend,
} from "@mycroft/runtime";
import type { Client } from "pg";
import { checkTexts } from "./postgres-store.ts";
import type { RunNumbers } from "./run-numbers.ts";
import { workOutBatch } from "./work-out-batch.ts";
import { batchStatement, eventPieces, writeEvents } from "./write-batch.ts";

export async function writeRecords(
  client: Client,
  numbers: RunNumbers,
  records: readonly ArchiveRecord[],
): Promise<void> {
  const { plan = [], artifact = [], document = [], run = [] } = Object.groupBy(records, ({ kind }) => kind);
  if (plan.length > 0) await writePlans(client, plan as ArchivedPlan[]);
  if (artifact.length > 0) await writeArtifacts(client, artifact as ArchivedArtifact[]);
  if (document.length > 0) await writeDocuments(client, document as ArchivedDocument[]);
  if (run.length > 0) await writeRuns(client, numbers, run as ArchivedRun[]);
}

async function writePlans(client: Client, plans: readonly ArchivedPlan[]): Promise<void> {
  await client.query({
    name: "archive-put plans",
    text: "INSERT INTO plans (hash, body) SELECT * FROM unnest($1::text[], $2::text[])",
    values: [plans.map(({ hash }) => hash), plans.map(({ body }) => body)],
  });
}

async function writeArtifacts(client: Client, artifacts: readonly ArchivedArtifact[]): Promise<void> {
  await client.query({
    name: "archive-put artifacts",
    text: `INSERT INTO artifacts (hash, put_at, body)
      SELECT * FROM unnest($1::text[], $2::double precision[], $3::text[])`,
    values: [
      artifacts.map(({ hash }) => hash),
      artifacts.map(({ putAt }) => putAt),
      artifacts.map(({ body }) => body),
    ],
  });
}

async function writeDocuments(client: Client, documents: readonly ArchivedDocument[]): Promise<void> {
  await client.query({
    name: "archive-put documents",
    text: `INSERT INTO documents (collection, id, revision, body, expires_at, written_by) SELECT * FROM
      unnest($1::text[], $2::bytea[], $3::bigint[], $4::text[], $5::double precision[], $6::uuid[])`,
    values: [
      documents.map(({ collection }) => collection),
      documents.map(({ id }) => Buffer.from(id)),
      documents.map(({ revision }) => String(revision)),
      documents.map(({ body }) => body),
      documents.map(({ expiresAt }) => expiresAt),
      documents.map(() => randomUUID()),
    ],
  });
}

async function writeRuns(client: Client, numbers: RunNumbers, runs: readonly ArchivedRun[]): Promise<void> {
  await numbers.prepare(client, runs.length);
  const batch = runs.map(({ header, events }) => ({ append: appendOf(header), texts: events }));
  const workedOut = workOutBatch(batch, {
    headOf: () => undefined,
    hasStartKey: () => false,
    hasLetter: () => false,
    newRunNo: () => numbers.next(),
  });
  const conflict = workedOut.outcomes.indexOf("conflict");
  if (conflict !== -1) throw repeatedRun(runs[conflict]?.header.runId ?? "");
  const [events = [], ...more] = eventPieces(workedOut.events);
  await client.query(batchStatement(workedOut, events));
  for (const piece of more) await writeEvents(client, piece);
}

/** The append that would have made the whole run at once. */
function appendOf({ status, settledAt, events: _, ...create }: ArchivedRun["header"]): RunAppend {
  checkNewRun(create);
  const append = { runId: create.runId, create, fromSeq: 0, events: [] };
  checkTexts(append);
  return status === "running" ? append : { ...append, settle: { status, at: settledAt ?? create.createdAt } };
}

function repeatedRun(runId: string): MycroftError {
  return new MycroftError("STORE_DAMAGED", `Run ${runId}, or its start key, is there twice.`, {
    details: { runId },
  });
}
