import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  certainOutcome,
  explain,
  findPolicy,
  type LearnerState,
  policies,
  renderExplanation,
  resolve,
  startLearner,
  withoutPending,
} from "../index.ts";
import { distributionOf, sampleOpinion, sampleRequest } from "../sample-views.ts";

const good = [0.1, 0.2, 0.7];
const bad = [0.7, 0.2, 0.1];

function dayAt(index: number): string {
  return new Date(Date.UTC(2009, 0, 1 + index)).toISOString().slice(0, 10);
}

/** What a learner knows after so many days on which the last outcome came true. */
function learnedBy(policy: string, days: number, settings: object = {}): LearnerState {
  const learner = startLearner(policy, settings);
  for (let day = 0; day < days; day += 1) {
    const forecasts = new Map([
      ["good", good],
      ["bad", bad],
    ]);
    learner.forecast([{ id: "x", forecasts }], dayAt(day));
    learner.learn([{ id: "x", observed: [0, 0, 1] }], dayAt(day));
  }
  return learner.save();
}

const views = [sampleOpinion("good", good), sampleOpinion("bad", bad), sampleOpinion("new", good)];

function requestWith(learned: unknown, rest: object = {}): unknown {
  return sampleRequest(views, { record: { agents: [], learned }, ...rest });
}

const learning = policies.filter(({ configure }) => configure(undefined).startLearning !== undefined);

