import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compile, fold, type JsonValue, type RunEvent } from "@mycroft/engine";
import { compareRuns } from "./compare-runs.ts";
import type { Gateway } from "./ports/gateway.ts";
import { decisionHash, replayRun } from "./replay-run.ts";
import type { RunRecord } from "./run-record.ts";

const plan = compile({
  name: "committee",
  steps: [
    {
      kind: "call",
      name: "view",
      target: { kind: "agent", name: "trend" },
      input: { kind: "input", path: ["subject"] },
    },
    {
      kind: "call",
      name: "decision",
      target: { kind: "function", name: "decide" },
      input: { kind: "step", step: "view", path: [] },
    },
  ],
  output: { kind: "step", step: "decision", path: [] },
});

const report = { startedAt: 5, worker: "w", version: "1" };

function record(
  runId: string,
  view: JsonValue,
  decision: JsonValue,
  extra: readonly RunEvent[] = [],
): RunRecord {
  const events: RunEvent[] = [
    { type: "runStarted", at: 1, input: { subject: "IBM" } },
    {
      type: "attemptFailed",
      at: 2,
      task: "view",
      attempt: 9,
      error: { code: "X", message: "stale", retryable: true },
    },
    { type: "attemptSucceeded", at: 3, task: "view", attempt: 1, output: view, report },
    ...extra,
    { type: "attemptSucceeded", at: 4, task: "decision", attempt: 1, output: decision, report },
  ];
  return {
    header: {
      runId,
      workflow: "committee",
      planHash: plan.hash,
      status: "succeeded",
      asOf: "2010-02-26",
      provenance: { codeVersion: "1" },
      createdAt: 1,
      settledAt: 4,
      events: events.length,
      tags: [],
      startKey: null,
      parent: null,
      forkedFrom: null,
    },
    plan,
    events,
    state: fold(plan, runId, events),
  };
}

const called: string[] = [];
/** Decides by doubling; knows no agents. */
const doubling: Gateway = {
  execute: ({ target, input }) => {
    called.push(target.name);
    return Promise.resolve({ ok: true, output: Number(input) * 2, version: "2" });
  },
};
const isPure = (target: { readonly kind: string }) => target.kind === "function";

