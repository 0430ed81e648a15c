import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { describeTasks } from "@mycroft/engine";
import { decisionHash, readRun } from "@mycroft/runtime";
import { openSqliteStore } from "./sqlite-store/open-sqlite-store.ts";

const worker = join(import.meta.dirname, "testing/work-on-runs.ts");
const runs = 12;
const kills = 15;
/** A process is killed after 1 to this many attempts, far fewer than the runs take. */
const maxAttempts = 8;
/** In the test's name: after how many attempts processes are killed follows from it. */
const seed = Date.now() % 100_000;

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-kill-"));
  folders.push(folder);
  return folder;
}

function start(folder: string) {
  return spawn(process.execPath, [worker, folder, String(runs)], { stdio: ["ignore", "pipe", "pipe"] });
}

async function finish(folder: string): Promise<void> {
  const child = start(folder);
  child.stdout.resume();
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint += text;
  });
  const [code] = await once(child, "exit");
  assert.equal(code, 0, complaint);
}

/** Starts a process and kills it once it has begun that many attempts. */
async function killAfter(folder: string, attempts: number): Promise<void> {
  const child = start(folder);
  child.stderr.resume();
  let begun = 0;
  child.stdout.on("data", (dots: Buffer) => {
    begun += dots.length;
    if (begun >= attempts) child.kill("SIGKILL");
  });
  const [, signal] = await once(child, "exit");
  assert.equal(signal, "SIGKILL", "it was killed while it worked");
}

async function endStates(folder: string) {
  const store = await openSqliteStore({ folder, readOnly: true });
  const states = [];
  for (let index = 0; index < runs; index += 1) {
    const { state } = await readRun(store, `run-${index}`);
    assert.ok(state.result !== null);
    const tasks = describeTasks(state).map(({ readyAt: _, settledAt: __, ...task }) => task);
    states.push({ hash: decisionHash(state.result), tasks });
  }
  await store.close();
  return states;
}

describe("a process that is killed", () => {
  it(`P1 P2 P3 reaches the same end as an undisturbed one, ${kills} times kill -9 (seed ${seed})`, async () => {
    const [calm, killed] = [newFolder(), newFolder()];
    await finish(calm);
    let random = seed + 1;
    for (let kill = 0; kill < kills; kill += 1) {
      // Park and Miller's generator.
      random = (random * 48_271) % 2_147_483_647;
      await killAfter(killed, 1 + (random % maxAttempts));
    }
    await finish(killed);
    assert.deepEqual(await endStates(killed), await endStates(calm));
  });
});
