import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { startLearner } from "../index.ts";
import { bernsteinAggregation } from "./bernstein-aggregation.ts";
import { exponentialWeights } from "./exponential-weights.ts";
import { fixedShare } from "./fixed-share.ts";
import type { StartRule } from "./online-rule.ts";
import { onlineRules } from "./online-rules.ts";
import { polynomialWeights } from "./polynomial-weights.ts";
import { prodWeights } from "./prod-weights.ts";
import { ratedExponentialWeights } from "./rated-exponential-weights.ts";

const shared = process.env["MYCROFT_SHARED_DATA"] ?? join(import.meta.dirname, "../../../../../shared/data");
const folder = join(shared, "opera");
const skip = existsSync(folder) ? false : `no results of opera at ${folder}`;

/** The numbers of a file of shared/data/opera, without its heading. */
function numbersOf(file: string): number[][] {
  const [, ...lines] = readFileSync(join(folder, file), "utf8").trim().split("\n");
  return lines.map((line) => line.split(",").map(Number));
}

interface Walk {
  /** At each step the prediction and then the weights. */
  readonly steps: readonly (readonly number[])[];
  readonly rmse: number;
}

/** Walks a rule over experts_electric.csv as opera does: square loss, gradient trick. */
function walk(start: StartRule): Walk {
  const rule = start(3);
  const weights = new Float64Array(3);
  const awake = new Uint8Array(3).fill(1);
  let squares = 0;
  const rows = numbersOf("experts_electric.csv");
  const steps = rows.map(([, observed = 0, ...forecasts]) => {
    rule.weigh(weights);
    const prediction = forecasts.reduce((sum, forecast, k) => sum + forecast * (weights[k] ?? 0), 0);
    const slope = 2 * (prediction - observed);
    const step = [prediction, ...weights];
    rule.learn(
      Float64Array.from(forecasts, (forecast) => slope * (prediction - forecast)),
      awake,
    );
    squares += (prediction - observed) ** 2;
    return step;
  });
  return { steps, rmse: Math.sqrt(squares / rows.length) };
}

function rmseOfOpera(rule: string): number {
  const text = readFileSync(join(folder, "rules_summary_electric.csv"), "utf8");
  return Number(new RegExp(`^"${rule}",([^,]+),`, "m").exec(text)?.[1]);
}

/** 1e-6 absolute for weights; predictions, of size 60,000, to 1e-6 absolute too. */
function agrees(steps: Walk["steps"], golden: string): void {
  const expected = numbersOf(golden);
  assert.equal(expected.length, 112);
  expected.forEach(([t, ...numbers], index) => {
    numbers.forEach((number, place) => {
      const off = Math.abs(number - (steps[index]?.[place] ?? Number.NaN));
      assert.ok(off < 1e-6, `step ${t}, ${place === 0 ? "prediction" : `weight ${place}`}: off by ${off}`);
    });
  });
}

describe("against opera 1.2.2, on shared/data/opera", { skip }, () => {
  const exact: readonly (readonly [string, StartRule])[] = [
    ["EWA_fixed_eta1e-07", exponentialWeights(1e-7)],
    ["EWA_fixed_eta1e-08", exponentialWeights(1e-8)],
    ["EWA_fixed_eta1e-09", exponentialWeights(1e-9)],
    ["FS_fixed_eta1e-08_alpha0.05", fixedShare(1e-8, 0.05)],
    ["BOA", bernsteinAggregation],
    ["MLpol", polynomialWeights],
    ["MLprod", prodWeights],
    ["MLewa", ratedExponentialWeights],
  ];
  for (const [name, start] of exact) {
    it(`${name} agrees in prediction and weights at each of 112 steps to 1e-6 (golden_${name}_square.csv)`, () => {
      agrees(walk(start).steps, `golden_${name}_square.csv`);
    });
  }

  const tuned: readonly (readonly [string, StartRule])[] = [
    ["EWA", onlineRules["ewa-tuned"]],
    ["FS", onlineRules["fixed-share-tuned"]],
    ["BOA", onlineRules.boa],
    ["MLpol", onlineRules["ml-pol"]],
    ["MLprod", onlineRules["ml-prod"]],
    ["MLewa", onlineRules["ml-ewa"]],
    ["OGD", onlineRules.ogd],
  ];
  for (const [name, start] of tuned) {
    it(`${name} tunes itself to opera's RMSE within 0.5%, or better (rules_summary_electric.csv)`, () => {
      const { rmse } = walk(start);
      const limit = 1.005 * rmseOfOpera(name);
      assert.ok(rmse <= limit, `${rmse} is above ${limit}`);
    });
  }

  it("the learner gives the same as the rule: names, cases and outcomes change no number", () => {
    const learner = startLearner("ewa", { loss: "square", policy: { rate: 1e-8 } });
    const steps = numbersOf("experts_electric.csv").map(([t = 0, observed = 0, gam = 0, ar = 0, gbm = 0]) => {
      const day = new Date(Date.UTC(1990, 0, t)).toISOString().slice(0, 10);
      const forecasts = new Map([
        ["gam", gam],
        ["ar", ar],
        ["gbm", gbm],
      ]);
      const [pooled] = learner.forecast([{ id: String(t), forecasts }], day);
      learner.learn([{ id: String(t), observed }], day);
      return [
        Number(pooled?.pooled),
        ...["gam", "ar", "gbm"].map((agent) => pooled?.weights.get(agent) ?? 0),
      ];
    });
    agrees(steps, "golden_EWA_fixed_eta1e-08_square.csv");
  });
});
