/**
 * The real process is killed, again and again, at random moments: while it opens the store, recovers, works, commits, copies
 * the log into the file. Nothing that anybody was told of is lost, and in the end all is as if nothing had happened.
 */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { asMycroftError } from "@mycroft/errors";
import type { Store } from "@mycroft/runtime";
import { openSqliteStore } from "./sqlite-store/open-sqlite-store.ts";
import { storeFiles } from "./sqlite-store/store-files.ts";
import { AnnouncedFacts } from "./testing/announced-facts.ts";
import { assertWhole, endStatesOf } from "./testing/end-states.ts";
import { limitFileSize } from "./testing/file-faults.ts";
import { WorkingProcess } from "./testing/working-process.ts";

/** Both may be given, to look for longer, or once more. */
const kills = Number(process.env["MYCROFT_KILLS"] ?? 100);
const seed = Number(process.env["MYCROFT_SEED"] ?? Date.now() % 1_000_000);

/** A process is killed after the bus has told of at most so many commits: a few percent of what the runs take. */
const maxUpdates = 20;
/** Or so long after the first one, at most. */
const maxWorkMs = 12;
/** A process dies at a byte this far behind the end of the log, at most. */
const maxLogBytes = 80_000;
/** Of the processes, one in so many uses results again, which takes it long to load. */
const cachedEvery = 6;

/** Park and Miller's generator. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed % 2_147_483_646) + 1;
  }

  /** From 0, below 1. */
  fraction(): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state / 2_147_483_647;
  }

  /** A whole number from 0, below `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }
}

const canLimit = process.platform === "linux" && limitFileSize(process.pid, "unlimited");
const folders: string[] = [];
const processes = new Set<WorkingProcess>();
after(async () => {
  for (const process of processes) process.kill();
  await Promise.all(Array.from(processes, (process) => process.ended));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-kill-"));
  folders.push(folder);
  return folder;
}

function newProcess(isCached: boolean): WorkingProcess {
  const process = new WorkingProcess({ isCached });
  processes.add(process);
  return process;
}

/** Lets a process work until all has settled. */
async function finish(folder: string, waves: number): Promise<WorkingProcess> {
  const process = newProcess(true);
  process.begin({ folder, waves });
  const { code, complaint } = await process.ended;
  assert.equal(code, 0, complaint);
  const idle = process.announcements.filter(({ type }) => type === "idle");
  assert.deepEqual(idle, [{ type: "idle", inUse: 0, waiting: 0 }], "no slot is in use at the end");
  return process;
}

async function openForReading(folder: string): Promise<Store | null> {
  try {
    return await openSqliteStore({ folder, readOnly: true });
  } catch (thrown) {
    if (asMycroftError(thrown).code !== "NOT_FOUND") throw thrown;
    return null;
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** @param at by `performance.now`: much finer than timers are, and than what a process does. */
async function killAt(process: WorkingProcess, at: number): Promise<void> {
  const early = at - performance.now() - 1;
  if (early > 0) await Promise.race([process.ended, new Promise((resolve) => setTimeout(resolve, early))]);
  while (performance.now() < at);
  process.kill();
}

/** Lives that end in every way at every moment, in one folder. */
class Victims {
  readonly folder = newFolder();
  readonly facts = new AnnouncedFacts();
  readonly #random = new Random(seed);
  waves = 1;
  /** How often one died, of those that left runs under way. */
  kills = 0;
  deathsAtByte = 0;
  /** How long it takes a process to begin, open the store, recover, and store something: of late, in milliseconds. */
  #beginMs = 50;

  async next(process: WorkingProcess): Promise<void> {
    const { folder, waves } = this;
    const checkpointPages = [4_000, 10, 40][this.#random.below(3)] ?? 0;
    await process.until(({ type }) => type === "ready");
    const settings = { folder, waves, checkpointPages };
    const way = this.#random.below(canLimit ? 6 : 5);
    if (way === 5) await this.#dieAtByte(process, settings);
    else {
      process.begin(settings);
      const begunAt = performance.now();
      if (way === 0) await killAt(process, begunAt + this.#random.fraction() * this.#beginMs);
      else await this.#killAtWork(process, begunAt, way < 3);
    }
    await this.#bury(process);
    // Often enough the next one is killed before anybody has looked.
    if (this.#random.below(3) > 0) await this.check();
  }

  async #killAtWork(process: WorkingProcess, begunAt: number, byCount: boolean): Promise<void> {
    await process.untilUpdates(1);
    const now = performance.now();
    this.#beginMs = 0.8 * this.#beginMs + 0.2 * (now - begunAt);
    if (byCount) await process.untilUpdates(1 + this.#random.below(maxUpdates));
    await killAt(process, byCount ? 0 : now + this.#random.fraction() * maxWorkMs);
  }

  async #dieAtByte(process: WorkingProcess, settings: { folder: string; waves: number }): Promise<void> {
    const { database, writeAheadLog } = storeFiles(this.folder);
    const log = sizeOf(writeAheadLog);
    const isFar = this.#random.below(2) === 0;
    const bytes = isFar
      ? this.#random.below(Math.max(log, sizeOf(database)))
      : log + this.#random.below(maxLogBytes);
    limitFileSize(process.pid, bytes);
    process.begin({ ...settings, diesOfLargeFiles: true });
    await process.untilUpdates(2 * maxUpdates);
    process.kill();
  }

  async #bury(process: WorkingProcess): Promise<void> {
    const { code, signal, complaint } = await process.ended;
    processes.delete(process);
    assert.equal(complaint, "");
    this.facts.add(process.announcements);
    const wasUnderWay = process.announcements.every(({ type }) => type !== "idle");
    if (signal === "SIGKILL" || signal === "SIGXFSZ") {
      if (!wasUnderWay) this.waves += 1;
      else if (signal === "SIGKILL") this.kills += 1;
      else this.deathsAtByte += 1;
      return;
    }
    assert.equal(code, 0);
    this.waves += 1;
  }

  async check(): Promise<void> {
    const store = await openForReading(this.folder);
    if (store === null) assert.equal(this.facts.newRuns, 0, "P1 there is no store, but announcements");
    else await this.facts.checkNew(store);
    await store?.close();
  }
}

describe("a process that is killed", () => {
  it(`P1 P2 P3 reaches the same end as an undisturbed one, ${kills} times kill -9 (seed ${seed})`, async (context) => {
    const calm = newFolder();
    await finish(calm, 1);
    const victims = new Victims();
    for (let life = 0, next = newProcess(false); ; life += 1) {
      const process = next;
      // The one after it loads meanwhile.
      next = newProcess(life % cachedEvery === 0);
      await victims.next(process);
      if (victims.kills < kills) continue;
      next.kill();
      break;
    }
    const { folder, facts, waves } = victims;
    if (waves > 1) await finish(calm, waves);
    facts.add((await finish(folder, waves)).announcements);
    await assertWhole(folder);
    const store = await openSqliteStore({ folder, readOnly: true });
    await facts.checkAll(store);
    await store.close();
    assert.deepEqual(await endStatesOf(folder), await endStatesOf(calm));
    context.diagnostic(JSON.stringify(process.cpuUsage()));context.diagnostic(
      `${waves} waves of runs; died at some byte beside that: ${victims.deathsAtByte} times`,
    );
  });
});
