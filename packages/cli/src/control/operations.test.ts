/** What can be asked of whoever holds a store, without a command line or a socket. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { defineConfig, defineFunction, schedule, workflow } from "@mycroft/sdk";
import type { Controls } from "@mycroft/server/operations";
import {
  aboutOf,
  changesSomething,
  operations,
  perform,
  performAny,
  readOutput,
} from "@mycroft/server/operations";
import { z } from "zod";
import { holdIdle } from "../host/idle-record.ts";
import { failsWith } from "../testing/assert-failure.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const folder = temporaryFolder();
const input = z.object({ value: z.number() });
const echo = defineFunction({ name: "echo", version: "1", input, output: input, run: (value) => value });
const review = workflow({ name: "review", input }, (w) => {
  const verdict = w.approve("sign-off", w.input);
  return w.call("echo", echo, w.input, { after: [verdict] });
});
const listening = workflow({ name: "listening", input: z.object({}) }, (w) =>
  w.waitFor("news", { signal: "news", schema: input }),
);
const project = defineConfig({
  workflows: [review, listening],
  schedules: [schedule({ name: "yearly", workflow: review, input: { value: 1 }, cron: "0 0 1 1 *" })],
});

function withControls(use: (controls: Controls) => Promise<void>): Promise<void> {
  return holdIdle(folder.path, project, use);
}

async function start(
  { orchestrator }: Controls,
  plan = review.plan,
  given: object = { value: 1 },
): Promise<string> {
  const provenance = { codeVersion: "test" };
  return orchestrator.startRun({ plan, input: given as never, asOf: "2026-01-05", provenance });
}

test("P7 what is asked is held against its form, and an operation that is not there is told", () =>
  withControls(async (controls) => {
    const ask = (name: string, given: unknown) => performAny(controls, name, given);
    await assert.rejects(ask("format-disk", {}), failsWith("CONTROL_INVALID", /from another version/u));
    await assert.rejects(ask("toString", {}), failsWith("CONTROL_INVALID"));
    const bad: readonly (readonly [name: string, given: unknown, field: RegExp])[] = [
      ["approve", { runId: "r", verdict: "maybe", by: "ann" }, /verdict/u],
      ["approve", { runId: "r", verdict: "approve", by: "ann", more: 1 }, /more/u],
      ["signal", { runId: "r", signal: "s" }, /payload/u],
      ["signal", { runId: 7, signal: "s", payload: null }, /runId/u],
      ["cancel", { runId: "r" }, /reason/u],
      ["fork", { runId: "r", from: "all" }, /from/u],
      ["resumeSchedule", { schedule: "yearly", catchUp: "some" }, /catchUp/u],
      ["beginBackfill", { target: { kind: "agent", name: "x" }, from: "a", to: "b" }, /target/u],
      ["cancel", null, /input of cancel/u],
    ];
    for (const [name, given, field] of bad) {
      await assert.rejects(
        ask(name, given),
        failsWith("INPUT_INVALID", field),
        `${name} ${JSON.stringify(given)}`,
      );
    }
  }));

test("each run of an operation gives what its form says, so that it can be read on the other side", () =>
  withControls(async (controls) => {
    const across = async <Name extends keyof typeof operations>(
      name: Name,
      given: Parameters<typeof perform<Name>>[2],
    ) => {
      const value = await perform(controls, name, given);
      const read = readOutput(name, JSON.parse(JSON.stringify(value)));
      assert.deepEqual(read, value, name);
      return read;
    };
    const runId = await start(controls);
    assert.deepEqual(await across("approve", { runId, verdict: "approve", by: "ann" }), { task: "sign-off" });
    const heard = await start(controls, listening.plan, {});
    const listener = await start(controls, listening.plan, {});
    await across("signal", { runId: heard, signal: "news", payload: { value: 2 }, id: "1" });
    assert.deepEqual(await across("cancel", { runId: listener, reason: "enough" }), {
      cancelled: true,
      status: "cancelled",
    });
    assert.deepEqual(await across("cancel", { runId: listener, reason: "enough" }), {
      cancelled: false,
      status: "cancelled",
    });
    const fork = await across("fork", { runId, from: ["sign-off"] });
    assert.deepEqual(fork.from, ["sign-off"]);
    assert.deepEqual((await across("retry", { runId: listener })).from, ["news"]);
    const { schedules } = await across("listSchedules", {});
    assert.deepEqual(
      schedules.map(({ name }) => name),
      ["yearly"],
    );
    await across("pauseSchedule", { schedule: "yearly" });
    await across("resumeSchedule", { schedule: "yearly", catchUp: "none" });
    await across("triggerSchedule", { schedule: "yearly" });
    const range = { from: "2020-01-01", to: "2022-01-01" };
    const { backfill } = await across("beginBackfill", {
      target: { kind: "schedule", name: "yearly" },
      ...range,
    });
    assert.equal(backfill.planned, 3);
    assert.equal((await across("listBackfills", {})).backfills.length, 1);
    await across("cancelBackfill", { id: backfill.id });
    assert.deepEqual(
      (await across("listPools", {})).pools.map(({ pool }) => pool),
      ["default"],
    );
  }));

test("a run that this process must not work on is not begun again here", () =>
  withControls(async (controls) => {
    const runId = await start(controls);
    const withheld: Controls = {
      ...controls,
      obstacleTo: async () => "works on other data than this command",
    };
    const refused = failsWith("RUN_WITHHELD", /works on other data/u);
    await assert.rejects(perform(withheld, "retry", { runId }), refused);
    await assert.rejects(perform(withheld, "fork", { runId, from: ["echo"] }), refused);
    await assert.rejects(
      perform(controls, "fork", { runId: "none", from: ["echo"] }),
      failsWith("RUN_UNKNOWN"),
    );
    await perform(withheld, "cancel", { runId, reason: "that may be done anywhere" });
  }));

test("what is answered is read without trust", () => {
  assert.throws(
    () => readOutput("cancel", { cancelled: "yes", status: "cancelled" }),
    failsWith("CONTROL_INVALID", /cancelled/u),
  );
  assert.throws(() => readOutput("listSchedules", null), failsWith("CONTROL_INVALID"));
});

test("a log says of each operation that changes something what it is about", () => {
  const reading = Object.keys(operations).filter((name) => !changesSomething(name));
  assert.deepEqual(reading, ["listSchedules", "listBackfills", "listPools", "listKeys"]);
  assert.equal(aboutOf({ runId: "r1", signal: "news", payload: { id: 7 } }), "r1 news");
  assert.equal(aboutOf({ target: { kind: "schedule", name: "nightly" }, from: "2020-01-01" }), "nightly");
  assert.equal(aboutOf(null), "");
});
