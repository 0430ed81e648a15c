/**
 * What a process leaves behind that is killed while it makes a store, brings an older one up to date, or writes to one: the next
 * process finds all that was stored, clears away the rest, and needs nobody's help.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { asMycroftError } from "@mycroft/errors";
import { openSqliteStore, openStore } from "./sqlite-store/open-sqlite-store.ts";
import { creation, succeeded } from "./sqlite-store/sample-run.ts";
import { type StoreFiles, storeFiles } from "./sqlite-store/store-files.ts";
import { temporaryFolder } from "./sqlite-store/temporary-folder.ts";
import { limitFileSize } from "./testing/file-faults.ts";
import { SeededRandom } from "./testing/seeded-random.ts";
import { makeVersion1Store, version1Record } from "./testing/version-1-store.ts";

const seed = Number(process.env["MYCROFT_SEED"] ?? Date.now() % 1_000_000);
const random = new SeededRandom(seed);
const settings = { retentionDays: Number.POSITIVE_INFINITY };
const skipLimiting =
  process.platform === "linux" && limitFileSize(process.pid, "unlimited")
    ? false
    : "there is no prlimit to limit the size of files with";

/** A process that is loaded, and opens the store in a folder when it is told to. */
class Opener {
  readonly #child;
  readonly #ready: Promise<unknown>;
  readonly #ended: Promise<unknown>;

  constructor(folder: string, context: TestContext) {
    const program = fileURLToPath(new URL("testing/open-a-store.ts", import.meta.url));
    const compileCache = join(import.meta.dirname, "../../../node_modules/.cache/node");
    const env = { NODE_COMPILE_CACHE: compileCache, ...process.env };
    this.#child = spawn(process.execPath, [program, folder], { stdio: ["pipe", "pipe", "inherit"], env });
    this.#ready = once(this.#child.stdout, "data");
    this.#ended = once(this.#child, "exit");
    context.after(() => this.#child.kill("SIGKILL"));
  }

  /** Whether it died of a write beyond so many bytes of a file. */
  async diesBeyond(bytes: number): Promise<boolean> {
    await this.#ready;
    limitFileSize(this.#child.pid ?? assert.fail("it did not start"), bytes);
    this.#child.stdin.end("go\n");
    await this.#ended;
    return this.#child.signalCode === "SIGXFSZ";
  }

  /** Kills it so long after it was told to begin. */
  async dieAfter(ms: number): Promise<void> {
    await this.#ready;
    this.#child.stdin.end("go\n");
    const at = performance.now() + ms;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, ms - 1)));
    while (performance.now() < at);
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}

/** What opening for reading comes to, which nobody may be kept from for long. */
async function readable(folder: string): Promise<string> {
  try {
    await (await openSqliteStore({ folder, readOnly: true })).close();
    return "open";
  } catch (thrown) {
    return asMycroftError(thrown).code;
  }
}

/** That nothing lies in the folder but what belongs to a closed store. */
function assertTidy({ folder }: StoreFiles): void {
  const left = readdirSync(folder).filter((name) => name !== "mycroft.owner.json");
  assert.deepEqual(left.toSorted(), ["artifacts", "mycroft.lock", "mycroft.sqlite"]);
}

describe(`P3 a process that is killed while it makes a store (seed ${seed})`, { skip: skipLimiting }, () => {
  test("at any byte: the next one makes it", async (context) => {
    const deaths: boolean[] = [];
    const outcomes = new Set<string>();
    const attempts = Array.from({ length: 12 }, () => {
      const folder = temporaryFolder(context);
      return { folder, opener: new Opener(folder, context) };
    });
    for (const [index, { folder, opener }] of attempts.entries()) {
      deaths.push(await opener.diesBeyond(index * 10_000 + random.below(10_000)));
      outcomes.add(await readable(folder));
      const store = openStore({ folder, ...settings }, {});
      assert.deepEqual(await store.append([creation("run", { tags: ["tag"] })]), ["stored"]);
      await store.close();
      assertTidy(storeFiles(folder));
    }
    assert.ok(deaths.includes(true) && deaths.includes(false), `died: ${deaths.join(", ")}`);
    context.diagnostic([...outcomes].join(", "));
  });
});

