import assert from "node:assert/strict";
import { test } from "node:test";
import type { LiveUpdate } from "@mycroft/protocol";
import { staleKeys } from "./live-updates.ts";

const update: LiveUpdate = {
  runId: "child",
  rootRunId: "root",
  workflow: "w",
  status: "running",
  types: ["timerFired"],
  at: 0,
};

function namesOf(updates: readonly LiveUpdate[]): ReadonlySet<unknown> {
  return new Set(staleKeys(updates).map(([name]) => name));
}

test("a run and the run that it belongs to are asked anew, each once", () => {
  const runs = staleKeys([update, update]).filter(([name]) => name === "getRun");
  assert.deepEqual(runs, [
    ["getRun", { params: { runId: "child" } }],
    ["getRun", { params: { runId: "root" } }],
  ]);
});

test("a timer changes no decision; a task that has ended may", () => {
  assert.equal(namesOf([update]).has("latestDecisions"), false);
  assert.equal(namesOf([{ ...update, types: ["attemptSucceeded"] }]).has("latestDecisions"), true);
});

test("what agents are worth is asked anew when a run has ended", () => {
  assert.equal(namesOf([{ ...update, types: ["attemptSucceeded"] }]).has("listAgents"), false);
  assert.equal(namesOf([{ ...update, status: "succeeded" }]).has("listAgents"), true);
});
