import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEvent } from "@mycroft/engine";
import { type Answer, recordRun, sampleWorkflow } from "@mycroft/record/testing";
import type { RunRecord } from "@mycroft/runtime";
import { diffReport, diffRuns } from "./diff-report.ts";

const style = (_style: unknown, text: string) => text;
const answered: Answer = ({ step, task }) => ({ step, task, probabilities: [0.2, 0.3, 0.5], score: 0.25 });
const record = (answer: Answer, options: { dataHash?: string; universe?: readonly string[] } = {}) =>
  recordRun(sampleWorkflow, {
    input: { asOf: "2010-02-26", universe: options.universe ?? ["AAPL", "IBM"] },
    answer,
    ...(options.dataHash === undefined ? {} : { dataHash: options.dataHash }),
  });
const left = record(answered, { dataHash: "a".repeat(64) });

test("two runs that went alike are equal, whatever they are called", () => {
  const other = recordRun(sampleWorkflow, {
    ...record(answered),
    input: left.state.input,
    answer: answered,
    runId: "other-1",
    dataHash: "a".repeat(64),
  });
  const found = diffRuns(left, other);
  assert.equal(found.equal, true);
  assert.deepEqual(diffReport(found, { limit: 20, style }), []);
});

test("differences come in the order of causes: inputs, data, answers, decisions, result", () => {
  const right = record(
    (attempt) =>
      attempt.step === "opinions.trend" || attempt.step === "decision" || attempt.step === "report"
        ? { ...(answered(attempt) as object), score: 0.75 }
        : answered(attempt),
    { dataHash: "b".repeat(64), universe: ["AAPL", "MSFT"] },
  );
  const found = diffRuns(left, right);
  assert.equal(found.equal, false);
  const lines = diffReport(found, { limit: 20, style });
  const headings = lines.filter((line) => /^\S/.test(line));
  assert.deepEqual(headings, [
    "Input (1)",
    "Market data (1)",
    "Agents' answers (2)",
    "Decisions and other steps (3)",
    "Result (1)",
  ]);
  assert.ok(lines.includes('  universe[1]: "IBM" -> "MSFT"'));
  assert.ok(lines.includes("    score: 0.25 -> 0.75 (+0.5)"));
  assert.deepEqual(
    found.groups.answers.map(({ task }) => task),
    ["companies[0]/opinions.trend", "companies[1]/opinions.trend"],
  );
});

test("an agent's other version is a difference of code", () => {
  const newer: RunRecord = {
    ...left,
    events: left.events.map(
      (event): RunEvent =>
        event.type === "attemptSucceeded" &&
        event.task.endsWith("opinions.trend") &&
        event.report !== undefined
          ? { ...event, report: { ...event.report, version: "2.0.0" } }
          : event,
    ),
  };
  const found = diffRuns(left, newer);
  assert.deepEqual(diffReport(found, { limit: 20, style }), [
    "",
    "Code (1)",
    '  version of agent trend: "1.0.0" -> "2.0.0"',
  ]);
});

test("P8 what is listed is limited, each group gets its share, and the rest is counted", () => {
  const many = Array.from({ length: 30 }, (_, index) => `S${index}`);
  const right = record((attempt) => ({ ...(answered(attempt) as object), score: 0.5 }), { universe: many });
  const found = diffRuns(record(answered, { universe: many, dataHash: "c".repeat(64) }), right);
  const lines = diffReport(found, { limit: 10, style });
  // The data is one difference, the others have many: 30 times 2 answers, 30 decisions and two reports, a result.
  assert.equal(lines.filter((line) => line.includes(" -> ") || line.includes("only on")).length, 10);
  assert.ok(lines.includes("Market data (1)"));
  const answers = lines.indexOf("Agents' answers (60)");
  const rests = lines.filter((line) => line.startsWith("  ... and "));
  assert.ok(answers > 0);
  assert.equal(rests.length, 2);
});

test("where not all is listed, several tasks are, with a few differences each", () => {
  const right = record((attempt) => ({
    ...(answered(attempt) as object),
    probabilities: [0.5, 0.4, 0.1],
    score: 1,
  }));
  const lines = diffReport(diffRuns(record(answered), right), { limit: 12, style });
  const from = lines.indexOf("Agents' answers (16)");
  assert.deepEqual(lines.slice(from + 1, from + 7), [
    "  companies[0]/opinions.trend",
    "    probabilities[0]: 0.2 -> 0.5 (+0.3)",
    "    probabilities[1]: 0.3 -> 0.4 (+0.1)",
    "    probabilities[2]: 0.5 -> 0.1 (-0.4)",
    "  companies[0]/opinions.reversal",
    "    probabilities[0]: 0.2 -> 0.5 (+0.3)",
  ]);
});
