import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { planLimits } from "./plan.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { RetryPolicy } from "./workflow-definition.ts";

const policies: fc.Arbitrary<RetryPolicy> = fc.record({
  maxAttempts: fc.constant(planLimits.attempts),
  initialDelayMs: fc.integer({ min: 0, max: 100_000 }),
  factor: fc.double({ min: 1, max: 100, noNaN: true }),
  maxDelayMs: fc.integer({ min: 0, max: planLimits.durationMs }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
});
const attempts = fc.integer({ min: 1, max: planLimits.attempts });

describe("E3 the delay before a retry", () => {
  test("lies within the jitter's share below the backoff, in whole milliseconds", () => {
    fc.assert(
      fc.property(policies, fc.string(), fc.string(), attempts, (policy, runId, task, attempt) => {
        const delay = retryDelayMs(policy, runId, task, attempt);
        const exact = Math.min(policy.maxDelayMs, policy.initialDelayMs * policy.factor ** (attempt - 1));
        // The exponent of a large power is not exact.
        const tolerance = 0.5 + exact * 1e-9;
        assert.ok(Number.isInteger(delay));
        assert.ok(delay <= policy.maxDelayMs);
        assert.ok(delay <= exact + tolerance, `${delay} of ${exact}`);
        assert.ok(delay >= exact * (1 - policy.jitter) - tolerance, `${delay} of ${exact}`);
      }),
    );
  });

  test("without jitter is the backoff, which grows by the factor up to the maximum", () => {
    const policy = { maxAttempts: 9, initialDelayMs: 500, factor: 2, maxDelayMs: 5_000, jitter: 0 };
    const delays = [1, 2, 3, 4, 5, 100].map((attempt) => retryDelayMs(policy, "r", "t", attempt));
    assert.deepEqual(delays, [500, 1_000, 2_000, 4_000, 5_000, 5_000]);
    fc.assert(
      fc.property(policies, attempts, (any, attempt) => {
        const still = { ...any, jitter: 0 };
        assert.ok(retryDelayMs(still, "r", "t", attempt + 1) >= retryDelayMs(still, "r", "t", attempt));
      }),
    );
  });

  const spread = { maxAttempts: 100, initialDelayMs: 1_000_000_000, factor: 1, maxDelayMs: 1e10, jitter: 1 };

  test("is the same whenever it is computed", () => {
    // Recorded: replays of old runs depend on these numbers.
    assert.equal(retryDelayMs(spread, "run-1", "opinions.trend", 1), 509_691_240);
    assert.equal(retryDelayMs(spread, "run-1", "companies[7]/decision", 2), 446_049_939);
  });

  test("differs between runs, tasks and attempts, without favouring any part of its range", () => {
    const delays: number[] = [];
    for (let run = 0; run < 10; run += 1) {
      for (let task = 0; task < 100; task += 1) {
        for (let attempt = 1; attempt <= 10; attempt += 1) {
          delays.push(retryDelayMs(spread, `run-${run}`, `companies[${task}]/a`, attempt));
        }
      }
    }
    assert.ok(new Set(delays).size > 9_990);
    for (let tenth = 0; tenth < 10; tenth += 1) {
      const inside = delays.filter(
        (delay) => Math.floor((delay / spread.initialDelayMs) * 10) === tenth,
      ).length;
      assert.ok(inside > 850 && inside < 1_150, `${inside} of 10,000 in the tenth number ${tenth}`);
    }
  });
});
