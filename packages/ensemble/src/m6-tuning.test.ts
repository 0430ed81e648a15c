import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import {
  type AgentRecord,
  certainOutcome,
  defaultPolicyName,
  findPolicy,
  rankedProbabilityScore,
  resolve,
  startLearner,
} from "./index.ts";
import { distributionOf, sampleOpinion, sampleRequest } from "./sample-views.ts";

const shared = process.env["MYCROFT_SHARED_DATA"] ?? join(import.meta.dirname, "../../../../shared/data");
const folder = join(shared, "m6_tuning");
const skip = existsSync(folder) ? false : `no real forecasts at ${folder}`;

interface Question {
  readonly period: string;
  readonly forecasts: ReadonlyMap<string, number[]>;
  readonly observed: number[];
}

function rowsOf(file: string): string[][] {
  const [, ...lines] = readFileSync(join(folder, file), "utf8").trim().split("\n");
  return lines.map((line) => line.trim().split(","));
}

/** 12 probabilities of the file are a little below zero and sums are off by up to 2e-6: cut at zero and scaled. */
function loadQuestions(): readonly Question[] {
  const forecasts = new Map<string, Map<string, number[]>>();
  for (const [period = "", asset = "", model = "", ...cells] of rowsOf("model_forecasts.csv")) {
    const key = `${period} ${asset}`;
    const byModel = forecasts.get(key) ?? new Map<string, number[]>();
    forecasts.set(key, byModel.set(model, distributionOf(cells.map((cell) => Math.max(0, Number(cell))))));
  }
  return rowsOf("outcomes.csv").map(([period = "", asset = "", ...cells]) => ({
    period,
    forecasts: forecasts.get(`${period} ${asset}`) ?? new Map<string, number[]>(),
    observed: cells.map(Number),
  }));
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The mean score over all questions of what `forecast` makes of each. */
function meanRps(
  questions: readonly Question[],
  forecast: (question: Question) => readonly number[],
): number {
  return meanOf(questions.map((question) => rankedProbabilityScore(forecast(question), question.observed)));
}

function pool(
  policy: string,
  { forecasts, period }: Question,
  record: readonly AgentRecord[],
): readonly number[] {
  const views = [...forecasts].map(([model, p]) => sampleOpinion(model, p, { asOf: period }));
  return resolve(findPolicy(policy), sampleRequest(views, { asOf: period, record })).probabilities ?? [];
}

/** The mean score of each period, the outcomes of each becoming known at the start of the next, or `delay` later. */
function walkForward(policy: string, questions: readonly Question[], delay = 1): readonly number[] {
  const periods = [...new Set(questions.map(({ period }) => period))].toSorted();
  const learner = startLearner(policy);
  const within = periods.map((period) =>
    questions.flatMap((question, index) =>
      question.period === period ? [{ ...question, id: `${index}` }] : [],
    ),
  );
  return periods.map((period, index) => {
    const known = within[index - delay] ?? [];
    if (known.length > 0) learner.learn(known, period);
    const now = within[index] ?? [];
    const pooled = new Map(learner.forecast(now, period).map((one) => [one.id, one.pooled]));
    return meanOf(
      now.map(({ id, observed }) => {
        const own = pooled.get(id);
        return rankedProbabilityScore(typeof own === "object" ? own : [], observed);
      }),
    );
  });
}

describe("on the forecasts of m6_tuning", { skip }, () => {
  const questions = skip === false ? loadQuestions() : [];
  const models = [...(questions[0]?.forecasts.keys() ?? [])];

  it("RPS gives the published figures of the uniform forecast, the vote share and the winner's", () => {
    assert.equal(questions.length, 1_200);
    assert.equal(models.length, 18);
    assert.equal(meanRps(questions, () => Array<number>(5).fill(0.2)).toFixed(4), "0.1600");
    assert.equal(meanRps(questions, voteShare).toFixed(4), "0.1779");
    const winner = (question: Question) => certainOutcome(mode(voteShare(question)), 5);
    assert.equal(meanRps(questions, winner).toFixed(3), "0.317");
  });

  it("the equal linear pool scores 0.1559, better than every model alone", () => {
    const pooled = meanRps(questions, (question) => pool("linear-pool", question, []));
    assert.equal(pooled.toFixed(4), "0.1559");
    for (const model of models) {
      assert.ok(pooled < meanRps(questions, ({ forecasts }) => forecasts.get(model) ?? []), model);
    }
  });

  it("P5 past score, knowing earlier periods only, beats the equal pool and the best model so far", () => {
    const periods = [...new Set(questions.map(({ period }) => period))].toSorted();
    const records = new Map(periods.map((period) => [period, recordsBefore(period)]));
    const bestSoFar = new Map(periods.map((period) => [period, bestOf(records.get(period) ?? [])]));
    const equal = meanRps(questions, (question) => pool("linear-pool", question, []));
    const learned = meanRps(questions, (question) =>
      pool("past-score", question, records.get(question.period) ?? []),
    );
    const leader = meanRps(questions, ({ period, forecasts }) => {
      return forecasts.get(bestSoFar.get(period) ?? models[0] ?? "") ?? [];
    });
    assert.equal(learned.toFixed(4), "0.1558");
    assert.ok(learned < equal, `${learned} is not below ${equal}`);
    assert.ok(learned < leader, `${learned} is not below ${leader}`);
  });

  it("P5 the default policy, walking forward, beats the equal pool and the best model so far", (test) => {
    const own = walkForward(defaultPolicyName, questions);
    const equal = walkForward("linear-pool", questions);
    const periods = [...new Set(questions.map(({ period }) => period))].toSorted();
    const leader = periods.map((period) => {
      const best = bestOf(recordsBefore(period)) ?? models[0] ?? "";
      const now = questions.filter((question) => question.period === period);
      return meanRps(now, ({ forecasts }) => forecasts.get(best) ?? []);
    });
    const better = own.filter((score, index) => score < (equal[index] ?? 0) - 1e-12).length;
    const worst = Math.max(...own.map((score, index) => score - (equal[index] ?? 0)));
    test.diagnostic(
      `RPS ${meanOf(own).toFixed(5)}, equal pool ${meanOf(equal).toFixed(5)}, best so far ${meanOf(leader).toFixed(5)}; better in ${better} of ${periods.length} periods, at worst by ${worst.toFixed(5)}`,
    );
    assert.ok(meanOf(own) < meanOf(equal) - 4e-4);
    assert.ok(meanOf(own) < meanOf(leader));
    assert.ok(better >= 8 && worst < 1e-3, `${better} ${worst}`);
  });

  it("the default policy beats the equal pool when outcomes come a period later still", (test) => {
    const own = walkForward(defaultPolicyName, questions, 2);
    const equal = walkForward("linear-pool", questions, 2);
    test.diagnostic(`RPS ${meanOf(own).toFixed(5)}, equal pool ${meanOf(equal).toFixed(5)}`);
    assert.ok(meanOf(own) < meanOf(equal) - 2e-4);
  });

  it("the default policy beats the equal pool without any third of the models, and on any half of the subjects", () => {
    for (let left = 0; left < 5; left += 1) {
      const fewer = questions.map((question) => {
        const forecasts = [...question.forecasts].filter((_, index) => index % 3 !== left % 3 || left > 2);
        return { ...question, forecasts: new Map(forecasts) };
      });
      const some = left > 2 ? fewer.filter((_, index) => index % 2 === left % 2) : fewer;
      const own = meanOf(walkForward(defaultPolicyName, some));
      assert.ok(own < meanOf(walkForward("linear-pool", some)), `panel ${left}`);
    }
  });

  function recordsBefore(period: string): readonly AgentRecord[] {
    const known = questions.filter((question) => question.period < period);
    const from = known[0]?.period;
    const to = known.at(-1)?.period;
    if (from === undefined || to === undefined) return [];
    return models.map((agent) => {
      const meanScore = meanRps(known, ({ forecasts }) => forecasts.get(agent) ?? []);
      return { agent, scored: known.length, meanScore, from, to };
    });
  }
});

function bestOf(records: readonly AgentRecord[]): string | undefined {
  return records.toSorted((a, b) => a.meanScore - b.meanScore)[0]?.agent;
}

function mode(distribution: readonly number[]): number {
  return distribution.indexOf(Math.max(...distribution));
}

function voteShare({ forecasts }: Question): number[] {
  const votes = Array<number>(5).fill(0);
  for (const p of forecasts.values()) votes[mode(p)] = (votes[mode(p)] ?? 0) + 1 / forecasts.size;
  return votes;
}
