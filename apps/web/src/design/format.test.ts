import assert from "node:assert/strict";
import { test } from "node:test";
import {
  formatBytes,
  formatDuration,
  formatNumber,
  formatPercent,
  formatPlural,
  formatRelative,
  formatSigned,
  formatSignedPercent,
} from "./format.ts";

test("numbers have a true minus, no minus zero, and a dash when they are absent", () => {
  assert.equal(formatNumber(-1.234), "\u22121.23");
  assert.equal(formatNumber(-0.001), "0.00");
  assert.equal(formatNumber(null), "\u2013");
  assert.equal(formatNumber(Number.NaN), "\u2013");
  assert.equal(formatPercent(0.12345), "12.3%");
});

test("a sign is shown only where something is left of the number", () => {
  assert.equal(formatSigned(0.5), "+0.50");
  assert.equal(formatSigned(-0.5), "\u22120.50");
  assert.equal(formatSigned(0.001), "0.00");
  assert.equal(formatSignedPercent(0.0312), "+3.1%");
});

test("durations never show 60 of a unit", () => {
  assert.deepEqual(
    [0, 999.6, 59_949, 59_951, 3_599_600, 86_400_000, 10 * 86_400_000, -1_500].map(formatDuration),
    ["0 ms", "1.0 s", "59.9 s", "1 min 0 s", "1 h 0 min", "24 h 0 min", "10 days", "\u22121.5 s"],
  );
});

test("times near now are told in one unit", () => {
  assert.equal(formatRelative(0, 5_000), "just now");
  assert.equal(formatRelative(0, 90_000), "1 minute ago");
  assert.equal(formatRelative(2 * 3_600_000, 0), "in 2 hours");
  assert.equal(formatRelative(90 * 86_400_000 - 5_000, 0), "in 90 days");
  assert.equal(formatRelative(0, 120 * 86_400_000), "4 months ago");
});

test("amounts", () => {
  assert.deepEqual([12, 1_500, 2_500_000].map(formatBytes), ["12 B", "1.5 kB", "2.5 MB"]);
  assert.equal(formatPlural(1, "agent"), "1 agent");
  assert.equal(formatPlural(2_000, "agent"), "2,000 agents");
});
