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

/** One statement is prepared for each combination of filters and each status. */
function nameOf({ workflow, status, tag, parentRunId }: RunQuery): string {
  const parts = {
    workflow: workflow !== undefined,
    [status ?? ""]: status !== undefined,
    tag: tag !== undefined,
    own: parentRunId === null,
    children: typeof parentRunId === "string",
  };
  return `list-runs ${Object.entries(parts).flatMap(([name, isThere]) => (isThere ? [name] : []))}`;
}

/** What all listings have, as parameters of their statement. */
interface Asked {
  /** Ids from the first one on, up to the other one, itself excluded. */
  readonly from: string;
  readonly below: string;
  /** One more than asked for tells whether something follows. */
  readonly rows: string;
  /** As it stands in indices; null when runs of all are asked for. */
  readonly workflow: string | null;
  /** Codes of statuses; null when runs of all are asked for. */
  readonly status: number | null;
  readonly tag: string | null;
  readonly isOwn: boolean;
}

export function listingStatement(query: RunQuery): ListingStatement {
  checkRunQuery(query);
  const { limit, runIdPrefix = "", cursor, workflow, status, tag, parentRunId } = query;
  const values: unknown[] = [];
  const give = (value: unknown, type: string) => `$${values.push(value)}::${type}`;
  // Ids are ASCII, so the bound is above every id with the prefix.
  const bound = `${runIdPrefix}\u{10ffff}`;
  const asked: Asked = {
    from: give(askedText(runIdPrefix), "text"),
    below: give(askedText(cursor !== undefined && cursor < bound ? cursor : bound), "text"),
    rows: give(limit + 1, "bigint"),
    workflow: workflow === undefined ? null : give(`${askedText(workflow)}\u0001`, "text"),
    status: status === undefined ? null : runStatusCodes[status],
    tag: tag === undefined ? null : give(tagBytes(tag), "bytea"),
    isOwn: parentRunId === null,
  };
  const text =
    typeof parentRunId === "string"
      ? listingOfChildren(asked, give(askedText(parentRunId), "text"))
      : asked.tag === null
        ? listing(asked)
        : listingByTag(asked, asked.tag);
  return { text, values };
}

/** Part of an index: an expression that ends with the run's id, and what comes before that there. */
interface Range {
  readonly key: string;
  readonly prefix: string | null;
}

/** Whether a run is nobody's child, as it stands in indices. */
const family = "CASE WHEN parent_run_id IS NULL THEN '+' ELSE '-' END";
const families = { own: "+", child: "-" } as const;

/** The parts of one index that hold the runs that are asked for, without any other. */
function rangesOf({ workflow, status, isOwn }: Asked): readonly Range[] {
  const kinds = isOwn ? [families.own] : [families.own, families.child];
  if (workflow !== null && status === null) {
    const key = `(workflow || chr(1) || ${family} || run_id)`;
    return kinds.map((kind) => ({ key, prefix: `${workflow} || '${kind}'` }));
  }
  if (workflow !== null) {
    const key = `(workflow || chr(1) || status::text || ${family} || run_id)`;
    return kinds.map((kind) => ({ key, prefix: `${workflow} || '${status}${kind}'` }));
  }
  if (status === null && !isOwn) return [{ key: "run_id", prefix: null }];
  const key = `(status::text || ${family} || run_id)`;
  const codes = status === null ? Object.values(runStatusCodes) : [status];
  return codes.flatMap((code) => kinds.map((kind) => ({ key, prefix: `'${code}${kind}'` })));
}

/**
 * A page in the order of an index, which is one of an expression that ends with the run's id: no other can serve it. Left
 * to choose among several indices, the planner often takes one that has to be walked past all that other filters leave
 * out, since it cannot know that few runs fail.
 */
function pageOf({ key, prefix }: Range, { from, below, rows }: Asked): string {
  const at = (id: string) => (prefix === null ? id : `${prefix} || ${id}`);
  return `
    SELECT ${headerColumns} FROM runs WHERE ${key} >= ${at(from)} AND ${key} < ${at(below)}
    ORDER BY ${key} DESC LIMIT ${rows}`;
}

/** Where there are several ranges, the page is put together from a page of each. */
function listing(asked: Asked): string {
  const pages = rangesOf(asked).map((range) => pageOf(range, asked));
  const [only = ""] = pages;
  if (pages.length === 1) return only;
  return `
    SELECT * FROM (${pages.map((page) => `(${page})`).join(" UNION ALL ")}) AS pages
    ORDER BY run_id DESC LIMIT ${asked.rows}`;
}

/** A parent's children are few: what other filters leave out of them is looked at in passing. */
function listingOfChildren(asked: Asked, parent: string): string {
  const { workflow, status, tag } = asked;
  const filters = [
    "parent_run_id IS NOT NULL",
    ...(workflow === null ? [] : [`workflow || chr(1) = ${workflow}`]),
    ...(status === null ? [] : [`status = ${status}`]),
    ...(tag === null
      ? []
      : [
          `EXISTS (SELECT FROM run_tags
            WHERE run_tags.tag = ${tag} AND run_tags.status = runs.status AND run_tags.run_id = runs.run_id)`,
        ]),
  ];
  const key = "(parent_run_id || ' ' || run_id)";
  const at = (id: string) => `${parent} || ' ' || ${id}`;
  return `
    SELECT ${headerColumns} FROM runs
    WHERE ${key} >= ${at(asked.from)} AND ${key} < ${at(asked.below)} AND ${filters.join(" AND ")}
    ORDER BY ${key} DESC LIMIT ${asked.rows}`;
}

/** The indices are by status: without one, the page is put together from a page of each. */
function listingByTag({ from, below, rows, workflow, status, isOwn }: Asked, tag: string): string {
  // Child runs have the tags of their workflow, and a workflow is seldom tagged that only child runs have.
  const isNobodysChild = isOwn
    ? "AND (SELECT parent_run_id FROM runs WHERE runs.run_id = run_tags.run_id) IS NULL"
    : "";
  const pages = (status === null ? Object.values(runStatusCodes) : [status]).map((code) => {
    const place =
      workflow === null
        ? `status = ${code}::smallint`
        : `(workflow || chr(1) || status::text) = ${workflow} || '${code}'`;
    return `(
      SELECT run_id FROM run_tags
      WHERE tag = ${tag} AND ${place} AND run_id >= ${from} AND run_id < ${below} ${isNobodysChild}
      ORDER BY run_id DESC LIMIT ${rows})`;
  });
  return `
    SELECT ${headerColumns}
    FROM (SELECT run_id FROM (${pages.join(" UNION ALL ")}) AS pages ORDER BY run_id DESC LIMIT ${rows}) AS tagged
    JOIN runs ON runs.run_id = tagged.run_id
    ORDER BY tagged.run_id DESC`;
}
