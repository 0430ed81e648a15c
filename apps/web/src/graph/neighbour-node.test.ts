import assert from "node:assert/strict";
import { test } from "node:test";
import { indexGraph } from "./graph-index.ts";
import { layoutGraph } from "./layout-graph.ts";
import { neighbourNode } from "./neighbour-node.ts";
import { sampleNode } from "./sample-graph.ts";

const nodes = [
  sampleNode("start"),
  sampleNode("left", { needs: ["start"] }),
  sampleNode("body", { needs: ["start"], nodes: [sampleNode("inner")] }),
  sampleNode("end", { needs: ["left", "body"] }),
];
const layout = layoutGraph(indexGraph(nodes), new Set(["body"]));

test("arrow keys lead through a graph and into an open body", () => {
  assert.equal(neighbourNode(layout, "body", "ArrowDown"), "body/inner");
  assert.equal(neighbourNode(layout, "body/inner", "ArrowUp"), "body");
  assert.equal(neighbourNode(layout, "end", "ArrowDown"), null);
  assert.equal(neighbourNode(layout, "start", "ArrowUp"), null);
  assert.equal(neighbourNode(layout, "start", "Enter"), null);
  const sides = [neighbourNode(layout, "left", "ArrowRight"), neighbourNode(layout, "left", "ArrowLeft")];
  assert.ok(sides.some((side) => side?.startsWith("body")));
});
