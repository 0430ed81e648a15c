/** Run headers: created, settled, looked up and forgotten. A header's row changes only when its run settles. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { NewRun, RunAppend, RunHeader } from "@mycroft/runtime";
import type { OriginTable } from "./origin-table.ts";
import type { RunExtras } from "./run-extras.ts";
import {
  countEvents,
  type HeaderRow,
  headerColumns,
  joinExtras,
  joinOrigins,
  tagsOf,
  toHeader,
} from "./run-header-row.ts";
import { runStatusCodes } from "./run-status-code.ts";

/** What appending needs to know of a run. */
export interface RunHead {
  readonly runNo: number;
  nextSeq: number;
  isSettled: boolean;
  readonly tags: readonly string[];
}

interface HeadRow {
  readonly run_no: number;
  readonly status: number;
  readonly events: number;
  readonly tags: string | null;
}

/** What forgetting needs to know of a run. */
export interface SettledRun {
  readonly runNo: number;
  readonly runId: string;
  readonly originNo: number;
  readonly settledAt: number;
  /** Its code. */
  readonly status: number;
  readonly parentRunId: string | null;
  readonly tags: readonly string[];
  readonly hasExtras: boolean;
}

interface SettledRow {
  readonly run_no: number;
  readonly run_id: string;
  readonly origin_no: number;
  readonly status: number;
  readonly status_at: number;
  readonly parent_run_id: string | null;
  readonly tags: string | null;
}

interface AboveRow {
  readonly status: number;
  readonly status_at: number;
  readonly parent_run_id: string | null;
}

export class RunTable {
  readonly #origins: OriginTable;
  readonly #extras: RunExtras;
  readonly #create: StatementSync;
  readonly #settle: StatementSync;
  readonly #findHead: StatementSync;
  readonly #findHeader: StatementSync;
  readonly #findByStartKey: StatementSync;
  readonly #findSettled: StatementSync;
  readonly #findAbove: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync, origins: OriginTable, extras: RunExtras) {
    this.#origins = origins;
    this.#extras = extras;
    this.#create = database.prepare(`
      INSERT INTO runs (run_id, workflow, origin_no, status, as_of, created_at, status_at)
      VALUES (?1, ?2, ?3, ${runStatusCodes.running}, ?4, ?5, ?5) ON CONFLICT DO NOTHING
    `);
    this.#settle = database.prepare("UPDATE runs SET status = ?, status_at = ? WHERE run_no = ?");
    this.#findHead = database.prepare(
      `SELECT runs.run_no, status, ${countEvents}, tags FROM runs ${joinExtras} WHERE runs.run_id = ?`,
    );
    const select = `SELECT ${headerColumns} FROM runs ${joinOrigins}`;
    this.#findHeader = database.prepare(`${select} ${joinExtras} WHERE runs.run_id = ?`);
    this.#findByStartKey = database.prepare(
      `${select} JOIN run_extras ON run_extras.run_no = runs.run_no WHERE start_key = ?`,
    );
    this.#findSettled = database.prepare(`
      SELECT runs.run_no, runs.run_id, origin_no, status, status_at, parent_run_id, tags FROM runs ${joinExtras}
      WHERE status > 2 AND status_at < ? AND (status_at, runs.run_no) > (?, ?)
      ORDER BY status_at, runs.run_no LIMIT ?
    `);
    this.#findAbove = database.prepare(
      `SELECT status, status_at, parent_run_id FROM runs ${joinExtras} WHERE runs.run_id = ?`,
    );
    this.#forget = database.prepare("DELETE FROM runs WHERE run_no = ?");
  }

  /** Undefined when there is a run of that id, or with that start key, already. */
  create(run: NewRun): RunHead | undefined {
    if (run.startKey !== null && this.#extras.hasStartKey(run.startKey)) return undefined;
    const originNo = this.#origins.numberOf(run);
    const { changes, lastInsertRowid } = this.#create.run(
      run.runId,
      run.workflow,
      originNo,
      run.asOf,
      run.createdAt,
    );
    this.#origins.count(originNo, changes === 0 ? 0 : 1);
    if (changes === 0) return undefined;
    const runNo = Number(lastInsertRowid);
    this.#extras.add(runNo, run);
    return { runNo, nextSeq: 0, isSettled: false, tags: run.tags };
  }

  settle(runId: string, { runNo, tags }: RunHead, { status, at }: NonNullable<RunAppend["settle"]>): void {
    const code = runStatusCodes[status];
    this.#settle.run(code, at, runNo);
    if (tags.length > 0) this.#extras.settle({ runId, status: runStatusCodes.running, tags }, code);
  }

  /** Runs that settled before a time, the earliest first: from the beginning, or from the one after `place` on. */
  findSettledBefore(time: number, limit: number, place?: SettledRun): readonly SettledRun[] {
    const { settledAt = Number.NEGATIVE_INFINITY, runNo = 0 } = place ?? {};
    const rows = this.#findSettled.all(time, settledAt, runNo, limit) as unknown as readonly SettledRow[];
    return rows.map((row) => ({
      runNo: row.run_no,
      runId: row.run_id,
      originNo: row.origin_no,
      settledAt: row.status_at,
      status: row.status,
      parentRunId: row.parent_run_id,
      tags: tagsOf(row.tags),
      hasExtras: row.tags !== null,
    }));
  }

  /** Whether all runs above it settled before that time too: nobody will read its result any more. */
  isFreeBefore(time: number, { parentRunId }: SettledRun): boolean {
    const looked = new Set<string>();
    for (let above = parentRunId; above !== null && !looked.has(above); ) {
      looked.add(above);
      const row = this.#findAbove.get(above) as AboveRow | undefined;
      if (row === undefined) return true;
      if (row.status === runStatusCodes.running || row.status_at >= time) return false;
      above = row.parent_run_id;
    }
    return true;
  }

  forget(run: SettledRun): void {
    this.#forget.run(run.runNo);
    if (run.hasExtras) this.#extras.forget(run.runNo, run);
    this.#origins.count(run.originNo, -1);
  }

  findHead(runId: string): RunHead | undefined {
    const row = this.#findHead.get(runId) as HeadRow | undefined;
    if (row === undefined) return undefined;
    const isSettled = row.status !== runStatusCodes.running;
    return { runNo: row.run_no, nextSeq: row.events, isSettled, tags: tagsOf(row.tags) };
  }

  findHeader(runId: string): RunHeader | undefined {
    const row = this.#findHeader.get(runId) as HeaderRow | undefined;
    return row === undefined ? undefined : toHeader(row);
  }

  findByStartKey(startKey: string): RunHeader | undefined {
    const row = this.#findByStartKey.get(startKey) as HeaderRow | undefined;
    return row === undefined ? undefined : toHeader(row);
  }
}
