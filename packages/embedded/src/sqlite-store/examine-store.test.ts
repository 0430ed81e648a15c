import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { examineStore } from "./examine-store.ts";
import { openSqliteStore } from "./open-sqlite-store.ts";

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-examine-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function contents(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    names.map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), "base64")]),
  );
}

test("where there is no store, nothing is found and nothing is made", (t) => {
  const folder = temporaryFolder(t);
  assert.equal(examineStore(folder), null);
  assert.equal(examineStore(join(folder, "nowhere")), null);
  assert.deepEqual(readdirSync(folder), []);
});

test("a store at rest is sound, held by nobody, and not touched", async (t) => {
  const folder = temporaryFolder(t);
  const store = await openSqliteStore({ folder });
  await store.putArtifact({ large: "x".repeat(1_000) });
  await store.close();
  const before = contents(folder);
  const found = examineStore(folder) ?? assert.fail("nothing found");
  assert.deepEqual(contents(folder), before);
  assert.equal(found.schemaVersion, found.latestVersion);
  assert.deepEqual([found.runs, found.artifacts, found.holder, found.problems], [0, 1, null, []]);
  assert.ok(found.bytes >= 4_096);
});

test("a file too large to be checked through is said to be unchecked", async (t) => {
  const folder = temporaryFolder(t);
  await (await openSqliteStore({ folder })).close();
  assert.equal(examineStore(folder, { maxCheckedBytes: 100 })?.problems, null);
});

test("damage inside of the file is found", async (t) => {
  const folder = temporaryFolder(t);
  await (await openSqliteStore({ folder })).close();
  const file = join(folder, "mycroft.sqlite");
  const bytes = readFileSync(file);
  // The third page and those after it hold tables and indices; the first two are needed to open the file at all.
  bytes.fill(0xa5, 3 * 4_096);
  writeFileSync(file, bytes);
  const found = examineStore(folder) ?? assert.fail("nothing found");
  assert.notEqual(found.problems?.length, 0);
  assert.equal(found.runs, null);
});

test("who holds a store is told while they do, and no longer", async (t) => {
  const folder = temporaryFolder(t);
  const holder = holdStore(folder);
  t.after(() => holder.kill("SIGKILL"));
  const [line] = (await once(holder.stdout ?? assert.fail("no output"), "data")) as [Buffer];
  assert.equal(String(line).trim(), "held");
  const owner = examineStore(folder)?.holder;
  assert.equal(typeof owner === "object" && owner?.pid, holder.pid);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  // The owner's file is still there, and nobody holds the lock.
  assert.equal(examineStore(folder)?.holder, null);
});

function holdStore(folder: string): ChildProcess {
  const script = `
    import { openSqliteStore } from ${JSON.stringify(new URL("open-sqlite-store.ts", import.meta.url).href)};
    await openSqliteStore({ folder: ${JSON.stringify(folder)} });
    console.log("held");
    setInterval(() => {}, 1_000);
  `;
  return spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}
