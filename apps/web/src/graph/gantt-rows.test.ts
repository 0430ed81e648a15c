import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type BarKind, ganttRows, ganttSpan, mergeBars } from "./gantt-rows.ts";
import { sampleTask } from "./sample-graph.ts";

const done = { attempt: 1, queuedAt: 100, startedAt: 140, endedAt: 200, outcome: "succeeded" } as const;
const tasks = [
  sampleTask("prices", "succeeded", { attempts: [done] }),
  sampleTask("map", "expanded", { readyAt: 200 }),
  sampleTask("map[0]/ask", "succeeded", {
    attempts: [{ ...done, queuedAt: 200, startedAt: 210, endedAt: 300 }],
  }),
  sampleTask("map[1]/ask", "running", {
    item: "MSFT",
    attempts: [
      { ...done, queuedAt: 200, startedAt: 250, endedAt: 280, outcome: "failed" },
      { ...done, attempt: 2, queuedAt: 320, startedAt: 330, endedAt: null, outcome: "underWay" },
    ],
  }),
];

test("few tasks have a row each; an attempt is its place in the queue and its work", () => {
  const rows = ganttRows(tasks, { opened: new Set(), mostTaskRows: 40 });
  assert.deepEqual(
    rows.map(({ label }) => label),
    ["prices", "map", "ask", "ask · MSFT"],
  );
  assert.deepEqual(rows[0]?.bars, [
    { kind: "queued", from: 100, to: 140, attempt: 1 },
    { kind: "succeeded", from: 140, to: 200, attempt: 1 },
  ]);
  assert.deepEqual(rows[1]?.bars, [{ kind: "waits", from: 200, to: null, attempt: null }]);
});

test("many tasks fold into a row for each node, which opens into its tasks", () => {
  const folded = ganttRows(tasks, { opened: new Set(), mostTaskRows: 2 });
  assert.deepEqual(
    folded.map(({ kind, path, tasks: count }) => [kind, path, count]),
    [
      ["task", "prices", 1],
      ["task", "map", 1],
      ["node", "map/ask", 2],
    ],
  );
  assert.equal(folded[2]?.status, "running");
  const opened = ganttRows(tasks, { opened: new Set(["map/ask"]), mostTaskRows: 2 });
  assert.deepEqual(
    opened.slice(3).map(({ task }) => task),
    ["map[0]/ask", "map[1]/ask"],
  );
});

test("the span goes from the first event to the last, or to now while something goes on", () => {
  assert.deepEqual(ganttSpan(tasks, 1_000), { from: 100, to: 1_000 });
  assert.deepEqual(ganttSpan(tasks.slice(0, 1), 1_000), { from: 100, to: 200 });
  assert.equal(ganttSpan([sampleTask("a", "waiting")], 1_000), null);
});

test("merged bars cover the same time, do not overlap, and an open one stays open", () => {
  const bar = fc.record({
    kind: fc.constantFrom<BarKind>("succeeded", "failed"),
    from: fc.integer({ min: 0, max: 40 }),
    length: fc.option(fc.integer({ min: 0, max: 10 }), { nil: null }),
  });
  fc.assert(
    fc.property(fc.array(bar, { maxLength: 12 }), (drawn) => {
      const bars = drawn.map(({ kind, from, length }) => ({
        kind,
        from,
        to: length === null ? null : from + length,
        attempt: 1,
      }));
      const merged = mergeBars(bars);
      for (const kind of ["succeeded", "failed"] as const) {
        for (let at = 0; at < 60; at += 0.5) {
          const covers = (list: readonly { kind: BarKind; from: number; to: number | null }[]) =>
            list.filter((each) => each.kind === kind && each.from <= at && at <= (each.to ?? 100)).length;
          assert.equal(covers(merged), Math.min(1, covers(bars)));
        }
      }
    }),
  );
});
