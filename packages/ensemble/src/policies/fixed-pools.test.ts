/** The pools without memory that are not linear, and the baselines, by hand and by the properties that they state. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { findPolicy, resolve } from "../index.ts";
import { distributionOf, sampleOpinion, sampleRequest } from "../sample-views.ts";

type Rows = readonly (readonly number[])[];

function resolutionOf(policy: string, rows: Rows, settings = {}, confidences: readonly number[] = []) {
  const views = rows.map((row, index) => {
    const confidence = confidences[index];
    return sampleOpinion(`agent-${index}`, row, confidence === undefined ? {} : { confidence });
  });
  return resolve(findPolicy(policy), sampleRequest(views, { settings }));
}

function pool(policy: string, rows: Rows, settings = {}): readonly number[] {
  return resolutionOf(policy, rows, settings).probabilities ?? [];
}

function nearly(actual: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  const off = expected.map((value, index) => Math.abs(value - (actual[index] ?? Number.NaN)));
  assert.ok(
    actual.length === expected.length && Math.max(...off) <= tolerance,
    `${actual} is not ${expected}`,
  );
}

const rowsOfThree = fc.array(fc.array(fc.nat(50), { minLength: 3, maxLength: 3 }).map(distributionOf), {
  minLength: 2,
  maxLength: 7,
});

describe("logarithmic-pool", () => {
  it("is the geometric mean, scaled: by hand", () => {
    // Odds 4 and 1/4 to the half each: 1; odds 9 and 1: 3.
    nearly(
      pool("logarithmic-pool", [
        [0.8, 0.2],
        [0.2, 0.8],
      ]),
      [0.5, 0.5],
    );
    nearly(
      pool("logarithmic-pool", [
        [0.9, 0.1],
        [0.5, 0.5],
      ]),
      [0.75, 0.25],
    );
    // Weights 3 and 1: odds 16^(3/4) = 8.
    const settings = { weights: { "agent-0": 3 } };
    nearly(
      pool(
        "logarithmic-pool",
        [
          [16 / 17, 1 / 17],
          [0.5, 0.5],
        ],
        settings,
      ),
      [8 / 9, 1 / 9],
    );
  });

  it("is externally Bayesian: updating each opinion by one likelihood updates the pool", () => {
    fc.assert(
      fc.property(
        rowsOfThree,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 3, maxLength: 3 }),
        (rows, likelihood) => {
          const positive = rows.map((row) => distributionOf(row.map((p) => p + 0.05)));
          const update = (row: readonly number[]) =>
            distributionOf(row.map((p, k) => p * (likelihood[k] ?? 1)));
          nearly(
            pool("logarithmic-pool", positive.map(update)),
            update(pool("logarithmic-pool", positive)),
            1e-9,
          );
        },
      ),
    );
  });

  it("takes a zero for its floor, and leaves what all hold impossible impossible", () => {
    // sqrt(1e-6 * 1) against sqrt(1 * 1e-6).
    nearly(
      pool("logarithmic-pool", [
        [1, 0, 0],
        [0, 1, 0],
      ]),
      [0.5, 0.5, 0],
    );
    nearly(
      pool(
        "logarithmic-pool",
        [
          [1, 0],
          [0.5, 0.5],
        ],
        { floor: 0.01 },
      ),
      [Math.sqrt(0.5), Math.sqrt(0.005)].map((x) => x / (Math.sqrt(0.5) + Math.sqrt(0.005))),
    );
    for (const floor of [0, 0.2, Number.NaN, "0.01"]) {
      assert.throws(() => pool("logarithmic-pool", [[1, 0]], { floor }), { code: "POLICY_INVALID" });
    }
  });
});

describe("median and trimmed-mean", () => {
  it("take the middle of each outcome, scaled to a sum of 1", () => {
    const rows = [
      [0.1, 0.2, 0.7],
      [0.2, 0.3, 0.5],
      [0.6, 0.3, 0.1],
    ];
    nearly(pool("median", rows), [0.2, 0.3, 0.5]);
    nearly(
      pool("median", [...rows, [0.3, 0.1, 0.6]]),
      [0.25, 0.25, 0.55].map((x) => x / 1.05),
    );
    nearly(pool("trimmed-mean", rows, { trim: 0.34 }), [0.2, 0.3, 0.5]);
    nearly(pool("trimmed-mean", rows), pool("linear-pool", rows));
  });

  it("one agent out of five or more moves the trimmed mean no further than its neighbours reach", () => {
    const calm = Array.from({ length: 4 }, (_, index) => [0.3 + index / 100, 0.4 - index / 100, 0.3]);
    for (const policy of ["median", "trimmed-mean"]) {
      const shouted = pool(policy, [...calm, [0, 0, 1]]);
      nearly(shouted, pool(policy, [...calm, [0.2, 0.2, 0.6]]), 1e-12);
    }
  });

  it("fall back to the mean where agents are certain of different outcomes", () => {
    const rows = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    nearly(pool("median", rows), [1 / 3, 1 / 3, 1 / 3]);
    nearly(pool("trimmed-mean", rows, { trim: 0.4 }), [1 / 3, 1 / 3, 1 / 3]);
  });

  it("the median is the trimmed mean's extreme, and no trim is the linear pool", () => {
    fc.assert(
      fc.property(rowsOfThree, (rows) => {
        nearly(pool("trimmed-mean", rows, { trim: 0 }), pool("linear-pool", rows));
        if (rows.length % 2 === 0) return;
        const trim = Math.min(0.45, (rows.length - 1) / 2 / rows.length);
        nearly(pool("median", rows), pool("trimmed-mean", rows, { trim }));
      }),
    );
    assert.throws(() => pool("trimmed-mean", [[1, 0]], { trim: 0.5 }), { code: "POLICY_INVALID" });
  });
});

describe("extremized-pool", () => {
  it("multiplies the log odds of the mean, over two outcomes", () => {
    nearly(
      pool(
        "extremized-pool",
        [
          [0.8, 0.2],
          [0.7, 0.3],
        ],
        { exponent: 2 },
      ),
      [9 / 10, 1 / 10],
    );
    nearly(pool("extremized-pool", [[0.9, 0.1]], { exponent: 0.5 }), [0.75, 0.25]);
  });

  it("moves away from the prior, leaves the prior where it is, and with exponent 1 is the linear pool", () => {
    const prior = { down: 0.2, flat: 0.6, up: 0.2 };
    nearly(pool("extremized-pool", [[0.2, 0.6, 0.2]], { exponent: 3, prior }), [0.2, 0.6, 0.2]);
    // Relative to the prior 1.5, 1 and 0.5; squared 2.25, 1, 0.25; times the prior 0.45, 0.6, 0.05.
    nearly(
      pool("extremized-pool", [[0.3, 0.6, 0.1]], { exponent: 2, prior }),
      [0.45, 0.6, 0.05].map((x) => x / 1.1),
    );
    fc.assert(
      fc.property(rowsOfThree, (rows) => {
        nearly(pool("extremized-pool", rows, { exponent: 1 }), pool("linear-pool", rows));
        const mean = pool("linear-pool", rows);
        const sharper = pool("extremized-pool", rows, { exponent: 2 });
        assert.ok(Math.max(...sharper) >= Math.max(...mean) - 1e-12);
      }),
    );
  });

  it("P7 names settings that do not fit, also when the outcomes come to light later", () => {
    const bad = [
      { exponent: 0 },
      { prior: { down: 1 } },
      { prior: { a: 0.2, flat: 0.6, up: 0.2 } },
      { prior: { down: 0.5, flat: 0.6, up: 0.2 } },
    ];
    for (const settings of bad) {
      assert.throws(() => pool("extremized-pool", [[0.2, 0.6, 0.2]], settings), { code: "POLICY_INVALID" });
    }
  });
});

describe("baselines", () => {
  const rows = [
    [0.5, 0.3, 0.2],
    [0.4, 0.2, 0.4],
    [0.6, 0.2, 0.2],
    [0.1, 0.1, 0.8],
  ];

  it("are labelled as such", () => {
    for (const name of ["majority-vote", "winner-takes-all", "self-confidence"]) {
      assert.equal(findPolicy(name).kind, "baseline");
      assert.match(findPolicy(name).description, /^Baseline: /);
    }
  });

  it("majority-vote is each outcome's share of the votes, ties shared", () => {
    nearly(pool("majority-vote", rows), [2.5 / 4, 0, 1.5 / 4]);
    const { contributions } = resolutionOf("majority-vote", rows);
    assert.deepEqual(contributions[1], { agent: "agent-1", amounts: [0.125, 0, 0.125] });
  });

  it("winner-takes-all is certain of the outcome with most votes, or of none where votes are equal", () => {
    nearly(pool("winner-takes-all", rows), [1, 0, 0]);
    nearly(
      pool("winner-takes-all", [
        [0.7, 0.2, 0.1],
        [0.1, 0.2, 0.7],
      ]),
      [0.5, 0, 0.5],
    );
    nearly(pool("winner-takes-all", [[0.2, 0.6, 0.2]]), [0, 1, 0]);
  });

  it("self-confidence weighs by what agents state, or all by their highest probability", () => {
    const stated = resolutionOf("self-confidence", rows, {}, [0.2, 0.2, 0.4, 0]);
    nearly(
      stated.weights.map(({ weight }) => weight),
      [0.25, 0.25, 0.5, 0],
    );
    assert.deepEqual(stated.weights[0]?.reason, { type: "confidence", measure: "stated", confidence: 0.2 });
    const mixed = resolutionOf("self-confidence", rows, {}, [0.2]);
    nearly(
      mixed.weights.map(({ weight }) => weight),
      [0.5, 0.4, 0.6, 0.8].map((x) => x / 2.3),
    );
    const unsure = resolutionOf("self-confidence", rows, {}, [0, 0, 0, 0]);
    nearly(
      unsure.weights.map(({ weight }) => weight),
      [0.25, 0.25, 0.25, 0.25],
    );
  });
});

describe("contributions of pools that are not linear", () => {
  it("are the agent's weighted part and its weight's share of what the pool adds", () => {
    const rows = [
      [0.9, 0.1],
      [0.5, 0.5],
    ];
    const { contributions } = resolutionOf("logarithmic-pool", rows);
    // The mean is 0.7 and the pool 0.75: each adds half of its own and half of the 0.05.
    nearly(
      contributions.map(({ amounts }) => amounts[0] ?? 0),
      [0.45 + 0.025, 0.25 + 0.025],
    );
  });
});
