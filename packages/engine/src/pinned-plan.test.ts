/** A run is pinned to its plan: a deploy with a changed workflow does not touch runs in flight, whatever they wait for. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { apply } from "./apply.ts";
import { compile } from "./compile.ts";
import { describeTasks } from "./describe-tasks.ts";
import type { Plan } from "./plan.ts";
import { indexPlan } from "./plan-index.ts";
import type { RunEvent } from "./run-event.ts";
import { createRun } from "./run-state.ts";
import {
  approve,
  call,
  childRun,
  constant,
  exists,
  item,
  listOf,
  map,
  outputOf,
  repeat,
  resolve,
  sleep,
  waitFor,
  workflow,
} from "./testing/steps.ts";
import type { RetryPolicy, StepDefinition, WorkflowDefinition } from "./workflow-definition.ts";

const retry: RetryPolicy = { maxAttempts: 2, initialDelayMs: 100, factor: 1, maxDelayMs: 100, jitter: 0 };
const done = (task: string, attempt = 1): RunEvent => ({
  type: "attemptSucceeded",
  at: 2_000,
  task,
  attempt,
  output: task,
});
const failed = (task: string): RunEvent => {
  const error = { code: "X", message: "No.", retryable: true };
  return { type: "attemptFailed", at: 2_000, task, attempt: 1, error };
};
const fired = (timer: string): RunEvent => ({ type: "timerFired", at: 9_000, timer });

/** A step, the step of the same name that a later version of the workflow has, and the events of a run. */
interface Deploy {
  readonly before: StepDefinition;
  readonly after: StepDefinition;
  readonly events: readonly RunEvent[];
}

const deploys: Readonly<Record<string, Deploy>> = {
  call: {
    before: call("s", { retry, timeoutMs: 5 }),
    after: call("s", { retry: { ...retry, maxAttempts: 1 }, target: { kind: "agent", name: "other" } }),
    events: [failed("s"), fired("retry:1:s"), done("s", 2)],
  },
  resolve: {
    before: resolve("s", { retry }),
    after: resolve("s", { policy: "other" }),
    events: [failed("s"), fired("retry:1:s"), done("s", 2)],
  },
  map: {
    before: map("s", {
      over: constant([1, 2]),
      steps: [call("in", { input: item("s") })],
      output: outputOf("in"),
    }),
    after: map("s", {
      over: constant([1, 2, 3]),
      steps: [call("in"), call("more")],
      output: constant("other"),
    }),
    events: [done("s[1]/in"), done("s[0]/in")],
  },
  repeat: {
    before: repeat("s", { maxRounds: 3, steps: [call("in", { input: item("s") })], output: outputOf("in") }),
    after: repeat("s", { maxRounds: 1, steps: [call("in")], until: exists(constant(1)) }),
    events: [done("s[0]/in"), done("s[1]/in"), done("s[2]/in")],
  },
  run: {
    before: childRun("s", { retry }),
    after: childRun("s", { plan: "d".repeat(64) }),
    events: [failed("s"), fired("retry:1:s"), done("s", 2)],
  },
  approve: {
    before: approve("s", { timeoutMs: 5, default: "approve" }),
    after: approve("s", { timeoutMs: 5_000 }),
    events: [fired("due:s")],
  },
  waitFor: {
    before: waitFor("s", { key: constant("k"), timeoutMs: 5, default: constant(7) }),
    after: waitFor("s", { signal: "other" }),
    events: [{ type: "signalReceived", at: 2_000, signal: "go", key: "k", payload: 5 }],
  },
  sleep: {
    before: sleep("s", { durationMs: constant(5) }),
    after: sleep("s", { durationMs: constant(50_000) }),
    events: [fired("due:s")],
  },
};

const versionOf = (step: StepDefinition, name: string): WorkflowDefinition =>
  workflow([step, call("last", { input: listOf(outputOf("s"), constant(name)) })], outputOf("last"));

/** The texts of commands and state after each event; `between` is done before each. */
function transcript(plan: Plan, events: readonly RunEvent[], between: () => void): readonly string[] {
  const run = createRun(indexPlan(plan), "run-1");
  return events.map((event) => {
    between();
    return JSON.stringify([apply(run, event), describeTasks(run), run.result]);
  });
}

describe("a run in flight is not touched by a deploy", () => {
  for (const [kind, { before, after, events }] of Object.entries(deploys)) {
    test(`at a step of the kind ${kind}`, () => {
      const all: readonly RunEvent[] = [
        { type: "runStarted", at: 1_000, input: null },
        ...events,
        done("last"),
      ];
      const expected = transcript(compile(versionOf(before, "one")), all, () => {});
      assert.match(expected.at(-1) ?? "", /\{"status":"succeeded","output":"last"\}\]$/);

      // Nothing is shared but what the versions have in common: the name of the workflow and of its steps.
      const plan = compile(versionOf(before, "one"));
      const text = JSON.stringify(plan);
      const found = transcript(plan, all, () => {
        const other = compile(versionOf(after, "two"));
        assert.notEqual(other.hash, plan.hash);
        transcript(other, all, () => {});
      });
      assert.deepEqual(found, expected);
      assert.equal(JSON.stringify(plan), text);
      const changed = transcript(compile(versionOf(after, "two")), all, () => {});
      assert.notDeepEqual(changed, expected, "the two versions do not do the same");
    });
  }
});
