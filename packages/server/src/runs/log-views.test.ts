import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RunLogLine } from "@mycroft/record";
import { ValueBudget } from "./bounded-json.ts";
import { attemptLogView, logPage } from "./log-views.ts";

const line = (at: number, length = 5): RunLogLine => ({
  task: "say",
  attempt: 1,
  at,
  level: "info",
  message: "x".repeat(length),
});

describe("log lines over the API", () => {
  it("P8 a page ends where it is large enough, and says where to go on, until all have been told", () => {
    const lines = Array.from({ length: 1_500 }, (_, at) => line(at, 2_000));
    const told: number[] = [];
    let pages = 0;
    for (let from: number | null = 0; from !== null; pages += 1) {
      const page = logPage({ lines, leftOut: 3 }, from, 1_000);
      assert.deepEqual([page.total, page.leftOut], [1_500, 3]);
      assert.ok(JSON.stringify(page).length < 1.1 * 1024 * 1024);
      told.push(...page.lines.map(({ at }) => at));
      from = page.next;
    }
    assert.deepEqual(
      told,
      lines.map(({ at }) => at),
    );
    assert.equal(pages, 3);
  });

  it("a page beyond the end is empty, and the last", () => {
    const page = logPage({ lines: [line(1)], leftOut: 0 }, 5, 10);
    assert.deepEqual([page.lines, page.next], [[], null]);
  });

  it("P8 an attempt's log that finds no room in the answer is told by the number of its lines", () => {
    const room = new ValueBudget();
    const log = { lines: [line(1), line(2)], leftOut: { at: 1, count: 5 } };
    assert.deepEqual(attemptLogView(log, room).leftOut, { at: 1, count: 5 });
    while (room.takes(1_000));
    assert.deepEqual(attemptLogView({ lines: Array(100).fill(line(1)) }, room), {
      lines: [],
      leftOut: { at: 0, count: 100 },
    });
  });
});
