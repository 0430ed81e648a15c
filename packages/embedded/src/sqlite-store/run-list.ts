/**
 * Lists runs, newest first, by any filters. Each listing walks an index from the page's first run down, so that it costs
 * what the page holds, however many runs there are; `run-list.test.ts` looks at SQLite's plans for that.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { checkRunQuery, type RunHeader, type RunPage, type RunQuery } from "@mycroft/runtime";
import { type HeaderRow, headerColumns, joinExtras, joinOrigins, toHeader } from "./run-header-row.ts";
import { runStatusCodes } from "./run-status-code.ts";

/** Which filters a query has: a statement is prepared for each combination that is asked for. */
export interface ListedBy {
  readonly workflow: boolean;
  /** `rare` is every status but `succeeded`. */
  readonly status: "any" | "succeeded" | "rare";
  readonly tag: boolean;
  /** `none`: runs that are nobody's child. */
  readonly parent: "any" | "none" | "one";
}

const inPage = (column: string) => `${column} >= $from AND ${column} < $below`;

export class RunList {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** INPUT_INVALID when the limit or the tag is out of range. */
  list(query: RunQuery): RunPage {
    checkRunQuery(query);
    const { limit, runIdPrefix = "", cursor, workflow = null, status, tag = null, parentRunId } = query;
    // Ids are ASCII, so this is above every id with the prefix.
    const bound = `${runIdPrefix}\u{10ffff}`;
    const rows = this.#statementFor(query).all({
      from: runIdPrefix,
      below: cursor !== undefined && cursor < bound ? cursor : bound,
      workflow,
      status: status === undefined ? null : runStatusCodes[status],
      tag,
      parent: parentRunId ?? null,
      // One more than asked for tells whether something follows.
      limit: limit + 1,
    }) as unknown as readonly HeaderRow[];
    const runs: readonly RunHeader[] = rows.slice(0, limit).map(toHeader);
    return { runs, nextCursor: rows.length > limit ? (runs.at(-1)?.runId ?? null) : null };
  }

  #statementFor({ workflow, status, tag, parentRunId }: RunQuery): StatementSync {
    const sql = listingSql({
      workflow: workflow !== undefined,
      status: status === undefined ? "any" : status === "succeeded" ? "succeeded" : "rare",
      tag: tag !== undefined,
      parent: parentRunId === undefined ? "any" : parentRunId === null ? "none" : "one",
    });
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      statement.setAllowUnknownNamedParameters(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}

export function listingSql(by: ListedBy): string {
  if (by.parent === "one") return listingOfChildren(by);
  return by.tag ? listingByTag(by) : listingOfRuns(by);
}

/** Child runs are passed over where they are not asked for: that costs a few microseconds each. */
function listingOfRuns({ workflow, status, parent }: ListedBy): string {
  // The plus keeps SQLite from choosing the index by workflow where the one by rare status finds less.
  const byWorkflow = workflow ? `AND ${status === "rare" ? "+" : ""}workflow = $workflow` : "";
  const byStatus = status === "any" ? "" : "AND status = $status";
  return `
    SELECT ${headerColumns} FROM runs ${joinOrigins} ${joinExtras}
    WHERE ${inPage("runs.run_id")} ${byWorkflow} ${byStatus} ${status === "rare" ? "AND status <> 3" : ""}
      ${parent === "none" ? "AND parent_run_id IS NULL" : ""}
    ORDER BY runs.run_id DESC LIMIT $limit`;
}

/** A parent's children are few: what other filters leave out of them is looked at in passing. */
function listingOfChildren({ workflow, status, tag }: ListedBy): string {
  const filters = [
    workflow ? "AND workflow = $workflow" : "",
    status === "any" ? "" : "AND status = $status",
    tag
      ? `AND EXISTS (SELECT 1 FROM run_tags WHERE run_tags.tag = $tag
      AND run_tags.status = runs.status AND run_tags.run_id = runs.run_id)`
      : "",
  ];
  return `
    SELECT ${headerColumns}
    FROM run_extras CROSS JOIN runs ON runs.run_no = run_extras.run_no ${joinOrigins}
    WHERE parent_run_id = $parent AND ${inPage("run_extras.run_id")} ${filters.join(" ")}
    ORDER BY run_extras.run_id DESC LIMIT $limit`;
}

/** The index is by status first: without one, the page is put together from a page of each. */
function listingByTag({ workflow, status, parent }: ListedBy): string {
  const isNobodysChild =
    parent === "none"
      ? `AND (SELECT parent_run_id FROM runs CROSS JOIN run_extras ON run_extras.run_no = runs.run_no
          WHERE runs.run_id = run_tags.run_id) IS NULL`
      : "";
  const statuses = status === "any" ? Object.values(runStatusCodes) : ["$status"];
  const pages = statuses.map(
    (code) => `SELECT * FROM (
      SELECT run_id FROM run_tags
      WHERE tag = $tag AND status = ${code} ${workflow ? "AND workflow = $workflow" : ""} AND ${inPage("run_id")}
        ${isNobodysChild}
      ORDER BY run_id DESC LIMIT $limit)`,
  );
  return `
    SELECT ${headerColumns}
    FROM (SELECT run_id FROM (${pages.join(" UNION ALL ")}) ORDER BY run_id DESC LIMIT $limit) AS tagged
    CROSS JOIN runs ON runs.run_id = tagged.run_id ${joinOrigins} ${joinExtras}
    ORDER BY tagged.run_id DESC`;
}
