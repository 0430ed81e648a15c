import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  certainOutcome,
  defaultPolicyName,
  explain,
  findPolicy,
  type LearnerState,
  rankedProbabilityScore,
  renderExplanation,
  resolve,
  resumeLearner,
  startLearner,
} from "../index.ts";
import { distributionOf, sampleOpinion, sampleRequest } from "../sample-views.ts";

const policy = findPolicy("recalibrated-pool");

/** Agents' rows by case, and the outcome of each case. */
interface Day {
  readonly cases: readonly {
    readonly rows: readonly (readonly number[])[];
    readonly observed: readonly number[];
  }[];
}

function nameOf(agent: number): string {
  return `agent-${String(agent).padStart(2, "0")}`;
}

function dateOf(day: number): string {
  return new Date(Date.UTC(2001, 0, 1 + day)).toISOString().slice(0, 10);
}

/** Walks forward, each outcome known on the next day before the forecasts, and gives the mean score of each day. */
function walk(
  name: string,
  days: readonly Day[],
): { readonly scores: readonly number[]; readonly state: LearnerState } {
  const learner = startLearner(name);
  const scores = days.map(({ cases }, day) => {
    const pooled = learner.forecast(
      cases.map(({ rows }, index) => ({
        id: `${day} ${index}`,
        forecasts: new Map(rows.map((row, agent) => [nameOf(agent), row])),
      })),
      dateOf(day),
    );
    const known = cases.map(({ observed }, index) => ({ id: `${day} ${index}`, observed }));
    learner.learn(known, dateOf(day + 1));
    return meanOf(cases.map(({ observed }, index) => scoreOf(pooled[index]?.pooled, observed)));
  });
  return { scores, state: learner.save() };
}

