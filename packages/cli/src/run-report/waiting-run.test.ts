/** What is told of runs that wait, of their rounds and of their child runs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonValue } from "@mycroft/engine";
import { readTimeline } from "@mycroft/record";
import { AttemptError, everyKind, type RecordOptions, recordRun, startOfRuns } from "@mycroft/record/testing";
import { childRunId, type RunRecord } from "@mycroft/runtime";
import { runReport } from "./run-report.ts";
import { findTask, taskReport } from "./task-report.ts";

const runId = "0jtest000-aaaaaaaa";
const options = { all: false, width: 100, style: (_: unknown, text: string) => text, commandOptions: {} };
const report = (of: RunRecord, all = false) =>
  runReport(of, readTimeline(of), { ...options, all }).join("\n");
const taskOf = (of: RunRecord, id: string) => {
  const timeline = readTimeline(of);
  return taskReport(findTask(timeline, id), of, timeline, options).join("\n");
};

const sides: Readonly<Record<string, string>> = { "debate[0]/second": "down" };
const answer = ({ task }: { readonly task: string }): JsonValue => ({ side: sides[task] ?? "up" });
const verdict = {
  afterMs: 100,
  event: (at: number) =>
    ({ type: "approvalDecided", at, task: "review", verdict: "approve", by: "ada" }) as const,
};
const record = (of: Partial<RecordOptions>) =>
  recordRun(everyKind, { input: { order: "7" }, answer, untilMs: 60_000, ...of });
const placed = childRunId(runId, { task: "placing", attempt: 1 });

test("E6 rounds have lines of their own, like a map's items", () => {
  const text = report(record({}));
  assert.match(text, /^debate +succeeded +- +24 ms /mu);
  const labels = [...text.matchAll(/^ {2}(\[\d\] \w+) +(\w+)/gmu)].map(([, label, status]) => [
    label,
    status,
  ]);
  assert.deepEqual(labels, [
    ["[0] first", "succeeded"],
    ["[0] second", "succeeded"],
    ["[1] first", "succeeded"],
    ["[1] second", "succeeded"],
  ]);
});

test("E8 a task that awaits a verdict says on what, until when, what then, and which command answers", () => {
  const text = report(record({}));
  assert.match(text, /^review +awaits a verdict +- +0 ms +╌$/mu);
  assert.match(
    text,
    /^Waiting\n {2}for a verdict on review, until 2026-01-05 14:00:00 UTC, then it is approved\n {4}on \{ "order": "7", "side": "up" \}\n {4}(npx )?mycroft approve 0jtest000-aaaaaaaa review$/mu,
  );
  assert.match(text, /╌ waiting for an answer or a time/u);
  const task = taskOf(record({}), "review");
  assert.match(task, /^Task review {2}awaits a verdict\n {2}Kind {6}approve\n\nWaiting\n {2}for a verdict/u);
});

test("E7 a child run says which it is, while it is under way and when it has ended", () => {
  const underWay = record({ sent: [verdict] });
  const text = report(underWay);
  assert.match(text, /^placing +running +1 +\d+ ms .*█$/mu);
  assert.match(
    text,
    new RegExp(`^Waiting\n {2}for run ${placed} \\(placing\\)\n {4}(npx )?mycroft show ${placed}$`, "mu"),
  );
  assert.match(taskOf(underWay, "placing"), /^ {2}Runs {6}workflow place-order$/mu);
  const ended = record({ sent: [verdict], childRun: () => ({ placed: true }) });
  assert.match(
    taskOf(ended, "placing"),
    new RegExp(`^ {2}1 {2}at 100 ms, .* succeeded {2}by orchestrator {2}run ${placed}$`, "mu"),
  );
  assert.doesNotMatch(report(ended), /for run/u);
});

test("E7 a child run that could not be started is no run", () => {
  const failed = record({
    sent: [verdict],
    childRun: () => {
      throw new AttemptError("RUN_TOO_DEEP", "too deep");
    },
  });
  const [attempt] = readTimeline(failed).tasks.find(({ id }) => id === "placing")?.attempts ?? [];
  assert.equal(attempt?.childRunId, placed, "the report names it");
  const events = failed.events.map((event) => {
    if (event.type !== "attemptFailed") return event;
    return { ...event, report: { startedAt: startOfRuns, worker: "orchestrator" } };
  });
  const [unnamed] =
    readTimeline({ ...failed, events }).tasks.find(({ id }) => id === "placing")?.attempts ?? [];
  assert.equal(unnamed?.childRunId, null);
  assert.equal(unnamed?.outcome, "failed");
});

test("E9 a task that awaits a signal says which, until when, what then, and which command answers", () => {
  const text = report(record({ sent: [verdict], childRun: () => ({ placed: true }) }));
  assert.match(text, /^filled +awaits a signal +- /mu);
  assert.match(
    text,
    /^Waiting\n {2}for the signal order-filled with the key 7 \(filled\), until 2026-01-05 12:01:00 UTC, then it fails\n {4}(npx )?mycroft signal 0jtest000-aaaaaaaa order-filled --key 7 --data JSON$/mu,
  );
});

test("a task that sleeps says until when; one that waits to be tried again too", () => {
  const filled = {
    afterMs: 200,
    event: (at: number) =>
      ({ type: "signalReceived", at, signal: "order-filled", key: "7", payload: { price: 1 } }) as const,
  };
  const sleeping = report(
    record({ sent: [verdict, filled], childRun: () => ({ placed: true }), untilMs: 1_000 }),
  );
  assert.match(sleeping, /^pause +sleeping +- /mu);
  assert.match(sleeping, /^Waiting\n {2}until 2026-01-05 12:00:01 UTC \(pause\)$/mu);
  const childRun = () => {
    throw new AttemptError("TASK_FAILED", "no broker", true);
  };
  const retrying = report(record({ sent: [verdict], childRun, untilMs: 300 }));
  assert.match(retrying, /^placing +retrying +1 /mu);
  assert.match(retrying, /^Waiting\n {2}until 2026-01-05 12:00:00 UTC to try placing again$/mu);
});

test("a run that has settled waits for nothing", () => {
  const cancelled = record({ afterwards: (at) => [{ type: "cancelRequested", at, reason: "enough" }] });
  assert.doesNotMatch(report(cancelled), /Waiting/u);
  assert.doesNotMatch(taskOf(cancelled, "review"), /Waiting/u);
  assert.match(report(cancelled), /^review +cancelled +- /mu);
});

test("a run says its tags, its key, its parent, and what it took over from another", () => {
  const first = { task: "debate[0]/first", inputHash: null, output: { side: "up" } };
  const fork = record({
    before: [{ type: "outcomesCarried", at: startOfRuns, outcomes: [first] }],
    origin: {
      startKey: "morning",
      parent: { runId: "0jparent0-aaaaaaaa", task: "each[1]/run", attempt: 1 },
      forkedFrom: { runId: "0jolder00-aaaaaaaa", tasks: ["debate[0]/second", "review"] },
    },
  });
  const text = report(fork);
  assert.match(text, /^ {2}Tags {6}demo, nightly$/mu);
  assert.match(text, /^ {2}Key {7}morning$/mu);
  assert.match(text, /^ {2}Child of {2}0jparent0-aaaaaaaa, task each\[1\]\/run$/mu);
  assert.match(
    text,
    /^ {2}Fork of {3}0jolder00-aaaaaaaa from debate\[0\]\/second, review; 1 task taken over$/mu,
  );
  assert.match(taskOf(fork, "debate[0]/first"), /^ {2}Done {6}in the run that this one began from/mu);
  assert.doesNotMatch(taskOf(fork, "debate[0]/second"), /Done/u);
  assert.doesNotMatch(report(record({})), /Fork of|Child of|Key/u);
});

test("an answer from an earlier, equal request is told as such", () => {
  const plain = record({});
  const events = plain.events.map((event) => {
    if (event.type !== "attemptSucceeded" || event.task !== "debate[1]/first") return event;
    return { ...event, report: { startedAt: event.at, worker: "host/1", cached: true as const } };
  });
  assert.match(taskOf({ ...plain, events }, "debate[1]/first"), /from an earlier, equal request/u);
  assert.doesNotMatch(taskOf({ ...plain, events }, "debate[1]/second"), /from an earlier/u);
});
