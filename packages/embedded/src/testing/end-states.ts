/** What a store holds when everything in it has settled: as it compares with another one, and whether it is whole. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { basename } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { apply, createRun, describeTasks, indexPlan, type JsonValue } from "@mycroft/engine";
import { type RunRecord, readRun } from "@mycroft/runtime";
import { openSqliteStore } from "../sqlite-store/open-sqlite-store.ts";
import { storeFiles } from "../sqlite-store/store-files.ts";
import { allRuns } from "./all-runs.ts";
import { isProbe } from "./mixed-runs.ts";

/** Every run, and what schedules and backfills know, without what time alone decides. */
export async function endStatesOf(folder: string): Promise<ReadonlyMap<string, unknown>> {
  const store = await openSqliteStore({ folder, readOnly: true });
  const states = new Map<string, unknown>();
  for (const { runId } of await allRuns(store)) {
    const end = endOf(await readRun(store, runId));
    if (!isProbe(runId)) states.set(runId, end);
  }
  for (const collection of ["schedules", "backfills"]) {
    const { documents } = await store.listDocuments(collection, { limit: 100 });
    for (const { id, value } of documents) states.set(`${collection}/${id}`, withoutTimes(value));
  }
  await store.close();
  return states;
}

/** P2: what is on record counted, each thing once, but for signals that were sent again. Gives the end. */
function endOf({ header, plan, events, state: { result, input } }: RunRecord): unknown {
  const { runId, status } = header;
  assert.ok(result !== null && status === result.status, `${runId} has settled, and its header says so`);
  const state = createRun(indexPlan(plan), runId);
  const signals = new Set<string | undefined>();
  for (const [seq, event] of events.entries()) {
    const { ignored } = state;
    apply(state, event);
    const isAgain = event.type === "signalReceived" && signals.has(event.id);
    assert.equal(
      state.ignored - ignored,
      isAgain ? 1 : 0,
      `${runId}: event ${seq}, ${JSON.stringify(event)}`,
    );
    if (event.type === "signalReceived") signals.add(event.id);
  }
  const tasks = describeTasks(state).map(({ readyAt: _, settledAt: __, ...task }) => task);
  const { createdAt: _, settledAt: __, events: ___, ...origin } = header;
  return { ...origin, input, result, tasks };
}

function withoutTimes(value: JsonValue): unknown {
  assert.ok(typeof value === "object" && value !== null && !Array.isArray(value));
  return Object.fromEntries(
    Object.entries(value).filter(([field]) => field !== "createdAt" && field !== "endedAt"),
  );
}

/** Nothing is damaged, nothing lost, and when the store has been open for long enough no rubbish is left. */
export async function assertWhole(folder: string): Promise<void> {
  const files = storeFiles(folder);
  const tidied = Promise.withResolvers<unknown>();
  const writer = await openSqliteStore({ folder, onRetention: tidied.resolve });
  await tidied.promise;
  await writer.close();
  assert.deepEqual(readdirSync(folder).toSorted(), ["artifacts", "mycroft.lock", "mycroft.sqlite"]);
  const database = new DatabaseSync(files.database, { readOnly: true });
  assert.deepEqual(
    database
      .prepare("PRAGMA integrity_check")
      .all()
      .map((row) => row["integrity_check"]),
    ["ok"],
  );
  const hashes = database
    .prepare("SELECT hash FROM artifacts")
    .all()
    .map((row) => String(row["hash"]));
  database.close();
  const store = await openSqliteStore({ folder, readOnly: true });
  for (const hash of hashes) assert.notEqual(await store.getArtifact(hash), undefined);
  await store.close();
  const kept = readdirSync(files.artifacts, { recursive: true, withFileTypes: true });
  const names = kept.flatMap((entry) => (entry.isFile() ? [basename(entry.name, ".json")] : []));
  assert.deepEqual(names.toSorted(), hashes.toSorted(), "files of artifacts");
}
