import assert from "node:assert/strict";
import { test } from "node:test";
import { itemOf, nodePathOf, ownerPath, pathsAround, sortTasks } from "./node-path.ts";

test("a task's node is found from its id, whether the server gives its name or its path", () => {
  assert.equal(nodePathOf({ task: "opinion.momentum", node: "opinion" }), "opinion");
  assert.equal(nodePathOf({ task: "companies[3]/opinion.momentum", node: "opinion" }), "companies/opinion");
  assert.equal(
    nodePathOf({ task: "companies[3]/opinion.momentum", node: "companies/opinion" }),
    "companies/opinion",
  );
  assert.equal(nodePathOf({ task: "a[1]/b[22]/c", node: "c" }), "a/b/c");
});

test("a task knows the item that it is in, and a path the bodies around it", () => {
  assert.equal(itemOf("a[1]/b[2]/c"), "a[1]/b[2]");
  assert.equal(itemOf("c"), null);
  assert.equal(ownerPath("a[1]/b[2]/c"), "a/b");
  assert.equal(ownerPath("c"), null);
  assert.deepEqual(pathsAround("a/b/c"), ["a/b", "a"]);
  assert.deepEqual(pathsAround("a"), []);
});

test("tasks are sorted by the plan's order, then by the number of their item and not by its digits", () => {
  const ranks = new Map([
    ["prices", 0],
    ["map", 1],
    ["map/ask", 2],
    ["map/resolve", 3],
    ["report", 4],
  ]);
  const ids = [
    "report",
    "map[10]/ask.b",
    "map[2]/resolve",
    "map[2]/ask.a",
    "prices",
    "map[10]/ask.a",
    "map",
    "map[2]/ask.b",
  ];
  const tasks = ids.map((task) => {
    const name = task.slice(task.lastIndexOf("/") + 1);
    return { task, node: name.startsWith("ask.") ? "ask" : name };
  });
  assert.deepEqual(
    sortTasks(tasks, (path) => ranks.get(path) ?? 99).map(({ task }) => task),
    [
      "prices",
      "map",
      "map[2]/ask.a",
      "map[2]/ask.b",
      "map[2]/resolve",
      "map[10]/ask.a",
      "map[10]/ask.b",
      "report",
    ],
  );
});
