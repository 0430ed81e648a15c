import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEventView, RunFrame, RunSummary, TaskSummary } from "@mycroft/protocol";
import fc from "fast-check";
import { sampleTask } from "../graph/sample-graph.ts";
import { mergeFrame, type RunState } from "./run-state.ts";

const run: RunSummary = {
  runId: "r",
  workflow: "w",
  status: "running",
  asOf: "2020-01-02",
  planHash: "p",
  dataHash: null,
  codeVersion: "1",
  createdAt: "2020-01-02T00:00:00Z",
  settledAt: null,
  events: 0,
  tags: [],
  startKey: null,
  parent: null,
  forkedFrom: null,
};

function event(seq: number): RunEventView {
  return { seq, at: seq, type: "attemptSucceeded", task: null, attempt: null, summary: "" };
}

function frame(tasks: readonly TaskSummary[], seqs: readonly number[], isSettled = false): RunFrame {
  return { run, events: seqs.map(event), tasks: [...tasks], counts: {}, isSettled };
}

test("a frame changes the tasks that it names, and leaves the others the same objects", () => {
  const first = mergeFrame(null, frame([sampleTask("a", "running"), sampleTask("b", "waiting")], [0, 1]));
  const second = mergeFrame(first, frame([sampleTask("a", "succeeded")], [2]));
  assert.equal(second.tasks.get("a")?.status, "succeeded");
  assert.equal(second.tasks.get("b"), first.tasks.get("b"));
  assert.deepEqual(second.changed, ["a"]);
  assert.deepEqual([...second.tasks.keys()], ["a", "b"]);
});

test("what comes again after a reconnection changes nothing", () => {
  const whole = frame([sampleTask("a", "running"), sampleTask("b", "waiting")], [0, 1]);
  const first = mergeFrame(null, whole);
  const again = mergeFrame(first, whole);
  assert.equal(again.tasks, first.tasks);
  assert.equal(again.events, first.events);
  assert.deepEqual(again.changed, []);
});

const statuses = ["waiting", "running", "succeeded"] as const;
const change = fc.record({ name: fc.constantFrom("a", "b", "c"), status: fc.constantFrom(...statuses) });

test("cut and resumed anywhere, a stream leads to the same tasks and each event once, in order", () => {
  fc.assert(
    fc.property(
      fc.array(change, { maxLength: 30 }),
      fc.array(fc.boolean(), { maxLength: 30 }),
      (changes, cuts) => {
        const tasks = new Map<string, TaskSummary>();
        let state: RunState | null = null;
        changes.forEach(({ name, status }, seq) => {
          tasks.set(name, sampleTask(name, status));
          // A cut: the connection begins anew, with every task and with events from one that was seen already.
          const next: RunFrame = cuts[seq]
            ? frame([...tasks.values()], [Math.max(0, seq - 1), seq])
            : frame([sampleTask(name, status)], [seq]);
          state = mergeFrame(state, {
            ...next,
            events: next.events.filter((one, i, all) => all[i - 1]?.seq !== one.seq),
          });
        });
        const { tasks: found, events } = state ?? { tasks: new Map(), events: [] };
        assert.deepEqual(found, tasks);
        assert.deepEqual(
          events.map(({ seq }: RunEventView) => seq),
          changes.map((_, seq) => seq),
        );
      },
    ),
  );
});
