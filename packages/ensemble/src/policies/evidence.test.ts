/** Dempster, Yager and PCR6 against published examples, and PCR6 against its definition. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { findPolicy, resolve } from "../index.ts";
import { distributionOf, sampleOpinion, sampleRequest } from "../sample-views.ts";

const rules = ["dempster", "yager", "pcr6"] as const;

function pool(policy: string, rows: readonly (readonly number[])[], settings = {}): readonly number[] {
  const views = rows.map((row, index) => sampleOpinion(`agent-${index}`, row));
  return resolve(findPolicy(policy), sampleRequest(views, { settings })).probabilities ?? [];
}

function nearly(actual: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  const off = expected.map((value, index) => Math.abs(value - (actual[index] ?? Number.NaN)));
  assert.ok(
    actual.length === expected.length && Math.max(...off) <= tolerance,
    `${actual} is not ${expected}`,
  );
}

/** PCR6 as it is defined: every combination of the agents' elements, the frame last. */
function pcr6ByDefinition(rows: readonly (readonly number[])[]): number[] {
  const frame = (rows[0]?.length ?? 0) - 1;
  const total = Array.from({ length: frame + 1 }, () => 0);
  const visit = (chosen: readonly number[]): void => {
    if (chosen.length < rows.length) {
      for (let element = 0; element <= frame; element += 1) visit([...chosen, element]);
      return;
    }
    const masses = chosen.map((element, agent) => rows[agent]?.[element] ?? 0);
    const product = masses.reduce((all, mass) => all * mass, 1);
    if (product === 0) return;
    const named = new Set(chosen.filter((element) => element !== frame));
    const sum = masses.reduce((all, mass) => all + mass, 0);
    if (named.size < 2) {
      const common = [...named][0] ?? frame;
      total[common] = (total[common] ?? 0) + product;
      return;
    }
    chosen.forEach((element, agent) => {
      total[element] = (total[element] ?? 0) + (product * (masses[agent] ?? 0)) / sum;
    });
  };
  visit([]);
  return total;
}

function pignistic(masses: readonly number[]): number[] {
  const outcomes = masses.slice(0, -1);
  return outcomes.map((mass) => mass + (masses.at(-1) ?? 0) / outcomes.length);
}

