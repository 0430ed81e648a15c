import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { type AgentHistory, walkAgents } from "@mycroft/backtest";
import { certainOutcome } from "@mycroft/ensemble";
import { type EvaluationData, evaluate } from "@mycroft/evaluation";
import { builtInAgents, createMarketData } from "@mycroft/investing";
import { fixtureMarket } from "@mycroft/investing/testing";
import { type AgentCases, apiRoutes } from "@mycroft/protocol";
import { casesOf } from "./agent-cases.ts";
import { trackInBrief, trackOf } from "./agent-track.ts";
import { compareAgents } from "./head-to-head.ts";

const market = createMarketData(
  fixtureMarket({ companies: 4, days: 130, seed: 5, spacing: "monthly", stagger: 1 }),
);

/** As an evaluation takes it: cases in which nobody speaks are left out there. */
function asData(history: AgentHistory): EvaluationData {
  return {
    kind: "distribution",
    outcomes: history.outcomes,
    agents: history.agents.map(({ name }) => name),
    rounds: history.days.map(({ date, cases }) => ({
      period: date,
      cases: cases
        .filter(({ opinions }) => opinions.some((said) => said !== null))
        .map(({ subject, opinions, outcome }) => ({
          subject,
          forecasts: opinions,
          observed: certainOutcome(outcome.index, 3),
        })),
    })),
  };
}

/** The history with one more agent, who says the mean of those who speak. */
function withPool(history: AgentHistory): AgentHistory {
  const pool = { name: "pool", version: "1", givenUp: null, drifts: [], drift: null };
  const days = history.days.map((day) => ({
    ...day,
    cases: day.cases.map((one) => {
      const spoken = one.opinions.filter((said) => said !== null);
      const mean = spoken[0]?.map((_, k) =>
        spoken.reduce((sum, said) => sum + (said[k] ?? 0) / spoken.length, 0),
      );
      return { ...one, opinions: [...one.opinions, mean ?? null] };
    }),
  }));
  return { ...history, agents: [...history.agents, pool], days };
}

