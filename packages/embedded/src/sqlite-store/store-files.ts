/** Where a store keeps what, below its folder. */
import { join } from "node:path";

export interface StoreFiles {
  readonly folder: string;
  readonly database: string;
  /** SQLite's write-ahead log: part of the database until a checkpoint has copied it there. */
  readonly writeAheadLog: string;
  /** Held locked by the process that may write. Always empty, never removed. */
  readonly lock: string;
  /** Says in JSON who holds the lock. */
  readonly owner: string;
  readonly artifacts: string;
}

export function storeFiles(folder: string): StoreFiles {
  const database = join(folder, "mycroft.sqlite");
  return {
    folder,
    database,
    writeAheadLog: `${database}-wal`,
    lock: join(folder, "mycroft.lock"),
    owner: join(folder, "mycroft.owner.json"),
    artifacts: join(folder, "artifacts"),
  };
}