function scoreOf(pooled: readonly number[] | number | undefined, observed: readonly number[]): number {
  return rankedProbabilityScore(typeof pooled === "object" ? pooled : [], observed);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** By day, the score of the agent with the lowest total score on the days before; of the first agent on the first. */
function leaderScores(days: readonly Day[]): readonly number[] {
  const agents = days[0]?.cases[0]?.rows.length ?? 0;
  const totals = new Float64Array(agents);
  return days.map(({ cases }) => {
    const leader = totals.indexOf(Math.min(...totals));
    const own = totals.map((_, agent) =>
      meanOf(cases.map(({ rows, observed }) => scoreOf(rows[agent], observed))),
    );
    own.forEach((score, agent) => {
      totals[agent] = (totals[agent] ?? 0) + score;
    });
    return own[leader] ?? 0;
  });
}

/** Mulberry32: numbers from 0 to 1, the same for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Subjects are wild (the outer outcomes are likely) or calm. Each of `honest` agents sees a signal of its own that is
 * right in 70% of cases, and says the calibrated posterior; each of `boastful` ones says what it likes, loudly.
 */
function syntheticDays(seed: number, honest: number, boastful: number): readonly Day[] {
  const random = randomFrom(seed);
  const wildTruth = [0.35, 0.12, 0.06, 0.12, 0.35];
  const calmTruth = wildTruth.map((probability) => 0.4 - probability);
  const mixed = (wild: number) => wildTruth.map((p, k) => wild * p + (1 - wild) * (calmTruth[k] ?? 0));
  return Array.from({ length: 12 }, () => ({
    cases: Array.from({ length: 60 }, () => {
      const isWild = random() < 0.5;
      const believed = Array.from({ length: honest }, () => mixed(random() < 0.7 === isWild ? 0.7 : 0.3));
      const loud = Array.from({ length: boastful }, () =>
        distributionOf(Array.from({ length: 5 }, () => (-Math.log(random() + 1e-12)) ** 3)),
      );
      return { rows: [...believed, ...loud], observed: drawn(random, mixed(isWild ? 1 : 0)) };
    }),
  }));
}

function drawn(random: () => number, probabilities: readonly number[]): number[] {
  let left = random();
  const hit = probabilities.findIndex((probability) => {
    left -= probability;
    return left < 0;
  });
  return certainOutcome(hit === -1 ? probabilities.length - 1 : hit, probabilities.length);
}

function resolved(rows: readonly (readonly number[])[], learned: LearnerState | null) {
  const views = rows.map((row, agent) => sampleOpinion(nameOf(agent), row, { asOf: "2020-01-01" }));
  const request = sampleRequest(views, { asOf: "2020-01-01", record: { agents: [], learned } });
  return resolve(policy, request);
}

const sizes = { agents: fc.integer({ min: 1, max: 6 }), outcomes: fc.integer({ min: 2, max: 6 }) };

/** Six agents who are all certain, and right: sums of sixths, which do not come to 1. */
const sureDay = { cases: [{ rows: Array.from({ length: 6 }, () => [1, 0, 0]), observed: [1, 0, 0] }] };

/** Days of any forecasts, zeros and certainties among them, and any outcomes. */
const anyDays = fc.record(sizes).chain(({ agents, outcomes }) => {
  const weights = fc.array(fc.oneof(fc.constant(0), fc.nat(9)), { minLength: outcomes, maxLength: outcomes });
  const row = weights.map(distributionOf);
  const one = fc.record({ rows: fc.array(row, { minLength: agents, maxLength: agents }), observed: row });
  return fc.array(fc.record({ cases: fc.array(one, { minLength: 1, maxLength: 3 }) }), {
    minLength: 2,
    maxLength: 8,
  });
});

describe("recalibrated-pool", () => {
  it("is the default", () => assert.equal(defaultPolicyName, policy.name));

  it("is the equal linear pool until something is learned", () => {
    const rows = [
      [0.1, 0.2, 0.7],
      [0.5, 0.25, 0.25],
    ];
    const { probabilities, weights } = resolved(rows, null);
    assert.deepEqual(
      probabilities,
      resolve(
        findPolicy("linear-pool"),
        sampleRequest(rows.map((row, agent) => sampleOpinion(nameOf(agent), row))),
      ).probabilities,
    );
    assert.deepEqual(
      weights.map(({ reason }) => reason.type),
      ["nothingLearned", "nothingLearned"],
    );
  });

  it("P7 gives a distribution with parts that add up, whatever the forecasts and outcomes were", () => {
    fc.assert(
      fc.property(anyDays, (days) => {
        const { state, scores } = walk(policy.name, days);
        assert.ok(scores.every(Number.isFinite));
        for (const { rows } of days.flatMap(({ cases }) => cases)) {
          const { probabilities, contributions, weights } = resolved(rows, state);
          const sums = (probabilities ?? []).map((_, k) =>
            contributions.reduce((sum, { amounts }) => sum + (amounts[k] ?? Number.NaN), 0),
          );
          assert.deepEqual(sums, probabilities);
          assert.ok(weights.every(({ weight }) => weight >= 0 && weight <= 1));
        }
      }),
      { numRuns: 60, examples: [[[sureDay, sureDay]]] },
    );
  });

  it("leaves every outcome that somebody holds possible a tenth of its mean probability", () => {
    fc.assert(
      fc.property(anyDays, (days) => {
        const { state } = walk(policy.name, days);
        for (const { rows } of days.flatMap(({ cases }) => cases)) {
          (resolved(rows, state).probabilities ?? []).forEach((probability, k) => {
            const mean = meanOf(rows.map((row) => row[k] ?? 0));
            assert.ok(probability >= 0.1 * mean - 1e-12, `${probability} of ${mean}`);
          });
        }
      }),
      { numRuns: 60 },
    );
  });

  it("treats both ends of the outcomes alike: mirrored forecasts and outcomes give the mirrored pool", () => {
    const mirror = (row: readonly number[]) => row.toReversed();
    fc.assert(
      fc.property(anyDays, (days) => {
        const mirrored = days.map(({ cases }) => ({
          cases: cases.map(({ rows, observed }) => ({ rows: rows.map(mirror), observed: mirror(observed) })),
        }));
        const rows = days[0]?.cases[0]?.rows ?? [];
        const there = resolved(rows, walk(policy.name, days).state).probabilities ?? [];
        const back = mirror(
          resolved(rows.map(mirror), walk(policy.name, mirrored).state).probabilities ?? [],
        );
        const gaps = there.map((probability, k) => Math.abs(probability - (back[k] ?? Number.NaN)));
        assert.ok(Math.max(...gaps) < 1e-9);
      }),
      { numRuns: 40 },
    );
  });

  it("pools in a resolve step as its learner does, and goes on from what that has saved", () => {
    const days = syntheticDays(3, 4, 1);
    const { state } = walk(policy.name, days);
    const rows = days[0]?.cases[0]?.rows ?? [];
    const forecasts = new Map(rows.map((row, agent) => [nameOf(agent), row]));
    const [pooled] = resumeLearner(state).forecast([{ id: "now", forecasts }], "2020-01-01");
    assert.deepEqual(pooled?.pooled, resolved(rows, state).probabilities);
    assert.deepEqual(resumeLearner(JSON.parse(JSON.stringify(state))).save(), state);
  });

  it("stretches a pool of calibrated agents that see different things, and says so", () => {
    const { state } = walk(policy.name, syntheticDays(5, 6, 0));
    const rows = Array.from({ length: 6 }, () => [0.3, 0.15, 0.1, 0.15, 0.3]);
    const resolution = resolved(rows, state);
    const reason = resolution.weights[0]?.reason;
    assert.ok(reason?.type === "recalibrated" && reason.poolGain > 1.3, JSON.stringify(reason));
    assert.ok((resolution.probabilities?.[0] ?? 0) > 0.3);
    assert.match(
      renderExplanation(explain(resolution)),
      /How wide the pool is was then multiplied by [1-3]\.\d\d/,
    );
  });

  it("believes a boastful agent less and less, and one that it has not met as much as before", () => {
    const { state } = walk(policy.name, syntheticDays(7, 3, 1));
    const rows = Array.from({ length: 5 }, () => [0.3, 0.15, 0.1, 0.15, 0.3]);
    const [honest, , , boastful, newcomer] = resolved(rows, state).weights;
    assert.ok((boastful?.weight ?? 1) < 0.6 * (honest?.weight ?? 0), `${boastful?.weight} ${honest?.weight}`);
    const reason = newcomer?.reason;
    const loud = boastful?.reason;
    assert.ok(reason?.type === "recalibrated" && loud?.type === "recalibrated");
    assert.equal(reason.dispersionGain, 1);
    // Directions are relative to the others': who is not met yet is above those who boasted.
    assert.ok(reason.directionGain > 1 && loud.directionGain < 1);
  });

  for (const [honest, boastful] of [
    [3, 0],
    [8, 0],
    [4, 2],
    [6, 6],
    [2, 8],
  ] as const) {
    it(`beats the equal pool on every panel of ${honest} honest and ${boastful} boastful agents`, (test) => {
      const panels = [11, 12, 13, 14, 15, 16].map((seed) => syntheticDays(seed, honest, boastful));
      const own = panels.map((days) => walk(policy.name, days).scores);
      const equal = panels.map((days) => walk("linear-pool", days).scores);
      const leader = panels.map(leaderScores);
      const [ours, alike, best] = [own, equal, leader].map((scores) => meanOf(scores.flat()).toFixed(4));
      test.diagnostic(`RPS ${ours}, equal pool ${alike}, best agent so far ${best}`);
      own.forEach((scores, index) => {
        assert.ok(meanOf(scores) < meanOf(equal[index] ?? []), `panel ${index}`);
      });
      // The best so far knows the loud from the honest on the second day; this pool does not believe it so soon.
      if (boastful === 0) {
        const late = (scores: readonly (readonly number[])[]) =>
          meanOf(scores.flatMap((days) => days.slice(4)));
        assert.ok(late(own) < late(leader), `${late(own)} ${late(leader)}`);
      }
    });
  }

  it("costs little for one agent that is calibrated", () => {
    const panels = [11, 12, 13, 14, 15, 16].map((seed) => syntheticDays(seed, 1, 0));
    const costs = panels.map(
      (days) => meanOf(walk(policy.name, days).scores) - meanOf(walk("linear-pool", days).scores),
    );
    assert.ok(meanOf(costs) < 2e-4, `${meanOf(costs)}`);
  });

  it("loses little where there is nothing to learn: forecasts that have nothing to do with what comes", () => {
    const random = randomFrom(1);
    const noise = () => distributionOf(Array.from({ length: 5 }, () => 1 + 0.3 * random()));
    const days = Array.from({ length: 12 }, () => ({
      cases: Array.from({ length: 60 }, () => ({
        rows: Array.from({ length: 6 }, noise),
        observed: drawn(random, [0.2, 0.2, 0.2, 0.2, 0.2]),
      })),
    }));
    const cost = meanOf(walk(policy.name, days).scores) - meanOf(walk("linear-pool", days).scores);
    assert.ok(cost < 5e-5, `${cost}`);
  });

  it("averages points as they are", () => {
    const learner = startLearner(policy.name);
    const forecasts = new Map([
      ["a", 1],
      ["b", 4],
    ]);
    learner.forecast([{ id: "1", forecasts }], "2001-01-01");
    learner.learn([{ id: "1", observed: 9 }], "2001-01-02");
    assert.equal(learner.forecast([{ id: "2", forecasts }], "2001-01-02")[0]?.pooled, 2.5);
  });

  it("has no settings", () => {
    assert.throws(() => policy.configure({ rate: 1 }), { code: "POLICY_INVALID" });
  });
});

describe("the recalibrated pool where outcomes are not equally likely", () => {
  const baseRates = [0.15, 0.25, 0.6];

  /** Eight agents that know the base rates; `boldness` 1 is calibrated, 0 knows no more, `noise` is each one's own. */
  function daysOf(seed: number, boldness: number, noise: number): readonly Day[] {
    const random = fc.sample(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true, noDefaultInfinity: true }), {
      seed,
      numRuns: 12 * 40 * 60,
    });
    let at = 0;
    const uniform = () => random[at++ % random.length] ?? 0.5;
    const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return Array.from({ length: 12 }, () => ({
      cases: Array.from({ length: 40 }, () => {
        const drawn = uniform();
        const outcome = drawn < 0.15 ? 0 : Number(drawn >= 0.4) + 1;
        const rows = Array.from({ length: 8 }, () => {
          const signal = outcome / 2 + normal();
          return distributionOf(
            baseRates.map(
              (rate, k) => rate * Math.exp((-boldness * (signal - k / 2) ** 2) / 2 + noise * normal()),
            ),
          );
        });
        return { rows, observed: certainOutcome(outcome, 3) };
      }),
    }));
  }

  for (const [what, boldness, noise] of [
    ["who are calibrated", 1, 0],
    ["who know the base rates and no more", 0, 0.02],
    ["who are loud", 0, 1.5],
  ] as const) {
    it(`costs hardly more than the equal pool of agents ${what}`, () => {
      const differences = [1, 2, 3, 4].map((seed) => {
        const days = daysOf(seed, boldness, noise);
        return meanOf(walk("recalibrated-pool", days).scores) - meanOf(walk("linear-pool", days).scores);
      });
      assert.ok(meanOf(differences) < 0.0003, `${what}: ${differences.join(", ")}`);
    });
  }
});
