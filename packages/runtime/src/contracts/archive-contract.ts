/**
 * What every archive of a store owes (P1, P6), as a test suite that any implementation is run against: what is moved out of a
 * store is all that the store was given, and what is moved in is there for the store's ordinary port as if it had always been.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import type { JsonValue } from "@mycroft/engine";
import { moveHistory } from "../archive/move-history.ts";
import { compareKeys, recordKey } from "../archive/record-digest.ts";
import type { Store } from "../ports/store.ts";
import type { ArchiveKind, ArchiveRecord, StoreArchive, WritableArchive } from "../ports/store-archive.ts";
import { assertCode } from "./assert-code.ts";
import {
  archivedDocument,
  archivedRun,
  namedArtifact,
  orphanedArtifact,
  SampleArchive,
  sampleData,
  sampleHistory,
} from "./sample-archive.ts";
import { childCreation, creation, samplePlan, settlement, started, succeeded } from "./sample-runs.ts";

export interface ArchiveHost {
  /** Opens the store itself; it is closed before an archive is asked for. */
  readonly openStore: () => Promise<Store>;
  readonly read: <Result>(use: (archive: StoreArchive) => Promise<Result>) => Promise<Result>;
  /** Absent where a history can be moved out only. */
  readonly write?: <Result>(use: (archive: WritableArchive) => Promise<Result>) => Promise<Result>;
  /** Closes every store that is still open, and removes what was kept. */
  readonly dispose: () => Promise<void>;
}

export interface ArchiveContractOptions {
  /** Names the implementation in the tests' titles. */
  readonly name: string;
  /** Gives a new, empty store. */
  readonly open: () => Promise<ArchiveHost>;
  readonly isWritable: boolean;
}

type CurrentArchive = () => ArchiveHost;

/** Registers the suite with node:test. */
export function archiveContract({ name, open, isWritable }: ArchiveContractOptions): void {
  describe(`archive contract: ${name}`, { timeout: 120_000 }, () => {
    let host: ArchiveHost | undefined;
    beforeEach(async () => {
      host = await open();
    });
    afterEach(async () => {
      await host?.dispose();
      host = undefined;
    });
    const current = () => {
      assert.ok(host);
      return host;
    };
    testReading(current);
    const skip = isWritable ? false : "a history can be moved out of it only";
    describe("moving in", { skip }, () => testWriting(current));
  });
}

async function readAll(archive: StoreArchive, kind: ArchiveKind): Promise<readonly ArchiveRecord[]> {
  const records: ArchiveRecord[] = [];
  for await (const batch of archive.read(kind)) {
    assert.ok(batch.length > 0);
    records.push(...batch);
  }
  assert.equal(await archive.count(kind), records.length);
  const keys = records.map(recordKey);
  assert.deepEqual(keys, keys.toSorted(compareKeys), "in the order of their keys' bytes");
  return records;
}

