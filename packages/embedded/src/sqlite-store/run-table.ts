/** Run headers: created, settled, looked up and listed. A header's row changes only when its run settles. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { RunStatus } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { NewRun, Provenance, RunAppend, RunHeader, RunPage, RunQuery } from "@mycroft/runtime";
import type { OriginTable } from "./origin-table.ts";
import { runStatusCodes, runStatusOf } from "./run-status-code.ts";

/** What appending needs to know of a run. */
export interface RunHead {
  readonly runNo: number;
  nextSeq: number;
  isSettled: boolean;
}

interface HeaderRow {
  readonly run_id: string;
  readonly workflow: string;
  readonly plan_hash: string;
  readonly status: number;
  readonly as_of: string;
  readonly provenance: string;
  readonly created_at: number;
  readonly status_at: number;
  readonly events: number;
}

interface HeadRow {
  readonly run_no: number;
  readonly status: number;
  readonly events: number;
}

interface SettledRow {
  readonly run_no: number;
  readonly origin_no: number;
}

/** What forgetting needs to know of a run. */
export interface SettledRun {
  readonly runNo: number;
  readonly originNo: number;
}

const maxPage = 1_000;

const countEvents =
  "(SELECT ifnull(max(seq), -1) + 1 FROM events WHERE events.run_no = runs.run_no) AS events";

const selectHeaders = `
  SELECT run_id, workflow, plan_hash, status, as_of, provenance, created_at, status_at, ${countEvents}
  FROM runs JOIN origins USING (origin_no)`;

export class RunTable {
  readonly #database: DatabaseSync;
  readonly #origins: OriginTable;
  readonly #create: StatementSync;
  readonly #settle: StatementSync;
  readonly #findHead: StatementSync;
  readonly #findHeader: StatementSync;
  readonly #findSettled: StatementSync;
  readonly #forget: StatementSync;
  readonly #list = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, origins: OriginTable) {
    this.#database = database;
    this.#origins = origins;
    this.#create = database.prepare(`
      INSERT INTO runs (run_id, workflow, origin_no, status, as_of, created_at, status_at)
      VALUES (?1, ?2, ?3, ${runStatusCodes.running}, ?4, ?5, ?5) ON CONFLICT DO NOTHING
    `);
    this.#settle = database.prepare("UPDATE runs SET status = ?, status_at = ? WHERE run_no = ?");
    this.#findHead = database.prepare(`SELECT run_no, status, ${countEvents} FROM runs WHERE run_id = ?`);
    this.#findHeader = database.prepare(`${selectHeaders} WHERE run_id = ?`);
    this.#findSettled = database.prepare(
      "SELECT run_no, origin_no FROM runs WHERE status > 2 AND status_at < ? ORDER BY status_at LIMIT ?",
    );
    this.#forget = database.prepare("DELETE FROM runs WHERE run_no = ?");
  }

  /** Undefined when there is a run of that id already. */
  create(run: NewRun): RunHead | undefined {
    const originNo = this.#origins.numberOf(run);
    const { changes, lastInsertRowid } = this.#create.run(
      run.runId,
      run.workflow,
      originNo,
      run.asOf,
      run.createdAt,
    );
    if (changes === 0) return undefined;
    this.#origins.count(originNo, 1);
    return { runNo: Number(lastInsertRowid), nextSeq: 0, isSettled: false };
  }

  settle(runNo: number, { status, at }: NonNullable<RunAppend["settle"]>): void {
    this.#settle.run(runStatusCodes[status], at, runNo);
  }

  /** Runs that settled before a time, the earliest first. */
  findSettledBefore(time: number, limit: number): readonly SettledRun[] {
    const rows = this.#findSettled.all(time, limit) as unknown as readonly SettledRow[];
    return rows.map((row) => ({ runNo: row.run_no, originNo: row.origin_no }));
  }

  forget({ runNo, originNo }: SettledRun): void {
    this.#forget.run(runNo);
    this.#origins.count(originNo, -1);
  }

  findHead(runId: string): RunHead | undefined {
    const row = this.#findHead.get(runId) as HeadRow | undefined;
    if (row === undefined) return undefined;
    return { runNo: row.run_no, nextSeq: row.events, isSettled: row.status !== runStatusCodes.running };
  }

  findHeader(runId: string): RunHeader | undefined {
    const row = this.#findHeader.get(runId) as HeaderRow | undefined;
    return row === undefined ? undefined : toHeader(row);
  }

  /** INPUT_INVALID when the limit is not a whole number from 1 to 1,000. */
  list({ limit, runIdPrefix = "", cursor, workflow, status }: RunQuery): RunPage {
    if (!(Number.isInteger(limit) && limit >= 1 && limit <= maxPage)) {
      throw new MycroftError(
        "INPUT_INVALID",
        `A page's limit is a whole number from 1 to 1,000, not ${limit}.`,
        {
          details: { field: "limit", value: limit, limit: maxPage },
        },
      );
    }
    // Ids are ASCII, so this is above every id with the prefix.
    const bound = `${runIdPrefix}\u{10ffff}`;
    const below = cursor !== undefined && cursor < bound ? cursor : bound;
    const filters = [
      ...(workflow === undefined ? [] : [workflow]),
      ...(status === undefined ? [] : [runStatusCodes[status]]),
    ];
    const statement = this.#listStatement(workflow !== undefined, status);
    // One more than asked for tells whether something follows.
    const rows = statement.all(runIdPrefix, below, ...filters, limit + 1) as unknown as readonly HeaderRow[];
    const runs = rows.slice(0, limit).map(toHeader);
    return { runs, nextCursor: rows.length > limit ? (runs.at(-1)?.runId ?? null) : null };
  }

  #listStatement(byWorkflow: boolean, status: RunStatus | undefined): StatementSync {
    const isRare = status !== undefined && status !== "succeeded";
    // The plus keeps SQLite from choosing the index by workflow where the one by rare status finds less.
    const workflowFilter = byWorkflow ? `AND ${isRare ? "+" : ""}workflow = ?` : "";
    const statusFilter = status === undefined ? "" : `AND status = ? ${isRare ? "AND status <> 3" : ""}`;
    const filters = `${workflowFilter} ${statusFilter}`;
    let statement = this.#list.get(filters);
    if (statement === undefined) {
      statement = this.#database.prepare(
        `${selectHeaders} WHERE run_id >= ? AND run_id < ? ${filters} ORDER BY run_id DESC LIMIT ?`,
      );
      this.#list.set(filters, statement);
    }
    return statement;
  }
}

function toHeader(row: HeaderRow): RunHeader {
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
  };
}
