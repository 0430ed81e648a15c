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
  const [, { rows }, taken] = await Promise.all([
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
  ]);
  return {
    heads: new Map(rows.map((row) => [row.run_id, headOf(row)])),
    startKeys: new Set(taken.rows.map((row) => row.start_key)),
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
