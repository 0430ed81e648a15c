/** `mycroft up` in one process, and other commands beside it: what only real processes can show. */
import assert from "node:assert/strict";
import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { execute as run } from "../commands/run.ts";
import { failsWith } from "../testing/assert-failure.ts";
import { callCommand } from "../testing/call-command.ts";
import { listeningTerminal } from "../testing/listening-terminal.ts";
import { type MycroftProcess, runMycroft, startMycroft } from "../testing/mycroft-process.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { processOptions, writeWaitingProject } from "../testing/waiting-project.ts";

const posix = process.platform === "win32" ? "signals and sockets are other ones there" : false;

interface Site {
  readonly folder: ReturnType<typeof temporaryFolder>;
  readonly options: ReturnType<typeof processOptions>;
  /** Calls a command in this process: another one than that of `up`. */
  readonly here: (...words: string[]) => ReturnType<typeof callCommand>;
  readonly config: string;
  readonly socket: string;
}

function newSite(more = ""): Site {
  const folder = temporaryFolder({ isLinked: true });
  const config = writeWaitingProject(folder, more);
  const record = join(folder.path, ".mycroft");
  return {
    folder,
    config,
    options: processOptions(folder),
    here: (...words) => callCommand([...words, "--config", config]),
    socket: join(record, "control.sock"),
  };
}

/** Resolves when it takes requests. */
async function startUp(context: TestContext, { options }: Site, ...words: string[]): Promise<MycroftProcess> {
  const up = startMycroft(["up", "--no-web", ...words], options);
  context.after(() => up.child.kill("SIGKILL"));
  await up.prints(/^Up: process \d+ holds/mu);
  return up;
}

