import assert from "node:assert/strict";
import { test } from "node:test";
import type { RunEventView } from "@mycroft/protocol";
import { emptyLog, extendLog, missingPages } from "./event-log.ts";

const event = (seq: number): RunEventView => ({
  seq,
  at: seq,
  type: "x",
  task: null,
  attempt: null,
  summary: "",
});
const events = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => event(from + at));

test("pages in any order, and live events twice, give each event once", () => {
  let log = extendLog(emptyLog, events(90, 100), 100);
  log = extendLog(log, events(0, 50));
  log = extendLog(log, events(95, 103));
  assert.equal(log.last, 102);
  assert.equal(log.events.size, 50 + 13);
  assert.equal(extendLog(log, events(0, 10)), log, "nothing new is the same log");
});

test("only pages with holes in sight are asked for", () => {
  const log = extendLog(emptyLog, [...events(0, 50), ...events(120, 130)], 130);
  assert.deepEqual(missingPages(log, 0, 30, 50), []);
  assert.deepEqual(missingPages(log, 30, 60, 50), [1]);
  assert.deepEqual(missingPages(log, 60, 129, 50), [1, 2]);
  assert.deepEqual(missingPages(log, 121, 500, 50), []);
  assert.deepEqual(missingPages(emptyLog, 0, 30, 50), []);
});
