import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonValue } from "@mycroft/engine";
import { AttemptError, recordRun } from "../testing/record-run.ts";
import { resolveOn, sampleDecisions } from "../testing/sample-decision.ts";
import { sampleWorkflow } from "../testing/sample-workflow.ts";
import { mostDisputed, readSubjectDecisions } from "./subject-decision.ts";

test("views and resolutions are found in any workflow that resolves opinions", () => {
  const fact = { name: "close", value: 1, date: "2010-02-26", source: "test" };
  const record = recordRun(sampleWorkflow, {
    input: { asOf: "2010-02-26", universe: ["AAPL", "IBM"] },
    answer: ({ target, input }) => {
      const { subject = "" } = input as { readonly subject?: string };
      if (target.kind === "policy")
        return resolveOn(subject, { trend: [0.2, 0.3, 0.5] }) as unknown as JsonValue;
      if (target.kind === "function") return { text: "done", sent: true, raised: true };
      if (target.name === "reversal") throw new AttemptError("TASK_FAILED", "no");
      const about = { agent: "trend", version: "1", subject, asOf: "2010-02-26", horizonDays: 28 };
      const outcomes = ["down", "flat", "up"];
      return {
        type: "opinion",
        ...about,
        outcomes,
        probabilities: [0.2, 0.3, 0.5],
        rationale: "up",
        evidence: [fact],
      };
    },
  });
  const decisions = readSubjectDecisions(record);
  assert.deepEqual(
    decisions.map(({ subject, task, decision, position }) => ({ subject, task, decision, position })),
    [
      { subject: "AAPL", task: "companies[0]/decision", decision: null, position: null },
      { subject: "IBM", task: "companies[1]/decision", decision: null, position: null },
    ],
  );
  assert.deepEqual(
    decisions[0]?.evidence,
    [{ agent: "trend", facts: [fact] }],
    "an agent that failed rests on nothing",
  );
});

test("a run that has not come that far has no decisions", () => {
  const input = { asOf: "2010-02-26", universe: ["AAPL"] };
  assert.deepEqual(readSubjectDecisions(recordRun(sampleWorkflow, { input, answer: () => undefined })), []);
});

test("the most disputed is the one of highest divergence; the first of equals; nobody when there is none", async () => {
  const decisions = await sampleDecisions({
    CALM: { x: [0.2, 0.3, 0.5], y: [0.2, 0.3, 0.5] },
    TORN: { x: [0.9, 0.1, 0], y: [0, 0.1, 0.9] },
    ALSO: { x: [0.9, 0.1, 0], y: [0, 0.1, 0.9] },
  });
  assert.equal(mostDisputed(decisions)?.subject, "TORN");
  assert.equal(mostDisputed([]), undefined);
});
