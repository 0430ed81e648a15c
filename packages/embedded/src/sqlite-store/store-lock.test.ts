import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { createInterface } from "node:readline";
import { describe, type TestContext, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { openSqliteStore } from "./open-sqlite-store.ts";
import { creation } from "./sample-run.ts";
import { storeFiles } from "./store-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

/** Opens the store of argv[1], says so, and appends events for ever, saying after each how many are stored. */
const holder = `
  import { openSqliteStore } from ${JSON.stringify(import.meta.resolve("./open-sqlite-store.ts"))};
  import { creation, succeeded } from ${JSON.stringify(import.meta.resolve("./sample-run.ts"))};
  const [folder, runId] = process.argv.slice(1);
  const store = await openSqliteStore({ folder, inlineEventBytes: 2_000 });
  await store.append([creation(runId)]);
  process.stdout.write("1\\n");
  for (let seq = 1; ; seq += 1) {
    await store.append([{ runId, fromSeq: seq, events: [succeeded("task", "x".repeat(seq % 10 === 0 ? 3_000 : 100))] }]);
    if (!process.stdout.write(seq + 1 + "\\n")) await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
`;

interface Holder {
  readonly process: ChildProcess;
  /** Resolves when the holder has acknowledged that many events, or more. */
  stored(count: number): Promise<void>;
  /** Kills the holder and gives how many events it had acknowledged. */
  kill(): Promise<number>;
}

function startHolder(context: TestContext, folder: string, runId: string): Holder {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", holder, folder, runId], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  context.after(() => child.kill("SIGKILL"));
  let acknowledged = 0;
  const closed = once(child, "close");
  const lines = createInterface({ input: child.stdout });
  const waiting = new Set<() => void>();
  lines.on("line", (line) => {
    acknowledged = Number(line);
    for (const check of waiting) check();
  });
  const stored = (count: number): Promise<void> =>
    new Promise((resolve, reject) => {
      child.once("close", () => reject(new Error("the holder ended by itself")));
      const check = (): void => {
        if (acknowledged < count) return;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const kill = async (): Promise<number> => {
    child.kill("SIGKILL");
    await closed;
    return acknowledged;
  };
  return { process: child, stored, kill };
}

async function lockedError(folder: string): Promise<MycroftError> {
  const thrown: unknown = await openSqliteStore({ folder }).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof MycroftError, String(thrown));
  assert.equal(thrown.code, "STORE_LOCKED", thrown.message);
  return thrown;
}

describe("the store's lock", () => {
  test("a second process is told who holds the store; reading works; kill -9 frees it (P3)", async (context) => {
    const folder = temporaryFolder(context);
    const before = Date.now();
    const child = startHolder(context, folder, "held");
    await child.stored(3);

    const error = await lockedError(folder);
    const { details } = error;
    assert.ok(details);
    assert.deepEqual([details["pid"], details["host"]], [child.process.pid, hostname()]);
    const since = Date.parse(String(details["since"]));
    assert.ok(since >= before && since <= Date.now());
    assert.ok(String(details["command"]).includes(folder));
    for (const part of [String(child.process.pid), hostname(), String(details["since"]), folder]) {
      assert.ok(error.message.includes(part), `${part} is not in: ${error.message}`);
    }

    const reader = await openSqliteStore({ folder, readOnly: true });
    assert.ok(((await reader.getRun("held"))?.events ?? 0) >= 3);
    await reader.close();
    await lockedError(folder);

    const acknowledged = await child.kill();
    const store = await openSqliteStore({ folder });
    assert.ok((await store.readEvents("held")).length >= acknowledged);
    await store.close();
  });

  test("P1 P3 kill -9 at any moment: what was acknowledged is there, and no run is torn", async (context) => {
    const folder = temporaryFolder(context);
    for (const [round, moment] of [1, 7, 40, 150].entries()) {
      const runId = `run-${round}`;
      const child = startHolder(context, folder, runId);
      await child.stored(moment);
      const acknowledged = await child.kill();
      const reader = await openSqliteStore({ folder, readOnly: true });
      const events = await reader.readEvents(runId);
      assert.ok(events.length >= acknowledged, `${events.length} of ${acknowledged} acknowledged`);
      assert.equal((await reader.getRun(runId))?.events, events.length);
      await reader.close();
    }
    const store = await openSqliteStore({ folder });
    assert.equal((await store.listRuns({ limit: 10 })).runs.length, 4);
    await store.close();
  });

  test("a second handle in the same process is told so too, and harms the first in nothing", async (context) => {
    const folder = temporaryFolder(context);
    const store = await openSqliteStore({ folder });
    const error = await lockedError(folder);
    assert.equal(error.details?.["pid"], process.pid);
    await store.append([creation("run-1")]);
    await lockedError(folder);
    await store.close();
    const again = await openSqliteStore({ folder });
    assert.equal((await again.getRun("run-1"))?.events, 1);
    await again.close();
  });

  test("what a dead holder left behind locks nobody out, and names nobody", async (context) => {
    const folder = temporaryFolder(context);
    const files = storeFiles(folder);
    await (await openSqliteStore({ folder })).close();
    writeFileSync(
      files.owner,
      JSON.stringify({ pid: 1, host: "gone", since: "2001-01-01", command: "then" }),
    );
    const tidied = Promise.withResolvers<unknown>();
    const store = await openSqliteStore({ folder, onRetention: tidied.resolve });
    assert.equal((await lockedError(folder)).details?.["pid"], process.pid);
    await tidied.promise;
    await store.close();
    assert.equal(existsSync(files.owner), false);
  });

  test("an owner file that cannot be read makes the message vague, not wrong", async (context) => {
    const folder = temporaryFolder(context);
    const store = await openSqliteStore({ folder });
    for (const content of ["", "{", '{"pid": "seven"}', "null"]) {
      writeFileSync(storeFiles(folder).owner, content);
      assert.deepEqual((await lockedError(folder)).details, { folder });
    }
    await store.close();
    assert.equal(readFileSync(storeFiles(folder).lock).length, 0);
  });
});