async function using<Result>(store: Store, use: (store: Store) => Promise<Result>): Promise<Result> {
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

function testReading(host: CurrentArchive): void {
  test("runs are read with all that the store says of them, under way or settled", async () => {
    const ids = ["run-1", "run-2", "run-2.child", "run-3"];
    const stored = await using(await host().openStore(), async (store) => {
      const forkedFrom = { runId: "run-1", tasks: ["trend"] };
      await store.append([
        creation("run-3", { tags: ["a", "b"], startKey: "a key", createdAt: 1_000.5 }),
        creation("run-1", { provenance: { codeVersion: "1", dataHash: "d" } }),
        creation("run-2", { forkedFrom }),
        childCreation("run-2.child", "run-2"),
      ]);
      await store.append([settlement("run-1", 2_000.75), settlement("run-2.child", 3)]);
      const read = async (runId: string) => [await store.getRun(runId), await store.readEvents(runId)];
      return Promise.all(ids.map(read));
    });
    const records = await host().read((archive) => readAll(archive, "run"));
    const runs = records.filter((record) => record.kind === "run");
    const parsed = runs.map(({ header, events }) => [header, events.map((text) => JSON.parse(text))]);
    assert.deepEqual(parsed, stored);
  });

  test("documents are read with their revisions and times, in the order of their UTF-8 bytes", async () => {
    const farAway = 32_503_680_000_000;
    await using(await host().openStore(), async (store) => {
      const put = (collection: string, id: string, value: JsonValue, expiresAt?: number) =>
        store.putDocument({
          collection,
          id,
          replaces: null,
          value,
          ...(expiresAt === undefined ? {} : { expiresAt }),
        });
      await put("notes", "\u{1f600}", { b: 1, a: "\u0000" });
      await put("notes", "\uffff", 1);
      await put("notes", "\uffff", 2);
      await put("a", "lasting", [], farAway);
      await put("notes", "deleted", 1);
      await put("notes", "deleted", null);
    });
    assert.deepEqual(await host().read((archive) => readAll(archive, "document")), [
      archivedDocument("lasting", { collection: "a", body: "[]", expiresAt: farAway }),
      archivedDocument("\uffff", { revision: 2, body: "2" }),
      archivedDocument("\u{1f600}", { body: '{"a":"\\u0000","b":1}' }),
    ]);
  });

  test("plans and artifacts are read under their hashes; large ones are not read all at once", async () => {
    const large = Array.from({ length: 5 }, (_, index) => `${index}`.repeat(4 * 1024 * 1024));
    const plans = [samplePlan("one"), samplePlan("two")];
    const hashes = await using(await host().openStore(), async (store) => {
      for (const plan of plans) await store.putPlan(plan);
      return Promise.all([...large, "small"].map((value) => store.putArtifact(value)));
    });
    await host().read(async (archive) => {
      const found = await readAll(archive, "plan");
      const expected = plans.map((plan) => ({ kind: "plan", hash: plan.hash, body: JSON.stringify(plan) }));
      assert.deepEqual(
        found,
        expected.toSorted((left, right) => compareKeys(left.hash, right.hash)),
      );
      const artifacts = (await readAll(archive, "artifact")).filter((record) => record.kind === "artifact");
      assert.deepEqual(artifacts.map(recordKey).sort(), hashes.toSorted());
      for (const { putAt } of artifacts) assert.ok(Math.abs(Date.now() - putAt) < 3_600_000);
      const bodies = new Map(artifacts.map(({ hash, body }) => [hash, JSON.parse(body)]));
      assert.deepEqual(
        hashes.map((hash) => bodies.get(hash)),
        [...large, "small"],
      );
      let largest = 0;
      for await (const batch of archive.read("artifact")) largest = Math.max(largest, batch.length);
      assert.ok(largest < 5, `${largest} in one batch`);
    });
  });

  test("an event of any size is read as the event that it is, and as nothing else", async () => {
    const events = [started("x".repeat(200_000)), succeeded("a", "y".repeat(9_000_000)), succeeded("b", "z")];
    await using(await host().openStore(), (store) => store.append([{ ...creation("run-1"), events }]));
    await host().read(async (archive) => {
      const [run] = await readAll(archive, "run");
      assert.ok(run?.kind === "run");
      assert.deepEqual(
        run.events,
        events.map((event) => JSON.stringify(event)),
      );
      assert.deepEqual(await readAll(archive, "artifact"), []);
    });
  });

  test("thousands of runs are read, each once", async () => {
    const ids = Array.from({ length: 2_345 }, (_, index) => `run-${String(index).padStart(5, "0")}`);
    await using(await host().openStore(), (store) => store.append(ids.map((id) => creation(id))));
    const runs = await host().read((archive) => readAll(archive, "run"));
    assert.deepEqual(runs.map(recordKey), ids);
  });

  test("an empty store has nothing", async () => {
    await using(await host().openStore(), async () => {});
    await host().read(async (archive) => {
      for (const kind of ["plan", "artifact", "document", "run"] as const) {
        assert.deepEqual(await readAll(archive, kind), []);
      }
    });
  });
}

async function moveIn(host: ArchiveHost, records: readonly ArchiveRecord[] = sampleHistory, at = 0) {
  assert.ok(host.write);
  const from = new SampleArchive("sample", records);
  return host.write((to) => moveHistory({ from, to, at }));
}

function testWriting(host: CurrentArchive): void {
  test("P6 what is moved in is read back as it was, and moving it again finds it there", async () => {
    const { wasThere, sums } = await moveIn(host());
    assert.equal(wasThere, false);
    const counts = Object.fromEntries(Object.entries(sums).map(([kind, { count }]) => [kind, count]));
    assert.deepEqual(counts, { plan: 2, artifact: 3, document: 5, run: 6 });
    assert.deepEqual([sums.run.events, sums.run.unsettled], [9, 3]);
    assert.deepEqual(await moveIn(host()), { wasThere: true, sums });
  });

  test("runs that were moved in are found, listed and gone on with", async () => {
    await moveIn(host());
    await using(await host().openStore(), async (store) => {
      for (const record of sampleHistory) {
        if (record.kind !== "run") continue;
        assert.deepEqual(await store.getRun(record.header.runId), record.header);
        const events = await store.readEvents(record.header.runId);
        assert.deepEqual(
          events.map((event) => JSON.stringify(event)),
          record.events,
        );
      }
      const idsOf = async (query: Partial<Parameters<Store["listRuns"]>[0]>) =>
        (await store.listRuns({ limit: 10, ...query })).runs.map(({ runId }) => runId);
      assert.deepEqual(await idsOf({ tag: "nightly" }), ["run-2", "run-1", "named"]);
      assert.deepEqual(await idsOf({ tag: "nightly", status: "running" }), ["run-2", "named"]);
      assert.deepEqual(await idsOf({ status: "failed" }), ["run-1.child.1"]);
      assert.deepEqual(await idsOf({ workflow: "every/thing \u2603" }), ["run-1"]);
      assert.deepEqual(await idsOf({ parentRunId: "run-1" }), ["run-1.child.1"]);
      assert.equal((await store.findRunByStartKey("the key"))?.runId, "run-1");
      const outcomes = await store.append([
        settlement("run-2", 9),
        { runId: "run-1", fromSeq: 3, events: [], settle: { status: "failed", at: 9 } },
        creation("new", { startKey: "the key" }),
        creation("newer", { startKey: "a new key" }),
      ]);
      assert.deepEqual(outcomes, ["stored", "conflict", "conflict", "stored"]);
      assert.deepEqual(await idsOf({ tag: "nightly", status: "succeeded" }), ["run-2", "run-1"]);
    });
  });

  test("documents keep their revisions, for compare-and-set, and their times", async () => {
    await moveIn(host(), [...sampleHistory, archivedDocument("past", { expiresAt: 5 })], 4);
    await using(await host().openStore(), async (store) => {
      const { collection, id } = archivedDocument("plain");
      assert.deepEqual(await store.getDocument(collection, id), { id, revision: 7, value: { a: 1 } });
      assert.equal(await store.putDocument({ collection, id, replaces: 6, value: 1 }), "conflict");
      assert.equal(await store.putDocument({ collection, id, replaces: 7, value: 1 }), "stored");
      assert.equal(await store.getDocument(collection, "past"), undefined);
      const { documents } = await store.listDocuments(collection, { limit: 10 });
      assert.deepEqual(
        documents.map((one) => one.id),
        ["plain", "\uffff", "\u{1f600} \u0000"],
      );
    });
  });

  test("P8 pruning goes by the times that were moved, and spares what is named", async () => {
    await moveIn(host());
    await using(await host().openStore(), async (store) => {
      for (const { hash, body } of [sampleData, namedArtifact, orphanedArtifact]) {
        assert.deepEqual(await store.getArtifact(hash), JSON.parse(body));
      }
      assert.equal(await store.prune(5_000.5), 0, "its parent is younger");
      assert.equal(await store.getArtifact(orphanedArtifact.hash), undefined);
      assert.ok((await store.getArtifact(sampleData.hash)) !== undefined);
      assert.equal(await store.prune(5_001), 2);
      assert.equal(await store.getRun("run-1"), undefined);
      assert.equal(await store.getArtifact(sampleData.hash), undefined);
      assert.equal(await store.getArtifact(namedArtifact.hash), "named");
    });
  });

  test("P1 a move that fails leaves nothing, and can be made again", async () => {
    const { write } = host();
    assert.ok(write);
    const from = new SampleArchive("sample", sampleHistory);
    const failing = write(async (to) => {
      await moveHistory({ from, to, at: 0 });
      throw new RangeError("interrupted");
    });
    await assert.rejects(failing, (thrown: Error) => /interrupted/.test(String(thrown.cause ?? thrown)));
    await using(await host().openStore(), async (store) => {
      assert.deepEqual((await store.listRuns({ limit: 10 })).runs, []);
    });
    assert.equal((await moveIn(host())).wasThere, false);
  });

  test("P7 a store that holds something else is refused, and left as it is", async () => {
    await using(await host().openStore(), (store) => store.append([creation("mine")]));
    await assertCode(() => moveIn(host()), "STORE_NOT_EMPTY");
    await using(await host().openStore(), async (store) => {
      assert.equal((await store.listRuns({ limit: 10 })).runs.length, 1);
    });
  });

  test("a run that went on after it was moved, or was changed, is found out", async () => {
    await moveIn(host());
    await using(await host().openStore(), (store) => store.append([settlement("run-2", 9)]));
    await assertCode(() => moveIn(host()), "STORE_NOT_EMPTY");
  });

  test("P7 what this store cannot keep is refused with its code", async () => {
    const broken = archivedRun("a run with spaces");
    await assertCode(() => moveIn(host(), [broken]), "INPUT_INVALID");
    await using(await host().openStore(), async (store) => {
      assert.deepEqual((await store.listRuns({ limit: 10 })).runs, []);
    });
  });

  test("thousands of runs, and one of many megabytes, are moved in", async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => archivedRun(`run-${index}`));
    const events = Array.from({ length: 24 }, (_, index) =>
      succeeded(`task-${index}`, "x".repeat(1_000_000)),
    );
    const { sums } = await moveIn(host(), [...many, archivedRun("large", events)]);
    assert.deepEqual([sums.run.count, sums.run.events], [3_001, 3_024]);
  });
}
