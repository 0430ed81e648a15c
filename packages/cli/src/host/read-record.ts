/** Opens the record for commands that only read: beside a process that writes, and without creating anything. */
import { openSqliteStore } from "@mycroft/embedded";
import { MycroftError } from "@mycroft/errors";
import type { Store } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { findRecordFolder } from "../project/open-project.ts";

/**
 * Gives `use` the record that the command line means, and closes it again.
 * @throws {MycroftError} NOT_FOUND where nothing was ever run; the codes of `openSqliteStore`.
 */
export async function readRecord<Result>(
  options: Invocation["options"],
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  return readRecordIn(await findRecordFolder(options), use);
}

export async function readRecordIn<Result>(
  folder: string,
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await openForReading(folder);
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

async function openForReading(folder: string): Promise<Store> {
  try {
    return await openSqliteStore({ folder, readOnly: true });
  } catch (thrown) {
    if (!(thrown instanceof MycroftError)) throw thrown;
    if (thrown.code === "NOT_FOUND") throw noRecord(folder, thrown);
    if (thrown.code !== "STORE_OLDER") throw thrown;
    // Opening it for writing brings it up to date.
    const store = await openSqliteStore({ folder });
    await store.close();
    return openSqliteStore({ folder, readOnly: true });
  }
}

function noRecord(folder: string, cause: MycroftError): MycroftError {
  const message = `Nothing has been run here yet: there is no record in ${folder}. \`mycroft start\` makes the first run.`;
  return new MycroftError("NOT_FOUND", message, { details: { folder }, cause });
}
