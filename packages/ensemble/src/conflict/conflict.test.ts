import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { type Conflict, type ConflictFinding, measureConflict, type View } from "../index.ts";
import { distributionOf, sampleAbstention, sampleFact, sampleOpinion } from "../sample-views.ts";

function findingOf<Kind extends ConflictFinding["kind"]>(
  conflict: Conflict,
  kind: Kind,
): Extract<ConflictFinding, { readonly kind: Kind }> | undefined {
  return conflict.findings.find(
    (finding): finding is Extract<ConflictFinding, { readonly kind: Kind }> => finding.kind === kind,
  );
}

const down = [0.6, 0.2, 0.2];
const level = [0.3, 0.4, 0.3];
const up = [0.2, 0.2, 0.6];

describe("measures of conflict", () => {
  it("are 0 for one opinion and for equal ones, and find nothing", () => {
    for (const agents of [["trend"], ["macro", "technical", "trend"]]) {
      const conflict = measureConflict(agents.map((agent) => sampleOpinion(agent, up)));
      assert.equal(conflict.divergence, 0);
      assert.equal(conflict.otherSideShare, 0);
      assert.deepEqual(conflict.findings, []);
      assert.ok(conflict.pairwise?.distances.flat().every((distance) => distance === 0));
      assert.ok(Math.abs((conflict.entropy?.pool ?? 0) - (conflict.entropy?.mean ?? 1)) < 1e-15);
    }
  });

  it("are 0 and null where nobody has an opinion, and say what is missing", () => {
    const nobody = { divergence: 0, entropy: null, otherSideShare: 0, leans: [] };
    const abstained = measureConflict([sampleAbstention("trend", "too little history")]);
    assert.deepEqual({ ...abstained, ...nobody }, abstained);
    assert.deepEqual(abstained.pairwise, { agents: [], distances: [] });
    assert.deepEqual(measureConflict([]).findings, [
      { kind: "missing", abstained: [], asked: 0, opinions: 0, quorum: 1, quorumMet: false },
    ]);
  });

  it("tell disagreement from doubt", () => {
    const torn = measureConflict([sampleOpinion("a", [1, 0, 0]), sampleOpinion("b", [0, 0, 1])]);
    const third = 1 / 3;
    const doubtful = measureConflict([
      sampleOpinion("a", [third, third, third]),
      sampleOpinion("b", [third, third, third]),
    ]);
    assert.ok(torn.divergence > 0.63);
    assert.equal(torn.entropy?.mean, 0);
    assert.equal(doubtful.divergence, 0);
    assert.equal(doubtful.entropy?.mean, doubtful.entropy?.pool);
  });

  it("divergence is the entropy of the pool less the mean entropy", () => {
    const many = fc.array(fc.array(fc.nat(100), { minLength: 3, maxLength: 3 }), {
      minLength: 2,
      maxLength: 6,
    });
    fc.assert(
      fc.property(many, (raw) => {
        const views = raw.map((row, index) => sampleOpinion(`a${index}`, distributionOf(row)));
        const { divergence, entropy } = measureConflict(views);
        assert.ok(entropy);
        assert.ok(Math.abs(divergence - (entropy.pool - entropy.mean)) < 1e-12);
      }),
    );
  });

  it("the conflict mass is what Dempster's rule puts on the empty set: by hand", () => {
    // Zadeh's two doctors: all but 0.01 * 0.01 is in conflict.
    const doctors = measureConflict([
      sampleOpinion("a", [0.99, 0.01, 0]),
      sampleOpinion("b", [0, 0.01, 0.99]),
    ]);
    assert.ok(Math.abs((doctors.mass?.all ?? 0) - 0.9999) < 1e-12);
    assert.equal(doctors.mass?.all, doctors.mass?.pairwise);
    assert.ok(Math.abs((doctors.mass?.own ?? 1) - (1 - 0.99 ** 2 - 0.01 ** 2)) < 1e-12);
    assert.deepEqual(measureConflict([sampleOpinion("a", [1, 0, 0])]).mass, { all: 0, pairwise: 0, own: 0 });
    const alike = measureConflict(["a", "b", "c"].map((agent) => sampleOpinion(agent, [0.5, 0.5, 0]))).mass;
    assert.deepEqual(alike, { all: 0.75, pairwise: 0.5, own: 0.5 });
  });

  it("what the pairwise conflict mass has above doubt is half the mean squared distance of two opinions", () => {
    const many = fc.array(fc.array(fc.nat(100), { minLength: 3, maxLength: 3 }).map(distributionOf), {
      minLength: 2,
      maxLength: 6,
    });
    fc.assert(
      fc.property(many, (rows) => {
        const { mass } = measureConflict(rows.map((row, index) => sampleOpinion(`a${index}`, row)));
        assert.ok(mass);
        let squares = 0;
        for (const a of rows) {
          for (const b of rows) squares += a.reduce((sum, p, k) => sum + (p - (b[k] ?? 0)) ** 2, 0);
        }
        const mean = squares / rows.length / (rows.length - 1);
        assert.ok(Math.abs(mass.pairwise - mass.own - mean / 2) < 1e-12);
        assert.ok(mass.all >= mass.pairwise - 1e-12 && mass.all <= 1);
      }),
    );
  });

  it("the pairwise matrix is symmetric, in order of names, and left out above its limit", () => {
    const conflict = measureConflict([
      sampleOpinion("b", up),
      sampleOpinion("c", down),
      sampleOpinion("a", level),
    ]);
    const { agents, distances } = conflict.pairwise ?? { agents: [], distances: [] };
    assert.deepEqual(agents, ["a", "b", "c"]);
    agents.forEach((_, i) => {
      agents.forEach((_, j) => {
        assert.equal(distances[i]?.[j], distances[j]?.[i]);
        assert.equal(distances[i]?.[j] === 0, i === j);
      });
    });
    assert.ok((distances[1]?.[2] ?? 0) > (distances[0]?.[1] ?? 1));
    const crowd = Array.from({ length: 201 }, (_, index) =>
      sampleOpinion(`a${index}`, index % 2 ? up : down),
    );
    assert.equal(measureConflict(crowd).pairwise, null);
    assert.ok(measureConflict(crowd).divergence > 0.09);
  });

  it("P7 a quorum is a whole number from 1", () => {
    for (const quorum of [0, 1.5, Number.NaN, 1_001]) {
      assert.throws(() => measureConflict([], { quorum }), { code: "INPUT_INVALID" });
    }
  });
});

