/**
 * The real process is killed, again and again, at random moments: while it opens the store, recovers, works, commits, copies
 * the log into the file. Nothing that anybody was told of is lost, and in the end all is as if nothing had happened.
 */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { after, describe, it } from "node:test";
import { asMycroftError } from "@mycroft/errors";
import type { Store } from "@mycroft/runtime";
import { openSqliteStore } from "./sqlite-store/open-sqlite-store.ts";
import { storeFiles } from "./sqlite-store/store-files.ts";
import { AnnouncedFacts } from "./testing/announced-facts.ts";
import { limitFileSize } from "./testing/file-faults.ts";
import { SeededRandom } from "./testing/seeded-random.ts";
import type { DeadlyEvent, WorkSettings } from "./testing/work-messages.ts";
import type { WorkingProcess } from "./testing/working-process.ts";
import { Workplace } from "./testing/workplace.ts";

/** Both may be given, to look for longer, or once more. */
const kills = Number(process.env["MYCROFT_KILLS"] ?? 100);
const seed = Number(process.env["MYCROFT_SEED"] ?? Date.now() % 1_000_000);

/** For more than a hundred processes, on a machine that has much else to do. */
const timeout = 600_000;

/** A process is killed after the bus has told of at most so many commits: a few percent of what the runs take. */
const maxUpdates = 20;
/** Or so long after the first one, at most. */
const maxWorkMs = 12;
/** A process dies at a byte this far behind the end of the log, at most. */
const maxLogBytes = 80_000;
const rareEvents: readonly DeadlyEvent[] = [
  "cancelRequested",
  "cancelRequested",
  "childEnd",
  "approvalDecided",
  "signalReceived",
  "timerFired",
  "runStarted",
];
/** Of the processes, one in so many uses results again, which takes it long to load. */
const cachedEvery = 6;

const canLimit = process.platform === "linux" && limitFileSize(process.pid, "unlimited");
const workplace = new Workplace();
after(() => workplace.clear());

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
  readonly folder: string;
  readonly facts = new AnnouncedFacts();
  readonly #random = new SeededRandom(seed);
  waves = 1;
  /** How often one died, of those that left runs under way. */
  kills = 0;
  deathsAtByte = 0;
  /** How long it takes a process to begin, open the store, recover, and store something: of late, in milliseconds. */
  #beginMs = 50;

  constructor(folder: string) {
    this.folder = folder;
  }

  async next(process: WorkingProcess): Promise<void> {
    const { folder, waves } = this;
    const checkpointPages = [4_000, 10, 40][this.#random.below(3)] ?? 0;
    await process.until(({ type }) => type === "ready");
    const settings = { folder, waves, checkpointPages };
    const way = this.#random.below(canLimit ? 8 : 7);
    if (way < 2) await this.#killAtBeginning(process, settings);
    else if (way < 5) await this.#killAtWork(process, settings, way === 4);
    else if (way < 7) await this.#dieAtEvent(process, settings);
    else await this.#dieAtByte(process, settings);
    await this.#bury(process);
    // Often enough the next one is killed before anybody has looked.
    if (this.#random.below(3) > 0) await this.check();
  }

  async #killAtBeginning(process: WorkingProcess, settings: WorkSettings): Promise<void> {
    process.begin(settings);
    await killAt(process, performance.now() + this.#random.fraction() * this.#beginMs);
  }

  async #killAtWork(process: WorkingProcess, settings: WorkSettings, isTimed: boolean): Promise<void> {
    const begunAt = performance.now();
    process.begin(settings);
    await process.untilUpdates(1);
    const now = performance.now();
    this.#beginMs = 0.8 * this.#beginMs + 0.2 * (now - begunAt);
    if (!isTimed) await process.untilUpdates(1 + this.#random.below(maxUpdates));
    await killAt(process, isTimed ? now + this.#random.fraction() * maxWorkMs : 0);
  }

  /** Of what one run does that concerns another, or that comes from outside: a crash just after it is the hardest. */
  async #dieAtEvent(process: WorkingProcess, settings: WorkSettings): Promise<void> {
    const event = rareEvents[this.#random.below(rareEvents.length)] ?? "childEnd";
    process.begin({ ...settings, diesAt: { event, times: 1 + this.#random.below(3) } });
    await process.untilUpdates(2 * maxUpdates);
    process.kill();
  }

  async #dieAtByte(process: WorkingProcess, settings: WorkSettings): Promise<void> {
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
    assert.equal(complaint, "");
    this.facts.hear(process);
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
    else await this.facts.check(store);
    await store?.close();
  }
}

describe("a process that is killed", () => {
  it(`P1 P2 P3 reaches the same end as an undisturbed one, ${kills} times kill -9 (seed ${seed})`, {
    timeout,
  }, async (context) => {
    // First, since it also leaves the others what it has compiled.
    await workplace.undisturbed();
    const victims = new Victims(workplace.newFolder());
    for (let life = 0, next = workplace.newProcess(); ; life += 1) {
      const process = next;
      // The one after it loads meanwhile.
      next = workplace.newProcess(life % cachedEvery === 0);
      await victims.next(process);
      if (victims.kills < kills) continue;
      next.kill();
      break;
    }
    const { folder, facts, waves } = victims;
    facts.hear(await workplace.finish(folder, waves));
    await workplace.assertSameEnd(folder, facts, waves);
    context.diagnostic(
      `${waves} waves of runs; died at some byte beside that: ${victims.deathsAtByte} times`,
    );
  });
});
