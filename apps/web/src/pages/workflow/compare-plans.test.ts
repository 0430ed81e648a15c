import assert from "node:assert/strict";
import { test } from "node:test";
import type { GraphNodeView, PlanView } from "@mycroft/protocol";
import { sampleNode } from "../../graph/sample-graph.ts";
import { compareJson } from "./compare-json.ts";
import { comparePlans } from "./compare-plans.ts";

function plan(nodes: readonly GraphNodeView[], steps: readonly object[], timeoutMs = 1_000): PlanView {
  return {
    hash: "h",
    workflow: "w",
    nodes: [...nodes],
    output: "x",
    definition: { format: 1, hash: "h", workflow: { name: "w", timeoutMs, steps: [...steps] as never } },
  };
}

const inner = sampleNode("score");
const older = plan(
  [sampleNode("prices"), sampleNode("opinion", { kind: "ask" }), sampleNode("map", { nodes: [inner] })],
  [
    { name: "prices", kind: "call" },
    { name: "opinion.a", kind: "call", pool: "slow" },
    { name: "map", kind: "map", maxItems: 5, steps: [{ name: "score", kind: "call", timeoutMs: 10 }] },
  ],
);

test("nodes are told as added, removed, changed or the same, with where their steps differ", () => {
  const newer = plan(
    [
      sampleNode("opinion", { kind: "ask" }),
      sampleNode("map", { nodes: [inner] }),
      sampleNode("report", { needs: ["map"] }),
    ],
    [
      { name: "opinion.a", kind: "call", pool: "slow" },
      { name: "opinion.b", kind: "call", pool: "slow" },
      { name: "map", kind: "map", maxItems: 5, steps: [{ name: "score", kind: "call", timeoutMs: 20 }] },
      { name: "report", kind: "call" },
    ],
    2_000,
  );
  const { nodes, around, union } = comparePlans(older, newer);
  assert.deepEqual(
    nodes.map(({ path, change }) => [path, change]),
    [
      ["opinion", "changed"],
      ["map", "same"],
      ["map/score", "changed"],
      ["report", "added"],
      ["prices", "removed"],
    ],
  );
  assert.deepEqual(nodes[2]?.differences, [{ path: "timeoutMs", left: 10, right: 20 }]);
  assert.deepEqual(
    nodes[0]?.differences.map(({ path, left }) => [path, left]),
    [["opinion.b", undefined]],
  );
  assert.deepEqual(around, [{ path: "timeoutMs", left: 1_000, right: 2_000 }]);
  assert.deepEqual(
    union.map(({ name }) => name),
    ["opinion", "map", "report", "prices"],
  );
});

test("a plan is the same as itself", () => {
  const { nodes, around } = comparePlans(older, older);
  assert.ok(nodes.every(({ change }) => change === "same"));
  assert.deepEqual(around, []);
});

test("differences of values are found by path, and limited", () => {
  assert.deepEqual(compareJson({ a: [1, { b: 2 }], c: null }, { a: [1, { b: 3 }, 4], d: 0 }), [
    { path: "a[1].b", left: 2, right: 3 },
    { path: "a[2]", right: 4 },
    { path: "c", left: null },
    { path: "d", right: 0 },
  ]);
  assert.equal(compareJson(Array(500).fill(0), Array(500).fill(1), 20).length, 20);
  assert.deepEqual(compareJson(["a"], { 0: "a" }), [{ path: "", left: ["a"], right: { 0: "a" } }]);
});