async function end(up: MycroftProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<string> {
  up.child.kill(signal);
  const { exitCode, out } = await up.ended;
  assert.equal(exitCode, 0, out);
  return out;
}

test("up does what other commands ask, and says what happens", { skip: posix }, async (context) => {
  const site = newSite();
  const { here } = site;
  const up = await startUp(context, site);

  const triggered = await here("schedule", "trigger", "nightly");
  const runId = /has started run (\S+), out of turn/u.exec(triggered.text)?.[1] ?? "";
  assert.match(
    triggered.notes,
    new RegExp(`Process ${up.child.pid} goes on with it; .*mycroft show ${runId}`, "u"),
  );
  await up.prints(new RegExp(`started +${runId} +review +by schedule nightly, out of turn$`, "mu"));
  await up.prints(
    new RegExp(`waits +${runId} +review +for a verdict on sign-off: mycroft approve ${runId} sign-off`, "mu"),
  );

  const approved = await here("approve", "latest", "--by", "ann", "--json");
  assert.deepEqual(approved.value, {
    ...{ runId, task: "sign-off", verdict: "approve", by: "ann" },
    holder: { pid: up.child.pid, isStaying: true },
  });
  await up.prints(new RegExp(`succeeded +${runId} +review +in `, "mu"));
  await up.prints(/asked +approve +\S+/u);
  await assert.rejects(here("approve", runId), failsWith("RUN_SETTLED", /has succeeded already/u));

  await here("schedule", "pause", "nightly");
  const { text } = await here("schedule", "list");
  assert.match(text, /^nightly +review +0 0 1 1 \* America\/New_York/mu);
  assert.match(text, /paused; it would fire at/u);
  assert.match(
    (await here("schedule", "resume", "nightly")).text,
    /^Schedule nightly fires again; next: .*\b\d{4}-01-01 00:00 America\/New_York/u,
  );
  await assert.rejects(here("schedule", "pause", "nihgtly"), failsWith("SCHEDULE_UNKNOWN", /nightly/u));

  const doctor = await here("doctor");
  assert.match(
    doctor.text.replace(/\s+/gu, " "),
    new RegExp(`held by process ${up.child.pid} .*It does what approve`, "u"),
  );
  const log = await end(up);
  assert.match(log, /stopping +Nothing is in hand/u);
  assert.match(log, /stopped$/mu);
  assert.ok(!existsSync(site.socket), "its socket is gone");
});

test("run hands its run to it, on its workflows and its data, and tells how it came out", {
  skip: posix,
}, async (context) => {
  const site = newSite('data: "bundled",');
  const { here } = site;
  const up = await startUp(context, site);
  const words = "run failing --as-of 2008-10-31 --key once --tag mine --input".split(" ");
  const { text, notes } = await here(...words, '{"value":8}');
  assert.equal(text, '{ "value": 4 }');
  const [, runId = ""] = /^Run (\S+): failing as of 2008-10-31 succeeded in /mu.exec(notes) ?? [];
  await up.prints(new RegExp(`succeeded +${runId} +failing`, "u"));
  const { value } = await here(...words, '{"value":8}', "--json");
  const again = value as { readonly run: { readonly runId: string }; readonly isNew: boolean };
  assert.deepEqual([again.run.runId, again.isNew], [runId, false], "under a key once");
  await assert.rejects(
    here("run", "failing", "--input", '{"value":100}'),
    failsWith("TASK_FAILED", /too much/u),
  );
  const waiting = await here("run", "review", "--input", '{"value":8}');
  assert.match(waiting.text, /is under way and waits\n {2}for a verdict on sign-off\n/u);
  await assert.rejects(
    here("run", "failing", "--input", '{"value":"x"}'),
    failsWith("INPUT_INVALID", /value/u),
  );
  await assert.rejects(
    here("run", "failing", "--input", '{"value":8}', "--as-of", "2999-01-01"),
    failsWith("DATE_OUT_OF_RANGE"),
  );
  const onOther = here("run", "failing", "--input", '{"value":8}', "--csv", "prices.csv");
  await assert.rejects(onOther, failsWith("STORE_LOCKED", /works on its own data\. Leave out --csv/u));

  const { terminal, noted } = listeningTerminal();
  const options = { config: site.config, input: '{"value":1}' };
  const left = run({ arguments: { workflow: "slow" }, options, terminal });
  await noted(new RegExp(`Process ${up.child.pid} works on run`, "u"));
  up.child.kill("SIGKILL");
  await assert.rejects(left, failsWith("RUN_NOT_SETTLED", /has ended before the run had/u));
});

test("a signal, a cancellation and a fork reach it too", { skip: posix }, async (context) => {
  const site = newSite();
  const { here } = site;
  const started = await here("run", "listening", "--json");
  assert.equal(started.exitCode, 0);
  const { run } = started.value as { readonly run: { readonly runId: string; readonly status: string } };
  assert.equal(run.status, "running");
  const up = await startUp(context, site);
  await up.prints(new RegExp(`Waiting +${run.runId} for the signal news`, "u"));
  await assert.rejects(here("signal", run.runId, "nwes"), failsWith("SIGNAL_UNKNOWN", /it waits for news/u));
  await assert.rejects(
    here("signal", run.runId, "news", "--data", '{"value":"x"}'),
    failsWith("INPUT_INVALID", /news/u),
  );
  await here("signal", run.runId, "news", "--data", '{"value":5}');
  await up.prints(new RegExp(`succeeded +${run.runId}`, "u"));
  const forked = await here("fork", run.runId, "--set", 'news={"value":7}');
  const forkId = /^Run (\S+) forks \S+ from news on\.$/mu.exec(forked.text)?.[1] ?? "";
  assert.match(forked.notes, new RegExp(`Next: mycroft diff ${run.runId} ${forkId}`, "u"));
  await up.prints(new RegExp(`started +${forkId} +listening +from run ${run.runId}$`, "mu"));
  await up.prints(new RegExp(`succeeded +${forkId}`, "u"));
  await here("schedule", "trigger", "working");
  const [, slowId = ""] = await up.prints(/started +(\S+) +slow /u);
  await up.says("patient asked 1");
  assert.equal(
    (await here("cancel", slowId, "--reason", "too slow")).text,
    `Run ${slowId} is cancelled: too slow.`,
  );
  await up.prints(new RegExp(`cancelled +${slowId} +slow`, "u"));
  await end(up);
});

test("P3 a killed up leaves a socket that is no obstacle, and the next one goes on from the record", {
  skip: posix,
}, async (context) => {
  const site = newSite();
  const { here, folder } = site;
  const killed = await startUp(context, site);
  await here("schedule", "trigger", "working");
  await killed.says("patient asked 1");
  killed.child.kill("SIGKILL");
  await killed.ended;
  assert.ok(lstatSync(site.socket).isSocket());
  assert.match(
    (await here("doctor")).text.replace(/\s+/gu, " "),
    /control\.sock was left behind .* does no harm/u,
  );
  await here("schedule", "pause", "nightly");
  const next = await startUp(context, site);
  await next.prints(/nightly: paused; it would fire at/u);
  await next.prints(/Resuming +\S+/u);
  // Not before: what has ended by the time that it is up is not resumed.
  folder.write("go-1", "");
  await next.prints(/succeeded +\S+ +slow +in /u);
  assert.equal((await here("pools", "--json")).exitCode, 0);
  await end(next, "SIGINT");
});

test("told to end, it finishes what is in hand; the rest is for the next one", {
  skip: posix,
}, async (context) => {
  const site = newSite();
  const { here, folder } = site;
  const up = await startUp(context, site);
  await here("schedule", "trigger", "working");
  await up.says("patient asked 1");
  up.child.kill("SIGTERM");
  await up.prints(/stopping +Finishing 1 attempt, for 30\.0 s at most\. Once more stops at once\./u);
  folder.write("go-1", "");
  const { exitCode, out } = await up.ended;
  assert.equal(exitCode, 0);
  assert.match(out, /succeeded +\S+ +slow/u, "what it finished last is told");
});

test("what is still in hand after the grace time is given up; a second signal does not wait for it", {
  skip: posix,
}, async (context) => {
  const site = newSite();
  const { here } = site;
  const hasty = await startUp(context, site, "--grace", "0");
  await here("schedule", "trigger", "working");
  await hasty.says("patient asked 1");
  assert.match(await end(hasty), /stopped +1 attempt given up; the next process does them again\./u);

  const patient = await startUp(context, site);
  await patient.says("patient asked 1");
  patient.child.kill("SIGTERM");
  await patient.prints(/stopping/u);
  // One press may arrive twice: within a third of a second they count as one.
  const again = setInterval(() => patient.child.kill("SIGTERM"), 50);
  context.after(() => clearInterval(again));
  const { exitCode } = await patient.ended;
  clearInterval(again);
  assert.equal(exitCode, 143);
  const { runs } = (await here("runs", "--json")).value as {
    readonly runs: readonly { readonly status: string }[];
  };
  assert.deepEqual(
    runs.map(({ status }) => status),
    ["running"],
    "it is kept, and goes on with the next process",
  );
});

test("one process holds the store; a second one is told which, and --json gives lines", {
  skip: posix,
}, async (context) => {
  const site = newSite();
  const up = startMycroft(["up", "--no-web", "--json"], site.options);
  context.after(() => up.child.kill("SIGKILL"));
  const [line = ""] = await up.prints(/^.*\n/u);
  const first = JSON.parse(line) as {
    readonly event: string;
    readonly schedules: readonly { readonly name: string }[];
  };
  assert.deepEqual(
    [first.event, first.schedules.map(({ name }) => name)],
    ["up", ["daily", "looking", "nightly", "often", "working"]],
  );
  const second = await runMycroft(["up"], site.options);
  assert.equal(second.exitCode, 1);
  assert.match(second.err, new RegExp(`^error STORE_LOCKED: .*held by process ${up.child.pid}, `, "u"));
  assert.match(second.err, /does what `mycroft up` does.* Stop it to start another one, or name another/u);
  const builtIn = { ...site.options, cwd: temporaryFolder().path };
  const words = ["backtest", "--every", "month", "--folder", site.folder.path];
  const backtest = await runMycroft(words, builtIn);
  assert.match(
    backtest.err,
    /^error STORE_LOCKED: .* keeps running\. Stop that process first, or keep this backtest/mu,
  );
  up.child.kill("SIGTERM");
  const { out } = await up.ended;
  const events = out
    .trimEnd()
    .split("\n")
    .map((text) => (JSON.parse(text) as { readonly event: string }).event);
  assert.deepEqual(events, ["up", "stopping", "stopped"]);
});

test("a store that takes nothing any more is opened anew, until it does", {
  skip: posix,
}, async (context) => {
  const site = newSite();
  const { here, folder } = site;
  const up = await startUp(context, site);
  const change = (sql: string) => {
    const database = new DatabaseSync(join(folder.path, ".mycroft", "mycroft.sqlite"), { timeout: 30_000 });
    database.exec(sql);
    database.close();
  };
  change("CREATE TRIGGER broken BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'broken'); END");
  await assert.rejects(here("schedule", "trigger", "daily"), MycroftError);
  await up.prints(/reopening +The store has failed/u);
  change("DROP TRIGGER broken");
  await up.prints(/(?:^Up: process[\s\S]*){2}/mu);
  await here("schedule", "trigger", "daily");
  await up.prints(/succeeded +\S+ +failing/u);
  await end(up);
});

test("data that is missing, or cannot be read, does not end it: it is told, and read when it is there", {
  skip: posix,
}, async (context) => {
  const site = newSite('data: { csv: ["prices.csv"] },');
  const { folder, here } = site;
  const up = startMycroft(["up", "--no-web"], site.options);
  context.after(() => up.child.kill("SIGKILL"));
  await up.prints(/warning +DATA_FILE_UNREADABLE .*prices\.csv.* Trying again/u);
  folder.write("prices.csv", "date,symbol,close\n2020-01-02,ONE,1\n2020-01-03,ONE,2\n");
  await up.prints(/^Up: process/mu);

  await here("schedule", "trigger", "looking");
  await up.prints(/succeeded +\S+ +data/u);
  folder.write("prices.csv", "date,symbol,close\n2020-01-02,ONE,1\n2020-01-03,ONE,2\n2020-01-03,TWO,2\n");
  await here("schedule", "trigger", "looking");
  await up.prints(/data +.*prices\.csv.* up to 2020-01-03/u);
  await up.prints(/(?:succeeded +\S+ +data[\s\S]*){2}/u);
  await end(up);

  const { runs } = (await here("runs", "--json")).value as {
    readonly runs: readonly { readonly runId: string; readonly dataHash: string }[];
  };
  assert.equal(
    new Set(runs.map(({ dataHash }) => dataHash)).size,
    2,
    "each run names the data that it began with",
  );
  const outputs = await Promise.all(
    runs.map(
      async ({ runId }) =>
        ((await here("show", runId, "--json")).value as { readonly result: { readonly output: unknown } })
          .result.output,
    ),
  );
  assert.deepEqual(outputs, [{ last: "ONE,TWO" }, { last: "ONE" }]);
});
