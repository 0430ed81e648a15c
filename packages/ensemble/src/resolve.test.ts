import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MycroftError } from "@mycroft/errors";
import fc from "fast-check";
import {
  type AgentRecord,
  findPolicy,
  type Policy,
  policies,
  poolLinearly,
  type Resolution,
  resolve,
} from "./index.ts";
import {
  distributionOf,
  sampleAbstention,
  sampleFact,
  sampleOpinion,
  sampleRequest,
} from "./sample-views.ts";

const linear = findPolicy("linear-pool");
const up = [0.2, 0.2, 0.6];
const down = [0.6, 0.2, 0.2];

const amount = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 5e-324));

interface Case {
  readonly rows: number[][];
  readonly record: AgentRecord[];
}

/** 1 to 8 agents over 2 to 6 outcomes, some of them with records. */
const anyCase: fc.Arbitrary<Case> = fc.integer({ min: 2, max: 6 }).chain((k) =>
  fc.record({
    rows: fc.array(fc.array(amount, { minLength: k, maxLength: k }).map(distributionOf), {
      minLength: 1,
      maxLength: 8,
    }),
    record: fc.uniqueArray(
      fc.record({
        agent: fc.nat(9).map(nameOf),
        scored: fc.oneof(fc.nat(5), fc.nat(), fc.constant(Number.MAX_SAFE_INTEGER)),
        meanScore: amount,
        from: fc.constant("2005-01-03"),
        to: fc.constant("2010-03-01"),
      }),
      { selector: ({ agent }) => agent },
    ),
  }),
);

function nameOf(index: number): string {
  return `agent-${index}`;
}

function viewsOf({ rows }: Case) {
  return rows.map((row, index) => sampleOpinion(nameOf(index), row));
}

function resolved(
  policy: Policy,
  given: Case,
  rest = {},
): Extract<Resolution, { readonly status: "resolved" }> {
  const resolution = resolve(policy, sampleRequest(viewsOf(given), { record: given.record, ...rest }));
  assert.equal(resolution.status, "resolved");
  return resolution;
}

/** Every number anywhere in a value. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

/** They change even what all say alike: away from the prior, to votes, or by the discount of their reliability. */
const notUnanimous = ["dempster", "extremized-pool", "majority-vote", "pcr6", "winner-takes-all", "yager"];

for (const policy of policies) {
  describe(`${policy.name}, whatever the opinions and records,`, () => {
    it("gives a distribution", () => {
      fc.assert(
        fc.property(anyCase, (given) => {
          const { probabilities } = resolved(policy, given);
          assert.ok(probabilities.every((p) => p >= 0 && p <= 1));
          assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-9);
        }),
      );
    });

    it("never gives a number that JSON cannot carry", () => {
      fc.assert(
        fc.property(anyCase, (given) => {
          const resolution = resolved(policy, given);
          assert.ok(numbersIn(resolution).every(Number.isFinite));
          assert.deepEqual(JSON.parse(JSON.stringify(resolution)), resolution);
        }),
      );
    });

    it("contributions add up to the probabilities exactly, and weights to 1", () => {
      fc.assert(
        fc.property(anyCase, (given) => {
          const { probabilities, contributions, weights } = resolved(policy, given);
          probabilities.forEach((p, outcome) => {
            let sum = 0;
            for (const { amounts } of contributions) sum += amounts[outcome] ?? Number.NaN;
            assert.equal(sum, p);
          });
          const total = weights.reduce((sum, { weight }) => sum + weight, 0);
          assert.ok(total <= 1 && total > 1 - 1e-12, String(total));
        }),
      );
    });

    it("E1 gives the same, byte for byte, in any order of views and records", () => {
      const ordered = anyCase.chain((given) =>
        fc.tuple(
          fc.constant(given),
          fc.shuffledSubarray(viewsOf(given), { minLength: given.rows.length }),
          fc.shuffledSubarray(given.record, { minLength: given.record.length }),
        ),
      );
      fc.assert(
        fc.property(ordered, ([given, views, record]) => {
          const shuffled = resolve(policy, sampleRequest(views, { record }));
          assert.equal(JSON.stringify(shuffled), JSON.stringify(resolved(policy, given)));
        }),
      );
    });

    const skip = notUnanimous.includes(policy.name) && "it does not preserve unanimity";
    it("gives a lone opinion back as it is, and identical ones but for rounding", { skip }, () => {
      fc.assert(
        fc.property(anyCase, ({ rows, record }) => {
          const row = rows[0] ?? [];
          assert.deepEqual(resolved(policy, { rows: [row], record }).probabilities, row);
          const alike = resolved(policy, { rows: rows.map(() => row), record });
          const off = alike.probabilities.map((p, outcome) => Math.abs(p - (row[outcome] ?? 0)));
          assert.ok(Math.max(...off) < 1e-12);
        }),
      );
    });
  });
}

