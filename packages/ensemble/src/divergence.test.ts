import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { jensenShannonDistance, jensenShannonDivergence } from "./index.ts";
import { distributionOf } from "./sample-views.ts";

const amount = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 5e-324, 1e-300));

function rowsOver(k: number, min: number, max: number): fc.Arbitrary<number[][]> {
  const row = fc.array(amount, { minLength: k, maxLength: k }).map(distributionOf);
  return fc.array(row, { minLength: min, maxLength: max });
}

const rows = fc.integer({ min: 2, max: 6 }).chain((k) => rowsOver(k, 1, 8));
const triple = fc.integer({ min: 2, max: 6 }).chain((k) => rowsOver(k, 3, 3));

/** The definition as the books have it; good enough where nothing is close to zero. */
function textbook(all: readonly (readonly number[])[]): number {
  const entropy = (row: readonly number[]): number =>
    -row.reduce((sum, p) => (p > 0 ? sum + p * Math.log(p) : sum), 0);
  const n = all.length;
  const k = all[0]?.length ?? 0;
  const pool = Array.from({ length: k }, (_, at) => all.reduce((sum, row) => sum + (row[at] ?? 0) / n, 0));
  const divergence = entropy(pool) - all.reduce((sum, row) => sum + entropy(row) / n, 0);
  return divergence / Math.log(k);
}

describe("jensenShannonDivergence", () => {
  it("is entropy of the mean less mean of the entropies, over ln K", () => {
    fc.assert(
      fc.property(rows, (all) => {
        assert.ok(Math.abs(jensenShannonDivergence(all) - textbook(all)) < 1e-9);
      }),
    );
  });

  it("lies between 0 and 1, whatever the weights", () => {
    const weighted = rows.chain((all) =>
      fc.tuple(fc.constant(all), fc.array(amount, { minLength: all.length, maxLength: all.length })),
    );
    fc.assert(
      fc.property(weighted, ([all, weights]) => {
        fc.pre(weights.some((weight) => weight > 0));
        const divergence = jensenShannonDivergence(all, weights);
        assert.ok(divergence >= 0 && divergence <= 1, String(divergence));
      }),
    );
  });

  it("is exactly 0 for equal distributions, and above 0 for others", () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 9 }), (all, times) => {
        const first = all[0] ?? [];
        assert.equal(jensenShannonDivergence(Array.from({ length: times }, () => first)), 0);
        const apart = Math.max(...all.flatMap((row) => row.map((p, at) => Math.abs(p - (first[at] ?? 0)))));
        if (apart > 1e-12) assert.ok(jensenShannonDivergence(all) > 0);
      }),
    );
  });

  it("has the bounds that are stated for it", () => {
    const corners = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    assert.equal(jensenShannonDivergence(corners), 1);
    assert.ok(Math.abs(jensenShannonDivergence(corners.slice(1)) - Math.log(2) / Math.log(3)) < 1e-15);
    fc.assert(
      fc.property(rows, (all) => {
        const most = Math.log(all.length) / Math.log(all[0]?.length ?? 2);
        assert.ok(jensenShannonDivergence(all) <= Math.min(1, most) + 1e-12);
      }),
    );
  });

  it("does not change when every distribution is given twice", () => {
    fc.assert(
      fc.property(rows, (all) => {
        const difference = jensenShannonDivergence([...all, ...all]) - jensenShannonDivergence(all);
        assert.ok(Math.abs(difference) < 1e-12);
      }),
    );
  });

  it("hears only those that have weight", () => {
    const opposed = [
      [1, 0],
      [0, 1],
    ];
    assert.equal(jensenShannonDivergence(opposed, [3, 0]), 0);
    assert.equal(jensenShannonDivergence([...opposed, [0, 1]], [2, 2, 0]), 1);
  });

  it("P7 rejects nothing at all, bad distributions and bad weights", () => {
    assert.throws(() => jensenShannonDivergence([]), { code: "ENSEMBLE_EMPTY" });
    assert.throws(
      () =>
        jensenShannonDivergence([
          [0.5, 0.5],
          [1, 0, 0],
        ]),
      { code: "OPINION_DIMENSION" },
    );
    assert.throws(() => jensenShannonDivergence([[0.5, 0.4]]), { code: "OPINION_INVALID" });
    for (const weights of [[1], [0, 0], [1, -1], [1, Number.NaN], [1, Number.POSITIVE_INFINITY]]) {
      assert.throws(
        () =>
          jensenShannonDivergence(
            [
              [1, 0],
              [0, 1],
            ],
            weights,
          ),
        { code: "INPUT_INVALID" },
      );
    }
  });
});

describe("jensenShannonDistance", () => {
  it("is a metric from 0 to 1", () => {
    fc.assert(
      fc.property(triple, ([a = [], b = [], c = []]) => {
        const ab = jensenShannonDistance(a, b);
        assert.ok(ab >= 0 && ab <= 1);
        assert.equal(ab, jensenShannonDistance(b, a));
        assert.equal(jensenShannonDistance(a, a), 0);
        assert.ok(ab <= jensenShannonDistance(a, c) + jensenShannonDistance(c, b) + 1e-12);
      }),
    );
  });

  it("is the root of the divergence of two, to base 2", () => {
    assert.equal(jensenShannonDistance([1, 0, 0], [0, 0, 1]), 1);
    fc.assert(
      fc.property(triple, ([a = [], b = []]) => {
        const squared = (jensenShannonDivergence([a, b]) * Math.log(a.length)) / Math.LN2;
        assert.ok(Math.abs(jensenShannonDistance(a, b) ** 2 - squared) < 1e-12);
      }),
    );
  });
});
