import assert from "node:assert/strict";
import { test } from "node:test";
import type { AttemptLog, LogLine } from "@mycroft/engine";
import { readTimeline } from "@mycroft/record";
import { recordRun, sampleWorkflow } from "@mycroft/record/testing";
import type { RunRecord } from "@mycroft/runtime";
import { attemptLogLines, runLogLines } from "./log-lines.ts";
import { findTask, taskReport } from "./task-report.ts";

const plain = { style: (_: unknown, text: string) => text, all: false } as const;
const line = (message: string, more: Partial<LogLine> = {}): LogLine => ({
  at: 1_012,
  level: "info",
  message,
  ...more,
});

/** A run in which each attempt of an agent has written that. */
function logged(log: AttemptLog): RunRecord {
  const record = recordRun(sampleWorkflow, {
    input: { asOf: "2010-02-26", universe: ["AAPL"] },
    answer: () => ({}),
  });
  const events = record.events.map((event) =>
    event.type === "attemptSucceeded" && event.report !== undefined
      ? { ...event, report: { ...event.report, log } }
      : event,
  );
  return { ...record, events };
}

test("a line tells its weight, its time, its words and its fields; nothing in it reaches the terminal as it is", () => {
  const log: AttemptLog = {
    lines: [
      line("reads\u001b[31m", { level: "debug", fields: { bars: 12, of: "IBM" } }),
      line("old", { level: "warn", at: 3_500, fields: { list: [1, { a: null }] } }),
    ],
  };
  assert.deepEqual(attemptLogLines(log, 1_000, plain), [
    "debug     12 ms  reads\\u001b[31m  bars=12  of=IBM",
    'warn      2.5 s  old  list=[1,{"a":null}]',
  ]);
});

test("what was left out stands where it is missing", () => {
  const log: AttemptLog = { lines: [line("first"), line("last")], leftOut: { at: 1, count: 7 } };
  assert.equal(attemptLogLines(log, 1_000, plain)[1], "... 7 lines left out: too much for a record");
});

test("of a long log of an attempt the end is shown, unless all is asked for", () => {
  const log: AttemptLog = { lines: Array.from({ length: 50 }, (_, index) => line(`line ${index}`)) };
  const shown = attemptLogLines(log, 1_000, plain);
  assert.deepEqual([shown.length, shown[0]], [21, "... 30 earlier lines; --all shows them."]);
  assert.match(shown.at(-1) ?? "", /line 49$/);
  assert.equal(attemptLogLines(log, 1_000, { ...plain, all: true }).length, 50);
});

test("the log of a run is by time, from a weight on, of one task or of all", () => {
  const { log, from } = readTimeline(
    logged({
      lines: [line("reads", { level: "debug" }), line("ends", { at: 2_000 })],
      leftOut: { at: 2, count: 3 },
    }),
  );
  const all = log.read("debug");
  assert.ok(new Set(all.lines.map(({ task }) => task)).size > 1);
  const middle = all.lines.length / 2;
  assert.ok(all.lines.every(({ message }, index) => message === (index < middle ? "reads" : "ends")));
  assert.equal(all.leftOut, 3 * middle);
  assert.equal(log.read("error").leftOut, all.leftOut);
  const [first] = all.lines;
  assert.ok(first !== undefined);
  const ofOne = log.read("info", first.task);
  assert.deepEqual(
    ofOne.lines.map(({ task, message }) => [task, message]),
    [[first.task, "ends"]],
  );
  const [shown] = runLogLines(ofOne.lines, from, plain);
  assert.ok(shown?.includes(`${first.task}  ends`));
});

test("an attempt's lines stay in their order, also when its clock was set back between them", () => {
  const { log } = readTimeline(logged({ lines: [line("first", { at: 2_000 }), line("second")] }));
  const [{ task = "" } = {}] = log.read("debug").lines;
  const { lines } = log.read("debug", task);
  assert.deepEqual(
    lines.map(({ message }) => message),
    ["first", "second"],
  );
});

test("a task shows the log of its attempt, and older records have none", () => {
  const record = logged({ lines: [line("compares", { fields: { cases: 414 } })] });
  const timeline = readTimeline(record);
  const task = timeline.tasks.find(({ attempts }) => attempts.some(({ log }) => log !== null));
  assert.ok(task !== undefined);
  const options = { ...plain, width: 100, commandOptions: {} };
  const text = taskReport(findTask(timeline, task.id), record, timeline, options).join("\n");
  assert.match(text, /\nLog\n {2}info .* compares {2}cases=414\n/);
  const older = logged({ lines: [] });
  const events = older.events.map((event) => {
    if (!("report" in event) || event.report === undefined) return event;
    const { log: _, ...report } = event.report as { readonly log?: AttemptLog };
    return { ...event, report } as typeof event;
  });
  const before = readTimeline({ ...older, events });
  assert.ok(before.tasks.every(({ attempts }) => attempts.every(({ log }) => log === null)));
});