describe("evidence theory", () => {
  const certain = { reliability: 1 };

  it("Zadeh's paradox: two doctors exclude each other's diagnosis, and barely think of a third", () => {
    // Zadeh 1986, "A simple view of the Dempster-Shafer theory of evidence", AI Magazine 7(2): meningitis, tumour,
    // concussion with 0.99 and 0.01. Dempster's rule makes the tumour certain.
    const doctors = [
      [0.99, 0.01, 0],
      [0, 0.01, 0.99],
    ];
    nearly(pool("dempster", doctors, certain), [0, 1, 0]);
    // Yager leaves 0.0001 for the tumour and 0.9999 for ignorance.
    const ignorance = 0.9999 / 3;
    nearly(pool("yager", doctors, certain), [ignorance, 0.0001 + ignorance, ignorance]);
    // In the version with 0.9 and 0.1, PCR5 (of two sources, PCR6) gives 0.486, 0.028, 0.486: Smarandache and Dezert
    // 2006, "Advances and applications of DSmT for information fusion", vol. 2.
    const milder = [
      [0.9, 0.1, 0],
      [0, 0.1, 0.9],
    ];
    nearly(pool("pcr6", milder, certain), [0.486, 0.028, 0.486]);
    nearly(pool("dempster", milder, certain), [0, 1, 0]);
  });

  it("Dempster over two outcomes multiplies odds, when agents are relied on wholly", () => {
    nearly(
      pool(
        "dempster",
        [
          [0.6, 0.4],
          [0.7, 0.3],
        ],
        certain,
      ),
      [0.42 / 0.54, 0.12 / 0.54],
    );
  });

  it("a discount leaves mass on the frame: by hand for two agents", () => {
    // m1 = (0.4, 0.1, frame 0.5), m2 = (0.1, 0.4, frame 0.5).
    const rows = [
      [0.8, 0.2],
      [0.2, 0.8],
    ];
    const half = { reliability: 0.5 };
    nearly(pool("dempster", rows, half), [0.5, 0.5]);
    const tilted = { reliability: 0.5, reliabilities: { "agent-1": 0 } };
    for (const rule of rules) nearly(pool(rule, rows, tilted), [0.4 + 0.25, 0.1 + 0.25]);
    // Agreed: 0.4*0.1 + 0.4*0.5 + 0.1*0.5 = 0.29 each, frame 0.25; conflict 0.4*0.4 + 0.1*0.1 = 0.17.
    nearly(pool("yager", [rows[0] ?? [], rows[0] ?? []], half), [
      0.16 + 0.4 + (0.25 + 0.08) / 2,
      0.01 + 0.1 + (0.25 + 0.08) / 2,
    ]);
  });

  it("in total conflict Dempster and Yager know nothing, and PCR6 gives each its share back", () => {
    const excluding = [
      [1, 0, 0],
      [0, 0, 1],
    ];
    for (const rule of ["dempster", "yager"]) nearly(pool(rule, excluding, certain), [1 / 3, 1 / 3, 1 / 3]);
    nearly(pool("pcr6", excluding, certain), [0.5, 0, 0.5]);
  });

  it("PCR6 is the sum over all combinations, which the integral stands for", () => {
    const raw = fc.array(fc.oneof(fc.nat(20), fc.constant(0)), { minLength: 3, maxLength: 3 });
    const agents = fc.array(fc.tuple(raw.map(distributionOf), fc.constantFrom(0, 0.3, 0.8, 1)), {
      minLength: 2,
      maxLength: 4,
    });
    fc.assert(
      fc.property(agents, (given) => {
        const rows = given.map(([row]) => row);
        const reliabilities = Object.fromEntries(given.map(([, r], index) => [`agent-${index}`, r]));
        const masses = given.map(([row, r]) => [...row.map((p) => r * p), 1 - r]);
        nearly(pool("pcr6", rows, { reliabilities }), pignistic(pcr6ByDefinition(masses)), 1e-10);
      }),
    );
  });

  it("an agent that is not relied on changes nothing, except under PCR6, and nobody relied on means nothing known", () => {
    const row = fc.array(fc.nat(20), { minLength: 3, maxLength: 3 }).map(distributionOf);
    fc.assert(
      fc.property(row, row, row, (a, b, ignored) => {
        const without = { reliabilities: { "agent-2": 0 } };
        for (const rule of ["dempster", "yager"]) {
          nearly(pool(rule, [a, b, ignored], without), pool(rule, [a, b]), 1e-11);
        }
        nearly(pool("pcr6", [a, ignored], { reliabilities: { "agent-1": 0 } }), pool("pcr6", [a]), 1e-11);
        for (const rule of rules) nearly(pool(rule, [a, b], { reliability: 0 }), [1 / 3, 1 / 3, 1 / 3]);
      }),
    );
    // The conflict of a with b, 0.64, is met by the third's ignorance, which takes 1 of 2.6 parts.
    const three = pool(
      "pcr6",
      [
        [1, 0, 0],
        [0, 0, 1],
        [1, 0, 0],
      ],
      { reliabilities: { "agent-2": 0 } },
    );
    nearly(
      three,
      [0.16 + (0.64 * 0.8) / 2.6, 0, 0.16 + (0.64 * 0.8) / 2.6].map((m) => m + (0.04 + 0.64 / 2.6) / 3),
    );
  });

  it("stays a distribution for a thousand agents; PCR6 names its limit", () => {
    const rows = Array.from({ length: 1_000 }, (_, index) => (index % 3 ? [0.5, 0.3, 0.2] : [0.1, 0.1, 0.8]));
    for (const rule of ["dempster", "yager"]) {
      const result = pool(rule, rows);
      assert.ok(Math.abs(result.reduce((sum, p) => sum + p, 0) - 1) < 1e-9);
    }
    // The third outcome's plausibilities, 0.36 and 0.84, have the largest product: evidence multiplies, and is then certain.
    nearly(pool("dempster", rows), [0, 0, 1], 1e-9);
    const wide = Array.from({ length: 11 }, () => 1 / 11);
    const tooMany = Array.from({ length: 910 }, () => wide);
    assert.throws(() => pool("pcr6", tooMany), {
      code: "LIMIT_EXCEEDED",
      details: { field: "views", value: 10_010, limit: 10_000 },
    });
  });

  it("P7 names a reliability that is none", () => {
    for (const settings of [
      { reliability: 1.1 },
      { reliability: null, reliabilities: { a: -1 } },
      { trust: 1 },
    ]) {
      for (const rule of rules)
        assert.throws(() => pool(rule, [[1, 0]], settings), { code: "POLICY_INVALID" });
    }
  });
});
