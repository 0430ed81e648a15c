import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunUpdate } from "@mycroft/runtime";
import { plainTerminal } from "../testing/plain-terminal.ts";
import { RunProgress } from "./run-progress.ts";

function update(events: RunUpdate["events"], status: RunUpdate["status"] = "running"): RunUpdate {
  return { runId: "r1", workflow: "w", status, fromSeq: 0, events };
}

const succeeded = (task: string) => ({ type: "attemptSucceeded", at: 0, task, attempt: 1 }) as const;
const failed = (task: string) => ({ type: "attemptFailed", at: 0, task, attempt: 1 }) as const;

test("a live line tells how far a run has come; it is redrawn a few times a second at the most", () => {
  const terminal = plainTerminal({ isLive: true });
  let now = 0;
  const progress = new RunProgress(terminal, () => now);
  progress.follow("r1", { workflow: "w", expected: 4 }, ["done-before"]);
  now = 100;
  progress.take(update([succeeded("a"), succeeded("a"), failed("b")]));
  assert.deepEqual(terminal.noted, ["w: 2 of 4 steps, 1 failed attempt, b  (100 ms)"]);
  now = 110;
  progress.take(update([succeeded("b")]));
  assert.equal(terminal.noted.length, 1);
  now = 200;
  progress.take({ ...update([succeeded("x")]), runId: "of another" });
  progress.take(update([succeeded("b")]));
  assert.match(terminal.noted.at(-1) ?? "", /^w: 3 of 4 steps/u);
});

test("where nothing is live, a plain line comes every few seconds, and none in quick work or with --json", () => {
  for (const json of [false, true]) {
    const terminal = plainTerminal({ json });
    let now = 0;
    const progress = new RunProgress(terminal, () => now);
    progress.follow("r1", { workflow: "w", expected: null }, []);
    now = 4_000;
    progress.take(update([succeeded("a")]));
    assert.deepEqual(terminal.noted, []);
    now = 6_000;
    progress.take(update([succeeded("b")]));
    assert.deepEqual(terminal.noted, json ? [] : ["w: 2 steps, b  (6.0 s)"]);
  }
});
