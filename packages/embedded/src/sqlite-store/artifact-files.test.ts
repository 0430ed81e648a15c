import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { contentHash } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { creation, settlement, succeeded } from "./sample-run.ts";
import { storeFiles } from "./store-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const forEver = { retentionDays: Number.POSITIVE_INFINITY };

/** The artifact files of a store, as paths below its artifact folder. */
function artifactFilesIn(folder: string): readonly string[] {
  const { artifacts } = storeFiles(folder);
  const paths = readdirSync(artifacts, { recursive: true }).map(String);
  return paths.filter((path) => statSync(join(artifacts, path)).isFile()).sort();
}

function pathOf(hash: string): string {
  return join(hash.slice(0, 2), `${hash}.json`);
}

describe("artifact files", () => {
  test("an event over the threshold is a file named by its hash, and its row stays small", async (context) => {
    const folder = temporaryFolder(context);
    const store = await openSqliteStore({ folder, ...forEver });
    const large = succeeded("large", "é".repeat(200_000));
    const limit = 64 * 1024;
    const overhead = JSON.stringify(succeeded("edge", "")).length;
    const inline = succeeded("edge", "x".repeat(limit - overhead));
    const over = succeeded("edge", "x".repeat(limit - overhead + 1));
    await store.append([creation("run-1"), { runId: "run-1", fromSeq: 1, events: [large, inline, over] }]);
    const { database, artifacts } = storeFiles(folder);
    const files = artifactFilesIn(folder);
    assert.equal(files.length, 2);
    const contents = files.map((file) => readFileSync(join(artifacts, file), "utf8")).sort();
    assert.deepEqual(contents, [JSON.stringify(large), JSON.stringify(over)].sort());
    assert.deepEqual(await store.readEvents("run-1", 1), [large, inline, over]);
    await store.close();
    assert.ok(statSync(database).size < 300_000, `${statSync(database).size} bytes for one inline event`);
  });

  test("equal content is one file, whoever stored it", async (context) => {
    const folder = temporaryFolder(context);
    const store = await openSqliteStore({ folder, inlineEventBytes: 100, ...forEver });
    const event = succeeded("same", "x".repeat(1_000));
    await store.append([creation("a"), creation("b")]);
    await store.append(["a", "b"].map((runId) => ({ runId, fromSeq: 1, events: [event, event] })));
    assert.equal(artifactFilesIn(folder).length, 1);
    const hash = await store.putArtifact({ rows: [1, 2] });
    await store.putArtifact({ rows: [1, 2] });
    assert.equal(artifactFilesIn(folder).length, 2);
    assert.equal(readFileSync(join(folder, "artifacts", pathOf(hash)), "utf8"), '{"rows":[1,2]}');
    await store.close();
  });

  test("a large event whose file is damaged or lost says so, and the rest of the store is well", async (context) => {
    const folder = temporaryFolder(context);
    const store = await openSqliteStore({ folder, inlineEventBytes: 100, ...forEver });
    await store.append([
      creation("run-1"),
      {
        runId: "run-1",
        fromSeq: 1,
        events: [succeeded("small", "s"), succeeded("large", "x".repeat(1_000))],
      },
    ]);
    const [file] = artifactFilesIn(folder);
    assert.ok(file);
    writeFileSync(join(folder, "artifacts", file), "something else");
    const damaged: unknown = await store.readEvents("run-1").catch((thrown: unknown) => thrown);
    assert.ok(damaged instanceof MycroftError && damaged.code === "ARTIFACT_DAMAGED", String(damaged));
    assert.equal((await store.getRun("run-1"))?.events, 3);
    await store.close();
  });

  test("P8 pruning removes the files of forgotten runs, orphans and drafts, and nothing else", async (context) => {
    const folder = temporaryFolder(context);
    const store = await openSqliteStore({ folder, inlineEventBytes: 100, ...forEver });
    const kept = succeeded("kept", "k".repeat(1_000));
    await store.append([creation("old"), creation("running")]);
    await store.append([
      { runId: "old", fromSeq: 1, events: [succeeded("gone", "g".repeat(1_000)), kept] },
      settlement("old", 3, 10),
      { runId: "running", fromSeq: 1, events: [kept] },
    ]);
    const orphan = await store.putArtifact("orphan");
    const { artifacts } = storeFiles(folder);
    mkdirSync(join(artifacts, "00"), { recursive: true });
    writeFileSync(join(artifacts, "00", `${"0".repeat(64)}.json.new`), "half");
    writeFileSync(join(artifacts, pathOf(orphan).replace(orphan.slice(2), "f".repeat(62))), "stray");
    assert.equal(artifactFilesIn(folder).length, 5);

    assert.equal(await store.prune(11), 1);
    const gone = contentHash("orphan");
    assert.equal(
      artifactFilesIn(folder).length,
      3,
      "the draft and the stray file are gone, the young orphans not",
    );
    assert.equal(await store.getArtifact(gone), "orphan");
    assert.equal(await store.prune(Number.MAX_SAFE_INTEGER), 0);
    assert.equal(artifactFilesIn(folder).length, 1);
    assert.deepEqual(await store.readEvents("running", 1), [kept]);
    await store.close();
  });
});
