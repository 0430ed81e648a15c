/**
 * A disk that fills up while runs are under way: intake stops with STORE_FULL, nobody is told of anything that is not
 * stored, and with room again all ends as if nothing had happened, also when the process was killed meanwhile.
 */
import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { openSqliteStore } from "./sqlite-store/open-sqlite-store.ts";
import { AnnouncedFacts } from "./testing/announced-facts.ts";
import { smallDisk } from "./testing/small-disk.ts";
import type { WorkSettings } from "./testing/work-messages.ts";
import type { WorkingProcess } from "./testing/working-process.ts";
import { assertFinished, Workplace } from "./testing/workplace.ts";

const workplace = new Workplace();
after(() => workplace.clear());

/** A disk on which there is too little room. */
interface Disk {
  readonly folder: string;
  readonly settings: Partial<WorkSettings>;
  readonly makeRoom: (process: WorkingProcess) => void;
}

/** The store's file may grow to a share of what it comes to in the end. */
async function limitedFile(share: number): Promise<Disk> {
  const { bytes } = await workplace.undisturbed();
  return {
    folder: workplace.newFolder(),
    settings: { maxFileBytes: Math.round(bytes * share) },
    makeRoom: (process) => process.tell({ type: "makeRoom" }),
  };
}

/** A file system of which all but so much is taken. */
function smallFileSystem(mount: string, mebibytes: number, freeBytes: number): Disk {
  const folder = join(mount, "store");
  mkdirSync(folder);
  const ballast = join(mount, "ballast");
  writeFileSync(ballast, new Uint8Array(mebibytes * 1024 * 1024 - freeBytes));
  return { folder, settings: { checkpointPages: 20 }, makeRoom: () => rmSync(ballast, { force: true }) };
}

/** Begins to work on the runs, until the disk is full and somebody has asked for another one in vain. */
async function workUntilFull({ folder, settings }: Disk, facts: AnnouncedFacts): Promise<WorkingProcess> {
  const process = workplace.newProcess();
  process.begin({ folder, waves: 1, ...settings });
  const isFull = await process.until((said) => said.type === "failure" && said.code === "STORE_FULL");
  assert.ok(isFull, `it ended: ${JSON.stringify(await Promise.race([process.ended, "not yet"]))}`);
  assert.ok(await process.until((said) => said.type === "refusal" && said.code === "STORE_FULL"));
  const store = await openSqliteStore({ folder, readOnly: true });
  await facts.check(store, process);
  await store.close();
  return process;
}

async function finishWithRoom(disk: Disk, process: WorkingProcess, facts: AnnouncedFacts): Promise<void> {
  disk.makeRoom(process);
  await assertFinished(process);
  facts.hear(process);
  const codes = new Set(
    process.announcements.flatMap((said) => (said.type === "failure" ? [said.code] : [])),
  );
  assert.deepEqual([...codes], ["STORE_FULL"]);
  await workplace.assertSameEnd(disk.folder, facts);
}

async function fillsUp(disk: Disk): Promise<void> {
  const facts = new AnnouncedFacts();
  await finishWithRoom(disk, await workUntilFull(disk, facts), facts);
}

/** Is killed while the disk is full, twice; the third one gets room. */
async function fillsUpAndDies(disk: Disk): Promise<void> {
  const facts = new AnnouncedFacts();
  for (let life = 0; life < 2; life += 1) {
    const process = await workUntilFull(disk, facts);
    process.kill();
    await process.ended;
    facts.hear(process);
  }
  const process = await workUntilFull(disk, facts);
  await finishWithRoom(disk, process, facts);
}

describe("P1 P3 a host whose disk fills up", { concurrency: 2 }, () => {
  for (const share of [0.4, 0.8]) {
    it(`stops, and goes on with more room: at ${share} of the file's size`, async () => {
      await fillsUp(await limitedFile(share));
    });
  }

  it("loses nothing by kill -9 while the file may not grow", async () => {
    await fillsUpAndDies(await limitedFile(0.6));
  });

  it("stops, and goes on with more room: on a real file system", async (context) => {
    const mount = smallDisk(context, 16);
    if (mount !== undefined) await fillsUp(smallFileSystem(mount, 16, 900_000));
  });

  it("loses nothing by kill -9 on a real file system", async (context) => {
    const mount = smallDisk(context, 16);
    if (mount !== undefined) await fillsUpAndDies(smallFileSystem(mount, 16, 700_000));
  });
});
