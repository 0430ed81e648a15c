import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hedgingCost } from "./ada-hedge.ts";
import type { OnlineRule, StartRule } from "./online-rule.ts";
import { onlineRules } from "./online-rules.ts";

const awake = Uint8Array.of(1, 1);

function weightsAfter(start: StartRule, size: number, rounds: number): Float64Array {
  const rule: OnlineRule = start(2);
  for (let round = 0; round < rounds; round += 1) rule.learn(Float64Array.of(size, -size), awake);
  const weights = new Float64Array(2);
  rule.weigh(weights);
  return weights;
}

describe("regrets at the end of what doubles hold", () => {
  it("P7 teach ml-ewa where ln N over their squares would be infinite", () => {
    const [good = 0, bad = 1] = weightsAfter(onlineRules["ml-ewa"], 2e-162, 1);
    assert.ok(good > 0.6 && Math.abs(good + bad - 1) < 1e-12, `${good}, ${bad}`);
  });

  it("P7 teach squint where the square of their unit is 0", () => {
    for (const size of [1e-162, 1e-170, 1e-300]) {
      const [good = 0, bad = 1] = weightsAfter(onlineRules.squint, size, 40);
      assert.ok(good > 0.99 && Math.abs(good + bad - 1) < 1e-12, `${size}: ${good}, ${bad}`);
    }
  });
});

describe("the hedging cost of AdaHedge", () => {
  it("is right where all weight is on who lost, and who gained had none left", () => {
    // Weights 1 and e^-600; the first lost 40 more. The mix loss is 30: -(1/20) ln(e^-800 + e^-600).
    const cost = hedgingCost(Float64Array.of(0, -30), Float64Array.of(-40, 0), 20);
    assert.ok(Math.abs(cost - 10) < 1e-9, String(cost));
    // Where the weight has vanished altogether, what was lost is the mix loss.
    assert.equal(hedgingCost(Float64Array.of(0, -50), Float64Array.of(-40, 0), 20), 0);
  });

  it("is the same by either formula, on both sides of where they meet", () => {
    const byDefinition = (regret: readonly number[], regrets: readonly number[], rate: number): number => {
      const raw = regret.map((one) => Math.exp(rate * one));
      const sum = raw.reduce((all, one) => all + one, 0);
      const weights = raw.map((one) => one / sum);
      const expected = weights.reduce((all, weight, k) => all - weight * (regrets[k] ?? 0), 0);
      const mix =
        -Math.log(weights.reduce((all, weight, k) => all + weight * Math.exp(rate * (regrets[k] ?? 0)), 0)) /
        rate;
      return expected - mix;
    };
    for (let gain = 0; gain <= 3; gain += 0.01) {
      const [regret, regrets] = [
        [0.3, 0, -0.2],
        [-gain / 2, gain, 0.1],
      ];
      const cost = hedgingCost(Float64Array.from(regret), Float64Array.from(regrets), 1.5);
      assert.ok(Math.abs(cost - byDefinition(regret, regrets, 1.5)) < 1e-12, String(gain));
    }
  });
});
