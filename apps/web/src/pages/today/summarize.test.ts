import assert from "node:assert/strict";
import { test } from "node:test";
import type { DecisionSummary } from "@mycroft/protocol";
import { summarize } from "./summarize.ts";

type Side = "lower" | "middle" | "upper";

function decision(subject: string, asOf: string, sides: readonly Side[]): DecisionSummary {
  const views = sides.map((side, index) => ({
    agent: `agent-${index}`,
    version: "1",
    probabilities: [0.3, 0.4, 0.3],
    tilt: 0,
    side,
    weight: null,
    stance: null,
    abstains: null,
  }));
  return {
    runId: "r",
    task: "t",
    workflow: "w",
    subject,
    asOf,
    horizonDays: 28,
    decidedAt: "2026-01-01T00:00:00Z",
    runStatus: "succeeded",
    status: "decided",
    policy: "p",
    outcomes: ["down", "flat", "up"],
    probabilities: [0.3, 0.4, 0.3],
    usual: null,
    tilt: 0,
    side: "middle",
    weight: null,
    divergence: 0.1,
    otherSideShare: 0,
    conflictKinds: [],
    views,
    headline: "",
  };
}

test("says how many judged, what, when, and on how many they oppose each other", () => {
  assert.equal(
    summarize([
      decision("A", "2010-03-01", ["lower", "upper"]),
      decision("B", "2010-03-01", ["upper", "middle"]),
    ]),
    "2 agents judged 2 companies as of 2010-03-01; on 1 they take opposite sides",
  );
});

test("where nobody opposes another it says where they are furthest apart; decisions of several days are told by the last", () => {
  assert.equal(
    summarize([decision("A", "2010-03-01", ["upper"]), decision("B", "2010-02-01", ["upper"])]),
    "1 agent judged 2 companies by 2010-03-01; they are furthest apart on A",
  );
});

test("without decisions it is just today", () => {
  assert.equal(summarize([]), "Today");
});
