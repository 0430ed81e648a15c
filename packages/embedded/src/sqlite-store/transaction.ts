/** All of a piece of work, or nothing of it; durable when it returns. */
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Who keeps something in memory beside the tables, and must follow them. */
export interface TransactionFollower {
  /** Called before the transaction is committed, to write what is still to be written. */
  readonly onCommitting?: () => void;
  /**
   * Called when what was remembered may not be so: the transaction was rolled back, or another connection has written.
   * It must not ask the database.
   */
  readonly onForget: () => void;
}

export class Transaction {
  readonly #database: DatabaseSync;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #followers: TransactionFollower[] = [];

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#begin = database.prepare("BEGIN IMMEDIATE");
    this.#commit = database.prepare("COMMIT");
  }

  follow(follower: TransactionFollower): void {
    this.#followers.push(follower);
  }

  run<Result>(work: () => Result): Result {
    this.#begin.run();
    try {
      const result = work();
      for (const follower of this.#followers) follower.onCommitting?.();
      this.#commit.run();
      return result;
    } catch (thrown) {
      this.#rollBack();
      throw thrown;
    }
  }

  /** To be called before a transaction when another connection has written since the last one. */
  forget(): void {
    for (const follower of this.#followers) follower.onForget();
  }

  #rollBack(): void {
    try {
      // SQLite has rolled back by itself after some failures, such as a full disk.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
    } finally {
      this.forget();
    }
  }
}
