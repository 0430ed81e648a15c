import assert from "node:assert/strict";
import { test } from "node:test";
import type { GraphNodeView } from "@mycroft/protocol";
import { indexGraph, shownPath, visibleScopes } from "./graph-index.ts";
import { layoutGraph, type PlacedNode } from "./layout-graph.ts";
import { sampleNode } from "./sample-graph.ts";

const committee = [
  sampleNode("prices"),
  sampleNode("companies", {
    kind: "map",
    needs: ["prices"],
    nodes: [
      sampleNode("opinion", { kind: "ask" }),
      sampleNode("news"),
      sampleNode("resolution", { kind: "resolve", needs: ["opinion", "news"] }),
    ],
  }),
  sampleNode("portfolio", { needs: ["companies", "prices"] }),
];

test("folded bodies are one node; opened ones show their own scope", () => {
  const index = indexGraph(committee);
  assert.equal(visibleScopes(index, new Set()).length, 1);
  const [, inner] = visibleScopes(index, new Set(["companies"]));
  assert.deepEqual(
    inner?.edges.map(({ source, target }) => [source, target]),
    [
      ["companies/opinion", "companies/resolution"],
      ["companies/news", "companies/resolution"],
    ],
  );
});

test("what is within a folded body is shown as that body", () => {
  assert.equal(shownPath("a/b/c", new Set(["a"])), "a/b");
  assert.equal(shownPath("a/b/c", new Set(["a", "a/b"])), "a/b/c");
  assert.equal(shownPath("a/b/c", new Set(["a/b"])), "a");
});

test("needs are above, nothing overlaps, and a body holds its nodes", () => {
  const { nodes, edges } = layoutGraph(indexGraph(committee), new Set(["companies"]));
  const placed = new Map(nodes.map((each) => [each.node.path, each]));
  assert.equal(placed.size, 6);
  for (const { source, target } of edges) {
    const [above, below] = [placed.get(source), placed.get(target)];
    assert.ok(
      above !== undefined && below !== undefined && above.y + above.height < below.y,
      `${source} ${target}`,
    );
  }
  assertApart(nodes);
  const body = placed.get("companies");
  for (const each of nodes.filter(({ parent }) => parent === "companies")) {
    assert.ok(body !== undefined && each.x >= 0 && each.y > 0);
    assert.ok(each.x + each.width <= body.width && each.y + each.height <= body.height);
  }
});

test("10,000 nodes are placed in plain layers, without overlap", () => {
  const fan = Array.from({ length: 4_999 }, (_, at) => sampleNode(`leaf${at}`, { needs: ["start"] }));
  const chain = Array.from({ length: 5_000 }, (_, at) =>
    sampleNode(`link${at}`, { needs: at === 0 ? ["start"] : [`link${at - 1}`] }),
  );
  const nodes: GraphNodeView[] = [sampleNode("start"), ...fan, ...chain];
  const layout = layoutGraph(indexGraph(nodes), new Set());
  assert.equal(layout.nodes.length, 10_000);
  const corners = new Set(layout.nodes.map(({ x, y }) => `${x} ${y}`));
  assert.equal(corners.size, 10_000);
});

function assertApart(nodes: readonly PlacedNode[]): void {
  for (const [at, left] of nodes.entries()) {
    for (const right of nodes.slice(at + 1)) {
      if (left.parent !== right.parent) continue;
      const isApart =
        left.x + left.width <= right.x ||
        right.x + right.width <= left.x ||
        left.y + left.height <= right.y ||
        right.y + right.height <= left.y;
      assert.ok(isApart, `${left.node.path} and ${right.node.path}`);
    }
  }
}
