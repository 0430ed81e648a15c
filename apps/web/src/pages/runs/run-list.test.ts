import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunSummary } from "@mycroft/protocol";
import { appendPage, emptyRunList, renewHead } from "./run-list.ts";

const run = (id: number, status: RunSummary["status"] = "succeeded"): RunSummary => ({
  runId: `r${id}`,
  workflow: "w",
  status,
  asOf: "2026-01-02",
  planHash: "",
  dataHash: null,
  codeVersion: "",
  createdAt: "2026-01-02T00:00:00Z",
  settledAt: null,
  events: status === "running" ? 1 : 9,
  tags: [],
  startKey: null,
  parent: null,
  forkedFrom: null,
});
const ids = (list: { readonly runs: readonly RunSummary[] } | null) => list?.runs.map(({ runId }) => runId);
const list = appendPage(emptyRunList, { runs: [run(3, "running"), run(2)], nextCursor: "c" });

test("pages follow each other, and a run that both have is there once", () => {
  const more = appendPage(list, { runs: [run(2), run(1)], nextCursor: null });
  assert.deepEqual(ids(more), ["r3", "r2", "r1"]);
  assert.equal(more.nextCursor, null);
  assert.equal(more.places.get("r1"), 2);
});

test("new runs go on top, known ones are renewed where they stand", () => {
  const renewed = renewHead(list, [run(5), run(4), run(3, "succeeded")]);
  assert.deepEqual(ids(renewed), ["r5", "r4", "r3", "r2"]);
  assert.equal(renewed?.runs[2]?.status, "succeeded");
  assert.equal(renewed?.added, 2);
  assert.equal(renewed?.places.get("r2"), 3);
});

test("a head without news is the same list; one with nothing in common calls for a new list", () => {
  assert.equal(renewHead(list, [run(3, "running"), run(2)]), list);
  assert.equal(renewHead(list, [run(9), run(8)]), null);
  assert.equal(renewHead(emptyRunList, [run(1)]), null);
});
