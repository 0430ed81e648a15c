import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile, type JsonValue, type StepDefinition } from "@mycroft/engine";
import { childRunId } from "./child-runs.ts";
import { asked, failed, OrchestratorByHand, ok } from "./testing/orchestrator-by-hand.ts";

const input = { kind: "input", path: [] } as const;
const target = (name: string) => ({ kind: "function", name }) as const;
const work = {
  kind: "call",
  name: "work",
  target: target("work"),
  input,
  retry: { maxAttempts: 2, initialDelayMs: 60_000, jitter: 0, factor: 2, maxDelayMs: 60_000 },
} as const;
const child = compile({ name: "child", steps: [work], output: input });

/** What brings a step of each kind to its end, once it waits for something. */
interface Case {
  readonly kind: StepDefinition["kind"] | "retry" | "deadline";
  readonly step: StepDefinition;
  /** Before the process ends. */
  readonly before?: (byHand: OrchestratorByHand, runId: string) => Promise<void>;
  /** In the next one. */
  readonly after: (byHand: OrchestratorByHand, runId: string) => Promise<void>;
}

const passAMinute = (byHand: OrchestratorByHand) => byHand.pass(60_000);
const cases: readonly Case[] = [
  { kind: "call", step: work, after: (byHand, runId) => byHand.report(runId, "work", ok(1)) },
  {
    kind: "resolve",
    step: { kind: "resolve", name: "work", policy: "pool", input },
    after: (byHand, runId) => byHand.report(runId, "work", ok(1)),
  },
  {
    kind: "retry",
    step: work,
    before: (byHand, runId) => byHand.report(runId, "work", failed("TASK_FAILED", true)),
    async after(byHand, runId) {
      byHand.takeSent();
      await passAMinute(byHand);
      assert.deepEqual(byHand.takeSent(), ["work#2"]);
      await byHand.report(runId, "work", ok(1));
    },
  },
  {
    kind: "map",
    step: {
      kind: "map",
      name: "all",
      over: { kind: "const", value: [1, 2] },
      maxItems: 2,
      steps: [work],
      output: input,
    },
    before: (byHand, runId) => byHand.report(runId, "all[0]/work", ok(1)),
    after: (byHand, runId) => byHand.report(runId, "all[1]/work", ok(1)),
  },
  {
    kind: "repeat",
    step: {
      kind: "repeat",
      name: "rounds",
      initial: input,
      until: { op: "ge", left: { kind: "index", of: "rounds" }, right: { kind: "const", value: 1 } },
      maxRounds: 3,
      steps: [work],
      output: input,
    },
    before: (byHand, runId) => byHand.report(runId, "rounds[0]/work", ok(1)),
    after: (byHand, runId) => byHand.report(runId, "rounds[1]/work", ok(1)),
  },
  {
    kind: "run",
    step: { kind: "run", name: "sub", workflow: "child", plan: child.hash, input },
    after: (byHand, runId) => byHand.report(childRunId(runId, { task: "sub", attempt: 1 }), "work", ok(1)),
  },
  {
    kind: "approve",
    step: { kind: "approve", name: "sign", input },
    after: async (byHand, runId) =>
      void (await byHand.settle(byHand.orchestrator.decide(runId, { verdict: "approve", by: "ada" }))),
  },
  {
    kind: "waitFor",
    step: { kind: "waitFor", name: "news", signal: "news" },
    after: (byHand, runId) =>
      byHand.settle(byHand.orchestrator.signal(runId, { signal: "news", payload: null })),
  },
  {
    kind: "deadline",
    step: { kind: "approve", name: "sign", input, timeoutMs: 60_000, default: "approve" },
    after: passAMinute,
  },
  {
    kind: "sleep",
    step: { kind: "sleep", name: "nap", durationMs: { kind: "const", value: 60_000 } },
    after: passAMinute,
  },
];

function versionOf({ step }: Case, last: string) {
  const next = { ...work, name: "last", target: target(last), after: [step.name] };
  return compile({ name: "w", steps: [step, next], output: input });
}

describe("E12 P3 a process takes over", () => {
  for (const one of cases) {
    it(`a run that waits at a step of kind ${one.kind}, on its own plan, whatever has been deployed`, async () => {
      const byHand = await OrchestratorByHand.open();
      const start = { input: "x" as JsonValue, childPlans: [child], ...asked };
      const plan = versionOf(one, "before");
      const runId = await byHand.settle(byHand.orchestrator.startRun({ ...start, plan }));
      await byHand.turn();
      await one.before?.(byHand, runId);

      const after = await byHand.reopened(1_000);
      // The same workflow, changed.
      const deployed = versionOf(one, "after");
      await after.settle(after.orchestrator.startRun({ ...start, plan: deployed }));
      await after.turn();
      await one.after(after, runId);
      await after.turn();
      const message = after.sent.find((sent) => sent.runId === runId && sent.task === "last");
      assert.ok(message !== undefined, "it has gone on");
      const request = await after.orchestrator.claim(message, "w");
      assert.equal(request?.target.name, "before");
      const header = await after.memory.getRun(runId);
      assert.equal(header?.planHash, plan.hash);
    });
  }

  it("E4 a run whose time is over meanwhile", async () => {
    const plan = compile({ name: "w", timeoutMs: 60_000, steps: [work], output: input });
    const byHand = await OrchestratorByHand.open();
    const runId = await byHand.settle(byHand.orchestrator.startRun({ plan, input: "x", ...asked }));
    const after = await byHand.reopened(60_000);
    await after.turn();
    const result = await after.settle(after.orchestrator.waitFor(runId));
    assert.ok(result.status === "failed" && result.error.code === "RUN_TIMED_OUT");
  });
});
