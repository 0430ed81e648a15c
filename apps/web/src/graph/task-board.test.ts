import assert from "node:assert/strict";
import { test } from "node:test";
import type { TaskStatusName, TaskSummary } from "@mycroft/protocol";
import fc from "fast-check";
import { nodePathOf } from "./node-path.ts";
import { sampleTask } from "./sample-graph.ts";
import { TaskBoard } from "./task-board.ts";

function openBoard() {
  const flushes: (() => void)[] = [];
  const board = new TaskBoard((flush) => flushes.push(flush));
  const flush = () => {
    for (const each of flushes.splice(0)) each();
  };
  return { board, flushes, flush };
}

test("a folded body is told by its counts: own tasks, tasks within, items", () => {
  const { board, flush } = openBoard();
  board.apply([
    sampleTask("map", "expanded"),
    sampleTask("map[0]/ask", "succeeded"),
    sampleTask("map[1]/ask", "running"),
    sampleTask("map[1]/resolve", "waiting"),
  ]);
  flush();
  assert.deepEqual(board.node("map"), {
    counts: { expanded: 1 },
    total: 1,
    status: "expanded",
    within: { succeeded: 1, running: 1, waiting: 1 },
    withinTotal: 3,
    items: 2,
  });
  assert.equal(board.node("map/ask").status, "running");
  assert.equal(board.node("unknown").status, null);
});

test("E13 a frame wakes only the nodes whose tasks changed, and those around them, once", () => {
  const { board, flushes, flush } = openBoard();
  const woken: string[] = [];
  for (const path of ["map", "map/ask", "map/resolve", "prices"]) {
    board.subscribe(path, () => woken.push(path));
  }
  board.apply([sampleTask("prices", "succeeded"), sampleTask("map", "expanded")]);
  flush();
  woken.length = 0;
  const before = board.node("prices");
  board.apply([sampleTask("map[0]/ask", "running")]);
  board.apply([sampleTask("map[0]/ask", "succeeded")]);
  assert.equal(flushes.length, 1, "changes are gathered until the next picture");
  flush();
  assert.deepEqual(woken.toSorted(), ["map", "map/ask"]);
  assert.equal(board.node("prices"), before, "what has not changed is the same object");
});

test("a frame with nothing new tells nobody", () => {
  const { board, flushes, flush } = openBoard();
  const task = sampleTask("prices", "succeeded");
  board.apply([task]);
  flush();
  board.apply([task]);
  assert.equal(flushes.length, 0);
});

test("a listener that has ended hears nothing", () => {
  const { board, flush } = openBoard();
  let calls = 0;
  const end = board.subscribe("prices", () => calls++);
  board.apply([sampleTask("prices", "running")]);
  flush();
  end();
  board.apply([sampleTask("prices", "succeeded")]);
  flush();
  assert.equal(calls, 1);
});

const statuses: readonly TaskStatusName[] = [
  "waiting",
  "running",
  "retrying",
  "succeeded",
  "failed",
  "skipped",
];
const anyTask = fc
  .record({
    id: fc.constantFrom("a", "m", "m[0]/x", "m[0]/n", "m[0]/n[0]/y", "m[0]/n[1]/y", "m[1]/x", "m[1]/n[0]/y"),
    status: fc.constantFrom(...statuses),
  })
  .map(({ id, status }) => sampleTask(id, status));

test("counts after any frames are those of the newest state of each task", () => {
  fc.assert(
    fc.property(fc.array(fc.array(anyTask, { maxLength: 6 }), { maxLength: 20 }), (frames) => {
      const { board, flush } = openBoard();
      const newest = new Map<string, TaskSummary>();
      for (const frame of frames) {
        board.apply(frame);
        flush();
        for (const task of frame) newest.set(task.task, task);
      }
      for (const path of ["a", "m", "m/x", "m/n", "m/n/y"]) {
        const own = [...newest.values()].filter((task) => nodePathOf(task) === path);
        const within = [...newest.values()].filter((task) => nodePathOf(task).startsWith(`${path}/`));
        assert.deepEqual(board.node(path).counts, tally(own));
        assert.deepEqual(board.node(path).within, tally(within));
        assert.equal(board.node(path).total, own.length);
      }
    }),
  );
});

function tally(tasks: readonly TaskSummary[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of tasks) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}
