import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { MycroftError } from "@mycroft/errors";
import type { RunWait } from "@mycroft/record";
import { keepRecord, recordRun, startOfRuns, storeOf } from "@mycroft/record/testing";
import { type Clock, childRunId, type RunRecord, type RunUpdate } from "@mycroft/runtime";
import { defineFunction, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { RunActivity } from "./run-activity.ts";

const input = z.object({ value: z.number() });
const echo = defineFunction({ name: "echo", version: "1", input, output: input, run: (value) => value });
const review = workflow({ name: "review", input }, (w) => {
  const first = w.call("first", echo, w.input);
  const verdict = w.approve("sign-off", first, { timeoutMs: 3_600_000 });
  return w.call("second", echo, first, { after: [verdict] });
});
const parent = workflow({ name: "parent", input }, (w) => w.run("child", review, w.input));

const given = { input: { value: 1 }, runId: "r1" };
const busy = recordRun(review, { ...given, answer: () => undefined });
const waiting = recordRun(review, { ...given, answer: () => ({ value: 1 }), untilMs: 1_000 });
const settled = recordRun(review, {
  ...given,
  answer: () => ({ value: 1 }),
  sent: [
    {
      afterMs: 1_000,
      event: (at) => ({ type: "approvalDecided", at, task: "sign-off", verdict: "approve", by: "ann" }),
    },
  ],
});

/** A clock that stands still until it is told to go on. */
class ManualClock implements Clock {
  time = startOfRuns + 2_000;
  #timers: { readonly at: number; readonly action: () => void }[] = [];
  now = () => this.time;
  elapsed = () => this.time;
  defer = (action: () => void) => action();
  setTimer = (dueAt: number, action: () => void) => this.setDelay(dueAt - this.time, action);
  setDelay = (delayMs: number, action: () => void) => {
    const timer = { at: this.time + delayMs, action };
    this.#timers.push(timer);
    const cancel = () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
    return { cancel };
  };

  get pending(): number {
    return this.#timers.length;
  }

  async pass(ms: number): Promise<void> {
    this.time += ms;
    const due = this.#timers.filter(({ at }) => at <= this.time);
    this.#timers = this.#timers.filter(({ at }) => at > this.time);
    for (const { action } of due) action();
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  }
}

async function watched(...records: readonly RunRecord[]) {
  const store = await storeOf(...records);
  const clock = new ManualClock();
  const seen: string[] = [];
  const errors: MycroftError[] = [];
  const activity = new RunActivity({
    store,
    clock,
    isWithheld: (runId) => runId === "withheld",
    onWaiting: (runId, waits: readonly RunWait[]) =>
      seen.push(`${runId} waits for ${waits.map(({ task }) => task).join(", ")}`),
    onSettled: (runId) => seen.push(`${runId} settled`),
    onError: (error) => errors.push(error),
  });
  const update = (runId: string, status: RunUpdate["status"] = "running"): RunUpdate => {
    return { runId, workflow: "review", status, fromSeq: 0, events: [] };
  };
  return { store, clock, seen, errors, activity, update };
}

test("a run that has been quiet for a moment is looked at: what it waits for is told, once", async () => {
  const { clock, seen, activity, update } = await watched(waiting);
  activity.take(update("r1"));
  activity.take(update("r1"));
  assert.deepEqual([activity.busy, activity.waitsOf("r1"), clock.pending], [1, null, 1]);
  const rested = activity.untilWaiting("r1");
  const quiet = activity.untilQuiet();
  await clock.pass(100);
  await Promise.all([rested, quiet]);
  assert.deepEqual(
    activity.waitsOf("r1")?.map(({ kind, until }) => [kind, until]),
    [["approval", startOfRuns + 12 + 3_600_000]],
  );
  activity.take(update("r1"));
  assert.equal(activity.busy, 1, "something has happened");
  await clock.pass(1_000);
  assert.deepEqual([seen, clock.pending], [["r1 waits for sign-off"], 0]);
});

test("a run that will have something to do within a minute is not at rest", async () => {
  const { clock, seen, activity } = await watched(waiting);
  clock.time = startOfRuns + 3_600_000 - 50_000;
  activity.watch("r1");
  await clock.pass(100);
  assert.deepEqual([seen, activity.busy, activity.waitsOf("r1")], [["r1 waits for sign-off"], 1, null]);
});

test("a run that has something to do is looked at again now and then, should an update be lost (P4)", async () => {
  const { store, clock, seen, activity } = await watched(busy);
  activity.watch("r1");
  const quiet = activity.untilQuiet();
  await clock.pass(100);
  assert.deepEqual([activity.busy, clock.pending], [1, 1]);
  await keepRecord(store, settled);
  await clock.pass(9_000);
  assert.deepEqual(seen, []);
  await clock.pass(2_000);
  await quiet;
  assert.deepEqual([seen, activity.busy, clock.pending], [["r1 settled"], 0, 0]);
});

test("a settled run is told at once and once; whoever knows of it otherwise may say so", async () => {
  const { clock, seen, activity, update } = await watched(settled);
  activity.watch("r1");
  activity.take(update("r1", "succeeded"));
  activity.settle("r1");
  await clock.pass(1_000);
  assert.deepEqual([seen, activity.busy], [["r1 settled"], 0]);
  activity.watch("r1");
  activity.settle("r1");
  assert.deepEqual(seen, ["r1 settled", "r1 settled"]);
});

test("E7 a child run's updates concern the run that it lies within; it waits when its child does", async () => {
  const outer = recordRun(parent, { ...given, runId: "p", answer: () => ({ value: 1 }) });
  const childId = childRunId("p", { task: "child", attempt: 1 });
  const inner = recordRun(review, {
    input: { value: 1 },
    runId: childId,
    answer: () => ({ value: 1 }),
    untilMs: 1_000,
  });
  const { store, clock, seen, activity, update } = await watched(outer);
  activity.take(update(childId));
  assert.equal(activity.busy, 0, "of a run that is not known");
  activity.take(update("p"));
  await clock.pass(100);
  assert.deepEqual([seen, activity.busy], [[], 1], "the child is about to start");
  await keepRecord(store, inner);
  activity.take(update(childId));
  await clock.pass(100);
  assert.deepEqual(seen, ["p waits for sign-off"]);
  assert.equal(activity.waitsOf("p")?.[0]?.runId, childId);
  activity.take(update(childId, "succeeded"));
  assert.equal(activity.busy, 1, "its parent goes on");
});

test("runs that must not go on here are left alone, and a record that cannot be read is told and looked at again", async () => {
  const { clock, activity, errors, update } = await watched();
  activity.watch("withheld");
  activity.take(update("gone"));
  await clock.pass(100);
  assert.deepEqual([errors.map(({ code }) => code), activity.busy, clock.pending], [["RUN_UNKNOWN"], 1, 1]);
  activity.close();
  assert.equal(clock.pending, 0);
  activity.watch("gone");
  assert.equal(clock.pending, 0, "no looks any more");
});