describe("kinds of conflict", () => {
  it("analytical: who stands on which side, and what both sides read", () => {
    const conflict = measureConflict([
      sampleOpinion("trend", up, { evidence: [sampleFact("close", 204), sampleFact("rsi", 71)] }),
      sampleOpinion("reversal", down, { evidence: [sampleFact("close", 204)] }),
      sampleOpinion("macro", level, { evidence: [sampleFact("vix", 20)] }),
    ]);
    assert.deepEqual(findingOf(conflict, "analytical"), {
      kind: "analytical",
      sides: { lower: ["reversal"], middle: ["macro"], upper: ["trend"] },
      sharedFacts: [{ fact: "close", date: "2010-02-26" }],
    });
    assert.equal(conflict.otherSideShare, 1 / 3);
    assert.equal(findingOf(conflict, "factual"), undefined);
  });

  it("analytical: also on one side, when far apart", () => {
    const sure = measureConflict([sampleOpinion("a", [0, 0, 1]), sampleOpinion("b", [0, 0.9, 0.1])]);
    assert.deepEqual(findingOf(sure, "analytical")?.sides, { lower: [], middle: [], upper: ["a", "b"] });
    const close = measureConflict([
      sampleOpinion("a", [0.2, 0.2, 0.6]),
      sampleOpinion("b", [0.2, 0.25, 0.55]),
    ]);
    assert.equal(findingOf(close, "analytical"), undefined);
  });

  it("factual: which agents cite which values from which sources", () => {
    const conflict = measureConflict([
      sampleOpinion("b", up, { evidence: [sampleFact("eps", 1.2, "filing"), sampleFact("sector", "tech")] }),
      sampleOpinion("a", up, { evidence: [sampleFact("eps", 1.5, "vendor")] }),
      sampleOpinion("c", up, {
        evidence: [sampleFact("eps", 1.2 + 1e-12, "prices"), sampleFact("sector", "tech")],
      }),
    ]);
    assert.deepEqual(conflict.findings, [
      {
        kind: "factual",
        fact: "eps",
        date: "2010-02-26",
        claims: [
          {
            value: 1.2,
            citedBy: [
              { agent: "b", source: "filing" },
              { agent: "c", source: "prices" },
            ],
          },
          { value: 1.5, citedBy: [{ agent: "a", source: "vendor" }] },
        ],
      },
    ]);
  });

  it("factual: another date is another fact, and another type another value", () => {
    const other = { ...sampleFact("eps", 1.5), date: "2010-02-25" };
    const dates = [
      sampleOpinion("a", up, { evidence: [sampleFact("eps", 1.2)] }),
      sampleOpinion("b", up, { evidence: [other] }),
    ];
    assert.deepEqual(measureConflict(dates).findings, []);
    const values = ["1", true, 1, false] as const;
    const types = values.map((value, i) =>
      sampleOpinion(`a${i}`, up, { evidence: [sampleFact("eps", value)] }),
    );
    const claims = findingOf(measureConflict(types), "factual")?.claims ?? [];
    assert.deepEqual(
      claims.map(({ value }) => value),
      [1, "1", false, true],
    );
  });

  it("freshness: who looked at data of which age", () => {
    const conflict = measureConflict([
      sampleOpinion("a", up, { dataAsOf: "2010-01-29" }),
      sampleOpinion("b", up, { dataAsOf: "2010-03-01" }),
      sampleOpinion("c", up, { dataAsOf: "2010-01-29" }),
      sampleOpinion("d", up),
    ]);
    assert.deepEqual(conflict.findings, [
      {
        kind: "freshness",
        spreadDays: 31,
        sides: [
          { dataAsOf: "2010-03-01", ageDays: 0, agents: ["b"] },
          { dataAsOf: "2010-01-29", ageDays: 31, agents: ["a", "c"] },
        ],
        unstated: ["d"],
      },
    ]);
  });

  it("missing: who abstained and why, and whether the quorum is met", () => {
    const views = [
      sampleOpinion("a", up),
      sampleAbstention("c", "no tweets", "DATA_EMPTY"),
      sampleAbstention("b", "no vix"),
    ];
    const expected = {
      kind: "missing",
      abstained: [
        { agent: "b", version: "1.0.0", reason: "no vix", code: null },
        { agent: "c", version: "1.0.0", reason: "no tweets", code: "DATA_EMPTY" },
      ],
      asked: 3,
      opinions: 1,
      quorum: 1,
      quorumMet: true,
    };
    assert.deepEqual(measureConflict(views).findings, [expected]);
    assert.deepEqual(measureConflict(views, { quorum: 2 }).findings, [
      { ...expected, quorum: 2, quorumMet: false },
    ]);
  });

  it("E1 do not depend on the order of views or of evidence", () => {
    const facts = [
      sampleFact("eps", 1, "x"),
      sampleFact("eps", 2, "y"),
      sampleFact("eps", 1, "z"),
      sampleFact("pe", 9),
    ];
    const views: View[] = [
      sampleOpinion("a", up, { evidence: facts, dataAsOf: "2010-02-26" }),
      sampleOpinion("b", down, { evidence: facts.toReversed(), dataAsOf: "2010-03-01" }),
      sampleOpinion("c", level, { evidence: facts.slice(2) }),
      sampleAbstention("d", "no data"),
    ];
    const expected = measureConflict(views);
    const shuffled = fc.shuffledSubarray(views, { minLength: views.length });
    fc.assert(
      fc.property(shuffled, fc.shuffledSubarray(facts, { minLength: facts.length }), (order, evidence) => {
        const given = order.map((view) => (view.agent === "a" ? { ...view, evidence } : view));
        assert.deepEqual(measureConflict(given), expected);
      }),
    );
  });
});