describe(`P3 a process that is killed while it brings a store up to date (seed ${seed})`, () => {
  async function assertAllThere(folder: string): Promise<void> {
    const { plan, artifacts, runs } = version1Record();
    const store = openStore({ folder, ...settings }, {});
    assert.deepEqual(await store.getPlan(plan.hash), plan);
    for (const { header, events } of runs) {
      assert.equal((await store.getRun(header.runId))?.status, header.status);
      assert.deepEqual(await store.readEvents(header.runId), events);
    }
    for (const [hash, text] of Object.entries(artifacts)) {
      assert.deepEqual(await store.getArtifact(hash), JSON.parse(text));
    }
    const run = creation("new", { tags: ["tag"], startKey: "key" });
    assert.deepEqual(await store.append([run]), ["stored"]);
    assert.equal((await store.findRunByStartKey("key"))?.runId, "new");
    await store.close();
    assertTidy(storeFiles(folder));
  }

  test("at any byte, once or twice: the next one does", { skip: skipLimiting }, async (context) => {
    const lives = Array.from({ length: 8 }, (_, index) => {
      const folder = temporaryFolder(context);
      makeVersion1Store(folder, index % 2 === 0 ? "closed" : "killed");
      return { folder, openers: [new Opener(folder, context), new Opener(folder, context)] };
    });
    let deaths = 0;
    const outcomes = new Set<string>();
    for (const { folder, openers } of lives) {
      const { database, writeAheadLog } = storeFiles(folder);
      for (const opener of openers) {
        const log = statSync(writeAheadLog, { throwIfNoEntry: false })?.size ?? 0;
        const most = Math.max(log, statSync(database).size) + 60_000;
        if (await opener.diesBeyond(random.below(most))) deaths += 1;
        outcomes.add(await readable(folder));
      }
      await assertAllThere(folder);
    }
    assert.ok(deaths > 0);
    context.diagnostic(`${deaths} deaths; ${[...outcomes].join(", ")}`);
  });

  test("at any time: the next one does", async (context) => {
    const lives = Array.from({ length: 6 }, () => {
      const folder = temporaryFolder(context);
      makeVersion1Store(folder, "killed");
      return { folder, opener: new Opener(folder, context) };
    });
    for (const { folder, opener } of lives) {
      await opener.dieAfter(random.fraction() * 25);
      await assertAllThere(folder);
    }
  });
});

/** What a kill leaves, or a file system that was not synchronised after it: none of it is part of what was stored. */
const remains: Readonly<Record<string, (files: StoreFiles) => void>> = {
  "as it is": () => {},
  "without the shared memory": ({ database }) => rmSync(`${database}-shm`),
  "with other shared memory": ({ database }) => {
    writeFileSync(`${database}-shm`, Buffer.alloc(32_768, random.below(256)));
  },
  "with an empty shared memory": ({ database }) => writeFileSync(`${database}-shm`, ""),
  "with the beginning of a commit": ({ writeAheadLog }) => {
    const log = readFileSync(writeAheadLog);
    // Frames of 24 and 4,096 bytes follow a header of 32; a commit's last frame says that it is one, and is missing here.
    appendFileSync(writeAheadLog, log.subarray(32, 32 + random.below(2 * 4_120)));
  },
  "with noise behind the log": ({ writeAheadLog }) => {
    appendFileSync(writeAheadLog, Buffer.from(Array.from({ length: 9_000 }, () => random.below(256))));
  },
  "with half of its owner's name, and drafts of artifacts": (files) => {
    writeFileSync(files.owner, '{"pid": 1, "ho');
    leaveDrafts(files);
  },
  "with a draft of its owner's name": ({ owner }) => writeFileSync(`${owner}.new`, '{"pid'),
  "without its owner's name": ({ owner }) => rmSync(owner),
  "without its lock": ({ lock }) => rmSync(lock),
  "with drafts of artifacts": leaveDrafts,
};

function leaveDrafts({ artifacts }: StoreFiles): void {
  for (const shelf of readdirSync(artifacts)) writeFileSync(join(artifacts, shelf, "half.json.new"), "{");
}

describe(`P1 P3 a store that a killed process has left (seed ${seed})`, () => {
  for (const [how, change] of Object.entries(remains)) {
    test(`${how}: has all that was stored`, async (context) => {
      const [folder, left] = [temporaryFolder(context), temporaryFolder(context)];
      const large = "x".repeat(70_000);
      const store = openStore(
        { folder, ...settings },
        { onConnected: (database) => database.exec("PRAGMA wal_autocheckpoint = 10") },
      );
      const count = 5 + random.below(20);
      await store.append([creation("run", { startKey: "key" })]);
      for (let seq = 1; seq <= count; seq += 1) {
        const event = succeeded(`${seq}`, seq % 4 === 0 ? large.padStart(70_000 + seq, "y") : "small");
        await store.append([{ runId: "run", fromSeq: seq, events: [event] }]);
      }
      // What is on the disk at this moment is what kill -9 would leave.
      cpSync(folder, left, { recursive: true });
      await store.close();
      change(storeFiles(left));

      assert.equal(await readable(left), "open");
      const tidied = Promise.withResolvers<unknown>();
      const next = openStore({ folder: left, ...settings, onRetention: tidied.resolve }, {});
      const events = await next.readEvents("run");
      assert.deepEqual(
        events.slice(1).map((event) => event.type === "attemptSucceeded" && event.task),
        Array.from({ length: count }, (_, index) => `${index + 1}`),
      );
      assert.deepEqual(await next.append([creation("other", { startKey: "key" })]), ["conflict"]);
      assert.deepEqual(
        await next.append([{ runId: "run", fromSeq: events.length, events: [succeeded("last", large)] }]),
        ["stored"],
      );
      await tidied.promise;
      await next.close();
      assertTidy(storeFiles(left));
      const drafts = readdirSync(storeFiles(left).artifacts, { recursive: true }).map(String);
      assert.deepEqual(
        drafts.filter((name) => name.endsWith(".new")),
        [],
      );
    });
  }
});
