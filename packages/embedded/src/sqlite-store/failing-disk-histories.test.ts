/** Random histories on a disk that fails now and then, compared with what was acknowledged (P1, P2). */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import type { RunAppend, Store } from "@mycroft/runtime";
import fc from "fast-check";
import { breakFile, canBreakFiles, type FileFault, limitFileSize } from "../testing/file-faults.ts";
import { openStore } from "./open-sqlite-store.ts";
import { creation, succeeded } from "./sample-run.ts";
import { storeFiles } from "./store-files.ts";

const runIds = ["a", "b", "c"] as const;
const documentIds = ["x", "y"] as const;
const collection = "notes";

const canLimit = process.platform === "linux" && limitFileSize(process.pid, "unlimited");

type BrokenFile = "database" | "writeAheadLog";

type Operation =
  | {
      readonly type: "append";
      readonly runs: readonly { readonly run: number; readonly sizes: readonly number[] }[];
    }
  | { readonly type: "document"; readonly id: number; readonly value: number | null }
  | { readonly type: "artifact"; readonly value: number }
  | { readonly type: "settleAndPrune"; readonly run: number }
  | { readonly type: "read" }
  | { readonly type: "break"; readonly file: BrokenFile; readonly fault: FileFault }
  /** So much more may be written to the log, or less to a file of its own. */
  | { readonly type: "limit"; readonly bytes: number }
  | { readonly type: "mend" }
  | { readonly type: "reopen" };

const index = fc.nat(2);
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      type: fc.constant("append" as const),
      // One page, a few, and more than an event may have in its row.
      runs: fc.array(
        fc.record({
          run: index,
          sizes: fc.array(fc.constantFrom(10, 3_000, 9_000, 25_000), { maxLength: 3 }),
        }),
        { minLength: 1, maxLength: 4 },
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant("document" as const),
      id: fc.nat(1),
      value: fc.option(fc.nat(9)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("artifact" as const), value: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant("settleAndPrune" as const), run: index }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("read" as const) }) },
  {
    weight: 3,
    arbitrary: fc.oneof(
      fc.record({
        type: fc.constant("break" as const),
        file: fc.constant("writeAheadLog" as const),
        fault: fc.constantFrom<FileFault>("unwritable", "unreachable", "forgetful"),
      }),
      fc.record({
        type: fc.constant("break" as const),
        file: fc.constant("database" as const),
        fault: fc.constantFrom<FileFault>("unwritable", "unreachable"),
      }),
    ),
  },
  {
    weight: canLimit ? 2 : 0,
    arbitrary: fc.record({ type: fc.constant("limit" as const), bytes: fc.integer({ min: 0, max: 40_000 }) }),
  },
  { weight: 4, arbitrary: fc.record({ type: fc.constant("mend" as const) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant("reopen" as const) }) },
);

/** A store on a disk that can be broken, and what it has acknowledged. */
class Disk {
  readonly folder = mkdtempSync(join(tmpdir(), "mycroft-disk-"));
  store: Store = this.#open();
  readonly #tasks = new Map<string, readonly string[]>();
  readonly #documents = new Map<string, { readonly revision: number; readonly value: number }>();
  readonly #artifacts = new Map<string, number>();
  readonly #broken = new Map<BrokenFile | "limit", () => void>();
  #written = 0;

