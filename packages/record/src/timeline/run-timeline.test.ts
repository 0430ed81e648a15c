import assert from "node:assert/strict";
import { test } from "node:test";
import { AttemptError, recordRun, startOfRuns } from "../testing/record-run.ts";
import { sampleWorkflow } from "../testing/sample-workflow.ts";
import { readTimeline } from "./run-timeline.ts";

const input = { asOf: "2010-02-26", universe: ["AAPL", "IBM"], mode: "slow" };
const task = (timeline: ReturnType<typeof readTimeline>, id: string) =>
  timeline.tasks.find((one) => one.id === id) ?? assert.fail(`no task ${id}`);

test("every attempt is told, with when it was wanted, begun and over", () => {
  const record = recordRun(sampleWorkflow, {
    input,
    answer: ({ step, attempt }) => {
      if (step === "report" && attempt === 1) throw new AttemptError("TASK_FAILED", "try again", true);
      return {};
    },
  });
  const { attempts, target } = task(readTimeline(record), "report");
  assert.deepEqual(target, { kind: "function", name: "write-report" });
  assert.deepEqual(
    attempts.map(({ attempt, outcome, error }) => [attempt, outcome, error?.code ?? null]),
    [
      [1, "failed", "TASK_FAILED"],
      [2, "succeeded", null],
    ],
  );
  const [first, second] = attempts;
  // 2 ms in the queue and 10 ms of work each: opinions, decision, then the report.
  assert.equal((first?.queuedAt ?? 0) - startOfRuns, 24);
  assert.equal((first?.startedAt ?? 0) - (first?.queuedAt ?? 0), 2);
  // The retry's delay is 500 ms, without jitter in this workflow.
  assert.equal((second?.queuedAt ?? 0) - (first?.endedAt ?? 0), 500);
  assert.deepEqual(second?.input, { decisions: [{}, {}] });
});

test("E10 a late result is counted and not told", () => {
  const record = recordRun(sampleWorkflow, {
    input,
    answer: ({ step }) => (step === "send" || step === "alarm" ? undefined : { step }),
    afterwards: (at) => [
      { type: "attemptSucceeded", at, task: "report", attempt: 1, output: { late: true } },
      {
        type: "attemptFailed",
        at,
        task: "alarm",
        attempt: 7,
        error: { code: "X", message: "", retryable: false },
      },
    ],
  });
  const timeline = readTimeline(record);
  assert.equal(timeline.ignoredEvents, 2);
  assert.equal(task(timeline, "report").attempts.length, 1);
  assert.equal(task(timeline, "alarm").attempts[0]?.outcome, "underWay");
  assert.equal(task(timeline, "alarm").attempts[0]?.endedAt, null);
});

test("E11 a cancelled run's attempts end with it", () => {
  const record = recordRun(sampleWorkflow, {
    input,
    answer: ({ step }) => (step === "report" ? undefined : {}),
    afterwards: (at) => [{ type: "cancelRequested", at, reason: "wrong date" }],
  });
  const timeline = readTimeline(record);
  const { status, attempts } = task(timeline, "report");
  assert.deepEqual(
    [status, attempts[0]?.outcome, attempts[0]?.endedAt],
    ["cancelled", "cancelled", timeline.to],
  );
});

test("a skipped task has no attempt, and says why", () => {
  const record = recordRun(sampleWorkflow, { input, answer: () => ({}) });
  const { attempts, skipped } = task(readTimeline(record), "send");
  assert.deepEqual(attempts, []);
  assert.equal(skipped, "its condition does not hold");
});