describe("a resolve step", () => {
  for (const policy of learning) {
    it(`${policy.name} weighs as its learner would, from what that had learned`, () => {
      const learner = startLearner(policy.name);
      const outcomes = [0, 2, 2, 1, 2, 2];
      outcomes.forEach((outcome, day) => {
        const forecasts = new Map(
          views.slice(0, 2).map(({ agent, probabilities }) => [agent, probabilities]),
        );
        learner.forecast([{ id: "x", forecasts }], dayAt(day));
        learner.learn([{ id: "x", observed: certainOutcome(outcome, 3) }], dayAt(day));
      });
      const known = withoutPending(learner.save());
      const resolution = resolve(policy, requestWith(JSON.parse(JSON.stringify(known))));
      const forecasts = new Map(views.map(({ agent, probabilities }) => [agent, probabilities]));
      const [pooled] = learner.forecast([{ id: "now", forecasts }], "2010-03-01");
      assert.deepEqual(resolution.probabilities, pooled?.pooled);
      assert.deepEqual(
        new Map(resolution.weights.map(({ agent, weight }) => [agent, weight])),
        new Map([...(pooled?.weights ?? [])].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      );
    });

    it(`${policy.name} weighs all alike as long as nothing has been learned, and says so`, () => {
      for (const record of [undefined, [], { agents: [] }, { agents: [], learned: null }]) {
        const { weights } = resolve(policy, sampleRequest(views, { record }));
        for (const { weight, reason } of weights) {
          assert.ok(Math.abs(weight - 1 / 3) < 1e-15);
          assert.deepEqual(reason, { type: "nothingLearned" });
        }
      }
    });
  }

  it("explains a weight by the record that moved it, in data and in words", () => {
    const resolution = resolve(findPolicy("boa"), requestWith(learnedBy("boa", 30)));
    const reason = resolution.weights.find(({ agent }) => agent === "good")?.reason;
    assert.ok(reason?.type === "learned");
    assert.equal(reason.agent.scored, 30);
    assert.ok(reason.agent.regret > 0 && Math.abs(reason.agent.totalLoss / 30 - 0.1 / 3) < 1e-12);
    const text = renderExplanation(explain(resolution));
    assert.match(
      text,
      /good weighs \d\d\.\d%: its mean rps loss is 0\.03333 over 30 opinions from 2009-01-01 to 2009-01-30; in 30 rounds of learning the ensemble lost 0?\.?\S+ more than it/,
    );
    assert.match(text, /bad weighs \d+\.\d%: .* less than it/);
    assert.match(text, /new weighs .* newcomer/);
    const unlearned = renderExplanation(explain(resolve(findPolicy("boa"), requestWith(null))));
    assert.match(unlearned, /No agent has a record yet, so all weigh the same\./);
  });

  it("P5 rejects what was learned after asOf, and P7 what another policy has learned", () => {
    const state = learnedBy("boa", 3);
    assert.throws(() => resolve(findPolicy("boa"), requestWith({ ...state, learnedOn: "2010-03-02" })), {
      code: "LOOK_AHEAD",
      details: {
        field: "record.learned.learnedOn",
        value: '"2010-03-02"',
        limit: "at or before asOf, 2010-03-01",
      },
    });
    assert.throws(() => resolve(findPolicy("ml-pol"), requestWith(state)), { code: "POLICY_INVALID" });
    assert.throws(() => resolve(findPolicy("boa"), requestWith({ format: 1 })), { code: "INPUT_INVALID" });
    assert.throws(
      () => resolve(findPolicy("boa"), sampleRequest(views, { record: { agents: [], lerned: 1 } })),
      {
        code: "INPUT_INVALID",
      },
    );
  });

  it("a record that is a list gives what one of `agents` alone does, byte for byte", () => {
    const record = { agent: "good", scored: 40, meanScore: 0.1, from: "2009-01-01", to: "2009-12-01" };
    const asList = resolve(findPolicy("past-score"), sampleRequest(views, { record: [record] }));
    const asObject = resolve(
      findPolicy("past-score"),
      sampleRequest(views, { record: { agents: [record] } }),
    );
    assert.equal(JSON.stringify(asObject), JSON.stringify(asList));
  });
});

describe("what a policy learns", () => {
  const weightsAfter = (policy: string, days: number, settings: object = {}) => {
    const { weights } = resolve(
      findPolicy(policy),
      requestWith(learnedBy(policy, days, { policy: settings }), { settings }),
    );
    return new Map(weights.map(({ agent, weight }) => [agent, weight]));
  };

  it("top-k: the k best share alike, with their equals", () => {
    assert.deepEqual(Object.fromEntries(weightsAfter("top-k", 5, { k: 1 })), { bad: 0, good: 1, new: 0 });
    assert.deepEqual(Object.fromEntries(weightsAfter("top-k", 5, { k: 2 })), { bad: 0, good: 0.5, new: 0.5 });
  });

  it("skill-weights: as the shrunk ratio of losses says", () => {
    const [lossOfGood, lossOfBad] = [(0.1 ** 2 + 0.3 ** 2) / 3, (0.7 ** 2 + 0.9 ** 2) / 3];
    const pooled = (0.4 ** 2 + 0.6 ** 2) / 3;
    const ratio = (loss: number) => (40 * loss + 20 * pooled) / (60 * pooled);
    const raw = [1 / ratio(lossOfBad), 1 / ratio(lossOfGood), 1];
    const sum = raw.reduce((all, one) => all + one, 0);
    const weights = [...weightsAfter("skill-weights", 40).values()];
    weights.forEach((weight, index) => {
      assert.ok(Math.abs(weight - (raw[index] ?? 0) / sum) < 1e-12);
    });
    const uniform = weightsAfter("skill-weights", 40, { reference: "uniform" });
    assert.ok((uniform.get("good") ?? 0) > (uniform.get("new") ?? 0));
  });

  it("bayesian-model-averaging: the posterior; its log loss is within ln N of the best agent's", () => {
    const row = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 }).map(distributionOf);
    const days = fc.array(fc.tuple(row, row, row, fc.nat(2)), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(days, (list) => {
        const learner = startLearner("bayesian-model-averaging", { loss: "log" });
        const losses = [0, 0, 0];
        let own = 0;
        list.forEach(([a, b, c, outcome], day) => {
          const rows = [a, b, c];
          const forecasts = new Map(rows.map((one, agent) => [`a${agent}`, one]));
          const [pool] = learner.forecast([{ id: "x", forecasts }], dayAt(day));
          own -= Math.log([pool?.pooled ?? 0].flat()[outcome] ?? 0);
          rows.forEach((one, agent) => {
            losses[agent] = (losses[agent] ?? 0) - Math.log(one[outcome] ?? 0);
          });
          learner.learn([{ id: "x", observed: certainOutcome(outcome, 3) }], dayAt(day));
        });
        assert.ok(own - Math.min(...losses) <= Math.log(3) + 1e-9);
      }),
    );
  });

  it("stacking: with ever more cases nears the best fixed mixture, and stays equal while there are few", () => {
    const learner = startLearner("stacking", { policy: { ridge: 1 } });
    // Errors 1 and -3 with equal signs throughout: the mixture (3/4, 1/4) has none.
    for (let day = 0; day < 400; day += 1) {
      const forecasts = new Map([
        ["near", 101],
        ["far", 97],
      ]);
      learner.forecast([{ id: "x", forecasts }], dayAt(day));
      learner.learn([{ id: "x", observed: 100 }], dayAt(day));
    }
    const [near = 0] = learner.weightsOf(["near", "far"]).values();
    assert.ok(Math.abs((learner.weightsOf(["near", "far"]).get("near") ?? 0) - 0.75) < 0.01, String(near));
    const stiff = learnedBy("stacking", 3, { policy: { ridge: 1e6 } });
    const { weights } = resolve(findPolicy("stacking"), requestWith(stiff, { settings: { ridge: 1e6 } }));
    for (const { weight } of weights) assert.ok(Math.abs(weight - 1 / 3) < 1e-3);
  });

  it("P7 says what is wrong with settings, and with points where only distributions will do", () => {
    const wrong: readonly (readonly [string, object])[] = [
      ["ewa", { rate: 0 }],
      ["ewa", { rte: 1 }],
      ["fixed-share", { rate: 1 }],
      ["fixed-share", { rate: 1, share: 2 }],
      ["top-k", { k: 0 }],
      ["skill-weights", { reference: "best" }],
      ["skill-weights", { power: -1 }],
      ["bayesian-model-averaging", { floor: 0 }],
      ["stacking", { ridge: 0 }],
      ["boa", { rate: 1 }],
    ];
    for (const [name, settings] of wrong) {
      assert.throws(
        () => findPolicy(name).configure(settings),
        { code: "POLICY_INVALID" },
        `${name} ${JSON.stringify(settings)}`,
      );
    }
    for (const [name, policy] of [
      ["bayesian-model-averaging", {}],
      ["skill-weights", { reference: "uniform" }],
    ] as const) {
      const learner = startLearner(name, { policy });
      const before = learner.save();
      const ask = () => learner.forecast([{ id: "x", forecasts: new Map([["a", 1]]) }], dayAt(0));
      assert.throws(ask, { code: "POLICY_INVALID" });
      assert.deepEqual(learner.save(), before);
    }
  });
});
