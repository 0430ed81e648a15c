/** The commands that work on a run that is there, in this process and without another one that holds the store. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { failsWith } from "../testing/assert-failure.ts";
import { callCommand } from "../testing/call-command.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { writeWaitingProject } from "../testing/waiting-project.ts";

const folder = temporaryFolder({ isLinked: true });
const config = writeWaitingProject(folder);
const here = (...words: string[]) => callCommand([...words, "--config", config]);

interface Wait {
  readonly runId: string;
  readonly task: string;
  readonly kind: string;
  readonly until: string | null;
  readonly answerWith: string | null;
}

interface RunValue {
  readonly run: {
    readonly runId: string;
    readonly status: string;
    readonly tags: readonly string[];
    readonly startKey: string | null;
    readonly forkedFrom: { readonly runId: string } | null;
  };
  readonly output: unknown;
  readonly waits: readonly Wait[];
  readonly isNew: boolean;
}

async function start(workflow: string, input: object = {}, ...more: string[]): Promise<RunValue> {
  const { exitCode, value } = await here(
    "run",
    workflow,
    "--input",
    JSON.stringify(input),
    "--json",
    ...more,
  );
  assert.equal(exitCode, 0);
  return value as RunValue;
}

/** The words of a command line that was printed. */
function wordsOf(command: string | null): string[] {
  return (command ?? "").split(" ").slice(1);
}

test("E8 a run that waits for a person ends the command, which says what for and how to answer; the answer works", async () => {
  const { text, notes, exitCode } = await here("run", "review", "--input", '{"value":8}');
  assert.equal(exitCode, 0);
  const [, runId = ""] =
    /^Run (\S+) \(review\) is under way and waits\n {2}for a verdict on sign-off\n/u.exec(text) ?? [];
  assert.match(text, /^ {4}on \{ "value": 4 \}$/mu, "what the person is asked about");
  assert.match(notes, /`mycroft up --config .*` goes on with it/u);
  const [, command = ""] = /^ {4}mycroft (approve .*)$/mu.exec(text) ?? [];
  const approved = await callCommand([...command.split(" "), "--by", "ann", "--comment", "fine"]);
  assert.match(approved.notes, new RegExp(`^Approved sign-off of run ${runId}, as ann\\.$`, "mu"));
  assert.equal(approved.text, '{ "value": 2 }');
  const { value } = await here("show", runId, "--task", "sign-off", "--json");
  assert.deepEqual((value as { readonly task: { readonly output: unknown } }).task.output, {
    ...{ approved: true, by: "ann", comment: "fine" },
  });
  await assert.rejects(here("approve", runId), failsWith("RUN_SETTLED"), "twice");
});

test("a rejection that fails the run is what was asked for; a run that nobody asks anything refuses a verdict", async () => {
  const { run, waits } = await start("review", { value: 8 });
  assert.deepEqual(
    waits.map(({ task, kind, until }) => [task, kind, until]),
    [["sign-off", "approval", null]],
  );
  const rejected = await here("approve", run.runId, "--reject", "--json");
  assert.equal(rejected.exitCode, 0);
  assert.equal((rejected.value as RunValue).run.status, "failed");
  const { run: other } = await start("listening");
  await assert.rejects(
    here("approve", other.runId),
    failsWith("TASK_NOT_WAITING", /No task .* waits for a verdict/u),
  );
  await assert.rejects(
    here("approve", other.runId, "news"),
    failsWith("TASK_NOT_WAITING", /waitingForSignal/u),
  );
  await assert.rejects(here("approve", other.runId, "nothing"), failsWith("TASK_UNKNOWN", /mycroft show/u));
  await assert.rejects(here("approve", "zzz"), failsWith("RUN_UNKNOWN", /mycroft runs/u));
  await here("cancel", other.runId);
});

test("E9 a signal is sent, also without waiting for what follows; bad ones are refused", async () => {
  const { run, waits } = await start("listening");
  const [wait] = waits;
  assert.ok(wait?.until !== null && Date.parse(wait?.until ?? "") > Date.now(), "until when");
  assert.match(
    wait?.answerWith ?? "",
    new RegExp(`^mycroft signal ${run.runId} news --config \\S+ --data JSON$`, "u"),
  );
  await assert.rejects(here("signal", run.runId, "olds"), failsWith("SIGNAL_UNKNOWN", /it waits for news/u));
  await assert.rejects(here("signal", run.runId, "news"), failsWith("INPUT_INVALID", /news/u));
  await assert.rejects(
    here("signal", run.runId, "news", "--data", "{"),
    failsWith("USAGE", /^--data is not JSON/u),
  );
  const long = "x".repeat(300);
  await assert.rejects(
    here("signal", run.runId, "news", "--data", '{"value":1}', "--id", long),
    failsWith("INPUT_INVALID", /id/u),
  );
  const file = folder.write("news.json", '{"value":7}');
  const recorded = await here("signal", run.runId, "news", "--data", `@${file}`, "--no-wait");
  assert.match(recorded.text, /^Sent the signal news to run /u);
  assert.match(recorded.notes, /`mycroft up .*`, or the next command that runs something, goes on with it/u);
  const { value } = await here("runs", "--status", "succeeded", "--workflow", "listening", "--json");
  assert.equal((value as { readonly runs: readonly object[] }).runs.length, 1, "no worker was needed");
  await assert.rejects(here("signal", run.runId, "news", "--data", '{"value":1}'), failsWith("RUN_SETTLED"));
});

