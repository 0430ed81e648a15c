import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type AgentRecord, certainOutcome, findPolicy, rankedProbabilityScore, resolve } from "../index.ts";
import { distributionOf, sampleOpinion, sampleRequest } from "../sample-views.ts";

const policy = findPolicy("past-score");

function recordOf(agent: string, scored: number, meanScore: number): AgentRecord {
  return { agent, scored, meanScore, from: "2005-01-03", to: "2010-03-01" };
}

/** The weights of agents a, b, c ... with these records (null: none). */
function weightsWith(records: readonly (readonly [scored: number, meanScore: number] | null)[]): number[] {
  const agents = records.map((_, index) => String.fromCharCode(97 + index));
  const record = records.flatMap((item, index) =>
    item === null ? [] : [recordOf(agents[index] ?? "", ...item)],
  );
  const views = agents.map((agent) => sampleOpinion(agent, [0.2, 0.3, 0.5]));
  return resolve(policy, sampleRequest(views, { record })).weights.map(({ weight }) => weight);
}

function nearly(actual: readonly number[], expected: readonly number[]): void {
  const same = actual.every((value, index) => Math.abs(value - (expected[index] ?? Number.NaN)) < 1e-12);
  assert.ok(same && actual.length === expected.length, `${actual} is not ${expected}`);
}

describe("past-score", () => {
  it("weighs by exp(-eta * cumulative score) with eta = sqrt(8 ln N / n)", () => {
    const scores = [0.14, 0.16, 0.2];
    const eta = Math.sqrt((8 * Math.log(3)) / 50);
    const raw = scores.map((score) => Math.exp(-eta * 50 * score));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    nearly(
      weightsWith(scores.map((score) => [50, score])),
      raw.map((weight) => weight / total),
    );
  });

  it("weighs in the order of scores, where equally many opinions were scored", () => {
    const scores = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(scores, fc.integer({ min: 1, max: 500 }), (cents, scored) => {
        const weights = weightsWith(cents.map((cent) => [scored, cent / 100]));
        cents.forEach((a, i) => {
          cents.forEach((b, j) => {
            if (a < b) assert.ok((weights[i] ?? 0) >= (weights[j] ?? 0));
            if (a === b) assert.equal(weights[i], weights[j]);
          });
        });
        const best = cents.indexOf(Math.min(...cents));
        const worst = cents.indexOf(Math.max(...cents));
        if (best !== worst) assert.ok((weights[best] ?? 0) >= 1 / cents.length);
      }),
    );
  });

  it("weighs an agent without a record as one of average score", () => {
    const [a = 0, b = 0, newcomer = 0] = weightsWith([[40, 0.1], [40, 0.2], null]);
    nearly([newcomer ** 2], [a * b]);
    nearly(
      weightsWith([
        [40, 0.1],
        [40, 0.2],
        [40, 0.15],
      ]),
      [a, b, newcomer],
    );
  });

  it("charges a sleeping agent the average for the rounds it slept through", () => {
    const reference = (40 * 0.1 + 10 * 0.2) / 50;
    const asIfAwake = (10 * 0.2 + 30 * reference) / 40;
    const eta = Math.sqrt((8 * Math.log(2)) / 40);
    const ratio = Math.exp(-eta * 40 * (asIfAwake - 0.1));
    nearly(
      weightsWith([
        [40, 0.1],
        [10, 0.2],
      ]),
      [1 / (1 + ratio), ratio / (1 + ratio)],
    );
  });

  it("a short record moves a weight less than a long one of the same score", () => {
    const [long = 0, short = 0, , newcomer = 0] = weightsWith([[200, 0.1], [5, 0.1], [200, 0.2], null]);
    assert.ok(long > short && short > newcomer);
  });

  it("without any record weighs all the same, and says so", () => {
    const views = ["a", "b"].map((agent) => sampleOpinion(agent, [0.2, 0.3, 0.5]));
    for (const record of [undefined, [], [recordOf("a", 0, 0)], [recordOf("other", 9, 0.1)]]) {
      const { weights } = resolve(policy, sampleRequest(views, { record }));
      assert.deepEqual(weights, [
        { agent: "a", weight: 0.5, reason: { type: "noRecord", reference: null } },
        { agent: "b", weight: 0.5, reason: { type: "noRecord", reference: null } },
      ]);
    }
  });

  it("keeps finite weights for the longest and most extreme records", () => {
    nearly(weightsWith([[Number.MAX_SAFE_INTEGER, 0], [Number.MAX_SAFE_INTEGER, 1], null]), [1, 0, 0]);
  });

  it("P7 has no settings", () => {
    const request = sampleRequest([sampleOpinion("a", [0.2, 0.3, 0.5])], { settings: { rate: 1 } });
    assert.throws(() => resolve(policy, request), { code: "POLICY_INVALID" });
  });

  it("its regret stays under the bound of Cesa-Bianchi and Lugosi, Theorem 2.3, whoever picks the outcomes", () => {
    // Round by round the horizon is not known, so the rate is tuned to the rounds so far: Theorem 2.3 bounds that.
    const row = fc.oneof(
      fc.nat(2).map((outcome) => certainOutcome(outcome, 3)),
      fc.array(fc.nat(9), { minLength: 3, maxLength: 3 }).map(distributionOf),
    );
    const sequence = fc.integer({ min: 2, max: 4 }).chain((agents) => {
      const rows = fc.array(row, { minLength: agents, maxLength: agents });
      const round = fc.record({ rows, outcome: fc.oneof(fc.nat(2), fc.constant("worst" as const)) });
      // Some sequences repeat one round: against a certain pair, chasing the leader then loses every time.
      const same = round.map((one) => Array.from({ length: 60 }, () => one));
      return fc.oneof(same, fc.array(round, { minLength: 60, maxLength: 60 }));
    });
    const opposed: Round = { rows: [certainOutcome(0, 3), certainOutcome(2, 3)], outcome: "worst" };
    fc.assert(
      fc.property(sequence, (rounds) => {
        assert.ok(regretOn(rounds) <= regretBound(rounds));
      }),
      { numRuns: 40, examples: [[Array.from({ length: 60 }, () => opposed)]] },
    );
  });

  it("learns: against one good agent among bad ones its regret is far below that of equal weights", () => {
    const good = [0, 0.1, 0.9];
    const bad = [0.9, 0.1, 0];
    const sequence = Array.from({ length: 200 }, (): Round => ({ rows: [bad, good, bad, bad], outcome: 2 }));
    const equal =
      200 *
      (rankedProbabilityScore([0.675, 0.1, 0.225], [0, 0, 1]) - rankedProbabilityScore(good, [0, 0, 1]));
    assert.ok(regretOn(sequence) < equal / 10);
  });
});

