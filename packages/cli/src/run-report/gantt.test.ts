import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type GanttRow, renderGantt, type SpanKind } from "./gantt.ts";

const style = (_style: unknown, text: string) => text;
const row = (spans: GanttRow["spans"], of: Partial<GanttRow> = {}): GanttRow => ({
  label: "step",
  depth: 0,
  status: "succeeded",
  statusStyle: "green",
  attempts: 1,
  spans,
  ...of,
});
const barOf = (line = "") => line.slice(line.search(/[·─▒█]/u));

test("a bar shows waiting, work and failures where they were", () => {
  const frame = { from: 0, to: 600, width: 100, style };
  const [, line] = renderGantt(
    [
      row([
        { kind: "waiting", from: 0, to: 100 },
        { kind: "failed", from: 100, to: 200 },
        { kind: "waiting", from: 200, to: 400 },
        { kind: "work", from: 400, to: 600 },
      ]),
    ],
    frame,
  );
  // 60 columns for 600 ms.
  const expected = "·".repeat(10) + "▒".repeat(10) + "·".repeat(20) + "█".repeat(20);
  assert.equal(barOf(line), expected);
  assert.match(line ?? "", /500 ms/);
});

test("work too short for a column still shows, over whatever else is there", () => {
  const [, line] = renderGantt(
    [
      row([
        { kind: "work", from: 299, to: 300 },
        { kind: "enclosing", from: 0, to: 600 },
      ]),
    ],
    { from: 0, to: 600, width: 100, style },
  );
  assert.equal(barOf(line), `${"─".repeat(29)}█${"─".repeat(30)}`);
});

test("a run without any time in it can be drawn", () => {
  const [, line] = renderGantt([row([{ kind: "work", from: 5, to: 5 }])], {
    from: 5,
    to: 5,
    width: 80,
    style,
  });
  assert.equal(barOf(line), "█");
});

test("no line is wider than the frame, whatever the rows hold", () => {
  const kinds: readonly SpanKind[] = ["waiting", "awaiting", "enclosing", "failed", "work"];
  const time = fc.integer({ min: -1_000, max: 10_000_000 });
  const span = fc.record({ kind: fc.constantFrom<SpanKind[]>(...kinds), from: time, to: time });
  const anyRow = fc.record({
    label: fc.string({ unit: "grapheme-ascii", maxLength: 120 }),
    depth: fc.integer({ min: 0, max: 8 }),
    status: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 80 }),
    statusStyle: fc.constant("green" as const),
    attempts: fc.integer({ min: 0, max: 99_999 }),
    spans: fc.array(span, { maxLength: 5 }),
  });
  fc.assert(
    fc.property(fc.array(anyRow), fc.integer({ min: 40, max: 300 }), (rows, width) => {
      const lines = renderGantt(rows, { from: 0, to: 5_000_000, width, style });
      assert.equal(lines.length, rows.length + 1);
      for (const line of lines) assert.ok(line.length <= width, `${line.length} > ${width}: ${line}`);
    }),
  );
});
