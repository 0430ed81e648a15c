/** The figures of real forecasts, and that their files load without a word about their columns. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { findPolicy, type Policy } from "@mycroft/ensemble";
import { type Evaluation, evaluate, type LoadedEvaluationData, loadEvaluationData } from "./index.ts";

const shared = process.env["MYCROFT_SHARED_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const skip = existsSync(shared) ? false : `no shared data at ${shared}; set MYCROFT_SHARED_DATA`;

/** Certainty of the outcome with the most votes; of several, the first, as the published figure has it. */
const firstWinner: Policy = {
  ...findPolicy("majority-vote"),
  name: "first-winner",
  configure: () => ({
    settings: {},
    combine: ({ opinions, outcomes }) => {
      const votes = outcomes.map(
        (_, at) => opinions.filter(({ probabilities: p }) => p.indexOf(Math.max(...p)) === at).length,
      );
      const winner = votes.indexOf(Math.max(...votes));
      return opinions.map(() => ({
        weight: 1 / opinions.length,
        reason: { type: "equal" },
        amounts: outcomes.map((_, at) => (at === winner ? 1 / opinions.length : 0)),
      }));
    },
  }),
};

describe("on m6_tuning", { skip }, () => {
  let loaded: LoadedEvaluationData;
  let evaluation: Evaluation;

  before(async () => {
    const folder = join(shared, "m6_tuning");
    loaded = await loadEvaluationData(join(folder, "model_forecasts.csv"), {
      outcomes: join(folder, "outcomes.csv"),
    });
    evaluation = evaluate(loaded.data, { policies: ["majority-vote", "past-score", firstWinner] });
  });

  const scoreOf = (name: string) => {
    const found = evaluation.competitors.find((one) => one.name === name);
    assert.ok(found, name);
    return found.score;
  };

  it("loads all 21,600 forecasts and tells of the 12 that are below zero, each by its line", () => {
    assert.equal(loaded.data.rounds.length, 12);
    assert.equal(loaded.data.agents.length, 18);
    assert.equal(evaluation.cases, 1_200);
    assert.equal(loaded.report.problems.negative, 12);
    assert.deepEqual(loaded.report.counts, { dropped: 0, repaired: 12, abstains: 0, noted: 3299 });
    const first = loaded.report.examples.find(({ problem }) => problem === "negative");
    assert.deepEqual([first?.line, first?.field, first?.value], [1252, "p1", "-0.011947"]);
  });

  it("gives the published figures", () => {
    assert.equal(scoreOf("uniform").toFixed(4), "0.1600");
    assert.equal(scoreOf("majority-vote").toFixed(4), "0.1779");
    assert.equal(scoreOf("first-winner").toFixed(3), "0.317");
    assert.equal(scoreOf("linear-pool").toFixed(4), "0.1559");
    assert.equal(evaluation.bestAgent.name, "PatchTST");
    assert.equal(evaluation.bestAgent.score.toFixed(4), "0.1565");
  });

  it("finds a best mixture that no agent and no pool beats, and proves how near it is", () => {
    const { score, gap, weights } = evaluation.bestMixture;
    assert.ok(score < scoreOf("linear-pool") && score < evaluation.bestAgent.score);
    assert.ok(gap >= 0 && gap < 1e-7, `${gap}`);
    assert.ok(Math.abs(weights.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-9);
  });

  it("says that past score's lead over the pool may be chance, and that its bad baselines' lag is not", () => {
    const of = (name: string) => evaluation.competitors.find((one) => one.name === name)?.againstPool;
    assert.ok((of("past-score")?.difference ?? 0) < 0);
    assert.equal(of("past-score")?.isSignificant, false);
    assert.equal(of("first-winner")?.isSignificant, true);
  });
});

describe("on opera's electricity", { skip }, () => {
  it("loads experts and outcomes from one file and reaches the published errors", async () => {
    const { data, report } = await loadEvaluationData(join(shared, "opera/experts_electric.csv"));
    assert.deepEqual(data.agents, ["gam", "ar", "gbm"]);
    assert.deepEqual(report.problems, {});
    const { competitors, reference, bestMixture, bestAgent } = evaluate(data, { policies: ["median"] });
    const gam = competitors.find(({ name }) => name === "gam");
    // opera's summary states the root mean square error of each expert.
    assert.ok(Math.abs(Math.sqrt(gam?.score ?? 0) - 1479.79595347731) < 1e-6);
    assert.equal(reference, "linear-pool");
    assert.equal(bestAgent.name, "gam");
    assert.ok(bestMixture.gap < 1e-6 * bestMixture.score);
  });
});
