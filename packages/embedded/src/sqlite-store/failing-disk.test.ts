import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { MycroftError } from "@mycroft/errors";
import type { Store } from "@mycroft/runtime";
import { breakFile, canBreakFiles, type FileFault, limitFileSize } from "../testing/file-faults.ts";
import { makeVersion1Store, version1Record } from "../testing/version-1-store.ts";
import { openSqliteStore, openStore } from "./open-sqlite-store.ts";
import { creation, succeeded } from "./sample-run.ts";
import { storeFiles } from "./store-files.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const settings = { retentionDays: Number.POSITIVE_INFINITY };
const faults: readonly FileFault[] = ["unwritable", "unreachable", "forgetful"];
const skipBreaking = canBreakFiles ? false : "descriptors can be exchanged on Linux only";
const skipLimiting =
  process.platform === "linux" && limitFileSize(process.pid, "unlimited")
    ? false
    : "there is no prlimit to limit the size of files with";

/** The failure of an action that must fail for a reason that may pass. */
async function refusalOf(action: () => unknown): Promise<MycroftError> {
  try {
    await action();
  } catch (thrown) {
    assert.ok(thrown instanceof MycroftError, String(thrown));
    assert.ok(
      thrown.code === "STORE_IO" || thrown.code === "STORE_FULL",
      `${thrown.code}: ${thrown.message}`,
    );
    assert.ok(thrown.retryable);
    return thrown;
  }
  assert.fail("it was not refused");
}

/** What the store has of the run `run`, and its only document and artifact. */
async function contentOf(store: Store, artifact: string): Promise<unknown> {
  return {
    runs: (await store.listRuns({ limit: 100 })).runs,
    tagged: (await store.listRuns({ tag: "late", limit: 100 })).runs,
    events: await store.readEvents("run"),
    documents: (await store.listDocuments("notes", { limit: 100 })).documents,
    artifact: await store.getArtifact(artifact),
  };
}

describe("a write-ahead log that fails", { skip: skipBreaking }, () => {
  for (const fault of faults) {
    test(`P1 ${fault}: STORE_IO, nothing of it stored or shown, and on it goes when it is mended`, async (context) => {
      const folder = temporaryFolder(context);
      const { writeAheadLog } = storeFiles(folder);
      const store = openStore({ folder, ...settings, inlineEventBytes: 10_000 }, {});
      await store.append([creation("run")]);
      const artifact = await store.putArtifact("kept");
      const note = { collection: "notes", id: "note", replaces: null, value: 1 };
      await store.putDocument(note);
      const before = await contentOf(store, artifact);
      const batch = [
        {
          runId: "run",
          fromSeq: 1,
          events: [succeeded("a", "x".repeat(9_000)), succeeded("b", "y".repeat(20_000))],
        },
        creation("late", { tags: ["late"], startKey: "late" }),
      ];
      const refused: readonly (() => Promise<unknown>)[] = [
        () => store.append(batch),
        () => store.append([creation("small")]),
        () => store.putDocument({ ...note, value: 2 }),
        () => store.putArtifact("late"),
        () => store.append(batch),
      ];
      const mend = breakFile(writeAheadLog, fault);
      for (const action of refused) assert.equal((await refusalOf(action)).code, "STORE_IO");
      mend();
      assert.deepEqual(await contentOf(store, artifact), before);
      assert.equal(await store.findRunByStartKey("late"), undefined);

      assert.deepEqual(await store.append(batch), ["stored", "stored"]);
      assert.equal(await store.putDocument({ ...note, replaces: 1, value: 2 }), "stored");
      const after = await contentOf(store, artifact);
      await store.close();
      const again = openStore({ folder, ...settings }, {});
      assert.deepEqual(await contentOf(again, artifact), after);
      assert.equal((await again.readEvents("run")).length, 3);
      await again.close();
    });

    test(`P1 ${fault} when it is closed: what was acknowledged is there after reopening`, async (context) => {
      const folder = temporaryFolder(context);
      const { writeAheadLog } = storeFiles(folder);
      const store = openStore({ folder, ...settings }, {});
      await store.append([creation("run")]);
      const mend = breakFile(writeAheadLog, fault);
      await refusalOf(() => store.append([creation("late")]));
      await store.close();
      mend();
      const again = openStore({ folder, ...settings }, {});
      assert.equal((await again.getRun("run"))?.events, 1);
      assert.deepEqual(await again.append([creation("late")]), ["stored"]);
      await again.close();
    });
  }
});

