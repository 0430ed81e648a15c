import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findPolicy, resolve } from "@mycroft/ensemble";
import fc from "fast-check";
import { dayOf, isoOf } from "../calendar-day.ts";
import { createMarketData } from "../data/market-data.ts";
import { functionContext, runCommittee } from "../testing/agent-context.ts";
import { barOf, fixtureMarket, monthEnds, withOtherFuture } from "../testing/market-fixtures.ts";
import { applyRiskLimits, type Decision } from "./apply-risk-limits.ts";
import { constructPortfolio } from "./construct-portfolio.ts";
import { type PriceFacts, priceFacts } from "./price-facts.ts";

const market = fixtureMarket({ companies: 5, days: 90, seed: 6, spacing: "monthly", stagger: 2 });
const data = createMarketData(market);
const asOf = "2007-06-30";
const context = functionContext(data, asOf);

function resolutionOf(probabilities: readonly (readonly number[])[], subject = "C0") {
  const about = { subject, asOf, horizonDays: 28 };
  const views = probabilities.map((values, index) => ({
    type: "opinion" as const,
    agent: `agent${index}`,
    version: "1",
    ...about,
    outcomes: ["down", "flat", "up"],
    probabilities: [...values],
    rationale: "test",
    evidence: [],
  }));
  return resolve(findPolicy("linear-pool"), { ...about, quorum: 2, views });
}

const facts: PriceFacts = {
  subject: "C0",
  asOf,
  lastClose: 10,
  lastCloseDate: "2007-06-29",
  annualVolatility: 0.25,
  source: "test",
};
const bullish = resolutionOf([
  [0.1, 0.1, 0.8],
  [0.1, 0.2, 0.7],
]);

async function decide(given: Record<string, unknown>): Promise<Decision> {
  const input = applyRiskLimits.input.parse({ resolution: bullish, facts, ...given });
  return applyRiskLimits.output.parse(await applyRiskLimits.run(input, context));
}

describe("price facts", () => {
  it("are the last close and the trailing volatility by the day", async () => {
    const found = priceFacts.output.parse(
      await priceFacts.run({ subject: "C0", asOf: "2006-07-15" }, context),
    );
    const series = data.asOf("2006-07-15").series("C0");
    assert.equal(found.lastCloseDate, "2006-06-30");
    assert.equal(found.lastClose, series.bar(series.length - 1).close);
    assert.ok((found.annualVolatility ?? 0) > 0.1 && (found.annualVolatility ?? 0) < 0.5);
    assert.equal(found.source, "fixture");
  });

  it("are null where nothing is known, and never of a later day", async () => {
    const nothing = { lastClose: null, lastCloseDate: null, annualVolatility: null, source: null };
    assert.deepEqual(await priceFacts.run({ subject: "ZZZ", asOf }, context), {
      subject: "ZZZ",
      asOf,
      ...nothing,
    });
    const noMarket = { ...context, market: null };
    assert.deepEqual(await priceFacts.run({ subject: "C0", asOf }, noMarket), {
      subject: "C0",
      asOf,
      ...nothing,
    });
    const young = await priceFacts.run({ subject: "C0", asOf: "2000-02-29" }, context);
    assert.equal(young.annualVolatility, null);
    assert.notEqual(young.lastClose, null);
    await assert.rejects(async () => priceFacts.run({ subject: "C0", asOf: "2007-07-01" }, context), {
      code: "LOOK_AHEAD",
    });
  });
});

