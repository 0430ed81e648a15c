/** The commands that tell of runs on record, on the record of real runs. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import type { CommandModule } from "../command.ts";
import { plainTerminal } from "../testing/plain-terminal.ts";
import { execute as decide } from "./decide.ts";
import { execute as diff } from "./diff.ts";
import { execute as fork } from "./fork.ts";
import { execute as graph } from "./graph.ts";
import { execute as logs } from "./logs.ts";
import { execute as replay } from "./replay.ts";
import { execute as show } from "./show.ts";

const folder = mkdtempSync(join(tmpdir(), "mycroft-look-back-"));
after(() => rmSync(folder, { recursive: true, force: true }));

interface Words {
  readonly [name: string]: string | boolean | readonly string[];
}

async function call(
  execute: CommandModule["execute"],
  given: Readonly<Record<string, string | readonly string[]>>,
  options: Words = {},
) {
  const terminal = plainTerminal({ json: options["json"] === true });
  const exitCode = await execute({ arguments: given, options: { folder, ...options }, terminal });
  return {
    exitCode,
    text: terminal.printed.join("\n"),
    notes: terminal.noted.join("\n"),
    value: terminal.values[0],
  };
}

const decideOn = async (asOf: string) => {
  const { value } = await call(decide, { symbol: ["AAPL", "IBM"] }, { asOf, json: true });
  return (value as { readonly run: { readonly runId: string; readonly decisionHash: string } }).run;
};

let earlier: Awaited<ReturnType<typeof decideOn>>;
let later: Awaited<ReturnType<typeof decideOn>>;
before(async () => {
  earlier = await decideOn("2008-10-31");
  later = await decideOn("2008-11-28");
});

test("show: a real run with its steps, and what to type next", async () => {
  const { exitCode, text, notes } = await call(show, { run: "latest" });
  assert.equal(exitCode, 0);
  assert.match(text, new RegExp(`^Run ${later.runId} {2}succeeded$`, "m"));
  assert.match(text, /^ {2}As of {5}2008-11-28$/m);
  assert.match(text, /^portfolio +succeeded +1 +[\d.]+ m?s .*█$/m);
  assert.match(notes, new RegExp(`^Next: (npx )?mycroft show ${later.runId} --task portfolio --folder `));
});

test("logs: what the agents of a real run wrote, by weight and by task", async () => {
  const { exitCode, text } = await call(logs, { run: "latest" });
  assert.equal(exitCode, 0);
  assert.match(text, /^debug +[\d.]+ m?s {2}.*momentum {2}Reads prices\. {2}subject=AAPL {2}bars=\d+ /m);
  assert.match(text, /^info +[\d.]+ m?s {2}.*momentum {2}Compares with the past\. /m);
  const { text: none, notes } = await call(logs, { run: "latest" }, { level: "error" });
  assert.deepEqual([none, notes], ["", "No line in the log of this run weighs as much as error."]);
  const silent = await call(logs, { run: "latest" }, { task: "portfolio" });
  assert.match(silent.notes, /^Nothing is in the log of this task\. .*context\.log\.info/);
  const { value } = await call(logs, { run: "latest" }, { task: "portfolio", json: true });
  assert.deepEqual((value as { readonly lines: unknown }).lines, []);
  await assert.rejects(call(logs, { run: "latest" }, { level: "loud" }), { code: "USAGE" });
  await assert.rejects(call(logs, { run: "latest" }, { task: "nothing" }), { code: "TASK_UNKNOWN" });
});

test("logs: of what a fork has taken over, says whose log has it", async () => {
  const forked = await call(fork, { run: later.runId }, { from: ["portfolio"], json: true });
  const { runId } = forked.value as { readonly runId: string };
  const { text, notes } = await call(logs, { run: runId });
  assert.equal(text, "");
  const command = `(npx )?mycroft logs ${later.runId} --folder \\S+`;
  assert.match(
    notes,
    new RegExp(`^\\d+ tasks were taken over: \`${command}\` shows what they wrote\\.$`, "m"),
  );
});

test("show --json: tasks without their payloads, unless --all is given", async () => {
  const brief = (await call(show, { run: earlier.runId }, { json: true })).value as Shown;
  assert.equal(brief.run.decisionHash, earlier.decisionHash);
  const [task] = brief.tasks;
  assert.equal(task?.id, "record");
  assert.equal(task?.output, undefined);
  assert.equal(task?.attempts[0]?.input, undefined);
  const full = (await call(show, { run: earlier.runId }, { json: true, all: true })).value as Shown;
  assert.ok(Array.isArray(full.tasks[0]?.output));
});

interface Shown {
  readonly run: { readonly decisionHash: string };
  readonly tasks: readonly {
    readonly id: string;
    readonly output?: unknown;
    readonly attempts: readonly { readonly input?: unknown }[];
  }[];
}

test("show --task: an agent's question and answer, from the record", async () => {
  const { text } = await call(show, { run: earlier.runId }, { task: "companies[1]/opinions.trend" });
  assert.match(text, /^ {2}Calls {5}agent trend$/m);
  assert.match(text, /^Input\n {2}\{.*"subject": "IBM".*\}$/m);
  assert.match(text, /"probabilities": \[0\.\d+, 0\.\d+, 0\.\d+\]/);
});

test("P6 replay: a real run's decision hash agrees", async () => {
  const { exitCode, text } = await call(replay, { run: earlier.runId });
  assert.equal(exitCode, 0);
  assert.match(text, new RegExp(`^The decision hash agrees: ${earlier.decisionHash}$`, "m"));
  assert.match(text, /^[1-9]\d* outcomes computed again, [1-9]\d* outcomes taken from the record\.$/m);
});

test("replay with data other than the record's says so, and still agrees: what agents said is on record", async () => {
  const csv = [new URL("../testing/few-prices.csv", import.meta.url).pathname];
  const { exitCode, text } = await call(replay, { run: earlier.runId }, { csv });
  assert.equal(exitCode, 0);
  assert.match(text, /^Not as it was\n {2}The project's market data is not what it was/m);
  const gone = await call(replay, { run: earlier.runId }, { csv: [join(folder, "gone.csv")] });
  assert.equal(gone.exitCode, 0);
  assert.match(gone.text, /market data cannot be read now: .*gone\.csv/);
});

test("diff: two runs of different days differ from the input on; a run does not differ from itself", async () => {
  const { exitCode, text } = await call(diff, { left: earlier.runId, right: later.runId }, { limit: "20" });
  assert.equal(exitCode, 1);
  assert.match(text, /^Input \(1\)\n {2}asOf: "2008-10-31" -> "2008-11-28"$/m);
  assert.match(text, /^Agents' answers \(\d+\)\n {2}companies\[0\]\/opinions\.macro\n/m);
  assert.match(text, /^Result \(\d+\)$/m);
  assert.doesNotMatch(text, /^Market data/m);
  assert.deepEqual(
    await call(diff, { left: "latest", right: later.runId }).then(({ exitCode }) => exitCode),
    0,
  );
});

test("diff --json lists all differences by group", async () => {
  const { exitCode, value } = await call(diff, { left: earlier.runId, right: later.runId }, { json: true });
  const { equal, groups } = value as {
    readonly equal: boolean;
    readonly groups: Readonly<Record<string, unknown[]>>;
  };
  assert.deepEqual([exitCode, equal], [1, false]);
  assert.deepEqual(Object.keys(groups), [
    "workflow",
    "input",
    "data",
    "code",
    "answers",
    "decisions",
    "result",
  ]);
  assert.ok((groups["answers"]?.length ?? 0) > 12);
});

test("graph: the built-in committee as text in 80 columns, as Mermaid, and as JSON", async () => {
  const { text } = await call(graph, { workflow: "investment-committee" });
  assert.match(text, /^│ {2}├─ opinions: ask macro, momentum, reversal, technical, trend, volatility$/m);
  for (const line of text.split("\n")) assert.ok(line.length <= 80, line);
  const mermaid = (await call(graph, { workflow: "investment-committee" }, { mermaid: true })).text;
  assert.match(mermaid, /^flowchart TD\n/);
  const { value } = await call(graph, { workflow: "investment-committee" }, { json: true });
  assert.equal((value as { readonly mermaid: string }).mermaid, mermaid);
});

test("what is not there has its code", async () => {
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => "nothing was thrown",
      (thrown: unknown) => (thrown instanceof MycroftError ? thrown.code : String(thrown)),
    );
  assert.equal(await codeOf(call(show, { run: "zzz" })), "RUN_UNKNOWN");
  assert.equal(await codeOf(call(show, { run: "latest" }, { task: "nothing" })), "TASK_UNKNOWN");
  assert.equal(await codeOf(call(diff, { left: "latest", right: "latest" }, { limit: "0" })), "USAGE");
  assert.equal(await codeOf(call(graph, { workflow: "nothing" })), "WORKFLOW_UNKNOWN");
  assert.equal(await codeOf(call(replay, { run: "latest" }, { symbol: "AAPL" })), "USAGE");
  assert.equal(await codeOf(call(show, { run: "latest" }, { folder: join(folder, "nowhere") })), "NOT_FOUND");
});