describe("a file that fails beside a sound log", { skip: skipBreaking }, () => {
  for (const fault of ["unwritable", "unreachable"] as const) {
    test(`P1 ${fault}: what is acknowledged meanwhile is kept, however much it is`, async (context) => {
      const folder = temporaryFolder(context);
      const { database, writeAheadLog } = storeFiles(folder);
      const store = openStore({ folder, ...settings, inlineEventBytes: 1_000_000 }, {});
      await store.append([creation("run")]);
      const mend = breakFile(database, fault);
      // More than the log holds before it is copied into the file.
      const event = succeeded("large", "x".repeat(900_000));
      for (let seq = 1; seq <= 25; seq += 1) {
        assert.deepEqual(await store.append([{ runId: "run", fromSeq: seq, events: [event] }]), ["stored"]);
      }
      assert.ok(statSync(writeAheadLog).size > 20_000_000);
      await store.close();
      mend();
      assert.ok(statSync(database).size < 1_000_000, "nothing of it came into the file");
      const again = openStore({ folder, ...settings }, {});
      assert.equal((await again.readEvents("run")).length, 26);
      await again.append([creation("next")]);
      await again.close();
      assert.equal(statSync(writeAheadLog, { throwIfNoEntry: false }), undefined);
      assert.ok(statSync(database).size > 20_000_000);
    });
  }

  test("what cannot be read is STORE_IO, and can be read again when it is mended", async (context) => {
    const folder = temporaryFolder(context);
    const first = openStore({ folder, ...settings }, {});
    await first.append([
      creation("run"),
      { runId: "run", fromSeq: 1, events: [succeeded("a", "x".repeat(50_000))] },
    ]);
    await first.close();
    const store = openStore({ folder, ...settings }, {});
    const mend = breakFile(storeFiles(folder).database, "unreachable");
    for (const read of [
      () => store.readEvents("run"),
      () => store.getRun("run"),
      () => store.listRuns({ limit: 10 }),
      () => store.append([{ runId: "run", fromSeq: 2, events: [] }]),
      () => store.prune(Number.MAX_SAFE_INTEGER),
    ]) {
      assert.equal((await refusalOf(read)).code, "STORE_IO");
    }
    mend();
    assert.equal((await store.readEvents("run")).length, 2);
    assert.deepEqual(await store.append([{ runId: "run", fromSeq: 2, events: [succeeded("b", "")] }]), [
      "stored",
    ]);
    await store.close();
  });
});

/** Calls `work` while no file of this process may grow beyond so many bytes. */
function withLimit<Result>(bytes: number, work: () => Result): Result {
  limitFileSize(process.pid, bytes);
  try {
    return work();
  } finally {
    limitFileSize(process.pid, "unlimited");
  }
}

