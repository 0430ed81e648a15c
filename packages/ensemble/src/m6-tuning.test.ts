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
function meanRps(questions: readonly Question[], forecast: (question: Question) => readonly number[]): number {
  return meanOf(questions.map((question) => rankedProbabilityScore(forecast(question), question.observed)));
}

function pool(policy: string, { forecasts, period }: Question, record: readonly AgentRecord[]): readonly number[] {
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

  it("past score, knowing earlier periods only, ", () => {
    const pooled = meanRps(questions, (question) => pool("linear-pool", question, []));
    const learned = meanRps(questions, (question) => pool("past-score", question, recordsBefore(question.period)));
    console.log(pooled, learned, pooled-learned);
  });

  function recordsBefore(period: string): readonly AgentRecord[] {
    const known = questions.filter((question) => question.period < period);
    if (known.length===0) return [];
    return cached(period, ()=>models.map((agent) => ({
      agent,
      scored: known.length,
      meanScore: meanRps(known, ({ forecasts }) => forecasts.get(agent) ?? []),
      from: known[0]?.period ?? "",
      to: known.at(-1)?.period ?? "",
    })));
  }
});
const cache = new Map<string, readonly AgentRecord[]>();
function cached(k: string, f: () => readonly AgentRecord[]) { const c = cache.get(k) ?? f(); cache.set(k, c); return c; }

function mode(distribution: readonly number[]): number {
  return distribution.indexOf(Math.max(...distribution));
}

function voteShare({ forecasts }: Question): number[] {
  const votes = Array<number>(5).fill(0);
  for (const p of forecasts.values()) votes[mode(p)] = (votes[mode(p)] ?? 0) + 1 / forecasts.size;
  return votes;
}
