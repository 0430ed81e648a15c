import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createMarketData } from "@mycroft/investing";
import { barOf, fixtureMarket } from "@mycroft/investing/testing";
import { apiRoutes } from "@mycroft/protocol";
import { marketSummary, pricesOf, requireMarket } from "./market-answers.ts";

const market = createMarketData(fixtureMarket({ companies: 3, days: 60, seed: 4 }));

describe("the market data at hand", () => {
  it("is told with its companies and its index", () => {
    const summary = marketSummary(market);
    apiRoutes.getMarket.response.parse({ market: summary });
    assert.deepEqual([summary.symbols, summary.index, summary.hash], [["C0", "C1", "C2"], "^X", market.hash]);
  });

  it("gives a company's bars between two days, both included", () => {
    const all = pricesOf(market, "C1", {});
    apiRoutes.getPrices.response.parse(all);
    const series = market.asOf(market.lastDate).series("C1");
    assert.deepEqual(
      all.bars,
      Array.from({ length: 60 }, (_, index) => series.bar(index)),
    );
    const days = (from?: string, to?: string) =>
      pricesOf(market, "C1", { from, to }).bars.map(({ date }) => date);
    const [first = "", second = "", third = ""] = days();
    assert.deepEqual(days(second, third), [second, third]);
    assert.deepEqual(days(undefined, first), [first]);
    // 2010-01-09 was a Saturday.
    assert.deepEqual(days("2010-01-09", "2010-01-11"), ["2010-01-11"]);
    assert.deepEqual(days("2010-01-09", "2010-01-10"), []);
    assert.deepEqual(days("2999-01-01"), []);
    assert.deepEqual(days(undefined, "1999-01-01"), []);
    assert.deepEqual(days(third, first), []);
    assert.equal(pricesOf(market, "^X", {}).bars.length, 60);
  });

  it("P8 gives the newest 10,000 of more", () => {
    const bars = Array.from({ length: 10_500 }, (_, index) =>
      barOf(new Date(Date.UTC(1980, 0, 1 + index)).toISOString().slice(0, 10), 10),
    );
    const long = createMarketData({ source: "long", series: [{ symbol: "OLD", kind: "company", bars }] });
    const given = pricesOf(long, "OLD", {}).bars;
    assert.deepEqual(
      [given.length, given[0]?.date, given.at(-1)?.date],
      [10_000, bars[500]?.date, bars.at(-1)?.date],
    );
  });

  it("P7 names the nearest of a symbol that is not there, and says when there is no data", () => {
    assert.throws(() => pricesOf(market, "C11", {}), {
      code: "SYMBOL_UNKNOWN",
      message: /Did you mean C1\?/u,
    });
    for (const symbol of ["__proto__", "\u0000", "x".repeat(1_000_000), "<script>"])
      assert.throws(() => pricesOf(market, symbol, {}), { code: "SYMBOL_UNKNOWN" });
    assert.throws(() => requireMarket(null), { code: "DATA_EMPTY" });
  });
});
