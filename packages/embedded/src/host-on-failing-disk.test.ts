/**
 * A disk that fails while runs are under way, with real errors on the process's real files: they are told as STORE_IO, what
 * was to be stored is tried again, and when the fault is over all ends as if nothing had happened. When it does not pass, the
 * process can still be closed, or killed, and the next one has everything.
 */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { after, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { openSqliteStore } from "./sqlite-store/open-sqlite-store.ts";
import { storeFiles } from "./sqlite-store/store-files.ts";
import { AnnouncedFacts } from "./testing/announced-facts.ts";
import { canBreakFiles, type FileFault, limitFileSize } from "./testing/file-faults.ts";
import { SeededRandom } from "./testing/seeded-random.ts";
import type { WorkSettings } from "./testing/work-messages.ts";
import type { WorkingProcess } from "./testing/working-process.ts";
import { assertFinished, Workplace } from "./testing/workplace.ts";

const seed = Number(process.env["MYCROFT_SEED"] ?? Date.now() % 1_000_000);
const random = new SeededRandom(seed);
const faults: readonly FileFault[] = ["unwritable", "unreachable", "forgetful"];
const skipBreaking = canBreakFiles ? false : "descriptors can be exchanged on Linux only";
const skipLimiting =
  process.platform === "linux" && limitFileSize(process.pid, "unlimited")
    ? false
    : "there is no prlimit to limit the size of files with";

/** What is damaged is read within a second or so, or not at all. */
const longestSearchMs = 15_000;

const workplace = new Workplace();
after(() => workplace.clear());

/** Begins to work on the runs, and comes back when some of it is done. */
async function begin(folder: string, settings: Partial<WorkSettings> = {}): Promise<WorkingProcess> {
  const process = workplace.newProcess();
  process.begin({ folder, waves: 1, ...settings });
  await process.untilUpdates(10 + random.below(150));
  return process;
}

/** Resolves when the process finds out, and refuses to start a run for that. */
async function untilRefused(process: WorkingProcess): Promise<void> {
  let isTold = false;
  const isRefused = await process.untilNext((said) => {
    isTold ||= said.type === "failure" && said.code === "STORE_IO";
    return isTold && said.type === "refusal" && said.code === "STORE_IO";
  });
  assert.ok(isRefused, `it ended: ${JSON.stringify(await Promise.race([process.ended, "not yet"]))}`);
}

async function check(folder: string, facts: AnnouncedFacts, process: WorkingProcess): Promise<void> {
  const store = await openSqliteStore({ folder, readOnly: true });
  await facts.check(store, process);
  await store.close();
}

function failureCodes(process: WorkingProcess): readonly string[] {
  return [...new Set(process.announcements.flatMap((said) => (said.type === "failure" ? [said.code] : [])))];
}

describe(`P1 P3 a host whose log fails (seed ${seed})`, { skip: skipBreaking, concurrency: 2 }, () => {
  for (const fault of faults) {
    it(`${fault} for a while: it goes on as if nothing had happened`, async () => {
      const [folder, facts] = [workplace.newFolder(), new AnnouncedFacts()];
      const process = await begin(folder, { checkpointPages: 20 });
      process.tell({ type: "break", file: "writeAheadLog", fault });
      await untilRefused(process);
      await check(folder, facts, process);
      process.tell({ type: "mend" });
      await assertFinished(process);
      assert.deepEqual(failureCodes(process), ["STORE_IO"]);
      facts.hear(process);
      await workplace.assertSameEnd(folder, facts);
    });

    it(`${fault} for ever: it can be closed, and the next process has everything`, async () => {
      const [folder, facts] = [workplace.newFolder(), new AnnouncedFacts()];
      const process = await begin(folder, { graceMs: 10 });
      process.tell({ type: "break", file: "writeAheadLog", fault });
      await untilRefused(process);
      process.kill("SIGTERM");
      const { code, signal, complaint } = await process.ended;
      assert.deepEqual([code, signal, complaint], [0, null, ""]);
      assert.equal(process.announcements.at(-1)?.type, "closed");
      // What was in hand was given up.
      assert.deepEqual(
        failureCodes(process).filter((code) => code !== "WORKER_CLOSED"),
        ["STORE_IO"],
      );
      facts.hear(process);
      facts.hear(await workplace.finish(folder));
      await workplace.assertSameEnd(folder, facts);
    });
  }

  it("and is killed meanwhile: the next process has everything", async () => {
    const [folder, facts] = [workplace.newFolder(), new AnnouncedFacts()];
    for (const fault of faults) {
      const process = await begin(folder);
      process.tell({ type: "break", file: "writeAheadLog", fault });
      await untilRefused(process);
      process.kill();
      await process.ended;
      facts.hear(process);
      await check(folder, facts, process);
    }
    facts.hear(await workplace.finish(folder));
    await workplace.assertSameEnd(folder, facts);
  });
});

describe(`P1 P3 a host whose file fails beside a sound log (seed ${seed})`, { skip: skipBreaking }, () => {
  it("unwritable for ever: it ends all the same, and the log has what is not in the file", async () => {
    const [folder, facts] = [workplace.newFolder(), new AnnouncedFacts()];
    const process = await begin(folder, { checkpointPages: 20 });
    process.tell({ type: "break", file: "database", fault: "unwritable" });
    await assertFinished(process);
    assert.ok(statSync(storeFiles(folder).writeAheadLog).size > 0);
    facts.hear(process);
    await workplace.assertSameEnd(folder, facts);
  });

  it("and looks damaged: nothing is done any more, and the next process has everything", async () => {
    for (let isFound = false, tries = 0; !isFound; tries += 1) {
      // It may be done before it reads what the file has forgotten, or read what was there before and wait for what it does
      // not know of: then nothing was found.
      assert.ok(tries < 5, "it never reads what is damaged");
      const [folder, facts] = [workplace.newFolder(), new AnnouncedFacts()];
      const process = await begin(folder, { checkpointPages: 20 });
      process.tell({ type: "break", file: "database", fault: "forgetful" });
      const isDamaged = () => failureCodes(process).includes("STORE_DAMAGED");
      const given = delay(longestSearchMs, undefined, { ref: false });
      await Promise.race([process.until((said) => isDamaged() || said.type === "idle"), given]);
      isFound = isDamaged();
      process.kill();
      await process.ended;
      facts.hear(process);
      facts.hear(await workplace.finish(folder));
      await workplace.assertSameEnd(folder, facts);
    }
  });
});

describe(`P1 P3 a host whose files may not grow (seed ${seed})`, { skip: skipLimiting }, () => {
  it("again and again, at some byte of a commit: it goes on as if nothing had happened", async () => {
    const [folder, facts] = [workplace.newFolder(), new AnnouncedFacts()];
    const process = await begin(folder);
    for (let time = 0; time < 3; time += 1) {
      const { size } = statSync(storeFiles(folder).writeAheadLog);
      limitFileSize(process.pid, size + random.below(12_000));
      await untilRefused(process);
      await check(folder, facts, process);
      limitFileSize(process.pid, "unlimited");
      await process.untilUpdates(process.updates + 20);
    }
    await assertFinished(process);
    assert.deepEqual(failureCodes(process), ["STORE_IO"]);
    facts.hear(process);
    await workplace.assertSameEnd(folder, facts);
  });
});
