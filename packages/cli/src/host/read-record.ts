/** Opens the record for commands that only read: beside processes that write, and without creating anything. */
import { openSqliteStore } from "@mycroft/embedded";
import { MycroftError } from "@mycroft/errors";
import type { Store } from "@mycroft/runtime";
import type { Invocation } from "../command.ts";
import { type ClusterSettings, clusterText, type RecordPlace } from "../project/host-settings.ts";
import { findRecordPlace } from "../project/open-project.ts";
import { openClusterStore } from "./cluster-store.ts";

/**
 * Gives `use` the record that the command line means, and closes it again.
 * @throws {MycroftError} NOT_FOUND where nothing was ever run; the codes of `openSqliteStore` and `connectClusterStore`.
 */
export async function readRecord<Result>(
  options: Invocation["options"],
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  return readRecordIn(await findRecordPlace(options), use);
}

export async function readRecordIn<Result>(
  place: RecordPlace,
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  const { store, close } = await openForReading(place);
  try {
    return await use(store);
  } finally {
    await close();
  }
}

/** As `readRecordIn`, of a folder of this machine. */
export function readFolder<Result>(folder: string, use: (store: Store) => Promise<Result>): Promise<Result> {
  return readRecordIn({ kind: "folder", folder }, use);
}

/** Whether anything was ever put on record there. @throws {MycroftError} the codes of `openSqliteStore`. */
export async function hasRecord(folder: string): Promise<boolean> {
  try {
    return await readFolder(folder, async () => true);
  } catch (thrown) {
    if (thrown instanceof MycroftError && thrown.code === "NOT_FOUND") return false;
    throw thrown;
  }
}

interface OpenStore {
  readonly store: Store;
  close(): Promise<void>;
}

async function openForReading(place: RecordPlace): Promise<OpenStore> {
  const open = (readOnly: boolean) =>
    place.kind === "folder"
      ? openFolder(place.folder, readOnly)
      : openClusterStore(place.cluster, { readOnly });
  try {
    return await open(true);
  } catch (thrown) {
    if (!(thrown instanceof MycroftError)) throw thrown;
    if (thrown.code === "NOT_FOUND")
      throw place.kind === "folder" ? noRecord(place.folder, thrown) : noStore(place.cluster, thrown);
    if (thrown.code !== "STORE_OLDER") throw thrown;
    // Opening it for writing brings it up to date.
    await (await open(false)).close();
    return open(true);
  }
}

async function openFolder(folder: string, readOnly: boolean): Promise<OpenStore> {
  const store = await openSqliteStore({ folder, readOnly });
  return { store, close: () => store.close() };
}

function noRecord(folder: string, cause: MycroftError): MycroftError {
  const message = `Nothing has been run here yet: there is no record in ${folder}. \`mycroft start\` makes the first run.`;
  return new MycroftError("NOT_FOUND", message, { details: { folder }, cause });
}

function noStore(cluster: ClusterSettings, cause: MycroftError): MycroftError {
  const message =
    `Nothing has been run there yet: there is no store at ${clusterText(cluster)}. The first run makes it, and so do ` +
    "`mycroft orchestrator`, `mycroft worker` and `mycroft up`.";
  return new MycroftError("NOT_FOUND", message, { details: { cluster: cluster.name }, cause });
}
