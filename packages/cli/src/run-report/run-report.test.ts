import assert from "node:assert/strict";
import { test } from "node:test";
import { readTimeline } from "@mycroft/record";
import { type Answer, AttemptError, recordRun, sampleWorkflow } from "@mycroft/record/testing";
import type { RunRecord } from "@mycroft/runtime";
import { runReport } from "./run-report.ts";

const style = (_style: unknown, text: string) => text;
const record = (companies: number, answer: Answer) =>
  recordRun(sampleWorkflow, {
    input: { asOf: "2010-02-26", universe: Array.from({ length: companies }, (_, index) => `S${index}`) },
    answer,
  });
const report = (of: RunRecord, all = false) =>
  runReport(of, readTimeline(of), { all, width: 100, style, commandOptions: {} }).join("\n");

test("few tasks have a line each, below the map that they belong to", () => {
  const text = report(record(2, () => ({})));
  const labels = [...text.matchAll(/^(\S.*?| {2}\[.*?) {2,}(?:succeeded|skipped)/gmu)].map(
    ([, label]) => label,
  );
  assert.deepEqual(labels, [
    "Run 0jtest000-aaaaaaaa",
    "companies",
    "  [0 S0] opinions.trend",
    "  [0 S0] opinions.reversal",
    "  [0 S0] decision",
    "  [1 S1] opinions.trend",
    "  [1 S1] opinions.reversal",
    "  [1 S1] decision",
    "report",
    "send",
    "alarm",
  ]);
});

test("many tasks are folded into a line for each step, with counts; --all unfolds them", () => {
  const failing: Answer = ({ step, task }) => {
    if (step === "opinions.trend" && /\[[3-6]\]/.test(task))
      throw new AttemptError("TASK_FAILED", `no ${task}`);
    return {};
  };
  const folded = report(record(40, failing));
  assert.match(folded, /opinions\.trend x40 +4 failed, 36 succeeded +40 /);
  assert.match(folded, /decision x40 +40 succeeded +40 /);
  assert.doesNotMatch(folded, /\[3 S3\]/);
  const unfolded = report(record(40, failing), true);
  assert.match(unfolded, /\[3 S3\] opinions\.trend +failed +1 /);
});

test("what failed, was tried again or was skipped is said once, with how many more are like it", () => {
  const text = report(
    record(40, ({ step, attempt, task }) => {
      if (step === "opinions.trend") throw new AttemptError("TASK_FAILED", `no answer for ${task}`);
      if (step === "opinions.reversal" && attempt === 1) throw new AttemptError("TASK_FAILED", "gone", true);
      return {};
    }),
  );
  assert.match(
    text,
    /^Failed\n {2}companies\[0\]\/opinions\.trend \(and 39 more like it\): TASK_FAILED: no answer for/m,
  );
  assert.match(
    text,
    /^Tried again\n {2}companies\[0\]\/opinions\.reversal \(and 39 more like it\): TASK_FAILED: gone$/m,
  );
  assert.match(text, /^Skipped\n {2}send: its condition does not hold$/m);
});

test("a failed run says so at the top, with the error's code", () => {
  const text = report(
    record(1, ({ step }) => {
      if (step === "report") throw new AttemptError("OUTPUT_TOO_LARGE", "too\nlarge \u001b[2J");
      return {};
    }),
  );
  assert.match(text, /^Run 0jtest000-aaaaaaaa {2}failed$/m);
  assert.match(text, /^ {2}Error {5}OUTPUT_TOO_LARGE: .*too large \\u001b\[2J$/m);
  assert.match(text, /^ {2}send: its trigger rule allSuccess does not hold because of "report"$/m);
});

test("a run under way says when it was last heard of", () => {
  const text = report(record(1, ({ step }) => (step === "report" ? undefined : {})));
  assert.match(text, /under way, last heard of after 24 ms/);
  assert.match(text, /^report +running +1 /m);
});