describe("replayRun", () => {
  it("P6 takes agents' answers from the record, computes the rest again, and agrees", async () => {
    called.length = 0;
    const replay = await replayRun(record("a", 21, 42), doubling, isPure);
    assert.deepEqual(called, ["decide"]);
    assert.equal(replay.agrees, true);
    assert.equal(replay.replayedHash, replay.recordedHash);
    assert.deepEqual([replay.recomputed, replay.taken, replay.divergences], [1, 2, []]);
  });

  it("P6 says where a record and its replay part", async () => {
    const replay = await replayRun(record("a", 21, 43), doubling, isPure);
    assert.equal(replay.agrees, false);
    assert.deepEqual(replay.divergences, [{ task: "decision", recorded: 43, replayed: 42 }]);
  });

  it("P6 reports a pure function that now fails as a divergence", async () => {
    const failing: Gateway = {
      execute: () =>
        Promise.resolve({ ok: false, error: { code: "FUNCTION_UNKNOWN", message: "gone", retryable: true } }),
    };
    const replay = await replayRun(record("a", 21, 42), failing, isPure);
    assert.equal(replay.agrees, false);
    assert.deepEqual(replay.divergences[0]?.replayed, { error: "gone", code: "FUNCTION_UNKNOWN" });
  });

  it("P6 does not depend on when, where and how often attempts were executed", () => {
    const stale: RunEvent = { type: "attemptSucceeded", at: 9, task: "view", attempt: 1, output: 99 };
    const plain = record("a", 21, 42).state.result;
    const disturbed = record("b", 21, 42, [stale]).state.result;
    assert.ok(plain !== null && disturbed !== null);
    assert.equal(decisionHash(plain), decisionHash(disturbed));
  });

  it("P6 takes what people, signals, child runs and an original brought from the record, and computes on from there", async () => {
    const input = { kind: "input", path: [] };
    const parts = ["sign", "news", "sub", "carried"];
    const waiting = compile({
      name: "waiting",
      steps: [
        { kind: "approve", name: "sign", input },
        { kind: "waitFor", name: "news", signal: "news" },
        { kind: "run", name: "sub", workflow: "child", plan: plan.hash, input },
        { kind: "call", name: "carried", target: { kind: "function", name: "decide" }, input },
        {
          kind: "call",
          name: "decision",
          target: { kind: "function", name: "decide" },
          input: { kind: "step", step: "sub", path: [] },
          after: parts,
        },
      ],
      output: { kind: "step", step: "decision", path: [] },
    });
    const events: RunEvent[] = [
      { type: "outcomesCarried", at: 1, outcomes: [{ task: "carried", inputHash: null, output: 1 }] },
      { type: "runStarted", at: 1, input: null },
      { type: "signalReceived", at: 2, signal: "news", payload: 3 },
      { type: "approvalDecided", at: 3, task: "sign", verdict: "approve", by: "ada" },
      { type: "attemptSucceeded", at: 4, task: "sub", attempt: 1, output: 21, report },
      { type: "attemptSucceeded", at: 5, task: "decision", attempt: 1, output: 42, report },
    ];
    const { header } = record("a", 21, 42);
    const run = {
      header: { ...header, planHash: waiting.hash, forkedFrom: { runId: "b", tasks: ["decision"] } },
      plan: waiting,
      events,
      state: fold(waiting, "a", events),
    };
    called.length = 0;
    const replay = await replayRun(run, doubling, isPure);
    assert.equal(replay.agrees, true);
    assert.deepEqual([called, replay.recomputed, replay.taken], [["decide"], 1, 1]);
  });

  it("replays cancelled runs and refuses unsettled ones", async () => {
    const cancelled = record("a", 21, 42, [{ type: "cancelRequested", at: 4, reason: "enough" }]);
    assert.equal((await replayRun(cancelled, doubling, isPure)).agrees, true);
    const { events, ...rest } = record("a", 21, 42);
    const open = { ...rest, events: events.slice(0, 2), state: fold(plan, "a", events.slice(0, 2)) };
    await assert.rejects(replayRun(open, doubling, isPure), { code: "RUN_NOT_SETTLED" });
  });
});

describe("compareRuns", () => {
  it("finds nothing between equal runs, whatever their ids, times and workers", () => {
    assert.deepEqual(
      compareRuns(record("a", { p: [1, 2] }, 1), record("b", { p: [1, 2] }, 1)).differences,
      [],
    );
  });

  it("shows what differs, from what went in to what came out, with its place", () => {
    const left = record("a", { p: [0.2, 0.8], why: "x" }, 1);
    const right = record("b", { p: [0.3, 0.8] }, 2);
    const changed = {
      ...right,
      header: { ...right.header, provenance: { codeVersion: "2", dataHash: "h" } },
    };
    const { differences } = compareRuns(left, changed);
    assert.deepEqual(
      differences.map(({ area, task, path, left: a, right: b }) => [area, task, path, a, b]),
      [
        ["data", undefined, "dataHash", undefined, "h"],
        ["code", undefined, "codeVersion", "1", "2"],
        ["task", "view", "output.p[0]", 0.2, 0.3],
        ["task", "view", "output.why", "x", undefined],
        ["task", "decision", "output", 1, 2],
        ["result", undefined, "output", 1, 2],
      ],
    );
  });

  it("P8 lists no more than its limit and counts the rest", () => {
    const many = (offset: number) => Array.from({ length: 50 }, (_, index) => index + offset);
    const { differences, omitted } = compareRuns(record("a", many(0), 1), record("b", many(1), 1), 10);
    assert.deepEqual([differences.length, omitted], [10, 40]);
  });
});
