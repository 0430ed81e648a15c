import assert from "node:assert/strict";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import type { Store } from "@mycroft/runtime";
import { smallDisk } from "../testing/small-disk.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { creation, succeeded } from "./sample-run.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Calls `action` until it fails, and gives the code of the failure. */
async function untilFailure(action: (turn: number) => Promise<unknown>): Promise<string> {
  for (let turn = 0; turn < 10_000; turn += 1) {
    try {
      await action(turn);
    } catch (thrown) {
      return thrown instanceof MycroftError ? thrown.code : String(thrown);
    }
  }
  return "no failure";
}

async function countEvents(store: Store, runId: string): Promise<number> {
  return (await store.readEvents(runId)).length;
}

test("P1 a disk that is really full: STORE_FULL, nothing torn, and on it goes once there is room", async (context) => {
  const disk = smallDisk(context, 2);
  if (disk === undefined) return;
  const ballast = join(disk, "ballast");
  writeFileSync(ballast, new Uint8Array(600_000));
  const store = await openSqliteStore({ folder: join(disk, "store"), inlineEventBytes: 50_000 });
  try {
    await store.append([creation("small"), creation("large")]);
    let stored = 1;
    const appendSmall = async (): Promise<void> => {
      const events = [succeeded("a", "x".repeat(9_000)), succeeded("b", "y".repeat(9_000))];
      await store.append([{ runId: "small", fromSeq: stored, events }, creation(`with-${stored}`)]);
      stored += 2;
    };
    assert.equal(await untilFailure(appendSmall), "STORE_FULL");
    assert.equal(await untilFailure(appendSmall), "STORE_FULL");
    assert.ok(stored > 1, "something fits in the beginning");
    assert.equal(await countEvents(store, "small"), stored);
    assert.equal(await store.getRun(`with-${stored}`), undefined);

    rmSync(ballast);
    await appendSmall();
    assert.equal(await countEvents(store, "small"), stored);
    assert.equal((await store.getRun(`with-${stored - 2}`))?.events, 1);

    let large = 1;
    const appendLarge = async (turn: number): Promise<void> => {
      const events = [succeeded("large", String(turn).padEnd(100_000, "z"))];
      await store.append([{ runId: "large", fromSeq: large, events }]);
      large += 1;
    };
    assert.equal(await untilFailure(appendLarge), "STORE_FULL");
    assert.equal(await countEvents(store, "large"), large);
    const files = readdirSync(join(disk, "store", "artifacts"), { recursive: true }).map(String);
    assert.deepEqual(
      files.filter((file) => file.endsWith(".new")),
      [],
    );
  } finally {
    await store.close();
  }
});

test("P8 the file of an artifact that there was no room to note is gone with the next opening", async (context) => {
  const folder = temporaryFolder(context);
  const files = () =>
    readdirSync(join(folder, "artifacts"), { recursive: true })
      .map(String)
      .filter((file) => file.endsWith(".json"));
  const store = await openSqliteStore({ folder, maxFileBytes: 400_000 });
  assert.equal(
    await untilFailure((turn) => store.append([creation(`run-${turn}`), creation(`more-${turn}`)])),
    "STORE_FULL",
  );
  assert.equal(await untilFailure((turn) => store.putArtifact(`stray ${turn}`)), "STORE_FULL");
  await store.close();
  assert.ok(files().length > 0);
  const tidied = Promise.withResolvers<unknown>();
  const next = await openSqliteStore({ folder, onRetention: tidied.resolve });
  await tidied.promise;
  const database = new DatabaseSync(join(folder, "mycroft.sqlite"), { readOnly: true });
  const known = database.prepare("SELECT hash FROM artifacts").all();
  database.close();
  await next.close();
  assert.equal(files().length, known.length);
});