describe("risk limits", () => {
  it("let a decision within them pass as it was stated", async () => {
    const decision = await decide({ limits: { maxTilt: 1 } });
    assert.equal(decision.status, "decided");
    assert.ok(Math.abs(decision.statedTilt - 0.65) < 1e-12);
    assert.equal(decision.tilt, decision.statedTilt);
    assert.deepEqual(decision.rulings, []);
    assert.deepEqual(decision.resolution, bullish);
  });

  it("clamp the tilt and record from what to what, in both directions", async () => {
    const decision = await decide({ limits: { maxTilt: 0.2 } });
    assert.deepEqual([decision.status, decision.tilt], ["decided", 0.2]);
    assert.deepEqual(decision.rulings, [
      {
        rule: "max-tilt",
        action: "clamp",
        from: decision.statedTilt,
        to: 0.2,
        value: decision.statedTilt,
        limit: 0.2,
        reason: "The tilt of 0.65 is clamped to 0.20.",
      },
    ]);
    const bearish = resolutionOf([
      [0.8, 0.1, 0.1],
      [0.7, 0.2, 0.1],
    ]);
    const down = await decide({ resolution: bearish, limits: { maxTilt: 0.2 } });
    assert.deepEqual([down.tilt, down.rulings[0]?.to], [-0.2, -0.2]);
  });

  for (const [rule, given, value, limit] of [
    ["excluded", { limits: { excluded: ["C1", "C0"] } }, "C0", "limits.excluded"],
    ["price-known", { facts: { ...facts, lastClose: null, lastCloseDate: null } }, null, "a price"],
    ["price-age", { facts: { ...facts, lastCloseDate: "2007-05-01" } }, 60, 45],
    ["volatility-known", { facts: { ...facts, annualVolatility: null } }, null, "a volatility"],
    ["max-volatility", { facts: { ...facts, annualVolatility: 1.5 } }, 1.5, 1],
  ] as const) {
    it(`veto by ${rule}, with the value and the limit`, async () => {
      const decision = await decide(given);
      assert.deepEqual([decision.status, decision.tilt], ["vetoed", 0]);
      const [ruling] = decision.rulings;
      assert.deepEqual(
        [ruling?.rule, ruling?.action, ruling?.value, ruling?.limit],
        [rule, "veto", value, limit],
      );
      assert.deepEqual([ruling?.from, ruling?.to], [decision.statedTilt, 0]);
    });
  }

  it("veto by max-divergence when the agents exclude each other", async () => {
    const split = resolutionOf([
      [0.98, 0.01, 0.01],
      [0.01, 0.01, 0.98],
    ]);
    const decision = await decide({ resolution: split });
    assert.deepEqual([decision.status, decision.rulings[0]?.rule], ["vetoed", "max-divergence"]);
    assert.equal(decision.rulings[0]?.value, split.conflict.divergence);
  });

  it("make no view of a missing quorum", async () => {
    const decision = await decide({ resolution: resolutionOf([[0.1, 0.1, 0.8]]) });
    assert.deepEqual([decision.status, decision.statedTilt, decision.tilt], ["noView", 0, 0]);
    assert.equal(decision.rulings[0]?.reason, "1 of 1 agents had an opinion; 2 are needed.");
  });

  it("P5 refuse facts of another subject or another day", async () => {
    for (const other of [{ subject: "C1" }, { asOf: "2007-07-02" }]) {
      await assert.rejects(decide({ facts: { ...facts, ...other } }), { code: "INPUT_INVALID" });
    }
  });

  it("P7 refuse limits out of range, naming the field", () => {
    for (const limits of [
      { maxTilt: 2 },
      { maxAnnualVolatility: 0 },
      { maxDivergence: Number.NaN },
      { other: 1 },
    ]) {
      assert.equal(applyRiskLimits.input.safeParse({ resolution: bullish, facts, limits }).success, false);
    }
  });
});

const sized = fc.record({
  tilt: fc.double({ min: -1, max: 1, noNaN: true }),
  annualVolatility: fc.option(fc.double({ min: 1e-3, max: 20, noNaN: true }), { nil: null }),
});

async function portfolioOf(
  decisions: readonly { tilt: number; annualVolatility: number | null }[],
  settings: Record<string, unknown> = {},
) {
  const list = decisions.map(({ tilt, annualVolatility }, index) => ({
    subject: `S${index}`,
    tilt,
    facts: { annualVolatility },
  }));
  return await portfolioFrom(list, settings);
}

