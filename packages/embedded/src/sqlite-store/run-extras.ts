/**
 * What few runs have: a start key, a parent, a fork, tags. It lies in tables of its own, so that runs without any of it
 * pay nothing. Rows of tags follow their run's status, which they are found by.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { NewRun } from "@mycroft/runtime";
import { runStatusCodes } from "./run-status-code.ts";

/** A run whose tags are to be changed or forgotten. */
export interface TaggedRun {
  readonly runId: string;
  /** The code that its tags are kept under. */
  readonly status: number;
  readonly tags: readonly string[];
}

export class RunExtras {
  readonly #insert: StatementSync;
  readonly #forget: StatementSync;
  readonly #findStartKey: StatementSync;
  readonly #insertTag: StatementSync;
  readonly #updateTag: StatementSync;
  readonly #forgetTag: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare("INSERT INTO run_extras VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    this.#forget = database.prepare("DELETE FROM run_extras WHERE run_no = ?");
    this.#findStartKey = database.prepare("SELECT 1 FROM run_extras WHERE start_key = ?");
    this.#insertTag = database.prepare(
      `INSERT INTO run_tags (tag, status, run_id, workflow) VALUES (?, ${runStatusCodes.running}, ?, ?)`,
    );
    this.#updateTag = database.prepare(
      "UPDATE run_tags SET status = ?4 WHERE tag = ?1 AND status = ?2 AND run_id = ?3",
    );
    this.#forgetTag = database.prepare("DELETE FROM run_tags WHERE tag = ? AND status = ? AND run_id = ?");
  }

  hasStartKey(startKey: string): boolean {
    return this.#findStartKey.get(startKey) !== undefined;
  }

  /** Keeps what a new run has, if anything. */
  add(runNo: number, { runId, workflow, startKey, parent, forkedFrom, tags }: NewRun): void {
    if (startKey === null && parent === null && forkedFrom === null && tags.length === 0) return;
    this.#insert.run(
      runNo,
      runId,
      startKey,
      parent?.runId ?? null,
      parent?.task ?? null,
      parent?.attempt ?? null,
      forkedFrom === null ? null : JSON.stringify(forkedFrom),
      JSON.stringify(tags),
    );
    for (const tag of tags) this.#insertTag.run(tag, runId, workflow);
  }

  settle({ runId, status, tags }: TaggedRun, newStatus: number): void {
    for (const tag of tags) this.#updateTag.run(tag, status, runId, newStatus);
  }

  forget(runNo: number, { runId, status, tags }: TaggedRun): void {
    this.#forget.run(runNo);
    for (const tag of tags) this.#forgetTag.run(tag, status, runId);
  }
}
