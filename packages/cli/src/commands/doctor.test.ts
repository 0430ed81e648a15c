import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openSqliteStore } from "@mycroft/embedded";
import { sizeText } from "../doctor/check-record.ts";
import type { Finding } from "../doctor/finding.ts";
import { plainTerminal } from "../testing/plain-terminal.ts";
import { temporaryFolder as linkedFolder } from "../testing/temporary-folder.ts";
import { execute } from "./doctor.ts";

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "mycroft-doctor-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function examine(options: Readonly<Record<string, string | readonly string[]>>) {
  const terminal = plainTerminal({ json: true });
  const exitCode = await execute({ arguments: {}, options, terminal });
  const { ok, findings } = terminal.values[0] as {
    readonly ok: boolean;
    readonly findings: readonly Finding[];
  };
  const of = (topic: string) =>
    findings.find((one) => one.topic === topic) ?? assert.fail(`nothing on ${topic}`);
  return { exitCode, ok, findings, of };
}

test("where all is well, every topic is ok, nothing is written, and the exit code is 0", async (t) => {
  const folder = temporaryFolder(t);
  const { exitCode, ok, findings, of } = await examine({ folder });
  assert.deepEqual([exitCode, ok], [0, true]);
  const topics = findings.map(({ topic }) => topic);
  assert.deepEqual(topics, ["Mycroft", "Node", "Packages", "Project", "Data", "Record", "Disk", "Terminal"]);
  assert.match(of("Node").text, /^26\./);
  assert.match(of("Packages").text, /^\d+ from npm, as stated$/);
  assert.match(of("Project").text, /built-in .* 1 workflow, 6 agents/);
  assert.match(of("Data").text, /5 companies from 2000-01-31 to 2010-02-26, [\d,]+ rows$/);
  assert.match(of("Record").text, /^none yet/);
  assert.deepEqual(readdirSync(folder), []);
});

test("dirty data is a warning with examples, and no failure", async (t) => {
  const folder = temporaryFolder(t);
  const csv = [new URL("../testing/few-prices.csv", import.meta.url).pathname];
  const { exitCode, of } = await examine({ folder, csv });
  assert.equal(exitCode, 0);
  assert.equal(of("Data").status, "warn");
  assert.match(
    of("Data").text,
    /1 company from 2008-08-29 to 2008-11-28, 3 rows; 1 of 4 rows cannot be used$/,
  );
  assert.match(of("Data").hint ?? "", /few-prices\.csv, line 4: close "" is empty/);
});

test("facts beside the prices are told with their kinds", async (t) => {
  const folder = temporaryFolder(t);
  const facts = join(folder, "mood.csv");
  writeFileSync(facts, "symbol,date,n_tweets,mean_compound\nA,2008-09-01,3,0.5\nB,2008-09-01,3,0.5\n");
  const csv = [new URL("../testing/few-prices.csv", import.meta.url).pathname];
  const { of } = await examine({ folder, csv, facts: [facts] });
  assert.match(of("Data").text, /, 5 rows; sentiment of 2 symbols; 1 of 6 rows cannot be used$/);
  assert.match(of("Project").text, /1 workflow, 8 agents/);
});

test("a configuration that does not load is a failure, and the rest is looked at all the same", async (t) => {
  const folder = temporaryFolder(t);
  const config = join(folder, "mycroft.config.ts");
  writeFileSync(config, "export default 7;\n");
  const { exitCode, ok, of } = await examine({ folder, config });
  assert.deepEqual([exitCode, ok], [1, false]);
  assert.equal(of("Project").status, "fail");
  assert.match(of("Project").text, /^CONFIG_INVALID: .*mycroft\.config\.ts/);
  assert.equal(of("Record").status, "ok");
});

test("a foreign file in the record's place is a failure, and stays as it is", async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, ".mycroft"));
  writeFileSync(join(folder, ".mycroft", "mycroft.sqlite"), "a diary");
  const { exitCode, of } = await examine({ folder });
  assert.equal(exitCode, 1);
  assert.match(of("Record").text, /^STORE_FOREIGN_FILE: /);
});

test("schedules that never fire, and pools that nobody uses, are warnings", async () => {
  const linked = linkedFolder({ isLinked: true });
  const write = (name: string, more: string) =>
    linked.write(
      name,
      `import { defineConfig, defineFunction, schedule, workflow } from "@mycroft/sdk";
       import { z } from "zod";
       const input = z.object({});
       const echo = defineFunction({ name: "echo", version: "1", input, output: input, run: () => ({}) });
       const w = workflow({ name: "w", input }, (w) => w.call("echo", echo, {}, { pool: "used" }));
       const old = schedule({ name: "old", workflow: w, cron: "@daily", endAt: "2001-01-01" });
       const live = schedule({ name: "live", workflow: w, cron: "@daily" });
       export default defineConfig({ workflows: [w], ${more} });`,
    );
  const bad = await examine({
    config: write("bad.ts", "schedules: [old, live], pools: { used: { slots: 1 }, idle: { slots: 1 } }"),
  });
  assert.equal(bad.exitCode, 0);
  assert.deepEqual(
    [bad.of("Schedules").status, bad.of("Schedules").text],
    ["warn", "these never fire again: old"],
  );
  assert.deepEqual(
    [bad.of("Pools").status, bad.of("Pools").text],
    ["warn", "no step of any workflow uses idle"],
  );
  const good = await examine({
    config: write("good.ts", "schedules: [live], pools: { used: { slots: 3 } }"),
  });
  assert.match(good.of("Schedules").text, /^live; they fire while `mycroft up` runs$/);
  assert.equal(good.of("Pools").text, "used (3 slots)");
});

test("who writes to the record now and does not listen is a warning", async (t) => {
  const folder = temporaryFolder(t);
  const store = await openSqliteStore({ folder: join(folder, ".mycroft") });
  t.after(() => store.close());
  const { exitCode, of } = await examine({ folder });
  assert.equal(exitCode, 0);
  assert.match(of("Record").text, /0 runs, schema version \d+, sound$/);
  assert.equal(of("Writer").status, "warn");
  assert.match(of("Writer").text, new RegExp(`held by process ${process.pid} on .*does not listen`));
});

test("for people, each topic is a line, with what to do below it", async (t) => {
  const folder = temporaryFolder(t);
  const terminal = plainTerminal();
  const csv = [join(folder, "no\u001b[2Jwhere.csv")];
  assert.equal(await execute({ arguments: {}, options: { folder, csv }, terminal }), 1);
  const text = terminal.printed.join("\n");
  assert.match(text, /^ok {4}Node {8}26\./m);
  assert.match(text, /^fail {2}Data {8}DATA_FILE_UNREADABLE: .*no\\u001b\[2Jwhere\.csv/m);
  assert.match(text, /^1 of 8 need attention\.$/m);
});

test("sizes have two or three digits", () => {
  assert.deepEqual([0, 999, 1_000, 9_949, 9_950, 999_499, 999_500, 83_000_000_000].map(sizeText), [
    "0 bytes",
    "999 bytes",
    "1.0 kB",
    "9.9 kB",
    "10 kB",
    "999 kB",
    "1.0 MB",
    "83 GB",
  ]);
});
