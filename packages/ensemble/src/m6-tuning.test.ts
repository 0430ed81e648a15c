import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type AgentRecord, certainOutcome, findPolicy, rankedProbabilityScore, resolve } from "./index.ts";
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
