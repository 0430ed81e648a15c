/** The main job, as somebody meets it: the real program in an empty folder, and then every command that it names. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { callCommand } from "./testing/call-command.ts";
import { type Ended, runMycroft } from "./testing/mycroft-process.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const folder = temporaryFolder();
const at = { cwd: folder.path };
const companies = ["AAPL", "AMZN", "GOOG", "IBM", "MSFT"];
const agents = ["macro", "momentum", "reversal", "technical", "trend", "volatility"];

interface Answer {
  readonly run: Readonly<Record<string, string>>;
  readonly decisions: readonly {
    readonly subject: string;
    readonly weight: number;
    readonly views: readonly object[];
  }[];
  readonly mostDisputed: { readonly subject: string };
  readonly recordFolder: string;
}

let first: Ended;
before(async () => {
  first = await runMycroft(["start", "--no-web"], at);
});

test("start: the committee decides on every company, and the record is in .mycroft", () => {
  assert.equal(first.exitCode, 0, first.err);
  const lines = first.out.split("\n");
  const titles = lines.findIndex((line) => line.startsWith("Company"));
  assert.deepEqual((lines[titles] ?? "").split(/ +/u), [
    "Company",
    ...agents,
    "Conflict",
    "Decision",
    "Weight",
  ]);
  companies.forEach((company, index) => {
    const view = String.raw`(?:(?:up|flat|down) \d+%[▲▼]?|abstains)`;
    const row = new RegExp(
      String.raw`^${company} +(?:${view} +){6}[01]\.\d+ +(?:up|even|down|vetoed)\b.* -?\d+\.\d%$`,
      "u",
    );
    assert.match(lines[titles + 1 + index] ?? "", row);
  });
  assert.ok(existsSync(join(folder.path, ".mycroft", "mycroft.sqlite")));
  assert.ok(lines.some((line) => line.includes(join(folder.path, ".mycroft"))));
});

test("start: the data is named, no return is promised, and the most disputed decision is explained", () => {
  const text = first.out.replace(/\s+/gu, " ");
  assert.match(text, /2000-01-31 to 2010-02-26, from vega-datasets/u);
  assert.match(text, /No return is promised/u);
  assert.match(text, /Usual, whatever anybody says: down \d+%, flat \d+%, up \d+% \(\d+ past cases\)/u);
  for (const title of [
    "What the agents said",
    "Where they conflict",
    "What each one weighs",
    "What the risk limits did",
  ]) {
    assert.ok(text.includes(title), title);
  }
  for (const agent of agents) assert.ok(text.includes(`${agent} (version`), agent);
});

test("start: elsewhere than on a terminal there are no colours, no live line, and no warnings", () => {
  for (const control of ["\u001b", "\r"]) assert.ok(!(first.out + first.err).includes(control));
  // Work that takes more than a few seconds says in plain lines how far it is.
  const progress = String.raw`(?:investment-committee: \d+ of \d+ steps, \S+ {2}\((?:\d+ min )?[\d.]+ s\)\n)*`;
  assert.match(
    first.err,
    new RegExp(`^Running investment-committee on 5 companies \\.\\.\\.\n${progress}$`, "u"),
  );
});

test("start: everything that it says to type next works", async () => {
  const commands = [...first.out.matchAll(/^ {2}(?:npx )?mycroft (.+?) {2,}/gmu)].map(([, words = ""]) =>
    words.split(" "),
  );
  assert.deepEqual(
    commands.map(([name]) => name),
    ["explain", "show", "replay", "decide"],
  );
  for (const words of commands) {
    const { exitCode, out, err } = await runMycroft(words, at);
    assert.equal(exitCode, 0, `${words.join(" ")}: ${err}`);
    assert.ok(out.length > 100, words.join(" "));
  }
});

test("P6 start --json: one value; the second time gives the decision hash of the first", async () => {
  const { exitCode, out, err } = await runMycroft(["start", "--json"], at);
  assert.deepEqual([exitCode, err], [0, ""]);
  const answer = JSON.parse(out) as Answer;
  assert.deepEqual(
    answer.decisions.map(({ subject }) => subject),
    companies,
  );
  assert.ok(answer.decisions.every(({ views, weight }) => views.length === agents.length && weight >= 0));
  assert.equal(answer.recordFolder, join(folder.path, ".mycroft"));
  const subject = answer.mostDisputed.subject;
  assert.ok(companies.includes(subject));
  const runId = /Run (\S+) in /u.exec(first.out)?.[1] ?? "";
  const explained = await callCommand([
    "explain",
    runId,
    subject.toLowerCase(),
    "--json",
    "--folder",
    folder.path,
  ]);
  const recorded = explained.value as Answer;
  for (const field of ["decisionHash", "planHash", "dataHash", "codeVersion"]) {
    assert.match(recorded.run[field] ?? "", /^[0-9a-f]{64}$|^\d+\.\d+\.\d+/u, field);
    assert.equal(recorded.run[field], answer.run[field], field);
  }
});