async function portfolioFrom(list: readonly unknown[], settings: Record<string, unknown> = {}) {
  const input = constructPortfolio.input.parse({ asOf, decisions: list, settings });
  return constructPortfolio.output.parse(await constructPortfolio.run(input, context));
}

describe("the portfolio", () => {
  it("scales tilt by volatility, caps each name and leaves the rest in cash", async () => {
    const { positions, gross, cash } = await portfolioOf([
      { tilt: 0.1, annualVolatility: 0.4 },
      { tilt: 0.1, annualVolatility: 0.8 },
      { tilt: 0.5, annualVolatility: 0.4 },
      { tilt: -0.3, annualVolatility: 0.4 },
      { tilt: 0.3, annualVolatility: null },
    ]);
    assert.deepEqual(
      positions.map(({ weight }) => Number(weight.toFixed(12))),
      [0.1, 0.05, 0.25, 0, 0],
    );
    assert.ok(Math.abs(gross - 0.4) < 1e-12 && Math.abs(cash - 0.6) < 1e-12);
    assert.deepEqual(positions[2]?.adjustments, [{ rule: "max-weight", from: 0.5, to: 0.25 }]);
    assert.equal(positions[3]?.adjustments[0]?.rule, "long-only");
  });

  it("scales all down alike when they add up to more than 1, and says so", async () => {
    const { positions, gross } = await portfolioOf(
      Array.from({ length: 8 }, () => ({ tilt: 0.5, annualVolatility: 0.4 })),
    );
    for (const { weight, adjustments } of positions) {
      assert.ok(Math.abs(weight - 0.125) < 1e-12);
      assert.deepEqual(
        adjustments.map(({ rule }) => rule),
        ["max-weight", "sum"],
      );
    }
    assert.ok(gross <= 1);
  });

  it("goes short only when allowed", async () => {
    const { positions, gross, cash } = await portfolioOf([{ tilt: -0.5, annualVolatility: 0.4 }], {
      longOnly: false,
    });
    assert.deepEqual([positions[0]?.weight, gross, cash], [-0.25, 0.25, 1.25]);
  });

  it("whatever the decisions: at most 1 in all, at most the cap each, no NaN, the sign of the tilt", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(sized, { maxLength: 60 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.boolean(),
        async (decisions, maxWeight, longOnly) => {
          const { positions, gross, cash } = await portfolioOf(decisions, { maxWeight, longOnly });
          assert.equal(positions.length, decisions.length);
          const sizes = positions.map(({ weight }) => Math.abs(weight));
          assert.ok(sizes.reduce((a, b) => a + b, 0) <= 1 && gross <= 1);
          assert.ok(cash >= 0 && (cash <= 1 || !longOnly));
          for (const { weight, tilt } of positions) {
            assert.ok(Number.isFinite(weight) && !Object.is(weight, -0) && Math.abs(weight) <= maxWeight);
            assert.ok(weight * tilt >= 0 && (!longOnly || weight >= 0));
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it("E1 gives each subject the same weight, bit for bit, in whatever order the decisions come", async () => {
    // Sizes below the cap that are no round numbers, so that sums in another order end in other bits.
    const decision = fc.record({
      subject: fc.nat(99).map((id) => `S${id}`),
      tilt: fc.integer({ min: -96, max: 96 }).map((part) => part / 97),
      facts: fc.record({ annualVolatility: fc.integer({ min: 1, max: 40 }).map((part) => 0.4 + part / 13) }),
    });
    const shuffled = fc
      .uniqueArray(decision, { selector: ({ subject }) => subject, minLength: 5, maxLength: 40 })
      .chain((list) => {
        const whole = { minLength: list.length, maxLength: list.length };
        return fc.tuple(fc.constant(list), fc.shuffledSubarray(list, whole));
      });
    const weigh = async (list: readonly unknown[]) => {
      const { positions, gross, cash } = await portfolioFrom(list, { longOnly: false, maxWeight: 1 });
      return { gross, cash, weights: new Map(positions.map(({ subject, weight }) => [subject, weight])) };
    };
    await fc.assert(
      fc.asyncProperty(shuffled, async ([list, other]) => {
        assert.deepEqual(await weigh(other), await weigh(list));
      }),
    );
  });

  it("P7 refuses two decisions on one subject", async () => {
    const decisions = [{ subject: "A", tilt: 0, facts: { annualVolatility: 1 } }];
    const input = constructPortfolio.input.parse({ asOf, decisions: [...decisions, ...decisions] });
    await assert.rejects(async () => constructPortfolio.run(input, context), {
      code: "INPUT_INVALID",
      message: /A/,
    });
  });
});

describe("the committee as a whole", () => {
  const universe = ["C0", "C1", "C2", "C3", "C4"];

  it("P5 records, decisions and portfolio do not change with what comes after asOf", async () => {
    let decided = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2_800 }), fc.integer(), async (offset, seed) => {
        const day = isoOf(dayOf("2000-01-31") + offset);
        const result = await runCommittee(data, day, universe);
        const other = createMarketData(withOtherFuture(market, day, seed));
        assert.deepEqual(await runCommittee(other, day, universe), result);
        decided += result.decisions.filter((decision) => decision.status === "decided").length;
      }),
      { numRuns: 20 },
    );
    assert.ok(decided > 10, String(decided));
  });

  it("P5 the same on daily bars", async () => {
    const daily = fixtureMarket({ companies: 5, days: 400, seed: 2 });
    for (const day of ["2011-02-01", "2011-05-14"]) {
      const result = await runCommittee(createMarketData(daily), day, universe);
      assert.deepEqual(
        await runCommittee(createMarketData(withOtherFuture(daily, day, 5)), day, universe),
        result,
      );
      assert.ok(result.record.length >= 3);
    }
  });

  it("E1 gives the same result twice, and JSON carries it unchanged", async () => {
    const result = await runCommittee(createMarketData(market), asOf, universe);
    assert.deepEqual(await runCommittee(createMarketData(market), asOf, universe), result);
    assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
  });

  it("E1 records, decisions and weights do not change with the order of the universe", async () => {
    const forwards = await runCommittee(data, asOf, universe);
    const backwards = await runCommittee(data, asOf, universe.toReversed());
    assert.deepEqual(backwards.record, forwards.record);
    assert.deepEqual(backwards.decisions.toReversed(), forwards.decisions);
    assert.deepEqual(backwards.portfolio.positions.toReversed(), forwards.portfolio.positions);
    assert.ok(forwards.decisions.some((decision) => decision.status === "decided"));
  });

  it("P7 a company that does not exist gets no view, and the others theirs", async () => {
    const { decisions, portfolio } = await runCommittee(data, asOf, ["C0", "ZZZ", "C1"]);
    assert.deepEqual(
      decisions.map(({ status }) => status),
      ["decided", "noView", "decided"],
    );
    assert.equal(portfolio.positions[1]?.weight, 0);
  });

  it("P7 a flat, an interrupted and a young price take nothing down", async () => {
    const dates = monthEnds("2000-01-31", 90);
    const odd = [
      { symbol: "FLAT", bars: dates.map((date) => barOf(date, 10)) },
      {
        symbol: "GAP",
        bars: dates
          .filter((_, index) => index < 40 || index > 60)
          .map((date, i) => barOf(date, 10 + (i % 3))),
      },
      { symbol: "YOUNG", bars: dates.slice(-3).map((date, index) => barOf(date, 10 + index)) },
    ].map((one) => ({ ...one, kind: "company" as const }));
    const mixed = createMarketData({ ...market, series: [...market.series, ...odd] });
    const { decisions } = await runCommittee(mixed, asOf, ["FLAT", "GAP", "YOUNG"]);
    for (const { tilt, statedTilt } of decisions)
      assert.ok(Number.isFinite(tilt) && Number.isFinite(statedTilt));
    assert.doesNotMatch(JSON.stringify(decisions), /NaN|Infinity/);
  });
});
