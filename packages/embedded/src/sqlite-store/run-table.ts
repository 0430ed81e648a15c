/** Run headers: created, settled, looked up and listed. A header's row changes only when its run settles. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { RunStatus } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { NewRun, Provenance, RunAppend, RunHeader, RunPage, RunQuery } from "@mycroft/runtime";

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
  readonly status: RunStatus;
  readonly as_of: string;
  readonly provenance: string;
  readonly created_at: number;
  readonly settled_at: number | null;
  readonly events: number;
}

const maxPage = 1_000;

const selectHeaders = `
  SELECT run_id, workflow, plan_hash, status, as_of, provenance, created_at, settled_at,
    (SELECT ifnull(max(seq), -1) + 1 FROM events WHERE events.run_no = runs.run_no) AS events
  FROM runs`;

export class RunTable {
  readonly #database: DatabaseSync;
  readonly #create: StatementSync;
  readonly #settle: StatementSync;
  readonly #findHead: StatementSync;
  readonly #findHeader: StatementSync;
  readonly #list = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#create = database.prepare(`
      INSERT INTO runs (run_id, workflow, plan_hash, status, as_of, provenance, created_at)
      VALUES (?, ?, ?, 'running', ?, ?, ?) ON CONFLICT DO NOTHING
    `);
    this.#settle = database.prepare("UPDATE runs SET status = ?, settled_at = ? WHERE run_no = ?");
    this.#findHead = database.prepare(`
      SELECT run_no, settled_at,
        (SELECT ifnull(max(seq), -1) + 1 FROM events WHERE events.run_no = runs.run_no) AS events
      FROM runs WHERE run_id = ?
    `);
    this.#findHeader = database.prepare(`${selectHeaders} WHERE run_id = ?`);
  }

  /** Undefined when there is a run of that id already. */
  create(run: NewRun): RunHead | undefined {
    const { changes, lastInsertRowid } = this.#create.run(
      run.runId,
      run.workflow,
      run.planHash,
      run.asOf,
      JSON.stringify(run.provenance),
      run.createdAt,
    );
    return changes === 0 ? undefined : { runNo: Number(lastInsertRowid), nextSeq: 0, isSettled: false };
  }

  settle(runNo: number, { status, at }: NonNullable<RunAppend["settle"]>): void {
    this.#settle.run(status, at, runNo);
  }

  findHead(runId: string): RunHead | undefined {
    const row = this.#findHead.get(runId);
    if (row === undefined) return undefined;
    return { runNo: Number(row["run_no"]), nextSeq: Number(row["events"]), isSettled: row["settled_at"] !== null };
  }

  findHeader(runId: string): RunHeader | undefined {
    const row = this.#findHeader.get(runId);
    return row === undefined ? undefined : toHeader(row as unknown as HeaderRow);
  }

  /** INPUT_INVALID when the limit is not a whole number from 1 to 1,000. */
  list({ limit, runIdPrefix = "", cursor, workflow, status }: RunQuery): RunPage {
    if (!(Number.isInteger(limit) && limit >= 1 && limit <= maxPage)) {
      throw new MycroftError("INPUT_INVALID", `A page's limit is a whole number from 1 to 1,000, not ${limit}.`, {
        details: { field: "limit", value: limit, limit: maxPage },
      });
    }
    // Ids are ASCII, so this is above every id with the prefix.
    const bound = `${runIdPrefix}\u{10ffff}`;
    const below = cursor !== undefined && cursor < bound ? cursor : bound;
    const filters = [...(workflow === undefined ? [] : [workflow]), ...(status === undefined ? [] : [status])];
    const statement = this.#listStatement(workflow !== undefined, status !== undefined);
    // One more than asked for tells whether something follows.
    const rows = statement.all(runIdPrefix, below, ...filters, limit + 1) as unknown as readonly HeaderRow[];
    const runs = rows.slice(0, limit).map(toHeader);
    return { runs, nextCursor: rows.length > limit ? (runs.at(-1)?.runId ?? null) : null };
  }

  #listStatement(byWorkflow: boolean, byStatus: boolean): StatementSync {
    const filters = `${byWorkflow ? "AND workflow = ?" : ""} ${byStatus ? "AND status = ?" : ""}`;
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
  return {
    runId: row.run_id,
    workflow: row.workflow,
    planHash: row.plan_hash,
    status: row.status,
    asOf: row.as_of,
    provenance: JSON.parse(row.provenance) as Provenance,
    createdAt: row.created_at,
    settledAt: row.settled_at,
    events: row.events,
  };
}
