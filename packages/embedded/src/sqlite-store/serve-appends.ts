/** The append thread's side: a connection of its own to the store, and one append after the other (P1). */
import type { DatabaseSync } from "node:sqlite";
import type { MessagePort } from "node:worker_threads";
import {
  type AppendAnswer,
  type AppendRequest,
  type AppendThreadSettings,
  unpackAppends,
} from "./append-messages.ts";
import type { EventLog } from "./event-log.ts";
import { openForWriting } from "./open-database.ts";
import { openRunTables } from "./run-tables.ts";
import { asStoreError } from "./store-error.ts";
import { storeFiles } from "./store-files.ts";

/** Says `ready`, answers each request, and ends when it gets `close`. `onConnected` is for tests. */
export function serveAppends(
  port: MessagePort,
  { folder, limits, maxFileBytes }: AppendThreadSettings,
  onConnected: (database: DatabaseSync) => void = () => {},
): void {
  const files = storeFiles(folder);
  const database = openForWriting(files, maxFileBytes);
  onConnected(database);
  let now = 0;
  const { transaction, events } = openRunTables({ database, files, limits, now: () => now });
  port.on("message", (request: AppendRequest | "close") => {
    if (request === "close") {
      database.close();
      port.close();
      return;
    }
    now = request.now;
    if (request.isOvertaken) transaction.forget();
    port.postMessage(answer(events, request, folder));
  });
  port.postMessage("ready");
}

function answer(events: EventLog, { appends }: AppendRequest, folder: string): AppendAnswer {
  try {
    const outcomes = events.append(unpackAppends(appends), (text) => text);
    const conflicts: number[] = [];
    for (const [place, outcome] of outcomes.entries()) if (outcome === "conflict") conflicts.push(place);
    return { ok: true, conflicts };
  } catch (thrown) {
    return { ok: false, error: asStoreError(thrown, "append events", folder).toRecord() };
  }
}
