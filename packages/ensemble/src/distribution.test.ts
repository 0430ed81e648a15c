import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import {
  brierScore,
  certainOutcome,
  findLoss,
  findPolicy,
  jensenShannonDistance,
  jensenShannonDivergence,
  logScore,
  pitHistogram,
  poolLinearly,
  poolPoints,
  rankedProbabilityScore,
  reliabilityCurve,
  sharpnessOf,
  startLearner,
} from "./index.ts";
import { sampleOpinion } from "./sample-views.ts";

// biome-ignore lint/suspicious/noSparseArray: holes are what is tested.
const sparse: unknown = [, 0.5, 0.5];
const strange: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  7,
  "x",
  {},
  true,
  10n,
  Symbol("s"),
  sparse,
  [null],
];

describe("numbers that are none", () => {
  it("P7 are told of by every function that takes distributions; none crashes, or passes over holes", () => {
    const even = [0.5, 0.25, 0.25];
    const takers: readonly (readonly [string, (value: unknown) => unknown])[] = [
      ["logScore", (value) => Reflect.apply(logScore, undefined, [value, even])],
      ["brierScore", (value) => Reflect.apply(brierScore, undefined, [even, value])],
      ["rankedProbabilityScore", (value) => Reflect.apply(rankedProbabilityScore, undefined, [value, even])],
      ["jensenShannonDistance", (value) => Reflect.apply(jensenShannonDistance, undefined, [value, even])],
      ["jensenShannonDivergence", (value) => Reflect.apply(jensenShannonDivergence, undefined, [value])],
      ["jensenShannonDivergence", (value) => Reflect.apply(jensenShannonDivergence, undefined, [[value]])],
      ["sharpnessOf", (value) => Reflect.apply(sharpnessOf, undefined, [value])],
      ["sharpnessOf", (value) => Reflect.apply(sharpnessOf, undefined, [[value]])],
      ["reliabilityCurve", (value) => Reflect.apply(reliabilityCurve, undefined, [value])],
      ["pitHistogram", (value) => Reflect.apply(pitHistogram, undefined, [[value]])],
      ["certainOutcome", (value) => Reflect.apply(certainOutcome, undefined, [0, value])],
      ["certainOutcome", (value) => Reflect.apply(certainOutcome, undefined, [value, value])],
      ["findPolicy", (value) => Reflect.apply(findPolicy, undefined, [value])],
      ["startLearner", (value) => Reflect.apply(startLearner, undefined, [value])],
      ["findLoss", (value) => Reflect.apply(findLoss, undefined, [value])],
    ];
    for (const [name, take] of takers) {
      for (const value of strange) {
        if (name === "certainOutcome" && value === 7) continue;
        assert.throws(() => take(value), MycroftError, `${name} ${String(value)}`);
      }
    }
  });

  it("P7 a quantile is between 0.001 and 0.999", () => {
    for (const level of [0, 1, 5, Number.NaN]) {
      assert.throws(() => findLoss("pinball", level), { code: "INPUT_INVALID" });
    }
  });

  it("P7 are no weights; the largest numbers are", () => {
    const opinions = [sampleOpinion("a", [1, 0, 0]), sampleOpinion("b", [0, 0, 1])];
    const rawOf = (...raw: number[]) => raw.map((one) => ({ raw: one, reason: { type: "equal" } as const }));
    for (const raw of [rawOf(0, 0), rawOf(1, Number.NaN), rawOf(-1, 2), rawOf(1, Number.POSITIVE_INFINITY)]) {
      assert.throws(() => poolLinearly(opinions, raw), { code: "INTERNAL" });
      assert.throws(() => poolPoints([], raw), { code: "INTERNAL" });
    }
    const huge = poolLinearly(opinions, rawOf(1.5e308, 1.5e308));
    assert.deepEqual(
      huge.map(({ weight }) => weight),
      [0.5, 0.5],
    );
  });
});
