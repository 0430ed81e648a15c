/** Begins the transaction of a batch: locks the runs that it appends to, in one order for everybody, and reads them. */
import type { ClientBase } from "pg";
import { tagsOf } from "./run-header-row.ts";
import type { RunHead } from "./run-heads.ts";
import { runStatusCodes } from "./run-status-code.ts";
import type { AppendTexts } from "./work-out-batch.ts";

export interface ReadHeads {
  readonly heads: ReadonlyMap<string, RunHead>;
  /** Those of the batch that runs have. */
  readonly startKeys: ReadonlySet<string>;
  /** Those of the batch that are there. */
  readonly letters: ReadonlySet<string>;
}

interface HeadRow {
  readonly run_no: string;
  readonly run_id: string;
  readonly events: number;
  readonly status: number;
  readonly tags: string | null;
}

export async function readHeads(client: ClientBase, batch: readonly AppendTexts[]): Promise<ReadHeads> {
  const runIds = [...new Set(batch.map(({ append }) => append.runId))].sort();
  const keys = batch.flatMap(({ append: { create } }) => (create?.startKey == null ? [] : [create.startKey]));
  const letters = batch.flatMap(({ append: { outbox } }) => outbox?.lettersTaken ?? []).sort();
  const [, { rows }, taken, there] = await Promise.all([
    client.query("BEGIN"),
    client.query<HeadRow>({
      name: "lock-heads",
      text: `SELECT run_no, run_id, events, status, tags FROM runs
        WHERE run_id = ANY ($1::text[]) ORDER BY run_id FOR NO KEY UPDATE`,
      values: [runIds],
    }),
    client.query<{ readonly start_key: string }>({
      name: "find-start-keys",
      text: "SELECT start_key FROM runs WHERE start_key = ANY ($1::text[])",
      values: [keys],
    }),
    letters.length === 0
      ? null
      : client.query<{ readonly id: string }>({
          name: "lock-letters",
          text: "SELECT id FROM letters WHERE id = ANY ($1::text[]) ORDER BY id FOR UPDATE",
          values: [letters],
        }),
  ]);
  return {
    heads: new Map(rows.map((row) => [row.run_id, headOf(row)])),
    startKeys: new Set(taken.rows.map((row) => row.start_key)),
    letters: new Set(there?.rows.map((row) => row.id)),
  };
}

function headOf({ run_no, events, status, tags }: HeadRow): RunHead {
  return {
    runNo: run_no,
    nextSeq: events,
    isSettled: status !== runStatusCodes.running,
    tags: tagsOf(tags),
  };
}