  #open(): Store {
    return openStore(
      { folder: this.folder, retentionDays: Number.POSITIVE_INFINITY, inlineEventBytes: 20_000 },
      // So that the log is copied into the file, and begun anew, again and again.
      { onConnected: (database) => database.exec("PRAGMA wal_autocheckpoint = 15") },
    );
  }

  async do(operation: Operation): Promise<void> {
    switch (operation.type) {
      case "append":
        return this.#append(operation.runs);
      case "document":
        return this.#putDocument(documentIds[operation.id] ?? "x", operation.value);
      case "artifact":
        return this.#putArtifact(operation.value);
      case "settleAndPrune":
        return this.#settleAndPrune(runIds[operation.run] ?? "a");
      case "read":
        return this.#tried(() => this.#compare());
      case "break":
        if (!this.#broken.has(operation.file)) {
          const path = storeFiles(this.folder)[operation.file];
          this.#broken.set(operation.file, breakFile(path, operation.fault));
        }
        return;
      case "limit": {
        const log = statSync(storeFiles(this.folder).writeAheadLog, { throwIfNoEntry: false });
        limitFileSize(process.pid, (log?.size ?? 0) + operation.bytes);
        this.#broken.set("limit", () => void limitFileSize(process.pid, "unlimited"));
        return;
      }
      case "mend":
        return this.mend();
      case "reopen":
        await this.store.close();
        this.mend();
        this.store = this.#open();
        await this.#compare();
    }
  }

  mend(): void {
    for (const mend of this.#broken.values()) mend();
    this.#broken.clear();
  }

  async #append(runs: Extract<Operation, { type: "append" }>["runs"]): Promise<void> {
    const now = new Map(this.#tasks);
    const batch = runs.map(({ run, sizes }): RunAppend => {
      const runId = runIds[run] ?? "a";
      const known = now.get(runId);
      const added = sizes.map((size) => this.#newText(size));
      now.set(runId, [...(known ?? [""]), ...added]);
      const events = added.map((text) => succeeded(text, ""));
      if (known !== undefined) return { runId, fromSeq: known.length, events };
      const create = creation(runId, { tags: ["tag"], startKey: runId });
      return { ...create, events: [...create.events, ...events] };
    });
    await this.#tried(async () => {
      const outcomes = await this.store.append(batch);
      assert.ok(outcomes.every((outcome) => outcome === "stored"));
      for (const [runId, tasks] of now) this.#tasks.set(runId, tasks);
    });
  }

  #newText(size: number): string {
    this.#written += 1;
    return `${this.#written}`.padEnd(size, ".");
  }

  async #putDocument(id: string, value: number | null): Promise<void> {
    const revision = this.#documents.get(id)?.revision ?? 0;
    await this.#tried(async () => {
      assert.equal(await this.store.putDocument({ collection, id, replaces: revision, value }), "stored");
      if (value === null) this.#documents.delete(id);
      else this.#documents.set(id, { revision: revision + 1, value });
    });
  }

  async #putArtifact(value: number): Promise<void> {
    await this.#tried(async () => {
      this.#artifacts.set(await this.store.putArtifact(value), value);
    });
  }

  async #settleAndPrune(runId: string): Promise<void> {
    const fromSeq = this.#tasks.get(runId)?.length;
    if (fromSeq === undefined) return;
    // A pruning that fails may have done a part of its work: it is done again when all is well.
    this.mend();
    await this.store.append([{ runId, fromSeq, events: [], settle: { status: "failed", at: 1 } }]);
    assert.equal(await this.store.prune(2), 1);
    this.#tasks.delete(runId);
  }

  /** Does something that may be refused while the disk is broken, for a reason that may pass, and only then. */
  async #tried(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (thrown) {
      if (!(thrown instanceof MycroftError)) throw thrown;
      assert.ok(thrown.code === "STORE_IO", thrown.message);
      assert.ok(this.#broken.size > 0, `refused on a sound disk: ${thrown.message}`);
    }
  }

  async #compare(): Promise<void> {
    const ids = [...this.#tasks.keys()].toSorted().toReversed();
    const listed = (await this.store.listRuns({ limit: 100 })).runs.map((run) => run.runId);
    assert.deepEqual(listed, ids);
    const tagged = (await this.store.listRuns({ tag: "tag", status: "running", limit: 100 })).runs;
    assert.deepEqual(
      tagged.map((run) => run.startKey),
      ids,
    );
    for (const [runId, tasks] of this.#tasks) {
      const events = await this.store.readEvents(runId);
      const found = events.map((event) => (event.type === "attemptSucceeded" ? event.task : ""));
      assert.deepEqual(found, tasks);
    }
    for (const id of documentIds) {
      const { revision, value } = (await this.store.getDocument(collection, id)) ?? {};
      assert.deepEqual(
        [revision, value],
        [this.#documents.get(id)?.revision, this.#documents.get(id)?.value],
      );
    }
    for (const [hash, value] of this.#artifacts) assert.equal(await this.store.getArtifact(hash), value);
  }

  async end(): Promise<void> {
    this.mend();
    await this.#compare();
    await this.do({ type: "reopen" });
  }

  async remove(): Promise<void> {
    this.mend();
    await this.store.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

test("P1 P2 whatever fails and when, a store has what it acknowledged and shows nothing else", {
  skip: canBreakFiles ? false : "descriptors can be exchanged on Linux only",
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 40 }), async (operations) => {
      const disk = new Disk();
      try {
        for (const next of operations) await disk.do(next);
        await disk.end();
      } finally {
        await disk.remove();
      }
    }),
    { numRuns: 30 },
  );
});
