/** The commands about schedules and backfills, in this process and without another one that holds the store. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { failsWith } from "../testing/assert-failure.ts";
import { callCommand } from "../testing/call-command.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";
import { writeWaitingProject } from "../testing/waiting-project.ts";

const folder = temporaryFolder({ isLinked: true });
const config = writeWaitingProject(folder);
const here = (...words: string[]) => callCommand([...words, "--config", config]);

test("schedule list works before anything was ever run, and writes nothing", async () => {
  const { text, notes } = await here("schedule", "list");
  assert.match(text, /^nightly +review +0 0 1 1 \* America\/New_York/mu);
  assert.match(notes, /Schedules fire while `mycroft up` runs/u);
  assert.match((await here("runs")).notes, /no run on record yet/u);
  assert.match((await here("backfill", "list")).notes, /no backfill on record/u);
  assert.match((await here("pools")).text, /^narrow +2 +0 +0$/mu);
});

test("schedule: a pause is kept, twice is once, and names that are not there are told", async () => {
  for (let times = 0; times < 2; times += 1) {
    assert.deepEqual((await here("schedule", "pause", "daily", "--json")).value, {
      schedule: "daily",
      paused: true,
    });
  }
  assert.match((await here("schedule", "list")).text, /paused; it would fire at \d{4}-\d\d-\d\d \d\d:\d\d/u);
  assert.match((await here("doctor")).text, /Schedules +these are paused: daily/u);
  const { text } = await here("schedule", "resume", "daily", "--catch-up", "none");
  assert.match(text, /^Schedule daily fires again; next: /u);
  await assert.rejects(here("schedule", "resume", "dialy"), failsWith("SCHEDULE_UNKNOWN", /daily/u));
  await assert.rejects(
    here("schedule", "resume", "daily", "--catch-up", "some"),
    failsWith("USAGE", /all, latest, none/u),
  );
});

test("schedule trigger starts a run out of turn and works on it, as run does", async () => {
  const { text, notes } = await here("schedule", "trigger", "daily");
  assert.match(notes, /^Schedule daily has started run \S+, out of turn\.$/mu);
  assert.equal(text, '{ "value": 4 }');
  const { value } = await here("runs", "--tag", "schedule:daily", "--json");
  assert.equal((value as { readonly runs: readonly object[] }).runs.length, 1);
  await assert.rejects(here("schedule", "trigger", "weekly"), failsWith("SCHEDULE_UNKNOWN"));
});

test("backfill: whoever has no person to wait with stays until all runs are done, one at a time too", async () => {
  const days = ["--from", "2025-01-01", "--to", "2025-03-01", "--concurrency", "1"];
  const { text, exitCode } = await here("backfill", "daily", ...days);
  assert.match(text, /60 of 60 runs done: 60 succeeded\.$/u);
  assert.equal(exitCode, 0);
});

test("backfill: one run for each firing, both days included, in the order that was asked for", async () => {
  const { text, exitCode, notes } = await here(
    "backfill",
    "daily",
    "--from",
    "2026-01-01",
    "--to",
    "2026-01-05",
    "--newest-first",
    "--concurrency",
    "1",
  );
  assert.equal(exitCode, 0);
  const [, id = ""] = /^Backfill (\S+): 5 of 5 runs done: 5 succeeded\.$/u.exec(text) ?? [];
  assert.match(
    notes,
    new RegExp(`Backfill ${id}: 5 of 5 runs to start; .*mycroft backfill resume ${id}`, "u"),
  );
  const { value } = await here("runs", "--tag", `backfill:${id}`, "--json");
  const { runs } = value as { readonly runs: readonly { readonly asOf: string }[] };
  assert.deepEqual(
    runs.map(({ asOf }) => asOf),
    ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05"],
  );
  assert.match(
    (await here("backfill", "list")).text,
    new RegExp(`^${id} +daily +2026-01-01 +2026-01-05 +finished`, "mu"),
  );
  assert.equal((await here("backfill", "cancel", id)).exitCode, 1, "it has ended");
  assert.equal((await here("backfill", "resume", id)).exitCode, 0, "and there is nothing to resume");
});

test("backfill: when all that may be under way waits for somebody, the command ends; it can be cancelled", async () => {
  const words = ["--from", "2026-01-01", "--to", "2026-01-01", "--json"];
  const { value, exitCode } = await here("backfill", "nightly", ...words);
  const { backfill } = value as {
    readonly backfill: { readonly id: string; readonly status: string; readonly underWay: number };
  };
  assert.deepEqual([exitCode, backfill.status, backfill.underWay], [0, "running", 1]);
  assert.match(
    (await here("backfill", "cancel", backfill.id)).text,
    /is cancelled; its runs under way are cancelled too/u,
  );
  const resumed = await here("backfill", "resume", backfill.id);
  assert.match(resumed.text, /: 1 of 1 run done: 1 cancelled\.$/u);
});

test("P7 backfills that cannot be meant are refused before anything starts", async () => {
  const backfill = (from: string, to: string, name = "daily") =>
    here("backfill", name, "--from", from, "--to", to);
  await assert.rejects(
    backfill("2026-01-05", "2026-01-01"),
    failsWith("INPUT_INVALID", /lies before from, 2026-01-05/u),
  );
  await assert.rejects(backfill("2026-01-05", "2999-01-01"), failsWith("INPUT_INVALID", /has not come yet/u));
  await assert.rejects(
    backfill("2026-01-02", "2026-01-03", "nightly"),
    failsWith("INPUT_INVALID", /nothing fires/u),
  );
  await assert.rejects(
    backfill("2025-01-01", "2026-01-01", "often"),
    failsWith("LIMIT_EXCEEDED", /the limit is 100000\. Take a shorter range/u),
    "31 million runs",
  );
  await assert.rejects(backfill("2026-02-30", "2026-03-01"), failsWith("USAGE", /--from is "2026-02-30"/u));
  await assert.rejects(
    backfill("2026-01-01", "2026-01-02", "daili"),
    failsWith("SCHEDULE_UNKNOWN", /Did you mean daily/u),
  );
  await assert.rejects(
    here("backfill", "daily", "--to", "2026-01-01"),
    failsWith("USAGE", /--from is missing/u),
  );
  await assert.rejects(here("backfill", "cancel", "none"), failsWith("BACKFILL_UNKNOWN"));
  await assert.rejects(
    here("backfill", "resume", "none"),
    failsWith("BACKFILL_UNKNOWN", /mycroft backfill list/u),
  );
});
