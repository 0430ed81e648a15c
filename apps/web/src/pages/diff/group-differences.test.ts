import assert from "node:assert/strict";
import { test } from "node:test";
import { groupDifferences, hasTask, type RunDifference } from "./group-differences.ts";
import { numberChange } from "./number-change.ts";

const value = (one: number | string | null) => ({ bytes: 1, hash: null, value: one });

function difference(area: string, task: string | null, path: string, more: Partial<RunDifference> = {}) {
  return { area, task, path, left: value(1), right: value(2), ...more };
}

test("differences of a task stand together, a task named like an area apart from it, in the order that is told", () => {
  const groups = groupDifferences([
    difference("input", null, "value"),
    difference("task", "input", "output"),
    difference("task", "check", "status"),
    difference("task", "input", "status"),
    difference("result", null, "status"),
  ]);
  assert.deepEqual(
    groups.map(({ title, task, differences }) => [title, task, differences.length]),
    [
      ["Input", null, 1],
      ["input", "input", 2],
      ["check", "check", 1],
      ["Result", null, 1],
    ],
  );
});

test("a task that is there whole on one side alone is not on the other; one that gave null is", () => {
  const [onlyRight, gaveNull] = groupDifferences([
    difference("task", "new", "", { left: null }),
    difference("task", "old", "output", { left: value(null) }),
  ]);
  assert.ok(onlyRight !== undefined && gaveNull !== undefined);
  assert.deepEqual([hasTask(onlyRight, "left"), hasTask(onlyRight, "right")], [false, true]);
  assert.equal(hasTask(gaveNull, "left"), true);
});

test("a change of a number is told with its sign, of anything else not at all", () => {
  const change = (left: RunDifference["left"], right: RunDifference["right"]) =>
    numberChange({ left, right });
  assert.equal(change(value(0.3122), value(0.2981)), "\u22120.0141");
  assert.equal(change(value(0.1), value(0.30000000000000004)), "+0.2");
  assert.equal(change(value(1), value("2")), null);
  assert.equal(change(null, value(2)), null);
  assert.equal(change(value(-1.7e308), value(1.7e308)), null);
});
