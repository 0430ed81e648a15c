/** `mycroft evaluate`, on a few rows of which the answer is known. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { failsWith } from "../testing/assert-failure.ts";
import { callCommand } from "../testing/call-command.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();
const days = Array.from({ length: 8 }, (_, at) => `2026-01-0${at + 1}`);
const forecasts = folder.write(
  "forecasts.csv",
  [
    "date,asset,model,down,flat,up",
    ...days.flatMap((day) => [`${day},A,good,0.1,0.2,0.7`, `${day},A,bad,0.7,0.2,0.1`]),
  ].join("\n"),
);
const outcomes = folder.write(
  "outcomes.csv",
  ["date,asset,outcome", ...days.map((day) => `${day},A,up`)].join("\n"),
);
const call = (...words: string[]) => callCommand(["evaluate", ...words, "--resamples", "100"]);

interface Told {
  readonly settings: { readonly score: string; readonly delayPeriods: number; readonly seed: number };
  readonly competitors: readonly { readonly name: string; readonly rank: number; readonly score: number }[];
  readonly data: { readonly problems: Readonly<Record<string, number>> };
  readonly findings: readonly { readonly title: string }[];
}

test("prints every agent and policy with its score, regrets and intervals, and what they are worth", async () => {
  const { exitCode, text, notes } = await call(
    forecasts,
    "--outcomes",
    outcomes,
    "--policy",
    "linear-pool,past-score",
  );
  assert.equal(exitCode, 0);
  assert.match(text, /2 agents, 8 cases, 8 periods \(2026-01-01 to 2026-01-08\); rps, lower is better/);
  assert.match(text, /^good +1 +agent +0\.03333 +0 +0 +-0\.14000/m);
  assert.match(text, /^past-score +2 +policy/m);
  assert.match(text, /^uniform +4 +reference/m);
  assert.doesNotMatch(text, /^median/m);
  assert.match(text, /There are only 8 periods/);
  assert.match(notes, /probabilities "down", "flat", "up"/);
  assert.match(notes, /nothing was repaired or dropped/);
});

test("the same policy stands beside itself with other settings", async () => {
  const words = [forecasts, "--outcomes", outcomes, "--policy"];
  const { text } = await call(...words, 'ewa:{"rate":0.1},ewa:{"rate":50}');
  assert.match(text, /^ewa \{"rate":50\} +2 +policy/m);
  assert.match(text, /^ewa \{"rate":0\.1\} +3 +policy/m);
  await assert.rejects(call(...words, 'ewa:{"rate":-1}'), failsWith("POLICY_INVALID"));
  await assert.rejects(call(...words, "ewa:5"), failsWith("USAGE"));
});

test("--json is one value with the same, and with the report of the data", async () => {
  const options = ["--score", "brier", "--delay", "2", "--seed", "9", "--json"];
  const { value } = await call(forecasts, "--outcomes", outcomes, ...options);
  const { settings, competitors, data, findings } = value as Told;
  assert.deepEqual([settings.score, settings.delayPeriods, settings.seed], ["brier", 2, 9]);
  const good = competitors.find(({ name }) => name === "good");
  assert.ok(Math.abs((good?.score ?? 0) - 0.14) < 1e-12);
  assert.deepEqual(data.problems, {});
  assert.ok(findings.length >= 3);
  assert.ok(competitors.length > 6, "all policies unless some are named");
  assert.deepEqual(JSON.parse(JSON.stringify(value)), value);
});

test("--html writes a whole report, or says why it cannot", async () => {
  const file = join(folder.path, "report.html");
  const { notes } = await call(forecasts, "--outcomes", outcomes, "--policy", "median", "--html", file);
  assert.ok(notes.includes(`Report: ${file}`));
  assert.match(
    readFileSync(file, "utf8"),
    /^<!doctype html>[\s\S]*Evaluation of forecasts\.csv[\s\S]*<\/html>\n$/,
  );
  assert.deepEqual(
    readdirSync(folder.path).filter((name) => name.endsWith(".tmp")),
    [],
  );
  const nowhere = join(folder.path, "nowhere/report.html");
  await assert.rejects(
    call(forecasts, "--outcomes", outcomes, "--policy", "median", "--html", nowhere),
    failsWith("PROJECT_UNWRITABLE", /nowhere/),
  );
});

test("P7 dirt is told by file, line and rule; --strict makes it an error", async () => {
  const dirty = folder.write(
    "dirty.csv",
    `${readFileSync(forecasts, "utf8")}\n2026-01-08,A,third,-0.01,0.51,0.5\n2026-01-08,A,good,1,0,0\n2026-01-08,"\u001b[31mB",good,1,0,x\n`,
  );
  const { notes } = await call(dirty, "--outcomes", outcomes, "--policy", "median");
  assert.match(notes, /1 repaired, 3 dropped, 7 abstentions/);
  assert.match(
    notes,
    /dirty\.csv, line 18: down "-0\.01" is below zero, within the tolerance: it counts as zero/,
  );
  assert.match(
    notes,
    /line 19: the forecast of good for A in 2026-01-08 is there before, with other numbers: the first one counts/,
  );
  assert.ok(!notes.includes("\u001b"));
  await assert.rejects(
    call(dirty, "--outcomes", outcomes, "--strict"),
    failsWith("DATA_ROW_INVALID", /line 18/),
  );
});

test("columns, renames and the tolerance are options", async () => {
  const odd = folder.write("odd.csv", "wave,who,thing,x,y\n1,m,OLD,0.4,0.5\n2,m,NEW,0.4,0.6\n");
  const seen = folder.write("seen.csv", "wave,thing,x,y\n1,NEW,0,1\n2,NEW,1,0\n");
  const columns = [
    "--period",
    "wave",
    "--subject",
    "thing",
    "--agent",
    "who",
    "--probabilities",
    "x,y",
    "--observed",
    "x,y",
  ];
  const options = [
    "--outcomes",
    seen,
    ...columns,
    "--rename",
    "OLD=NEW",
    "--tolerance",
    "0.15",
    "--policy",
    "median",
  ];
  const { text } = await call(odd, ...options);
  assert.match(text, /1 agents?, 2 cases, 2 periods/);
});

test("what is not understood is USAGE, what is not there has its code", async () => {
  for (const [options, mention] of [
    [["--score", "best"], /--score/],
    [["--delay", "-1"], /--delay/],
    [["--seed", "x"], /--seed/],
    [["--tolerance", "1"], /--tolerance .* from 0 to 0.2/],
    [["--level", "2"], /--level/],
    [["--rename", "A"], /OLD=NEW/],
    [["--policy", ","], /--policy/],
  ] as const) {
    await assert.rejects(call(forecasts, "--outcomes", outcomes, ...options), failsWith("USAGE", mention));
  }
  await assert.rejects(
    call(forecasts, "--outcomes", outcomes, "--policy", "nothing"),
    failsWith("POLICY_UNKNOWN"),
  );
  await assert.rejects(call(join(folder.path, "gone.csv")), failsWith("DATA_FILE_UNREADABLE"));
  await assert.rejects(call(forecasts), failsWith("DATA_COLUMN_MISSING", /--outcomes/));
});

test("P7 what a file lacks is told with the names that are understood, and with the option that names another", async () => {
  const missing = async (text: string, form: RegExp) => {
    const file = folder.write("lacking.csv", text);
    await assert.rejects(call(file), failsWith("DATA_COLUMN_MISSING", form), text);
  };
  await missing(
    "foo,x\n1,2\n",
    /named period, date or month is understood\. `--period` names another one\.$/u,
  );
  await missing("date,agent\n1,2\n", /down, flat, up .* `--value` names one, `--probabilities` several\.$/u);
  await missing(
    "date,agent,p1,p2\n1,a,0.5,0.5\n",
    /`--observed` names the column, `--outcomes` another file/u,
  );
});
