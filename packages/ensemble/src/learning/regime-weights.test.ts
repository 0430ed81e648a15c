import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  explain,
  findPolicy,
  type Learner,
  renderExplanation,
  resolve,
  resumeLearner,
  startLearner,
} from "../index.ts";
import { sampleOpinion, sampleRequest } from "../sample-views.ts";

function dayAt(index: number): string {
  return new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10);
}

const outcomes = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
] as const;

/** Agent `a` is right when it is calm, `b` when it is stormy; `c` never. Every fifth day is stormy. */
function walk(learner: Learner, from: number, to: number, contexts = true): void {
  for (let index = from; index < to; index += 1) {
    const isStormy = index % 5 === 0;
    const truth = index % 3;
    const sure = (place: number) => outcomes[place % 3]?.map((one) => 0.1 + 0.7 * one) ?? [];
    const forecasts = new Map([
      ["a", sure(isStormy ? truth + 1 : truth)],
      ["b", sure(isStormy ? truth : truth + 1)],
      ["c", [0.3, 0.4, 0.3]],
    ]);
    const context = contexts ? { context: isStormy ? "stormy" : "calm" } : {};
    learner.forecast([{ id: `${index}`, forecasts, ...context }], dayAt(index));
    learner.learn([{ id: `${index}`, observed: outcomes[truth] ?? [] }], dayAt(index));
  }
}

const agents = ["a", "b", "c"];

describe("weights by regime", () => {
  it("follow who is right in each regime, and where there is none those of all rounds", () => {
    const learner = startLearner("regime-boa");
    walk(learner, 0, 300);
    const of = (context: string | null, agent: string) => learner.weightsOf(agents, context).get(agent) ?? 0;
    assert.ok(of("calm", "a") > 0.9);
    assert.ok(of("stormy", "b") > 0.7 && of("stormy", "a") < of(null, "a"));
    assert.ok(of(null, "a") > of(null, "b"));
  });

  it("of a regime that was never met are those of all rounds; its own share is n / (n + halfway)", () => {
    const learner = startLearner("regime-boa", { policy: { halfway: 10 } });
    walk(learner, 0, 100);
    assert.deepEqual(learner.weightsOf(agents, "new"), learner.weightsOf(agents));
    const record = { agents: [], learned: learner.save(), context: "stormy" };
    const views = agents.map((agent) => sampleOpinion(agent, [0.2, 0.3, 0.5]));
    const request = sampleRequest(views, { record, settings: { halfway: 10 } });
    const resolution = resolve(findPolicy("regime-boa"), request);
    const [first] = resolution.weights;
    assert.deepEqual(
      resolution.weights.map(({ weight }) => weight),
      [...learner.weightsOf(agents, "stormy").values()],
    );
    assert.deepEqual(first?.reason.type === "learned" && first.reason.context, {
      name: "stormy",
      rounds: 20,
      share: 20 / 30,
    });
    assert.match(renderExplanation(explain(resolution)), /20 rounds of the regime "stormy" counts 66\.7%/);
  });

  it("without any context are those of boa", () => {
    const own = startLearner("regime-boa");
    const plain = startLearner("boa");
    walk(own, 0, 60, false);
    walk(plain, 0, 60, false);
    for (const [agent, weight] of plain.weightsOf(agents)) {
      assert.ok(Math.abs((own.weightsOf(agents).get(agent) ?? 0) - weight) < 1e-9);
    }
  });

  it("a context changes nothing for policies that do not read it, but the record of what waits", () => {
    const [withContext, without] = [startLearner("ml-pol"), startLearner("ml-pol")];
    walk(withContext, 0, 40);
    walk(without, 0, 40, false);
    assert.deepEqual(withContext.save(), without.save());
  });

  it("E1 go on from a saved state as if never interrupted, with cases waiting in between", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), (cut) => {
        const whole = startLearner("regime-boa");
        walk(whole, 0, 60);
        const first = startLearner("regime-boa");
        walk(first, 0, cut);
        const waiting = { id: "w", forecasts: new Map([["a", [0.2, 0.3, 0.5]]]), context: "calm" };
        for (const learner of [first, whole])
          learner.forecast([waiting], dayAt(learner === first ? cut : 60));
        const resumed = resumeLearner(JSON.parse(JSON.stringify(first.save())));
        assert.deepEqual(resumed.save(), first.save());
        walk(resumed, cut, 60);
        assert.deepEqual(resumed.save().rule, whole.save().rule);
      }),
      { numRuns: 20 },
    );
  });

  it("P8 of at most 20 regimes are learned; P7 a context is a name, and never NaN comes out", () => {
    const learner = startLearner("regime-boa");
    for (let index = 0; index < 60; index += 1) {
      const forecasts = new Map(agents.map((agent) => [agent, [0.2, 0.3, 0.5]]));
      const context = index % 2 === 0 ? `regime ${index}` : "__proto__/x";
      const [pooled] = learner.forecast([{ id: `${index}`, forecasts, context }], dayAt(index));
      assert.ok([...(pooled?.weights.values() ?? [Number.NaN])].every((weight) => Number.isFinite(weight)));
      learner.learn([{ id: `${index}`, observed: [0, 0, 1] }], dayAt(index));
    }
    const { rule } = learner.save();
    const contexts = Object.keys(rule?.scalars ?? {}).filter((key) => key.endsWith("#rounds"));
    assert.equal(contexts.length, 21);
    assert.deepEqual(resumeLearner(JSON.parse(JSON.stringify(learner.save()))).save(), learner.save());
    const bad = { id: "bad", forecasts: new Map([["a", [0.2, 0.3, 0.5]]]), context: "" };
    assert.throws(() => learner.forecast([bad], dayAt(61)), { code: "INPUT_INVALID" });
    const state = learner.save();
    const broken = (scalars: Readonly<Record<string, number>>, columns = rule?.columns) => {
      return { ...state, rule: { ...rule, columns, scalars: { ...rule?.scalars, ...scalars } } };
    };
    for (const wrong of [broken({ "/#rounds": -20 }), broken({ "x/#rounds": 0.5 }), broken({}, {})]) {
      assert.throws(() => resumeLearner(wrong), { code: /^(INPUT_INVALID|LIMIT_EXCEEDED)$/ });
    }
    const settings = { policy: { halfway: 0 } };
    assert.throws(() => startLearner("regime-boa", settings), { code: "POLICY_INVALID" });
  });
});
