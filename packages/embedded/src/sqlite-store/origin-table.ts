/**
 * What many runs have in common: their plan and provenance, kept once and counted. It keeps the rows of runs short,
 * and knows which market data still explains a run. Counts change with the transaction that creates or forgets runs.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { NewRun } from "@mycroft/runtime";
import type { Transaction } from "./transaction.ts";

/** Origins that are remembered; the others are looked up again. */
const rememberedOrigins = 1_000;

export class OriginTable {
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #count: StatementSync;
  readonly #forgetUnused: StatementSync;
  readonly #remembered = new Map<string, number>();
  /** By how much the counts change with the transaction that is open. */
  readonly #changes = new Map<number, number>();

  constructor(database: DatabaseSync, transaction: Transaction) {
    transaction.follow({ onCommitting: () => this.#writeCounts(), onForget: () => this.#reset() });
    this.#find = database.prepare("SELECT origin_no FROM origins WHERE plan_hash = ? AND provenance = ?");
    this.#insert = database.prepare(
      "INSERT INTO origins (plan_hash, provenance, data_hash, runs) VALUES (?, ?, ?, 0)",
    );
    this.#count = database.prepare("UPDATE origins SET runs = runs + ? WHERE origin_no = ?");
    this.#forgetUnused = database.prepare("DELETE FROM origins WHERE origin_no = ? AND runs = 0");
  }

  /** The number of a run's origin, which is created when it is new. */
  numberOf({ planHash, provenance }: NewRun): number {
    const text = JSON.stringify(provenance);
    const key = `${planHash} ${text}`;
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined) return remembered;
    const row = this.#find.get(planHash, text);
    const { dataHash = null } = provenance;
    const number = Number(row?.["origin_no"] ?? this.#insert.run(planHash, text, dataHash).lastInsertRowid);
    if (this.#remembered.size >= rememberedOrigins) this.#remembered.clear();
    this.#remembered.set(key, number);
    return number;
  }

  /**
   * So many runs more have this origin: written with the transaction that is open. 0 when it was asked for in vain: it
   * is forgotten if no run has it.
   */
  count(originNo: number, change: 1 | 0 | -1): void {
    this.#changes.set(originNo, (this.#changes.get(originNo) ?? 0) + change);
  }

  #writeCounts(): void {
    for (const [originNo, change] of this.#changes) {
      if (change !== 0) this.#count.run(change, originNo);
      if (change <= 0 && this.#forgetUnused.run(originNo).changes > 0) this.#remembered.clear();
    }
    this.#changes.clear();
  }

  #reset(): void {
    this.#changes.clear();
    this.#remembered.clear();
  }
}
