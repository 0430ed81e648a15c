/**
 * The append thread as it is, with a side door for tests: they run SQL on its connection, and make it end at a moment of
 * their choice. The door is a channel that is named after the store's folder.
 */
import { type DatabaseSync, StatementSync } from "node:sqlite";
import { BroadcastChannel, parentPort, workerData } from "node:worker_threads";
import type { AppendThreadSettings } from "../sqlite-store/append-messages.ts";
import { serveAppends } from "../sqlite-store/serve-appends.ts";

/** When the thread is to end: at once, as it begins a transaction, before it commits one, or after that, before it answers. */
export type EndOfThread = "now" | "beginning" | "committing" | "committed";

export interface Knock {
  readonly sql?: string;
  readonly endAt?: EndOfThread;
}

/** For the thread's program. */
export const threadProgram = new URL(import.meta.url);

/** What came of a knock at the door of the store in a folder: the first row of the SQL, once all that was said before is done. */
export async function knock(folder: string, what: Knock): Promise<Readonly<Record<string, unknown>>> {
  const door = new BroadcastChannel(`${folder} outside`);
  const answer = Promise.withResolvers<Readonly<Record<string, unknown>>>();
  door.onmessage = (event: unknown) => answer.resolve(Reflect.get(Object(event), "data"));
  const inside = new BroadcastChannel(`${folder} inside`);
  inside.postMessage(what);
  try {
    return await answer.promise;
  } finally {
    door.close();
    inside.close();
  }
}

if (parentPort !== null) {
  const settings = workerData as AppendThreadSettings;
  let endAt: EndOfThread | null = null;
  const runStatement = StatementSync.prototype.run;
  StatementSync.prototype.run = function (this: StatementSync, ...values) {
    const isCommit = this.sourceSQL === "COMMIT";
    if (endAt === "beginning" && this.sourceSQL === "BEGIN IMMEDIATE") process.exit(7);
    if (endAt === "committing" && isCommit) process.exit(7);
    const result = Reflect.apply(runStatement, this, values);
    if (endAt === "committed" && isCommit) process.exit(7);
    return result;
  };
  const inside = new BroadcastChannel(`${settings.folder} inside`);
  const outside = new BroadcastChannel(`${settings.folder} outside`);
  inside.unref();
  outside.unref();
  serveAppends(parentPort, settings, (database: DatabaseSync) => {
    inside.onmessage = (event: unknown) => {
      const { sql, endAt: end }: Knock = Reflect.get(Object(event), "data");
      endAt = end ?? endAt;
      outside.postMessage(sql === undefined ? {} : { ...database.prepare(sql).get() });
      if (endAt === "now") process.exit(7);
    };
  });
}
