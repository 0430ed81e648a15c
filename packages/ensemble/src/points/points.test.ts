import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import fc from "fast-check";
import {
  checkPointForecast,
  explainPoints,
  findPolicy,
  type PointOpinion,
  type Policy,
  policies,
  renderExplanation,
  resolvePoints,
} from "../index.ts";
import { sampleAbstention, sampleFact, sampleOpinion, sampleRequest } from "../sample-views.ts";

const { outcomes: _, probabilities: __, type: ___, ...answer } = sampleOpinion("a", [1, 0]);

function point(agent: string, value: number, rest: Partial<PointOpinion> = {}): PointOpinion {
  return { type: "point", ...answer, agent, rationale: `What ${agent} thinks.`, value, ...rest };
}

const linear = findPolicy("linear-pool");
const takingPoints = policies.filter((policy) => policy.configure(undefined).combinePoints !== undefined);

function resolved(policy: Policy, values: readonly number[], rest = {}) {
  const views = values.map((value, index) => point(`agent-${index}`, value));
  const resolution = resolvePoints(policy, sampleRequest(views, rest));
  assert.equal(resolution.status, "resolved");
  return resolution;
}

const values = fc.array(
  fc.oneof(fc.double({ min: -1e15, max: 1e15, noNaN: true }), fc.integer({ min: -9, max: 9 })),
  { minLength: 1, maxLength: 8 },
);

