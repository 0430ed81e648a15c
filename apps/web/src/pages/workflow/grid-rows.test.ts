import assert from "node:assert/strict";
import { test } from "node:test";
import { gridRows, moveInGrid } from "./grid-rows.ts";

const nodes = [
  { path: "a", depth: 0 },
  { path: "a/b", depth: 1 },
  { path: "a/b/c", depth: 2 },
  { path: "a/d", depth: 1 },
  { path: "e", depth: 0 },
];
const paths = (folded: readonly string[]) => gridRows(nodes, new Set(folded)).map(({ path }) => path);

test("what is in a folded body is out of sight, what follows it is not", () => {
  assert.deepEqual(paths([]), ["a", "a/b", "a/b/c", "a/d", "e"]);
  assert.deepEqual(paths(["a/b"]), ["a", "a/b", "a/d", "e"]);
  assert.deepEqual(paths(["a"]), ["a", "e"]);
  assert.deepEqual(paths(["a", "a/b"]), ["a", "e"]);
});

test("a row keeps the place of its cells", () => {
  const [, last] = gridRows(nodes, new Set(["a"]));
  assert.equal(last?.at, 4);
  assert.equal(last?.hasBody, false);
});

test("keys move within the grid and not out of it", () => {
  const size = { rows: 3, columns: 4 };
  assert.deepEqual(moveInGrid({ row: 0, column: 0 }, "ArrowUp", size), { row: 0, column: 0 });
  assert.deepEqual(moveInGrid({ row: 0, column: 0 }, "ArrowDown", size), { row: 1, column: 0 });
  assert.deepEqual(moveInGrid({ row: 1, column: 1 }, "End", size), { row: 1, column: 3 });
  assert.deepEqual(moveInGrid({ row: 2, column: 3 }, "PageUp", size), { row: 0, column: 3 });
  assert.equal(moveInGrid({ row: 1, column: 1 }, "x", size), null);
});
