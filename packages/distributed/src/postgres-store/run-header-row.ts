/** How a run's header is read from its row. */
import type { Provenance, RunFork, RunHeader, RunParent } from "@mycroft/runtime";
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
  readonly parent: string | null;
  readonly forked_from: string | null;
  readonly tags: string | null;
}

/** What to select from `runs` for a `HeaderRow`. */
export const headerColumns = `runs.run_id, runs.workflow, runs.plan_hash, runs.status, runs.as_of, runs.provenance,
  runs.created_at, runs.status_at, runs.events, runs.start_key, runs.parent, runs.forked_from, runs.tags`;

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
    parent: row.parent === null ? null : (JSON.parse(row.parent) as RunParent),
    forkedFrom: row.forked_from === null ? null : (JSON.parse(row.forked_from) as RunFork),
  };
}

const noTags: readonly string[] = [];

/** The tags in a row's column, which is null for a run without any. */
export function tagsOf(column: string | null): readonly string[] {
  return column === null ? noTags : (JSON.parse(column) as readonly string[]);
}

/** A tag as it is kept where runs are found by it. */
export function tagBytes(tag: string): Buffer {
  return Buffer.from(tag);
}

/** A text to look for. None that is kept has these two characters, of which Postgres takes no NUL. */
export function askedText(text: string): string {
  return text.replaceAll("\0", "\u{10ffff}").replaceAll("\u0001", "\u{10ffff}");
}