describe("resolvePoints", () => {
  it("is taken by every weighted mean, median and trimmed mean, and refused by what needs probabilities", () => {
    const names = takingPoints.map(({ name }) => name);
    for (const name of ["linear-pool", "past-score", "median", "trimmed-mean", "ewa"])
      assert.ok(names.includes(name), name);
    for (const name of ["dempster", "logarithmic-pool", "majority-vote", "self-confidence"]) {
      assert.throws(() => resolvePoints(findPolicy(name), sampleRequest([point("a", 1)])), {
        code: "POLICY_INVALID",
        details: { policy: name },
      });
    }
  });

  it("by hand: mean, weighted mean, median, trimmed mean", () => {
    const given = [1, 2, 3, 4, 100];
    assert.equal(resolved(linear, given).value, 22);
    assert.equal(resolved(linear, [1, 5], { settings: { weights: { "agent-1": 3 } } }).value, 4);
    assert.equal(resolved(findPolicy("median"), given).value, 3);
    assert.equal(resolved(findPolicy("median"), [1, 2, 4, 9]).value, 3);
    assert.equal(resolved(findPolicy("trimmed-mean"), given).value, 3);
    const period = { from: "2005-01-03", to: "2010-02-26" };
    const record = [0.1, 0.2].map((meanScore, index) => ({
      agent: `agent-${index}`,
      scored: 90,
      meanScore,
      ...period,
    }));
    const byRecord = resolved(findPolicy("past-score"), [0, 1], { record });
    assert.ok(byRecord.value < 0.5);
    assert.equal(byRecord.value, byRecord.weights[1]?.weight);
  });

  for (const policy of takingPoints) {
    it(`${policy.name}: adds up exactly, stays within the points, and gives a lone one back`, () => {
      fc.assert(
        fc.property(values, (given) => {
          const { value, contributions, weights } = resolved(policy, given);
          let sum = 0;
          for (const { amount } of contributions) sum += amount;
          assert.ok(sum === value && Number.isFinite(value));
          const slack = 1e-9 * Math.max(1, ...given.map(Math.abs));
          assert.ok(value >= Math.min(...given) - slack && value <= Math.max(...given) + slack);
          assert.ok(Math.abs(weights.reduce((total, { weight }) => total + weight, 0) - 1) < 1e-9);
          const [first = 0] = given;
          assert.equal(resolved(policy, [first]).value, first + 0);
        }),
      );
    });
  }

  it("E1 gives the same, byte for byte, in any order of views", () => {
    const shuffled = values.chain((given) => {
      const views = given.map((value, index) => point(`agent-${index}`, value));
      return fc.tuple(fc.constant(views), fc.shuffledSubarray(views, { minLength: views.length }));
    });
    fc.assert(
      fc.property(shuffled, fc.constantFrom(...takingPoints), ([views, order], policy) => {
        const resolution = resolvePoints(policy, sampleRequest(views));
        assert.equal(JSON.stringify(resolvePoints(policy, sampleRequest(order))), JSON.stringify(resolution));
        assert.deepEqual(JSON.parse(JSON.stringify(resolution)), resolution);
      }),
    );
  });

  it("measures the spread and the sides: by hand", () => {
    const { conflict, side } = resolved(linear, [-1, 1, 3, 5], { reference: 1 });
    assert.equal(conflict.range, 6);
    assert.equal(conflict.standardDeviation, Math.sqrt(5));
    assert.equal(conflict.medianAbsoluteDeviation, 2);
    assert.equal(conflict.otherSideShare, 0.25);
    assert.equal(side, "upper");
    assert.deepEqual(
      conflict.sides.map((one) => one.side),
      ["lower", "middle", "upper", "upper"],
    );
    assert.deepEqual(conflict.findings[0], {
      kind: "analytical",
      sides: { lower: ["agent-0"], middle: ["agent-1"], upper: ["agent-2", "agent-3"] },
      sharedFacts: [],
    });
    const alike = resolved(linear, [0.1, 0.1, 0.1]).conflict;
    assert.deepEqual(
      [alike.range, alike.standardDeviation, alike.medianAbsoluteDeviation, alike.findings],
      [0, 0, 0, []],
    );
  });

  it("finds the other kinds of conflict too: factual, freshness, missing", () => {
    const views = [
      point("a", 1, { evidence: [sampleFact("eps", 1)], dataAsOf: "2010-02-26" }),
      point("b", 2, { evidence: [sampleFact("eps", 2)], dataAsOf: "2010-03-01" }),
      sampleAbstention("c", "no data"),
    ];
    const { conflict } = resolvePoints(linear, sampleRequest(views));
    assert.deepEqual(
      conflict.findings.map(({ kind }) => kind),
      ["factual", "freshness", "missing"],
    );
  });

  it("without a quorum has no value and makes none up", () => {
    for (const views of [[point("a", 1), sampleAbstention("b", "no data")], []]) {
      const resolution = resolvePoints(linear, sampleRequest(views, { quorum: 2 }));
      assert.deepEqual([resolution.status, resolution.value, resolution.weights], ["noQuorum", null, []]);
      assert.match(
        renderExplanation(explainPoints(resolution)),
        /no value\. [01] of [02] agents? gave one; 2 needed/,
      );
    }
  });

  it("P7 checks points and requests, naming the field", () => {
    const bad: readonly (readonly [string, unknown[], object?])[] = [
      ["views[0].value", [point("a", Number.NaN)]],
      ["views[0].value", [point("a", 1.1e15)]],
      ["views[0].type", [sampleOpinion("a", [0.2, 0.3, 0.5])]],
      ["views[1].unit", [point("a", 1, { unit: "USD" }), point("b", 1)]],
      ["views[1].unit", [point("a", 1), point("b", 1, { unit: "%" })]],
      ["views[1].agent", [point("a", 1), point("a", 2)]],
      ["views[0].subject", [point("a", 1, { subject: "MSFT" })]],
      ["views[0].unit", [point("a", 1)], { unit: "USD" }],
      ["reference", [point("a", 1)], { reference: "low" }],
      ["request.outcomes", [point("a", 1)], { outcomes: ["down", "up"] }],
    ];
    for (const [field, views, rest = {}] of bad) {
      assert.throws(
        () => resolvePoints(linear, sampleRequest(views, { ...rest })),
        (error) => error instanceof MycroftError && error.details?.["field"] === field,
        field,
      );
    }
    assert.throws(() => checkPointForecast(point("a", 1, { dataAsOf: "2010-03-02" })), {
      code: "LOOK_AHEAD",
    });
    assert.throws(() => checkPointForecast(sampleAbstention("a", "no")), { code: "INPUT_INVALID" });
    assert.ok(Object.is(checkPointForecast({ ...point("a", -0), note: 1 }).value, 0));
  });
});

describe("explainPoints", () => {
  it("says the value, the spread, the sides and who dissents, in the points' unit", () => {
    const views = [point("a", -1, { unit: "%" }), point("b", 2, { unit: "%" }), point("c", 5, { unit: "%" })];
    const text = renderExplanation(explainPoints(resolvePoints(linear, sampleRequest(views))));
    assert.match(
      text,
      /^AAPL on 2010-03-01, over 28 days: 2 %\. The forecasts spread by 2\.4\d* % \(standard deviation\)/,
    );
    assert.match(text, /6 % apart from the lowest to the highest/);
    assert.match(text, /Analytical: .*b and c towards more than 0 %; a towards less than 0 %/);
    assert.match(text, /a is on the other side of 0 %, 3 % away from the result/);
    assert.match(text, /a weighs 33\.3%: the policy weighs all agents alike/);
  });
});