describe("resolve", () => {
  it("records what the decision rests on", () => {
    const views = [
      sampleOpinion("trend", up, { confidence: 0.9, dataAsOf: "2010-02-26" }),
      sampleOpinion("reversal", down),
      sampleAbstention("sentiment", "no tweets", "DATA_EMPTY"),
    ];
    const settings = { weights: { trend: 3 } };
    const resolution = resolve(linear, sampleRequest(views, { quorum: 2, settings }));
    assert.deepEqual(resolution.policy, { name: "linear-pool", version: linear.version, settings });
    assert.deepEqual(resolution.quorum, { needed: 2, opinions: 2, asked: 3 });
    assert.deepEqual(
      resolution.weights.map(({ agent, weight, reason }) => [agent, weight, reason]),
      [
        ["reversal", 0.25, { type: "stated", stated: 1 }],
        ["trend", 0.75, { type: "stated", stated: 3 }],
      ],
    );
    assert.deepEqual(resolution.abstentions, [
      { agent: "sentiment", version: "1.0.0", reason: "no tweets", code: "DATA_EMPTY" },
    ]);
    assert.deepEqual(
      resolution.opinions.map(({ agent, confidence, dataAsOf }) => [agent, confidence, dataAsOf]),
      [
        ["reversal", null, null],
        ["trend", 0.9, "2010-02-26"],
      ],
    );
  });

  it("ranks dissent by distance, with each agent's stance", () => {
    const views = [
      sampleOpinion("a", up),
      sampleOpinion("b", down),
      sampleOpinion("c", up),
      sampleOpinion("d", [0.3, 0.4, 0.3]),
    ];
    const { dissent, lean } = resolve(linear, sampleRequest(views));
    assert.equal(lean?.side, "upper");
    assert.deepEqual(
      dissent.map(({ agent, side, stance }) => [agent, side, stance]),
      [
        ["b", "lower", "against"],
        ["a", "upper", "with"],
        ["c", "upper", "with"],
        ["d", "middle", "neutral"],
      ],
    );
    assert.ok(dissent.every(({ distance }, index) => distance <= (dissent[index - 1]?.distance ?? 1)));
  });

  it("P6 takes -0 for 0, and keeps nothing of the request that its owner could change later", () => {
    const probabilities = [-0, 0.5, 0.5];
    const resolution = resolve(linear, sampleRequest([{ ...sampleOpinion("a", up), probabilities }]));
    probabilities[0] = 7;
    assert.deepEqual(resolution.opinions[0]?.probabilities, [0, 0.5, 0.5]);
    assert.deepEqual(JSON.parse(JSON.stringify(resolution)), resolution);
  });

  it("scales a sum that is a little off 1", () => {
    const { probabilities } = resolve(linear, sampleRequest([sampleOpinion("a", [0.2, 0.3, 0.5000009])]));
    assert.ok(Math.abs((probabilities ?? []).reduce((sum, p) => sum + p, 0) - 1) < 1e-15);
  });

  it("without a quorum has no view and makes none up, but measures the conflict", () => {
    const views = [sampleOpinion("a", up), sampleOpinion("b", down), sampleAbstention("c", "no data")];
    for (const policy of policies) {
      const resolution = resolve(policy, sampleRequest(views, { quorum: 3 }));
      assert.equal(resolution.status, "noQuorum");
      assert.equal(resolution.probabilities, null);
      assert.deepEqual([resolution.weights, resolution.contributions, resolution.dissent], [[], [], []]);
      assert.ok(resolution.conflict.divergence > 0.09);
    }
  });

  it("has no view when all abstain or nobody was asked", () => {
    for (const views of [[sampleAbstention("a", "no data"), sampleAbstention("b", "no data")], []]) {
      const { status, probabilities, outcomes } = resolve(linear, sampleRequest(views));
      assert.deepEqual([status, probabilities, outcomes], ["noQuorum", null, ["down", "flat", "up"]]);
    }
  });

  it("takes null for an optional field that a workflow left empty", () => {
    const views = [sampleOpinion("a", up)];
    const bare = resolve(linear, sampleRequest(views));
    assert.deepEqual(
      resolve(linear, sampleRequest(views, { outcomes: null, record: null, settings: null })),
      bare,
    );
  });

  it("P7 checks the request, whatever it is", () => {
    const views = [sampleOpinion("a", up)];
    const record = [{ agent: "a", scored: 3, meanScore: 0.2, from: "2005-01-03", to: "2010-03-01" }];
    const bad: readonly (readonly [string, string, Readonly<Record<string, unknown>>])[] = [
      ["INPUT_INVALID", "request.qorum", { qorum: 2 }],
      ["INPUT_INVALID", "quorum", { quorum: 0 }],
      ["INPUT_INVALID", "subject", { subject: "" }],
      ["INPUT_INVALID", "asOf", { asOf: "yesterday" }],
      ["INPUT_INVALID", "views", { views: "none" }],
      ["INPUT_INVALID", "views[0]", { views: [null] }],
      ["INPUT_INVALID", "views[0].subject", { subject: "MSFT" }],
      ["LIMIT_EXCEEDED", "views", { views: Array(1_001).fill(views[0]) }],
      ["OPINION_DIMENSION", "views[0].outcomes", { outcomes: ["down", "up"] }],
      ["OPINION_DIMENSION", "outcomes", { outcomes: ["up"] }],
      [
        "OPINION_INVALID",
        "views[0].probabilities[2]",
        { views: [{ ...views[0], probabilities: [1, 0, Number.NaN] }] },
      ],
      ["INPUT_INVALID", "record", { record: {} }],
      ["INPUT_INVALID", "record[0].meanScore", { record: [{ ...record[0], meanScore: 1.1 }] }],
      ["INPUT_INVALID", "record[0].scored", { record: [{ ...record[0], scored: -1 }] }],
      [
        "INPUT_INVALID",
        "record[0].from",
        { record: [{ ...record[0], from: "2010-02-28", to: "2010-02-27" }] },
      ],
      ["INPUT_INVALID", "record[1].agent", { record: [record[0], record[0]] }],
      ["POLICY_INVALID", "settings", { settings: "strict" }],
      ["POLICY_INVALID", "settings.weight", { settings: { weight: {} } }],
      ["POLICY_INVALID", "settings.weights.a", { settings: { weights: { a: 0 } } }],
      ["POLICY_INVALID", "settings.weights.a", { settings: { weights: { a: Number.NaN } } }],
    ];
    for (const [code, field, rest] of bad) {
      assert.throws(
        () => resolve(linear, sampleRequest(views, rest)),
        (error) => error instanceof MycroftError && error.code === code && error.details?.["field"] === field,
        `${code} ${field}`,
      );
    }
    for (const request of [null, undefined, 7, "x", []]) {
      assert.throws(() => resolve(linear, request), { code: "INPUT_INVALID" });
    }
  });

  it("P5 rejects a record that knows later outcomes", () => {
    const record = [{ agent: "a", scored: 3, meanScore: 0.2, from: "2005-01-03", to: "2010-03-02" }];
    assert.throws(() => resolve(linear, sampleRequest([sampleOpinion("a", up)], { record })), {
      code: "LOOK_AHEAD",
    });
  });

  it("lets no policy put something else than a distribution into a decision", () => {
    const bad = [
      [],
      [{ weight: Number.NaN, reason: { type: "equal" }, amounts: up }],
      [{ weight: 1, reason: { type: "equal" }, amounts: [0.2, 0.2] }],
      [{ weight: 1, reason: { type: "equal" }, amounts: [1.2, -0.2, 0] }],
    ] as const;
    for (const parts of bad) {
      const rogue: Policy = { ...linear, configure: () => ({ settings: {}, combine: () => parts }) };
      assert.throws(() => resolve(rogue, sampleRequest([sampleOpinion("a", up)])), { code: "INTERNAL" });
    }
  });

  it("takes a policy of one's own, with the rounding of its arithmetic", () => {
    const lastWins: Policy = {
      ...linear,
      name: "last-wins",
      configure: () => ({
        settings: {},
        combine: ({ opinions }) =>
          poolLinearly(
            opinions,
            opinions.map((_, index) => ({
              raw: index === opinions.length - 1 ? 3 : 0,
              reason: { type: "equal" },
            })),
          ),
      }),
    };
    const views = [sampleOpinion("a", down), sampleOpinion("b", up)];
    assert.deepEqual(resolve(lastWins, sampleRequest(views)).probabilities, up);
    const rounded = { weight: 1, reason: { type: "equal" }, amounts: [0, 0, 1 + Number.EPSILON] } as const;
    const careless: Policy = { ...linear, configure: () => ({ settings: {}, combine: () => [rounded] }) };
    assert.equal(resolve(careless, sampleRequest([sampleOpinion("a", up)])).status, "resolved");
  });

  it("gives plain JSON: its type is assignable to a JSON value", () => {
    type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
    const json: Json = resolve(
      linear,
      sampleRequest([sampleOpinion("a", up, { evidence: [sampleFact("x", 1)] })]),
    );
    assert.deepEqual(JSON.parse(JSON.stringify(json)), json);
  });
});

describe("findPolicy", () => {
  it("finds each policy by its name, with where it comes from", () => {
    for (const policy of policies) {
      assert.equal(findPolicy(policy.name), policy);
      assert.match(policy.source, /\d{4}/);
    }
  });

  it("names the policies that exist when one does not", () => {
    assert.throws(() => findPolicy("best"), {
      code: "POLICY_UNKNOWN",
      details: { policy: "best", known: policies.map(({ name }) => name) },
    });
  });
});
