import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { ManualClock } from "../testing/manual-clock.ts";
import { openStore } from "./open-sqlite-store.ts";
import { temporaryFolder } from "./temporary-folder.ts";

test("P8 documents that expire do not pile up between prunings", async (context) => {
  const clock = new ManualClock(1_000);
  let connection: DatabaseSync | undefined;
  const store = openStore(
    { folder: temporaryFolder(context), clock, retentionDays: Number.POSITIVE_INFINITY },
    { onConnected: (database) => (connection = database) },
  );
  const rows = (): number => Number(connection?.prepare("SELECT count(*) AS n FROM documents").get()?.["n"]);
  const lifetimeMs = 10;
  for (let step = 0; step < 200; step += 1) {
    const expiresAt = clock.now() + lifetimeMs;
    await store.putDocument({ collection: "results", id: `${step}`, replaces: 0, value: step, expiresAt });
    clock.advance(1);
  }
  assert.ok(rows() <= lifetimeMs + 1, `${rows()} rows`);
  // Writes after a pause take away two for each that they add.
  clock.advance(1_000);
  for (let step = 0; step < 20; step += 1) {
    await store.putDocument({
      collection: "later",
      id: `${step}`,
      replaces: 0,
      value: step,
      expiresAt: 1e12,
    });
  }
  assert.equal(rows(), 20);
  // What does not expire pays nothing for it.
  clock.advance(1e12);
  await store.putDocument({ collection: "notes", id: "note", replaces: 0, value: 1 });
  assert.equal(rows(), 21);
  await store.close();
});
