import assert from "node:assert/strict";
import { test } from "node:test";
import { indexGraph } from "./graph-index.ts";
import { sampleNode } from "./sample-graph.ts";
import { moveInTree, treeRows } from "./tree-rows.ts";

const index = indexGraph([
  sampleNode("a"),
  sampleNode("m", { nodes: [sampleNode("x"), sampleNode("y")] }),
  sampleNode("z"),
]);
const folded = treeRows(index, new Set());
const opened = treeRows(index, new Set(["m"]));

test("a tree shows the bodies that are open, each node with its place", () => {
  assert.deepEqual(
    opened.map(({ node, place, siblings }) => [node.path, place, siblings]),
    [
      ["a", 1, 3],
      ["m", 2, 3],
      ["m/x", 1, 2],
      ["m/y", 2, 2],
      ["z", 3, 3],
    ],
  );
  assert.equal(folded.length, 3);
});

test("keys open, fold, enter and leave a body", () => {
  assert.deepEqual(moveInTree(folded, 1, "ArrowRight"), { toggle: "m" });
  assert.deepEqual(moveInTree(opened, 1, "ArrowRight"), { to: 2 });
  assert.deepEqual(moveInTree(opened, 3, "ArrowLeft"), { to: 1 });
  assert.deepEqual(moveInTree(opened, 1, "ArrowLeft"), { toggle: "m" });
  assert.deepEqual(moveInTree(opened, 4, "ArrowDown"), { to: 4 });
  assert.equal(moveInTree(opened, 0, "ArrowLeft"), null);
  assert.equal(moveInTree(opened, 0, "a"), null);
});