describe("a limit on the size of files", { skip: skipLimiting }, () => {
  test("opening a new store: refused wherever on the way, and opened once there is room", async (context) => {
    const opened: boolean[] = [];
    for (let bytes = 0; bytes < 130_000; bytes += 11_000) {
      const folder = temporaryFolder(context);
      try {
        await withLimit(bytes, () => openStore({ folder, ...settings }, {})).close();
        opened.push(true);
      } catch (thrown) {
        await refusalOf(() => {
          throw thrown;
        });
        opened.push(false);
      }
      const store = openStore({ folder, ...settings }, {});
      assert.deepEqual(await store.append([creation("run")]), ["stored"]);
      await store.close();
    }
    assert.ok(opened.includes(true) && opened.includes(false));
    assert.deepEqual(opened.toSorted(), opened, "whatever has room opens");
  });

  test("P3 bringing an older store up to date: wherever it is refused, nothing is lost", async (context) => {
    const { runs } = version1Record();
    const opened: boolean[] = [];
    const first = statSync(storeFiles(await version1Folder(context)).database).size;
    for (let bytes = 0; bytes < first + 60_000; bytes += 15_000) {
      const folder = await version1Folder(context);
      try {
        await withLimit(bytes, () => openStore({ folder, ...settings }, {})).close();
        opened.push(true);
      } catch (thrown) {
        await refusalOf(() => {
          throw thrown;
        });
        opened.push(false);
      }
      const store = openStore({ folder, ...settings }, {});
      for (const { header, events } of runs) assert.deepEqual(await store.readEvents(header.runId), events);
      assert.deepEqual(await store.append([creation("new", { tags: ["new"] })]), ["stored"]);
      await store.close();
    }
    assert.ok(opened.includes(true) && opened.includes(false));
  });

  test("P1 P3 appends are refused, go on, and survive kill -9, at any moment", async (context) => {
    const folder = temporaryFolder(context);
    let [stored, refused] = [0, 0];
    for (let life = 0; life < 4; life += 1) {
      const process = appendForEver(folder, context);
      for (let turn = 0; turn < 3; turn += 1) {
        await process.until("+", 20 + ((life * 31 + turn * 17) % 40));
        const size = statSync(storeFiles(folder).writeAheadLog).size;
        // Rarely the end of a page.
        assert.ok(limitFileSize(process.pid, size + ((life * 7_919 + turn * 1_237) % 9_000)));
        await process.until("-", 3);
        if (turn < 2) limitFileSize(process.pid, "unlimited");
      }
      const { acknowledged, refusals } = await process.kill();
      stored += acknowledged;
      refused += refusals;
      const store = await openSqliteStore({ folder, ...settings });
      const events = await store.readEvents("run");
      // What was on its way at the end may have arrived.
      assert.ok(events.length === stored || events.length === stored + 1, `${events.length} of ${stored}`);
      for (const [seq, event] of events.entries()) {
        assert.equal(event.type === "attemptSucceeded" ? event.task : "0", `${seq}`);
      }
      stored = events.length;
      await store.close();
    }
    assert.ok(refused >= 12, `${refused} refusals`);
  });
});

async function version1Folder(context: TestContext): Promise<string> {
  const folder = temporaryFolder(context);
  makeVersion1Store(folder);
  // As left by an older process that has no log of its own any more.
  writeFileSync(join(folder, "mycroft.lock"), "");
  return folder;
}

function appendForEver(folder: string, context: TestContext) {
  const program = fileURLToPath(new URL("../testing/append-for-ever.ts", import.meta.url));
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  context.after(() => child.kill("SIGKILL"));
  const counts = { "+": 0, "-": 0 };
  const ended = once(child.stdout, "close");
  let wake = (): void => {};
  child.stdout.on("data", (data: Buffer) => {
    for (const sign of String(data)) if (sign === "+" || sign === "-") counts[sign] += 1;
    wake();
  });
  const pid = child.pid ?? assert.fail("it did not start");
  return {
    pid,
    /** Resolves when so many more appends were stored, or refused. */
    until: async (sign: "+" | "-", more: number): Promise<void> => {
      const goal = counts[sign] + more;
      while (counts[sign] < goal) {
        assert.equal(child.exitCode, null, "the process has ended");
        await new Promise<void>((resolve) => {
          wake = resolve;
          void ended.then(() => resolve());
        });
      }
    },
    kill: async () => {
      child.kill("SIGKILL");
      await ended;
      return { acknowledged: counts["+"], refusals: counts["-"] };
    },
  };
}