describe("an agent's track and head to head", () => {
  let history: AgentHistory;
  let evaluation: ReturnType<typeof evaluate>;

  before(async () => {
    history = await walkAgents({ agents: builtInAgents(), market });
    evaluation = evaluate(asData(history), { policies: ["linear-pool"] });
  });

  it("scores and calibrates as an evaluation of the same cases does", () => {
    let compared = 0;
    for (const { name } of history.agents) {
      const track = trackOf(history, name);
      const competitor = evaluation.competitors.find((one) => one.name === name);
      assert.ok(track !== null && competitor !== undefined, name);
      assert.ok(Math.abs(track.meanScore - competitor.score) < 1e-12, name);
      assert.equal(track.cases, competitor.cases);
      assert.ok(
        Math.abs((track.calibration?.expectedError ?? 1) - (competitor.calibration?.expectedError ?? 0)) <
          1e-12,
      );
      const scores = competitor.periodScores.filter((score) => score !== null);
      assert.equal(track.series.length, scores.length);
      for (const [index, { score }] of track.series.entries())
        assert.ok(Math.abs(score - (scores[index] ?? Number.NaN)) < 1e-12);
      compared += 1;
    }
    assert.equal(compared, 6);
  });

  it("compares two agents as an evaluation compares one with the pool", () => {
    const pooled = withPool(history);
    for (const { name } of history.agents) {
      const { difference, differenceInterval, pValue, cases } = compareAgents(pooled, name, "pool");
      const against = evaluation.competitors.find((one) => one.name === name)?.againstPool;
      assert.ok(against !== null && against !== undefined, name);
      assert.ok(cases > 100);
      const near = (a: number | null | undefined, b: number | null | undefined) =>
        assert.ok(Math.abs((a ?? Number.NaN) - (b ?? Number.NaN)) < 1e-9, `${name}: ${a} and ${b}`);
      near(difference, against.difference);
      near(differenceInterval?.low, against.interval?.low);
      near(differenceInterval?.high, against.interval?.high);
      near(pValue, against.pValue);
    }
  });

  it("is the other way round when the agents change places", () => {
    const there = compareAgents(history, "trend", "reversal");
    const back = compareAgents(history, "reversal", "trend");
    apiRoutes.compareAgents.response.parse(there);
    assert.deepEqual([there.meanA, there.aBetter], [back.meanB, back.bBetter]);
    assert.ok(Math.abs((there.difference ?? 1) + (back.difference ?? 0)) < 1e-15);
    assert.equal(there.pValue, back.pValue);
    assert.equal(there.meanDistance, back.meanDistance);
    assert.equal(there.aBetter + there.bBetter + there.ties, there.cases);
    const distances = there.furthest.map(({ distance }) => distance);
    assert.deepEqual(
      distances,
      distances.toSorted((a, b) => b - a),
    );
    assert.equal(distances.length, 20);
    const total = there.series.reduce((sum, { a, b }) => sum + a - b, 0);
    assert.ok(Math.abs((there.series.at(-1)?.cumulative ?? 1) - total) < 1e-12);
  });

  it("holds an agent against the base rates that were known on the day", () => {
    const echo: AgentHistory = {
      ...history,
      agents: [{ name: "echo", version: "1", givenUp: null, drifts: [], drift: null }],
      days: history.days.map((day) => ({
        ...day,
        cases: day.cases.map((one) => ({ ...one, opinions: [one.usual] })),
      })),
    };
    const track = trackOf(echo, "echo");
    assert.deepEqual([track?.meanScore, track?.skill], [track?.reference, 0]);
    assert.deepEqual(track?.skillInterval, { low: 0, high: 0 });
    const seer: AgentHistory = {
      ...echo,
      days: history.days.map((day) => ({
        ...day,
        cases: day.cases.map((one) => ({ ...one, opinions: [certainOutcome(one.outcome.index, 3)] })),
      })),
    };
    const best = trackOf(seer, "echo");
    assert.deepEqual(
      [best?.meanScore, best?.skill, best?.hitRate, best?.calibration?.expectedError],
      [0, 1, 1, 0],
    );
  });

  it("tells the cases that its figures are made of, page by page", () => {
    const track = trackOf(history, "trend");
    const pages = [];
    let cursor: string | null = "0";
    while (cursor !== null) {
      const page: AgentCases = casesOf(history, "trend", { sort: "newest", limit: 50, cursor });
      apiRoutes.listAgentCases.response.parse(page);
      assert.equal(page.total, track?.cases);
      pages.push(...page.cases);
      cursor = page.nextCursor;
    }
    const meanOf = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
    assert.equal(pages.length, track?.cases);
    assert.ok(Math.abs(meanOf(pages.map(({ score }) => score)) - (track?.meanScore ?? 1)) < 1e-12);
    assert.ok(Math.abs(meanOf(pages.map(({ reference }) => reference)) - (track?.reference ?? 1)) < 1e-12);
    const days = pages.map(({ day }) => day);
    assert.deepEqual(days, days.toSorted().toReversed());
    const [{ day, score } = { day: "", score: 0 }] = track?.series ?? [];
    const ofDay = casesOf(history, "trend", { sort: "best", limit: 200, day });
    const scores = ofDay.cases.map((one) => one.score);
    assert.deepEqual(
      scores,
      scores.toSorted((a, b) => a - b),
    );
    assert.ok(Math.abs(meanOf(scores) - score) < 1e-12);
    const pair = compareAgents(history, "trend", "reversal");
    const both = casesOf(history, "trend", { sort: "worst", limit: 200, against: "reversal" });
    assert.equal(both.total, pair.cases);
    assert.ok(both.cases.every(({ other }) => other !== null));
    assert.equal(casesOf(history, "nobody", { sort: "newest", limit: 5 }).total, 0);
  });

  it("rolls over the last twelve days, and counts who was silent", () => {
    const track = trackOf(history, "trend");
    assert.ok(track !== null);
    const { series } = track;
    const mean = (last: readonly { readonly score: number }[]) =>
      last.reduce((sum, { score }) => sum + score, 0) / last.length;
    for (const place of [0, 5, 11, 12, series.length - 1])
      assert.ok(
        Math.abs((series[place]?.rolling ?? 1) - mean(series.slice(Math.max(0, place - 11), place + 1))) <
          1e-15,
      );
    const asked = history.days.reduce((sum, { cases }) => sum + cases.length, 0);
    assert.equal(track.cases + track.abstained, asked);
    assert.deepEqual([track.from, track.to], [series[0]?.day, series.at(-1)?.day]);
    assert.equal(trackInBrief(history, "trend", track)?.scored, track.cases);
  });

  it("is absent for an agent that never spoke, was asked no more, or is not there", () => {
    const given = (change: object): AgentHistory => ({
      ...history,
      agents: history.agents.map((agent) => ({ ...agent, ...change })),
    });
    assert.equal(trackOf(given({ givenUp: "slow" }), "trend"), null);
    assert.equal(compareAgents(given({ givenUp: "slow" }), "trend", "reversal").cases, 0);
    assert.equal(trackOf(history, "nobody"), null);
    const silent = {
      ...history,
      days: history.days.map((day) => ({
        ...day,
        cases: day.cases.map((one) => ({ ...one, opinions: one.opinions.map(() => null) })),
      })),
    };
    assert.equal(trackOf(silent, "trend"), null);
    const empty = compareAgents(silent, "trend", "reversal");
    apiRoutes.compareAgents.response.parse(empty);
    assert.deepEqual(
      [empty.cases, empty.difference, empty.pValue, empty.series, empty.furthest],
      [0, null, null, [], []],
    );
  });
});
