/** What an evaluation says of agents and policies, on data small enough to know the answer. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findPolicy, policies as known, type Policy } from "@mycroft/ensemble";
import fc from "fast-check";
import { type Competitor, type Evaluation, type EvaluationData, evaluate, wordEvaluation } from "./index.ts";
import { failsWith } from "./testing/fails-with.ts";

const good = [0.1, 0.2, 0.7];
const bad = [0.7, 0.2, 0.1];
const up = [0, 0, 1];

function dataOf(
  rounds: readonly (readonly ((readonly number[] | null)[] | null)[])[],
  agents: readonly string[] = ["good", "bad"],
  observed: readonly number[] = up,
): EvaluationData {
  return {
    kind: "distribution",
    outcomes: ["down", "flat", "up"],
    agents,
    rounds: rounds.map((cases, round) => ({
      period: String(round + 1),
      cases: cases.map((forecasts, index) => ({
        subject: `s${index}`,
        forecasts: forecasts ?? [],
        observed,
      })),
    })),
  };
}

const twenty = dataOf(Array.from({ length: 20 }, () => [[good, bad]]));

function find({ competitors }: Evaluation, name: string): Competitor {
  return competitors.find((one) => one.name === name) ?? assert.fail(name);
}

function noNaN(value: unknown): void {
  if (typeof value === "number") assert.ok(Number.isFinite(value), String(value));
  else if (typeof value === "object" && value !== null) Object.values(value).forEach(noNaN);
}

describe("an evaluation", () => {
  it("scores, ranks, and tells regret to the best agent and the best mixture in hindsight", () => {
    const evaluation = evaluate(twenty, { policies: ["past-score"] });
    // RPS of good: (0.1^2 + 0.3^2) / 3; of bad: (0.7^2 + 0.9^2) / 3; of the pool: (0.4^2 + 0.6^2) / 3.
    assert.ok(Math.abs(find(evaluation, "good").score - 0.1 / 3) < 1e-12);
    assert.ok(Math.abs(find(evaluation, "bad").score - 1.3 / 3) < 1e-12);
    assert.ok(Math.abs(find(evaluation, "linear-pool").score - 0.52 / 3) < 1e-12);
    assert.deepEqual([find(evaluation, "good").rank, find(evaluation, "bad").rank], [1, 5]);
    assert.equal(evaluation.bestAgent.name, "good");
    assert.ok(Math.abs((find(evaluation, "linear-pool").regretToBestAgent ?? 0) - 0.14) < 1e-12);
    assert.deepEqual(evaluation.bestMixture.weights, [{ agent: "good", weight: 1 }]);
    assert.ok(Math.abs(find(evaluation, "bad").regretToBestMixture - 0.4) < 1e-12);
    assert.deepEqual(find(evaluation, "good").betterPeriods, { better: 20, of: 20 });
    assert.deepEqual(find(evaluation, "bad").betterPeriods, { better: 0, of: 20 });
    assert.equal(find(evaluation, "linear-pool").againstPool, null);
    // 0.1 and 0.2 never came true, 0.7 always did.
    assert.ok(Math.abs((find(evaluation, "good").calibration?.expectedError ?? 0) - 0.2) < 1e-12);
    noNaN(evaluation);
  });

  it("P5 a policy learns what was known and no more: changed later outcomes change no earlier score", () => {
    const changed = {
      ...twenty,
      rounds: twenty.rounds.map((round, at) =>
        at < 12 ? round : { ...round, cases: round.cases.map((one) => ({ ...one, observed: [1, 0, 0] })) },
      ),
    };
    for (const delayPeriods of [0, 3]) {
      const options = { delayPeriods };
      const [left, right] = [evaluate(twenty, options), evaluate(changed, options)];
      for (const { name, kind, weights, periodScores } of left.competitors) {
        const other = right.competitors.find((one) => one.name === name && one.kind === kind);
        assert.deepEqual(
          other?.weights?.slice(0, 13 + delayPeriods),
          weights?.slice(0, 13 + delayPeriods),
          name,
        );
        assert.deepEqual(other?.periodScores.slice(0, 12), periodScores.slice(0, 12), name);
      }
    }
  });

  it("outcomes that come later are learned later, by as many periods as said", () => {
    const firstMove = (delayPeriods: number) => {
      const { weights } = find(evaluate(twenty, { policies: ["past-score"], delayPeriods }), "past-score");
      return weights?.findIndex((row) => Math.abs((row[0] ?? 0) - 0.5) > 1e-9);
    };
    assert.deepEqual([0, 1, 4].map(firstMove), [1, 2, 5]);
  });

  it("all cases of a period are one round, and a sleeping agent is compared on its own cases only", () => {
    const rounds = Array.from({ length: 10 }, (_, at) => [
      [good, bad, at % 2 === 0 ? null : good],
      [good, bad, null],
    ]);
    const evaluation = evaluate(dataOf(rounds, ["good", "bad", "sleeper"]), { policies: [] });
    const sleeper = find(evaluation, "sleeper");
    assert.equal(sleeper.cases, 5);
    assert.deepEqual(sleeper.betterPeriods, { better: 5, of: 5 });
    assert.equal(sleeper.regretToBestAgent, 0);
    assert.equal(sleeper.periodScores[0], null);
    assert.equal(evaluation.bestAgent.coversAll, true);
    const words = wordEvaluation(evaluation).flatMap(({ sentences }) => sentences);
    assert.match(words.join(" "), /sleeper did not speak in every case/);
    noNaN(evaluation);
  });

  it("P6 the same seed gives the same evaluation, byte for byte; another seed other intervals", () => {
    const noisy = dataOf(
      Array.from({ length: 12 }, (_, at) => [[at % 3 === 0 ? bad : good, at % 2 === 0 ? good : bad]]),
    );
    const options = { policies: ["median"], seed: 4 };
    assert.equal(JSON.stringify(evaluate(noisy, options)), JSON.stringify(evaluate(noisy, options)));
    const other = evaluate(noisy, { ...options, seed: 5 });
    assert.notDeepEqual(find(evaluate(noisy, options), "good").interval, find(other, "good").interval);
  });

  it("finds what is truly better, after correction, and says so in words", () => {
    const rounds = Array.from({ length: 40 }, (_, at) => [[good, at % 3 === 0 ? [0.4, 0.3, 0.3] : bad]]);
    const evaluation = evaluate(dataOf(rounds), { policies: [] });
    const { againstPool } = find(evaluation, "good");
    assert.equal(againstPool?.isSignificant, true);
    assert.ok((againstPool?.interval?.high ?? 1) < 0);
    const worth = wordEvaluation(evaluation)[1]?.sentences.join(" ") ?? "";
    assert.match(worth, /^Significantly better than the equal linear pool .*: good \(-/);
    assert.doesNotMatch(worth, /There are only/);
  });

  it("finds no difference where there is none, more often than it says it errs", () => {
    let found = 0;
    for (let seed = 0; seed < 20; seed += 1) {
      let state = seed + 1;
      const random = () => {
        state = (state * 48_271) % 2_147_483_647;
        return state / 2_147_483_647;
      };
      const rounds = Array.from({ length: 16 }, () => [
        Array.from({ length: 6 }, () => {
          const raw = [random(), random(), random()];
          const sum = raw.reduce((total, value) => total + value, 0);
          return raw.map((value) => value / sum);
        }),
      ]);
      const agents = Array.from({ length: 6 }, (_, at) => `a${at}`);
      const { competitors } = evaluate(dataOf(rounds, agents), { policies: [] });
      const better = ({ againstPool }: Competitor) =>
        againstPool?.isSignificant && againstPool.difference < 0;
      if (competitors.some(better)) found += 1;
    }
    assert.ok(found <= 2, `${found} of 20`);
  });

  it("walks every policy there is, of the project too, and leaves out what is not for points", () => {
    const own: Policy = { ...findPolicy("median"), name: "mine" };
    const { competitors } = evaluate(twenty, { ownPolicies: [own] });
    const walked = competitors
      .filter(({ kind }) => kind === "policy" || kind === "baseline")
      .map(({ name }) => name);
    assert.deepEqual(walked.toSorted(), [...known.map(({ name }) => name), "mine"].toSorted());
    const points: EvaluationData = {
      kind: "point",
      outcomes: [],
      agents: ["a", "b"],
      rounds: [1, 2, 3].map((at) => ({
        period: `${at}`,
        cases: [{ subject: "s", forecasts: [at, -at], observed: 1 }],
      })),
    };
    const evaluation = evaluate(points);
    noNaN(evaluation);
    assert.ok(evaluation.leftOut.some(({ policy }) => policy === "majority-vote"));
    assert.equal(evaluation.reference, "linear-pool");
    assert.throws(
      () => evaluate(points, { policies: ["majority-vote"] }),
      failsWith("POLICY_INVALID", /points/),
    );
  });
});

describe("P7 bad and bare input", () => {
  it("one agent, one period, one case: plain means, and no word about chance", () => {
    const evaluation = evaluate(dataOf([[[good]]], ["only"]));
    noNaN(evaluation);
    assert.equal(find(evaluation, "only").interval, null);
    assert.equal(find(evaluation, "only").againstPool?.difference, 0);
    assert.equal(evaluation.disagreement, null);
    const words = wordEvaluation(evaluation)[1]?.sentences.join(" ") ?? "";
    assert.match(words, /With one period nothing can be said/);
  });

  it("identical agents share rank and result", () => {
    const evaluation = evaluate(
      dataOf(
        Array.from({ length: 6 }, () => [[good, good]]),
        ["a", "b"],
      ),
    );
    noNaN(evaluation);
    assert.equal(find(evaluation, "a").rank, find(evaluation, "b").rank);
    assert.equal(find(evaluation, "a").againstPool?.isSignificant, false);
    assert.equal(evaluation.disagreement?.distances[0]?.[1], 0);
  });

  it("an agent that never speaks is left out; an outcome that never comes is no harm; nor certainty under log", () => {
    const rounds = Array.from({ length: 5 }, () => [[[1, 0, 0], null]]);
    const evaluation = evaluate(dataOf(rounds, ["sure", "silent"]), { score: "log" });
    noNaN(evaluation);
    assert.ok(!evaluation.competitors.some(({ name }) => name === "silent"));
    assert.ok(find(evaluation, "sure").score > 10);
  });

  it("has a code for everything that cannot be evaluated", () => {
    const bare = dataOf([[[good]]], ["a"]);
    const fails = (data: EvaluationData, ...expected: Parameters<typeof failsWith>) =>
      assert.throws(() => evaluate(data), failsWith(...expected));
    fails({ ...bare, agents: [] }, "ENSEMBLE_EMPTY");
    fails({ ...bare, rounds: [] }, "ENSEMBLE_EMPTY");
    fails(dataOf([[[null]]], ["a"]), "ENSEMBLE_EMPTY", /all agents abstain/);
    fails(dataOf([[[good]]], ["a", "b"]), "OPINION_DIMENSION", /1 forecasts for 2 agents/);
    fails(dataOf([[[good, good]]], ["a", "a"]), "INPUT_INVALID", /twice/);
    fails(dataOf([[[[0.5, 0.5]]]], ["a"]), "OPINION_DIMENSION");
    fails(dataOf([[[[0.5, 0.6, -0.1]]]], ["a"]), "OPINION_INVALID");
    fails(dataOf([[[[0.5, Number.NaN, 0.5]]]], ["a"]), "OPINION_INVALID");
    fails(dataOf([[[good]]], ["a"], [1, 1, 0]), "OPINION_INVALID", /outcome/);
    fails({ ...bare, outcomes: ["one"] }, "OPINION_DIMENSION");
    fails({ ...bare, kind: "point", outcomes: [] }, "OPINION_INVALID");
  });

  it("has a code for every option that is out of range", () => {
    for (const [options, mention] of [
      [{ seed: -1 }, /seed/],
      [{ resamples: 1 }, /resamples/],
      [{ delayPeriods: 0.5 }, /delayPeriods/],
      [{ blockPeriods: 21 }, /blockPeriods/],
      [{ confidence: 1 }, /confidence/],
      [{ score: "square" }, /rps, brier or log/],
      [{ level: 0.5 }, /level/],
    ] as const) {
      assert.throws(() => evaluate(twenty, options), failsWith("INPUT_INVALID", mention));
    }
    assert.throws(() => evaluate(twenty, { policies: ["nothing"] }), failsWith("POLICY_UNKNOWN"));
    const twice = [{ ...findPolicy("median"), version: "2" }, "median"];
    assert.throws(() => evaluate(twenty, { policies: twice }), failsWith("INPUT_INVALID", /two policies/));
  });

  it("gives finite numbers for whatever agents say, and however they come and go", () => {
    const distribution = fc
      .array(fc.integer({ min: 0, max: 5 }), { minLength: 3, maxLength: 3 })
      .filter((list) => list.some((value) => value > 0))
      .map((list) => list.map((value) => value / list.reduce((sum, one) => sum + one, 0)));
    const oneCase = fc
      .array(fc.option(distribution, { nil: null }), { minLength: 3, maxLength: 3 })
      .filter((list) => list.some((value) => value !== null));
    const rounds = fc.array(fc.array(oneCase, { minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(rounds, fc.constantFrom("rps", "log", "brier"), fc.nat(2), (list, score, delayPeriods) => {
        noNaN(evaluate(dataOf(list, ["a", "b", "c"]), { score, delayPeriods, resamples: 100 }));
      }),
      { numRuns: 15 },
    );
  });
});
