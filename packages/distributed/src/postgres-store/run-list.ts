/**
 * Lists runs, newest first, by any filters. Each listing walks an index from the page's first run down, so that it costs
 * what the page holds, however many runs there are; `run-list.test.ts` looks at what Postgres reads for that.
 */
import { checkRunQuery, type RunPage, type RunQuery } from "@mycroft/runtime";
import type { ClientBase } from "pg";
import { askedText, type HeaderRow, headerColumns, tagBytes, toHeader } from "./run-header-row.ts";
import { runStatusCodes } from "./run-status-code.ts";

export interface ListingStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** @throws {MycroftError} INPUT_INVALID when the limit or the tag is out of range. */
export async function listRuns(client: ClientBase, query: RunQuery): Promise<RunPage> {
  const { text, values } = listingStatement(query);
  const { rows } = await client.query<HeaderRow>({ name: nameOf(query), text, values: [...values] });
  const runs = rows.slice(0, query.limit).map(toHeader);
  return { runs, nextCursor: rows.length > query.limit ? (runs.at(-1)?.runId ?? null) : null };
}

/** One statement is prepared for each combination of filters; by tag, one for each status. */
function nameOf({ workflow, status, tag, parentRunId }: RunQuery): string {
  const filters = {
    workflow,
    [tag === undefined ? "status" : (status ?? "status")]: status,
    tag,
    parentRunId,
  };
  return `list-runs ${Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [name]))}`;
}

/** Parts of a page's place in its index, before the run's id: SQL expressions, and the values that they equal there. */
type Key = readonly (readonly [expression: string, value: string])[];

export function listingStatement(query: RunQuery): ListingStatement {
  checkRunQuery(query);
  const { limit, runIdPrefix = "", cursor, workflow, status, tag, parentRunId } = query;
  const bound = `${runIdPrefix}\u{10ffff}`;
  const from = askedText(runIdPrefix);
  // Ids are ASCII, so the bound is above every id with the prefix.
  const below = askedText(cursor !== undefined && cursor < bound ? cursor : bound);
  const byWorkflow: Key =
    workflow === undefined ? [] : [["workflow || chr(1)", `${askedText(workflow)}\u0001`]];
  const byStatus: Key = status === undefined ? [] : [["status::text || ' '", `${runStatusCodes[status]} `]];
  const filters = [...byWorkflow, ...byStatus];
  // One more than asked for tells whether something follows.
  const page = (key: Key) => {
    const place = key.map(([, value]) => value).join("");
    return [`${place}${from}`, `${place}${below}`, limit + 1];
  };
  if (parentRunId !== undefined) {
    const byParent: Key = [["parent_run_id || ' '", `${askedText(parentRunId)} `]];
    const code = status === undefined ? null : runStatusCodes[status];
    const bytes = tag === undefined ? null : tagBytes(tag);
    const values = [...page(byParent), workflow === undefined ? null : askedText(workflow), code, bytes];
    return { text: listing(byParent, childFilters), values };
  }
  if (tag === undefined) return { text: listing(filters), values: page(filters) };
  const values = [from, below, limit + 1, tagBytes(tag), ...byWorkflow.map(([, value]) => value)];
  return {
    text: listingByTag(byWorkflow.length > 0, status === undefined ? null : runStatusCodes[status]),
    values,
  };
}

/**
 * A page in the order of an index, which is one of an expression that ends with the run's id: no other can serve it. Left
 * to choose among several indices, the planner often takes one that has to be walked past all that other filters leave
 * out, since it cannot know that few runs fail.
 */
function listing(key: Key, more = ""): string {
  const place = [...key.map(([expression]) => expression), "run_id"].join(" || ");
  return `
    SELECT ${headerColumns} FROM runs
    WHERE (${place}) >= $1::text AND (${place}) < $2::text ${more}
    ORDER BY (${place}) DESC LIMIT $3::bigint`;
}

/** A parent's children are few: what other filters leave out of them is looked at in passing. */
const childFilters = `AND parent_run_id IS NOT NULL
    AND ($4::text IS NULL OR workflow = $4) AND ($5::smallint IS NULL OR status = $5)
    AND ($6::bytea IS NULL OR EXISTS (SELECT FROM run_tags
      WHERE run_tags.tag = $6 AND run_tags.status = runs.status AND run_tags.run_id = runs.run_id))`;

/** The indices are by status: without one, the page is put together from a page of each. */
function listingByTag(isByWorkflow: boolean, code: number | null): string {
  const pages = (code === null ? Object.values(runStatusCodes) : [code]).map((status) => {
    const place = isByWorkflow
      ? `(workflow || chr(1) || status::text) = $5::text || '${status}'`
      : `status = ${status}::smallint`;
    return `(
      SELECT run_id FROM run_tags WHERE tag = $4::bytea AND ${place} AND run_id >= $1::text AND run_id < $2::text
      ORDER BY run_id DESC LIMIT $3::bigint)`;
  });
  return `
    SELECT ${headerColumns}
    FROM (SELECT run_id FROM (${pages.join(" UNION ALL ")}) AS pages ORDER BY run_id DESC LIMIT $3::bigint) AS tagged
    JOIN runs ON runs.run_id = tagged.run_id
    ORDER BY tagged.run_id DESC`;
}
