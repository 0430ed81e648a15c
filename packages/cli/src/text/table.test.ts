import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { plainTerminal } from "../testing/plain-terminal.ts";
import { displayWidth } from "./display-width.ts";
import { renderTable } from "./table.ts";

const columns = [
  { title: "Company" },
  { title: "cross section" },
  { title: "Weight", align: "right" },
  { title: "Note", wraps: true },
] as const;
const rows = [
  ["AAPL", "up 46%", "12.0%", "the quick brown fox jumps over the lazy dog"],
  ["日本", "abstains", "3.5%", ""],
];

test("columns line up, titles break into lines, and no line ends in blanks", () => {
  assert.deepEqual(renderTable(columns, rows, plainTerminal()), [
    "         cross",
    "Company  section   Weight  Note",
    "AAPL     up 46%     12.0%  the quick brown fox jumps over the lazy dog",
    "日本     abstains    3.5%",
  ]);
});

test("a wrapping column takes the room that is left", () => {
  assert.deepEqual(renderTable(columns, rows, plainTerminal({ width: 60 })).slice(2, 5), [
    "AAPL     up 46%     12.0%  the quick brown fox jumps over",
    "                           the lazy dog",
    "日本     abstains    3.5%",
  ]);
});

test("columns that do not fit go on in a block of their own, which repeats the first column", () => {
  assert.deepEqual(renderTable(columns, rows, plainTerminal({ width: 40 })), [
    "         cross",
    "Company  section   Weight",
    "AAPL     up 46%     12.0%",
    "日本     abstains    3.5%",
    "",
    "Company  Note",
    "AAPL     the quick brown fox jumps over",
    "         the lazy dog",
    "日本",
  ]);
});

test("P7 what others wrote cannot break the table or act on the terminal", () => {
  const [, line] = renderTable([{ title: "Run" }], [["a\nb\u001b[2J"]], plainTerminal());
  assert.equal(line, "a b\\u001b[2J");
});

test("styles colour the text and not the blanks around it", () => {
  const terminal = { width: 80, style: (style: unknown, text: string) => `<${String(style)}>${text}</>` };
  const lines = renderTable(
    [{ title: "A" }, { title: "B" }],
    [
      [{ text: "x", style: "red" }, "long"],
      ["wide", "y"],
    ],
    terminal,
  );
  assert.deepEqual(lines, ["<dim>A</>     <dim>B</>", "<red>x</>     long", "wide  y"]);
});

test("no line is wider than the terminal, whatever is in the table", () => {
  const cell = fc.string({ unit: "grapheme", maxLength: 60 });
  const row = fc.array(cell, { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 5 }), fc.integer({ min: 20, max: 120 }), (table, width) => {
      for (const line of renderTable(columns, table, plainTerminal({ width }))) {
        assert.ok(displayWidth(line) <= width, `${displayWidth(line)} > ${width}: ${JSON.stringify(line)}`);
      }
    }),
  );
});
