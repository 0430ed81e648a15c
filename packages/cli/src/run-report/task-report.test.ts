import assert from "node:assert/strict";
import { test } from "node:test";
import { MycroftError } from "@mycroft/errors";
import { readTimeline } from "@mycroft/record";
import { AttemptError, recordRun, sampleWorkflow } from "@mycroft/record/testing";
import { findTask, taskReport } from "./task-report.ts";

const style = (_style: unknown, text: string) => text;
const record = recordRun(sampleWorkflow, {
  input: { asOf: "2010-02-26", universe: ["AAPL", "IBM", "MSFT"] },
  answer: ({ step, attempt }) => {
    if (step === "report" && attempt === 1) throw new AttemptError("TASK_FAILED", "try\u0007 again", true);
    if (step === "report")
      return { text: "x".repeat(1_000), list: Array.from({ length: 50 }, () => ({ a: 1 })) };
    return {};
  },
});
const timeline = readTimeline(record);
const report = (id: string, all = false) =>
  taskReport(findTask(timeline, id), record, timeline, { all, width: 100, style, commandOptions: {} }).join(
    "\n",
  );

test("a task is found by its id, or by its step's name where that is enough", () => {
  assert.equal(findTask(timeline, "companies[1]/decision").id, "companies[1]/decision");
  assert.equal(findTask(timeline, "report").id, "report");
});

test("a task that cannot be found is TASK_UNKNOWN, with those that come near", () => {
  const failure = (id: string) => {
    try {
      findTask(timeline, id);
    } catch (thrown) {
      if (thrown instanceof MycroftError) return thrown;
    }
    return assert.fail("nothing was thrown");
  };
  const several = failure("decision");
  assert.equal(several.code, "TASK_UNKNOWN");
  assert.match(
    several.message,
    /3 tasks.*companies\[0\]\/decision, companies\[1\]\/decision, companies\[2\]\/decision\./,
  );
  assert.match(
    failure("nonsense\u001b").message,
    /no task "nonsense\\\\u001b": companies, .* and \d+ more\.$/,
  );
});

test("a task's attempts, input and output are shown, long ones folded with a count", () => {
  const text = report("report");
  assert.match(
    text,
    /^ {2}1 {2}at 24 ms, waited 2 ms, ran 10 ms {2}failed .* TASK_FAILED: try\\u0007 again$/m,
  );
  assert.match(text, /^ {2}2 .* succeeded {2}by host\/1 {2}version 1\.0\.0$/m);
  assert.match(text, /^ {2}\{ "decisions": \[\{\}, \{\}, \{\}\] \}$|"decisions": \[\{\}, \{\}, \{\}\]/m);
  assert.match(text, /x{300}" \.\.\. 700 more characters/);
  assert.match(text, /\.\.\. 30 more$/m);
  assert.doesNotMatch(report("report", true), / more/);
});

test("a skipped task says why", () => {
  assert.match(
    report("send"),
    /^Task send {2}skipped\n {2}Calls {5}function send-report\n {2}Skipped {3}its condition/,
  );
});
