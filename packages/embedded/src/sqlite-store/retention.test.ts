import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, test } from "node:test";
import { ManualClock } from "../testing/manual-clock.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";
import type { RetentionOutcome } from "./retention.ts";
import { creation, settlement } from "./sample-run.ts";
import { storeFiles } from "./store-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const dayMs = 24 * 3_600_000;

/** Retention's outcomes, awaited one by one. */
class Outcomes {
  readonly #come: RetentionOutcome[] = [];
  #awaited: ((outcome: RetentionOutcome) => void) | undefined;

  readonly push = (outcome: RetentionOutcome): void => {
    if (this.#awaited === undefined) this.#come.push(outcome);
    else this.#awaited(outcome);
    this.#awaited = undefined;
  };

  next(): Promise<RetentionOutcome> {
    const come = this.#come.shift();
    if (come !== undefined) return Promise.resolve(come);
    return new Promise((resolve) => {
      this.#awaited = resolve;
    });
  }
}

describe("retention", () => {
  test("P8 runs are forgotten a year after they settled: at opening, and daily while the store is open", async (context) => {
    const folder = temporaryFolder(context);
    const clock = new ManualClock(1_000 * dayMs);
    const outcomes = new Outcomes();
    const options = { folder, clock, onRetention: outcomes.push };
    const first = await openSqliteStore(options);
    assert.deepEqual(await outcomes.next(), { ok: true, forgottenRuns: 0 });
    await first.append(["day-0", "day-1", "running"].map((id) => creation(id)));
    await first.append([settlement("day-0", 1, clock.now()), settlement("day-1", 1, clock.now() + dayMs)]);
    await first.close();

    clock.advance(365 * dayMs + 1);
    const store = await openSqliteStore(options);
    assert.deepEqual(await outcomes.next(), { ok: true, forgottenRuns: 1 });
    assert.equal(await store.getRun("day-0"), undefined);
    assert.equal((await store.getRun("day-1"))?.status, "succeeded");
    clock.advance(dayMs);
    assert.deepEqual(await outcomes.next(), { ok: true, forgottenRuns: 1 });
    clock.advance(dayMs);
    assert.deepEqual(await outcomes.next(), { ok: true, forgottenRuns: 0 });
    assert.equal((await store.getRun("running"))?.status, "running");
    await store.close();
    assert.equal(clock.waiting, 0, "closing ends retention");
  });

  test("P8 after a holder that died, files that no row knows of are removed", async (context) => {
    const folder = temporaryFolder(context);
    const { artifacts, owner } = storeFiles(folder);
    await (await openSqliteStore({ folder })).close();
    mkdirSync(join(artifacts, "ab"), { recursive: true });
    writeFileSync(join(artifacts, "ab", `ab${"0".repeat(62)}.json`), "written, but its transaction was not");
    writeFileSync(owner, JSON.stringify({ pid: 1, host: "h", since: "s", command: "c" }));
    // One that is closed too soon for that leaves it to the next.
    await (await openSqliteStore({ folder })).close();
    assert.equal(readdirSync(join(artifacts, "ab")).length, 1);
    const outcomes = new Outcomes();
    const store = await openSqliteStore({ folder, onRetention: outcomes.push });
    assert.deepEqual(await outcomes.next(), { ok: true, forgottenRuns: 0 });
    assert.deepEqual(readdirSync(join(artifacts, "ab")), []);
    await store.close();
    assert.ok(!existsSync(owner));
  });

  test("closing in the middle of a pass is no failure; the next opening goes on", async (context) => {
    const folder = temporaryFolder(context);
    const clock = new ManualClock(0);
    const ids = Array.from({ length: 2_000 }, (_, index) => `run-${index}`);
    const store = await openSqliteStore({ folder, clock, retentionDays: Number.POSITIVE_INFINITY });
    await store.append(ids.map((id) => creation(id)));
    await store.append(ids.map((id) => settlement(id, 1, 5)));
    await store.close();

    clock.advance(400 * dayMs);
    const outcomes = new Outcomes();
    const cut = await openSqliteStore({ folder, clock, onRetention: outcomes.push });
    // The first piece is pruned in the first turn, so one turn later the pass is under way.
    await new Promise<void>((resolve) => clock.defer(resolve));
    const { runs } = await cut.listRuns({ limit: 1_000 });
    assert.ok(runs.length > 0, "it takes more than one piece");
    await cut.close();

    const last = await openSqliteStore({ folder, clock, onRetention: outcomes.push });
    assert.deepEqual(await outcomes.next(), { ok: true, forgottenRuns: 1_500 });
    assert.deepEqual((await last.listRuns({ limit: 1 })).runs, []);
    await last.close();
  });

  test("P8 expired documents go at opening and daily, also where runs are kept for ever", async (context) => {
    const folder = temporaryFolder(context);
    const clock = new ManualClock(0);
    const outcomes = new Outcomes();
    const options = { folder, clock, retentionDays: Number.POSITIVE_INFINITY, onRetention: outcomes.push };
    const first = await openSqliteStore(options);
    assert.deepEqual(await outcomes.next(), { ok: true, forgottenRuns: 0 });
    await first.append([creation("old"), settlement("old", 1, 5)]);
    for (const [id, expiresAt] of [
      ["today", 1],
      ["tomorrow", 1 + dayMs],
    ] as const) {
      await first.putDocument({ collection: "notes", id, replaces: 0, value: 1, expiresAt });
    }
    await first.close();

    clock.advance(dayMs);
    const store = await openSqliteStore(options);
    assert.deepEqual(await outcomes.next(), { ok: true, forgottenRuns: 0 });
    assert.deepEqual(documentsIn(folder), ["tomorrow"]);
    clock.advance(dayMs);
    assert.deepEqual(await outcomes.next(), { ok: true, forgottenRuns: 0 });
    assert.deepEqual(documentsIn(folder), []);
    assert.equal((await store.getRun("old"))?.status, "succeeded");
    await store.close();
  });
});

/** The ids of all documents that the file holds, expired ones too. */
function documentsIn(folder: string): readonly unknown[] {
  const database = new DatabaseSync(storeFiles(folder).database, { readOnly: true });
  const rows = database.prepare("SELECT id FROM documents ORDER BY id").all();
  database.close();
  return rows.map((row) => row["id"]);
}
