import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessageRecord, RunEvent } from "@mycroft/engine";
import { readTimeline } from "@mycroft/record";
import { recordRun, sampleWorkflow } from "@mycroft/record/testing";
import type { RunRecord } from "@mycroft/runtime";
import { messageLines } from "./message-lines.ts";
import { findTask, taskReport } from "./task-report.ts";

const hash = "0123456789abcdef";
const id = "3f1d0c77-0000-4000-8000-000000000000";
const messages: readonly MessageRecord[] = [
  { type: "asked", agent: "macro", id, hash, answer: { hash, version: "1.2.3" } },
  { type: "written", key: "rates\u001b", revision: 2, hash, by: "macro" },
  { type: "asked", agent: "stone", id, hash, answer: null },
  { type: "asked", agent: "broken", id, hash, answer: { errorCode: "ANSWER_TIMED_OUT" } },
  { type: "published", topic: "alarms", offset: "17-0", hash },
  { type: "read", key: "a", revision: 0, hash: null },
  { type: "read", key: "a", revision: 3, hash },
  { type: "listed", keys: 1, hash },
];

test("what passed between agents is told a line each, what was done in order to answer below its answer", () => {
  assert.deepEqual(messageLines(messages, false), [
    "asked macro (3f1d0c77), question 0123456789ab: answer 0123456789ab, version 1.2.3",
    '  macro wrote "rates\\u001b" as revision 2, value 0123456789ab',
    "asked stone (3f1d0c77), question 0123456789ab: no answer yet when it ended",
    "asked broken (3f1d0c77), question 0123456789ab: failed with ANSWER_TIMED_OUT",
    "published to alarms at 17-0, body 0123456789ab",
    'read "a": nothing was there',
    'read "a" of revision 3, value 0123456789ab',
    "read the whole blackboard: 1 key, 0123456789ab",
  ]);
});

test("P8 of many only the first are told, unless all are asked for", () => {
  const many = Array.from({ length: 30 }, () => messages).flat();
  const lines = messageLines(many, false);
  assert.deepEqual([lines.length, lines.at(-1)], [21, "... and 220 more; --all shows them."]);
  assert.equal(messageLines(many, true).length, 240);
});

test("a task shows the messages of its attempts, and records of before there were any show none", () => {
  const record = recordRun(sampleWorkflow, {
    input: { asOf: "2010-02-26", universe: ["AAPL"] },
    answer: () => ({}),
  });
  const talking: RunRecord = {
    ...record,
    events: record.events.map(
      (event): RunEvent =>
        event.type === "attemptSucceeded" && event.task === "report" && event.report !== undefined
          ? { ...event, report: { ...event.report, messages } }
          : event,
    ),
  };
  const reportOf = (of: RunRecord) => {
    const timeline = readTimeline(of);
    const options = { all: false, width: 100, style: (_: unknown, text: string) => text, commandOptions: {} };
    return taskReport(findTask(timeline, "report"), of, timeline, options).join("\n");
  };
  assert.match(reportOf(talking), /^Messages\n {2}asked macro .*\n {4}macro wrote /m);
  assert.doesNotMatch(reportOf(record), /Messages/);
  assert.equal(reportOf(talking).replace(/Messages\n( .*\n)+\n/, ""), reportOf(record));
});
