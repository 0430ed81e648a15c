import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { dayOf, isoOf } from "./calendar-day.ts";
import { createMarketData } from "./data/market-data.ts";
import { classifyReturn, findOutcome, flatWidth } from "./outcome.ts";
import {
  barOf,
  fixtureMarket,
  monthEnds,
  randomNumbers,
  weekdays,
  withOtherFuture,
} from "./testing/market-fixtures.ts";

describe("the three outcomes", () => {
  it("are equally likely under a normal distribution without drift", () => {
    const random = randomNumbers(1);
    const counts = [0, 0, 0];
    const trials = 200_000;
    for (let trial = 0; trial < trials; trial += 1) {
      // Box and Muller.
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      const outcome = classifyReturn(normal * 0.3 * Math.sqrt(28 / 365.25), 0.3, 28);
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    for (const count of counts) assert.ok(Math.abs(count / trials - 1 / 3) < 0.005, String(counts));
  });

  it("flat includes its edges", () => {
    const edge = flatWidth * 0.2 * Math.sqrt(365.25 / 365.25);
    assert.equal(classifyReturn(edge, 0.2, 365.25), 1);
    assert.equal(classifyReturn(-edge, 0.2, 365.25), 1);
    assert.equal(classifyReturn(edge + 1e-9, 0.2, 365.25), 2);
    assert.equal(classifyReturn(-edge - 1e-9, 0.2, 365.25), 0);
  });
});

describe("finding what followed", () => {
  const dates = weekdays("2020-01-01", 200);
  const calm = dates.map((date, index) => barOf(date, index < 150 ? 100 + (index % 2) : 200));
  const data = createMarketData({ source: "test", series: [{ symbol: "A", kind: "company", bars: calm }] });

  it("runs from the last bar at or before the day to the first at or after the horizon", () => {
    const saturday = "2020-06-20";
    const outcome = findOutcome(data.asOf("2020-12-31"), "A", saturday, 28);
    // 2020-06-20 and 2020-07-18 are Saturdays.
    assert.deepEqual([outcome?.from, outcome?.to], ["2020-06-19", "2020-07-20"]);
    assert.equal(findOutcome(data.asOf("2020-12-31"), "A", "2020-06-19", 28)?.to, "2020-07-17");
  });

  it("P5 is known on the day of its second bar and not before", () => {
    const before = data.asOf("2020-07-16");
    const onTheDay = data.asOf("2020-07-17");
    assert.equal(findOutcome(before, "A", "2020-06-19", 28), null);
    assert.equal(findOutcome(onTheDay, "A", "2020-06-19", 28)?.to, "2020-07-17");
  });

  it("says up, down or flat against the volatility as it was known when it began", () => {
    const jump = dates[150] ?? "";
    const begin = isoOf(dayOf(jump) - 20);
    assert.equal(findOutcome(data.asOf("2020-12-31"), "A", begin, 28)?.index, 2);
    const after = isoOf(dayOf(jump) + 1);
    assert.equal(findOutcome(data.asOf("2020-12-31"), "A", after, 28)?.index, 1);
  });

  it("is null without history, price or volatility, and at gaps", () => {
    const view = data.asOf("2020-12-31");
    assert.equal(findOutcome(view, "A", "2019-12-31", 28), null);
    assert.equal(findOutcome(view, "A", "2020-01-10", 28), null);
    assert.equal(findOutcome(view, "A", "2020-09-30", 28), null);
    assert.throws(() => findOutcome(view, "B", "2020-06-19", 28), { code: "SYMBOL_UNKNOWN" });
    const gap = [...calm.slice(0, 100), ...calm.slice(160)];
    const broken = createMarketData({
      source: "test",
      series: [{ symbol: "A", kind: "company", bars: gap }],
    });
    assert.equal(findOutcome(broken.asOf("2020-12-31"), "A", dates[95] ?? "", 10), null);
    assert.equal(findOutcome(broken.asOf("2020-12-31"), "A", dates[150] ?? "", 28), null);
  });

  it("over 28 days runs from month end to month end", () => {
    const ends = monthEnds("2001-01-31", 40);
    const monthly = createMarketData({
      source: "test",
      series: [
        { symbol: "A", kind: "company", bars: ends.map((date, index) => barOf(date, 100 + (index % 3))) },
      ],
    });
    for (const [index, date] of ends.slice(8, -1).entries()) {
      assert.equal(findOutcome(monthly.asOf("2010-01-01"), "A", date, 28)?.to, ends[index + 9]);
    }
  });

  it("P5 does not change with what comes after it", () => {
    const market = fixtureMarket({ companies: 2, days: 200, seed: 9 });
    const known = createMarketData(market);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 280 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer(),
        (offset, horizon, seed) => {
          const asOf = isoOf(dayOf("2010-01-04") + offset);
          const other = createMarketData(withOtherFuture(market, asOf, seed));
          const date = isoOf(dayOf(asOf) - horizon);
          const [a, b] = [known, other].map((one) => findOutcome(one.asOf(asOf), "C0", date, horizon));
          assert.deepEqual(a, b);
        },
      ),
      { numRuns: 50 },
    );
  });
});
