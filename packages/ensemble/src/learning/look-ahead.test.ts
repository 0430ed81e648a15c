import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { certainOutcome, policies, resolve, startLearner } from "../index.ts";
import { distributionOf, sampleOpinion, sampleRequest } from "../sample-views.ts";

const outcomes = 4;
const days = 7;
const agents = ["__proto__", "b", "c"] as const;

const row = fc
  .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: outcomes, maxLength: outcomes })
  .map(distributionOf);

/** What one case is, when its outcome comes, and what both would be in another world. */
const story = fc.record({
  rows: fc.array(row, { minLength: 1, maxLength: agents.length }),
  context: fc.constantFrom("calm", "wild"),
  outcome: fc.nat(outcomes - 1),
  delay: fc.integer({ min: 1, max: 4 }),
  otherRows: fc.array(row, { minLength: 1, maxLength: agents.length }),
  otherOutcome: fc.nat(outcomes - 1),
});
const stories = fc.array(fc.array(story, { minLength: 1, maxLength: 2 }), {
  minLength: days,
  maxLength: days,
});
type Stories = typeof stories extends fc.Arbitrary<infer Value> ? Value : never;

function dateOf(day: number): string {
  return `2010-03-${String(day + 1).padStart(2, "0")}`;
}

function forecastsOf(rows: readonly number[][]): ReadonlyMap<string, number[]> {
  return new Map(rows.map((probabilities, agent) => [agents[agent] ?? "", probabilities]));
}

/** What is said up to `last`, in the world as it is or in one that is another after that day. */
function saidUpTo(policy: string, told: Stories, last: number, isOther: boolean): string {
  const learner = startLearner(policy);
  const said: unknown[] = [];
  for (let day = 0; day < days; day += 1) {
    const isLater = isOther && day > last;
    const due = told.flatMap((cases, asked) =>
      cases.flatMap(({ delay, outcome, otherOutcome }, index) => {
        if (asked + delay !== day) return [];
        return [
          { id: `${asked}:${index}`, observed: certainOutcome(isLater ? otherOutcome : outcome, outcomes) },
        ];
      }),
    );
    learner.learn(due, dateOf(day));
    const cases = (told[day] ?? []).map(({ rows, otherRows, context }, index) => {
      return { id: `${day}:${index}`, context, forecasts: forecastsOf(isLater ? otherRows : rows) };
    });
    const pooled = learner.forecast(cases, dateOf(day));
    if (day <= last) said.push(pooled.map(({ id, weights, pooled: view }) => [id, [...weights], view]));
  }
  return JSON.stringify(said);
}

describe("what a learner says on a day", () => {
  for (const { name, kind } of policies) {
    it(`P5 ${name} does not change with later outcomes or later forecasts`, () => {
      fc.assert(
        fc.property(stories, fc.nat(days - 1), (told, last) => {
          assert.equal(saidUpTo(name, told, last, true), saidUpTo(name, told, last, false));
        }),
        { numRuns: 15 },
      );
    });

    if (kind !== "learning") continue;
    it(`E1 ${name} is what a resolve step says from what was learned, part by part`, () => {
      fc.assert(
        fc.property(stories, (told) => {
          const learner = startLearner(name);
          told.forEach((cases, day) => {
            const asked = cases.map(({ rows, context }, index) => {
              return { id: `${day}:${index}`, context, forecasts: forecastsOf(rows) };
            });
            learner.forecast(asked, dateOf(day));
            const known = cases.map(({ outcome }, index) => {
              return { id: `${day}:${index}`, observed: certainOutcome(outcome, outcomes) };
            });
            learner.learn(known, dateOf(day));
          });
          const { context = "", rows = [] } = told[0]?.[0] ?? {};
          const views = rows.map((probabilities, agent) =>
            sampleOpinion(agents[agent] ?? "", probabilities, { asOf: "2010-04-01" }),
          );
          const record = { agents: recordsOf(learner.agents), learned: learner.save(), context };
          const policy = policies.find((one) => one.name === name);
          assert.ok(policy !== undefined);
          const said = resolve(policy, sampleRequest(views.toReversed(), { asOf: "2010-04-01", record }));
          const [next] = learner.forecast(
            [{ id: "next", context, forecasts: forecastsOf(rows) }],
            "2010-04-01",
          );
          said.probabilities?.forEach((probability, k) => {
            assert.ok(Math.abs(probability - (Array.from([next?.pooled ?? []].flat())[k] ?? 2)) <= 1e-12);
          });
          for (const { agent, weight } of said.weights) {
            assert.ok(Math.abs(weight - (next?.weights.get(agent) ?? 2)) <= 1e-12);
          }
          const added = said.outcomes.map((_, k) =>
            said.contributions.reduce((sum, { amounts }) => sum + (amounts[k] ?? 0), 0),
          );
          assert.deepEqual(added, said.probabilities);
        }),
        { numRuns: 15 },
      );
    });
  }
});

/** The records that go with what was learned: past-score weighs by these alone. */
function recordsOf(learned: ReturnType<typeof startLearner>["agents"]): readonly object[] {
  return learned.flatMap(({ agent, scored, totalLoss, from, to }) =>
    from === null || to === null ? [] : [{ agent, scored, meanScore: totalLoss / scored, from, to }],
  );
}