test("E7 what a child run waits for is told of its parent, and the answer lets the parent go on", async () => {
  const { run, waits } = await start("parent", { value: 8 });
  const [wait] = waits;
  assert.ok(wait?.runId.startsWith(`${run.runId}.`));
  const { value } = await callCommand([...wordsOf(wait?.answerWith ?? null), "--json"]);
  const after = value as RunValue;
  assert.deepEqual([after.run.runId, after.run.status, after.output], [run.runId, "succeeded", { value: 2 }]);
});

test("a sleep of more than a minute ends the command too, a shorter one does not", async () => {
  assert.equal((await start("sleepy", { value: 1 })).run.status, "succeeded");
  const { run, waits } = await start("sleepy", { value: 3_600_000 });
  assert.deepEqual(
    waits.map(({ kind, answerWith }) => [kind, answerWith]),
    [["time", null]],
  );
  const { text } = await here("run", "sleepy", "--input", '{"value":3600000}');
  assert.match(text, /^ {2}until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(nap\)$/mu);
  assert.equal((await here("cancel", run.runId, "--task", "nap")).exitCode, 0);
  assert.equal((await here("cancel", run.runId, "--task", "nap")).exitCode, 1, "it has settled");
  await assert.rejects(here("cancel", "latest", "--task", "snooze"), failsWith("TASK_UNKNOWN"));
});

test("retry: a new run does again what failed and takes over the rest; diff is suggested", async () => {
  const failed = here("run", "failing", "--input", '{"value":100}');
  await assert.rejects(failed, failsWith("TASK_FAILED", /too much/u));
  const { value } = await here("runs", "--limit", "1", "--json");
  const original = (value as { readonly runs: readonly { readonly runId: string }[] }).runs[0]?.runId ?? "";
  const retried = here("retry", original);
  await assert.rejects(retried, failsWith("TASK_FAILED"), "it fails again, as it must");
  const recorded = await here("retry", original, "--no-wait", "--json");
  const { runId, forkedFrom, from } = recorded.value as {
    readonly runId: string;
    readonly forkedFrom: string;
    readonly from: unknown;
  };
  assert.deepEqual([forkedFrom, from], [original, ["check"]]);
  assert.match(recorded.notes, new RegExp(`Next: mycroft diff ${original} ${runId}`, "u"));
  assert.equal((await here("cancel", runId)).exitCode, 0);
  const { run } = await start("failing", { value: 8 });
  await assert.rejects(here("retry", run.runId), failsWith("INPUT_INVALID", /mycroft fork/u));
});

test("fork: from a task on, on another input, or with an outcome that is stated; what is wrong is refused", async () => {
  const { run } = await start("failing", { value: 16 });
  const fork = async (...words: string[]) =>
    (await here("fork", run.runId, ...words, "--json")).value as RunValue;
  assert.deepEqual((await fork("--from", "check")).output, { value: 8 });
  assert.deepEqual((await fork("--input", '{"value":6}')).output, { value: 3 });
  const stated = await fork("--set", 'first={"value":5}');
  assert.deepEqual([stated.output, stated.run.forkedFrom?.runId], [{ value: 5 }, run.runId]);
  await assert.rejects(here("fork", run.runId), failsWith("USAGE", /--from TASK.*--input.*--set/u));
  await assert.rejects(fork("--from", "chekc"), failsWith("TASK_UNKNOWN"));
  await assert.rejects(fork("--input", '{"value":"x"}'), failsWith("INPUT_INVALID"));
  for (const bad of ["first", "=1", "first="]) {
    await assert.rejects(fork("--set", bad), failsWith("USAGE", /it must be TASK=JSON/u), bad);
  }
  await assert.rejects(fork("--set", "first={"), failsWith("USAGE", /^--set first is not JSON/u));
  await assert.rejects(fork("--set", "first=1", "first=2"), failsWith("USAGE", /^--set states first twice/u));
});

test("run --key starts a run once; --tag finds it again", async () => {
  const first = await start("failing", { value: 8 }, "--key", "monday", "--tag", "a", "b");
  assert.deepEqual([first.run.startKey, first.run.tags], ["monday", ["a", "b"]]);
  const again = await start("failing", { value: 8 }, "--key", "monday");
  assert.equal(again.run.runId, first.run.runId);
  assert.deepEqual([first.isNew, again.isNew], [true, false]);
  const { notes } = await here("run", "failing", "--input", '{"value":8}', "--key", "monday");
  assert.match(notes, /was started under the key monday before; no other was started\.$/mu);
  assert.deepEqual(again.output, { value: 4 });
  const other = here("run", "failing", "--input", '{"value":6}', "--key", "monday");
  await assert.rejects(other, failsWith("START_KEY_MISMATCH", /monday/u));
  const { value } = await here("runs", "--tag", "b", "--json");
  assert.deepEqual(
    (value as { readonly runs: readonly { readonly runId: string }[] }).runs.map(({ runId }) => runId),
    [first.run.runId],
  );
  assert.match((await here("runs", "--tag", "c")).notes, /No run on record is like that/u);
});

test("runs that others left waiting keep no command from ending", async () => {
  await start("listening");
  await start("review", { value: 8 });
  assert.equal((await start("failing", { value: 8 })).run.status, "succeeded");
});
