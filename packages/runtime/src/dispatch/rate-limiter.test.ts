import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type RateLimit, RateLimiter } from "./rate-limiter.ts";

/** Whether a window of `perMs` holds more than `calls`: whether any calls + 1 in a row lie closer together than that. */
function exceeds(calls: readonly number[], limit: RateLimit): boolean {
  return calls.some((at, index) => {
    const later = calls[index + limit.calls];
    // What a subtraction of such numbers may be off by is far less than a microsecond.
    return later !== undefined && later - at < limit.perMs - 1e-6;
  });
}

const limit: fc.Arbitrary<RateLimit> = fc.record({
  calls: fc.integer({ min: 1, max: 50 }),
  perMs: fc.integer({ min: 1, max: 5_000 }),
});

describe("RateLimiter", () => {
  it("never lets more than `calls` through in any window of `perMs`, whenever it is asked, also across restarts", () => {
    const ask = fc.record({
      // Also fractions, as a machine's clock gives them, and many at the same time.
      afterMs: fc.oneof(
        fc.constant(0),
        fc.double({ min: 0, max: 3, noNaN: true }),
        fc.double({ min: 0, max: 500, noNaN: true }),
      ),
      restarts: fc.boolean(),
    });
    const many = fc.array(ask, { minLength: 100, maxLength: 400 });
    const lives = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(limit, many, lives, fc.nat(1_000_000_000), (of, asks, asksPerLife, startMs) => {
        let nowMs = startMs;
        let limiter = new RateLimiter(of, nowMs);
        const calls: number[] = [];
        for (const [index, { afterMs, restarts }] of asks.entries()) {
          nowMs += afterMs;
          if (restarts && index % asksPerLife === 0) limiter = new RateLimiter(of, nowMs);
          if (limiter.take(nowMs)) calls.push(nowMs);
        }
        assert.ok(!exceeds(calls, of), `${calls.length} calls: ${calls.join(", ")}`);
      }),
      { numRuns: 300 },
    );
  });

  it("lets a call through as soon as it says, and no more than an interval after the one before", () => {
    fc.assert(
      fc.property(limit, fc.double({ min: 0, max: 1e9, noNaN: true }), (of, startMs) => {
        let nowMs = startMs;
        const limiter = new RateLimiter(of, nowMs);
        const calls: number[] = [];
        for (let call = 0; call < 100; call += 1) {
          const opensInMs = limiter.opensInMs(nowMs);
          assert.ok(opensInMs <= of.perMs / of.calls + 0.003, `${opensInMs} ms`);
          if (opensInMs > 0.002) assert.equal(limiter.take(nowMs + opensInMs - 0.002), false);
          // Adding to a large number is not exact: asked again, it says what is left.
          while (!limiter.take(nowMs)) nowMs += limiter.opensInMs(nowMs);
          calls.push(nowMs);
        }
        assert.ok(!exceeds(calls, of));
      }),
    );
  });

  it("keeps the next call for who is on the way, until that one has come or is given up", () => {
    const limiter = new RateLimiter({ calls: 1, perMs: 100 }, 0);
    const [first, second] = [{}, {}];
    assert.equal(limiter.isFree(99), false);
    assert.equal(limiter.isFree(100), true);
    limiter.reserve(first);
    assert.equal(limiter.isFree(100), false);
    limiter.unreserve(second);
    assert.equal(limiter.isFree(100), false);
    limiter.unreserve(first);
    assert.equal(limiter.isFree(100), true);
  });
});
