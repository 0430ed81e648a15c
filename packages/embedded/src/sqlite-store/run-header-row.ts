/** How a run's header is read from the tables that its parts lie in. */
import type { Provenance, RunFork, RunHeader } from "@mycroft/runtime";
import { runStatusOf } from "./run-status-code.ts";

export interface HeaderRow {
  readonly run_id: string;
  readonly workflow: string;
  readonly plan_hash: string;
  readonly status: number;
  readonly as_of: string;
  readonly provenance: string;
  readonly created_at: number;
  readonly status_at: number;
  readonly events: number;
  readonly start_key: string | null;
  readonly parent_run_id: string | null;
  readonly parent_task: string | null;
  readonly parent_attempt: number | null;
  readonly forked_from: string | null;
  /** Null, as all before it from the start key on, when the run has no extras. */
  readonly tags: string | null;
}

/** How many events the run of a row of `runs` has. */
export const countEvents =
  "(SELECT ifnull(max(seq), -1) + 1 FROM events WHERE events.run_no = runs.run_no) AS events";

/** What to select from `runs`, `origins` and `run_extras` for a `HeaderRow`. */
export const headerColumns = `
  runs.run_id, runs.workflow, plan_hash, runs.status, as_of, provenance, created_at, status_at, ${countEvents},
  start_key, parent_run_id, parent_task, parent_attempt, forked_from, tags`;

/** Joins to `runs` what its rows' headers need beside them. */
export const joinOrigins = "JOIN origins ON origins.origin_no = runs.origin_no";
export const joinExtras = "LEFT JOIN run_extras ON run_extras.run_no = runs.run_no";

export function toHeader(row: HeaderRow): RunHeader {
  const status = runStatusOf(row.status);
  return {
    runId: row.run_id,
    workflow: row.workflow,
    planHash: row.plan_hash,
    status,
    asOf: row.as_of,
    provenance: JSON.parse(row.provenance) as Provenance,
    createdAt: row.created_at,
    settledAt: status === "running" ? null : row.status_at,
    events: row.events,
    tags: tagsOf(row.tags),
    startKey: row.start_key,
    parent: parentOf(row),
    forkedFrom: row.forked_from === null ? null : (JSON.parse(row.forked_from) as RunFork),
  };
}

const noTags: readonly string[] = [];

/** The tags in a row's column, which is null for a run without extras. */
export function tagsOf(column: string | null): readonly string[] {
  return column === null || column === "[]" ? noTags : (JSON.parse(column) as readonly string[]);
}

function parentOf({ parent_run_id, parent_task, parent_attempt }: HeaderRow): RunHeader["parent"] {
  if (parent_run_id === null || parent_task === null || parent_attempt === null) return null;
  return { runId: parent_run_id, task: parent_task, attempt: parent_attempt };
}
