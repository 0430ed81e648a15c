/** Plans by their hash. They are kept for ever: there is one for each version of a workflow that ever ran. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Plan } from "@mycroft/engine";

export class PlanTable {
  readonly #put: StatementSync;
  readonly #find: StatementSync;

  constructor(database: DatabaseSync) {
    this.#put = database.prepare("INSERT INTO plans (hash, body) VALUES (?, ?) ON CONFLICT DO NOTHING");
    this.#find = database.prepare("SELECT body FROM plans WHERE hash = ?");
  }

  put(plan: Plan): void {
    this.#put.run(plan.hash, JSON.stringify(plan));
  }

  find(hash: string): Plan | undefined {
    const row = this.#find.get(hash);
    return row === undefined ? undefined : (JSON.parse(String(row["body"])) as Plan);
  }
}
