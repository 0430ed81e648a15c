import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { brierScore, certainOutcome, logScore, rankedProbabilityScore } from "../index.ts";
import { distributionOf } from "../sample-views.ts";

const amount = fc.double({ min: 0, max: 1, noNaN: true });
const size = fc.integer({ min: 2, max: 9 });
/** Two distributions over the same outcomes. */
const pair = size.chain((k) => fc.tuple(distributionOver(k), distributionOver(k)));

function distributionOver(k: number): fc.Arbitrary<number[]> {
  return fc.array(fc.oneof(amount, fc.constant(0)), { minLength: k, maxLength: k }).map(distributionOf);
}

function nearly(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
}

const rules = { log: logScore, brier: brierScore, rps: rankedProbabilityScore };

describe("scores", () => {
  it("have the values that their definitions give by hand", () => {
    nearly(
      rankedProbabilityScore([0.2, 0.2, 0.2, 0.2, 0.2], [0, 0, 1, 0, 0]),
      (0.04 + 0.16 + 0.16 + 0.04) / 5,
    );
    nearly(rankedProbabilityScore([1, 0, 0, 0, 0], [0, 0, 0, 0, 1]), 0.8);
    nearly(brierScore([0.2, 0.3, 0.5], [0, 0, 1]), 0.04 + 0.09 + 0.25);
    nearly(brierScore([1, 0], [0, 1]), 2);
    nearly(logScore([0.25, 0.75], [1, 0]), Math.log(4));
  });

  it("take an outcome that is shared by a tie", () => {
    nearly(rankedProbabilityScore([0, 1, 0], [0.5, 0.5, 0]), 0.25 / 3);
    nearly(logScore([0.5, 0.25, 0.25], [0.5, 0.5, 0]), 1.5 * Math.log(2));
  });

  it("RPS alone sees how far off a miss is", () => {
    const truth = [0, 0, 1];
    assert.ok(rankedProbabilityScore([0, 1, 0], truth) < rankedProbabilityScore([1, 0, 0], truth));
    assert.equal(brierScore([0, 1, 0], truth), brierScore([1, 0, 0], truth));
  });

  it("P7 the log score of the impossible is Infinity, or the floor's", () => {
    assert.equal(logScore([1, 0], [0, 1]), Number.POSITIVE_INFINITY);
    nearly(logScore([1, 0], [0, 1], 0.01), Math.log(100));
    assert.equal(logScore([1, 0], [1, 0]), 0);
    assert.throws(() => logScore([1, 0], [1, 0], -1), { code: "INPUT_INVALID" });
  });

  it("are proper: on average nothing beats telling the truth", () => {
    fc.assert(
      fc.property(pair, ([truth, claim]) => {
        for (const score of Object.values(rules)) {
          const expected = (said: number[]) =>
            truth.reduce(
              (sum, share, index) =>
                share === 0 ? sum : sum + share * score(said, certainOutcome(index, truth.length)),
              0,
            );
          assert.ok(expected(truth) <= expected(claim) + 1e-12);
        }
      }),
    );
  });

  it("stay within their stated ranges", () => {
    fc.assert(
      fc.property(pair, ([said, observed]) => {
        const k = said.length;
        const rps = rankedProbabilityScore(said, observed);
        assert.ok(rps >= 0 && rps <= (k - 1) / k + 1e-12);
        const brier = brierScore(said, observed);
        assert.ok(brier >= 0 && brier <= 2 + 1e-12);
        assert.ok(logScore(said, observed) >= 0);
        assert.equal(rankedProbabilityScore(said, said), 0);
      }),
    );
  });

  it("P7 reject what is not a pair of distributions over the same outcomes", () => {
    for (const score of Object.values(rules)) {
      assert.throws(() => score([0.5, 0.6], [1, 0]), { code: "OPINION_INVALID" });
      assert.throws(() => score([0.5, 0.5], [1, Number.NaN]), { code: "OPINION_INVALID" });
      assert.throws(() => score([0.5, 0.5], [1, 0, 0]), { code: "OPINION_DIMENSION" });
      assert.throws(() => score([1], [1]), { code: "OPINION_DIMENSION" });
      assert.throws(() => score([], []), { code: "OPINION_DIMENSION" });
    }
    assert.throws(() => certainOutcome(3, 3), { code: "OPINION_DIMENSION" });
  });
});
