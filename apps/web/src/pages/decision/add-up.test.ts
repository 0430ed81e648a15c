import assert from "node:assert/strict";
import { test } from "node:test";
import { findPolicy, resolve, type View } from "@mycroft/ensemble";
import fc from "fast-check";
import { addUp } from "./add-up.ts";

function viewsOf(rows: readonly (readonly [number, number, number])[]): View[] {
  return rows.map((row, index) => {
    const sum = row[0] + row[1] + row[2];
    return {
      type: "opinion",
      agent: `agent-${index}`,
      version: "1",
      subject: "AAPL",
      asOf: "2020-01-02",
      horizonDays: 28,
      outcomes: ["down", "flat", "up"],
      probabilities: row.map((one) => one / sum),
      rationale: "so it seems",
      evidence: [],
    };
  });
}

const policy = findPolicy("linear-pool");
const row = fc.tuple(
  fc.integer({ min: 1, max: 999 }),
  fc.integer({ min: 1, max: 999 }),
  fc.integer({ min: 1, max: 999 }),
);

test("what the agents add, and what guardrails change, is the recorded view to the last bit", () => {
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 6 }), fc.boolean(), (rows, isClamped) => {
      const resolution = resolve(policy, {
        subject: "AAPL",
        asOf: "2020-01-02",
        horizonDays: 28,
        quorum: 1,
        views: viewsOf(rows),
        ...(isClamped && { guardrails: { clamp: { floor: 0.2, ceiling: 0.5 } } }),
      });
      assert.equal(addUp(resolution).isExact, true);
    }),
  );
});

test("a record that was tampered with does not add up", () => {
  const request = {
    subject: "AAPL",
    asOf: "2020-01-02",
    horizonDays: 28,
    quorum: 1,
    views: viewsOf([[1, 2, 3]]),
  };
  const resolution = resolve(policy, request);
  const contributions = resolution.contributions.map((one) => ({ ...one, amounts: [0.1, 0.2, 0.7] }));
  assert.equal(addUp({ ...resolution, contributions }).isExact, false);
});