interface Round {
  readonly rows: number[][];
  /** "worst": the outcome that costs the policy most. */
  readonly outcome: number | "worst";
}

function regretBound(rounds: readonly Round[]): number {
  const logAgents = Math.log(rounds[0]?.rows.length ?? 1);
  return 2 * Math.sqrt((rounds.length / 2) * logAgents) + Math.sqrt(logAgents / 8);
}

/** Cumulative RPS of the policy, which sees only earlier rounds, less that of the best agent in hindsight. */
function regretOn(rounds: readonly Round[]): number {
  const losses = (rounds[0]?.rows ?? []).map(() => 0);
  let own = 0;
  rounds.forEach(({ rows, outcome }, past) => {
    const views = rows.map((row, index) => sampleOpinion(`a${index}`, row));
    const means = losses.map((loss) => Math.min(1, loss / past));
    const record = past === 0 ? [] : means.map((mean, index) => recordOf(`a${index}`, past, mean));
    const forecast = resolve(policy, sampleRequest(views, { record })).probabilities ?? [];
    const costs = [0, 1, 2].map((index) => rankedProbabilityScore(forecast, certainOutcome(index, 3)));
    const observed = outcome === "worst" ? costs.indexOf(Math.max(...costs)) : outcome;
    own += costs[observed] ?? Number.NaN;
    rows.forEach((row, index) => {
      losses[index] = (losses[index] ?? 0) + rankedProbabilityScore(row, certainOutcome(observed, 3));
    });
  });
  return own - Math.min(...losses);
}
