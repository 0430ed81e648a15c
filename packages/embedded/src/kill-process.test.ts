import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { describeTasks } from "@mycroft/engine";
import { decisionHash, readRun } from "@mycroft/runtime";
import { openSqliteStore } from "./sqlite-store/open-sqlite-store.ts";

const worker = join(import.meta.dirname, "testing/work-on-runs.ts");
const runs = 12;
const kills = 15;
/** Printed when the test fails: the moments at which processes are killed follow from it. */
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
  return spawn(process.execPath, [worker, folder, String(runs)], { stdio: ["ignore", "ignore", "pipe"] });
}

async function finish(folder: string): Promise<void> {
  const child = start(folder);
  let complaint = "";
  child.stderr.on("data", (text) => {
    complaint += text;
  });
  const [code] = await once(child, "exit");
  assert.equal(code, 0, complaint);
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
    let state = seed;
    let died = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      const child = start(killed);
      const ended = once(child, "exit");
      // From before it has opened the store until it is well under way.
      await setTimeout(100 + (state % 250));
      if (child.kill("SIGKILL")) died += 1;
      await ended;
    }
    await finish(killed);
    assert.deepEqual(await endStates(killed), await endStates(calm));
    assert.ok(died > 0, "at least one process was killed while it worked");
  });
});
