import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createMarketData, type MarketDataInput } from "../data/market-data.ts";
import {
  barOf,
  fixtureMarket,
  randomNumbers,
  weekdays,
  withOtherFuture,
} from "../testing/market-fixtures.ts";
import { openMarketRegimes, type Regime } from "./market-regimes.ts";

const two = await openMarketRegimes({ regimes: 2 });
const three = await openMarketRegimes();
const days = weekdays("2010-01-04", 700);

/** Calm days that go up, then from each 200th on as many that are thrice as volatile and go down. */
function changingMarket(withIndex: boolean): MarketDataInput {
  const random = randomNumbers(7);
  const closes = { A: 100, B: 50, "^X": 1_000 };
  const bars = { A: [], B: [], "^X": [] } as Record<keyof typeof closes, ReturnType<typeof barOf>[]>;
  days.forEach((date, index) => {
    const isStormy = index % 400 >= 200;
    const common = (isStormy ? -0.002 : 0.001) + (isStormy ? 0.03 : 0.01) * (random() - 0.5) * 2;
    for (const symbol of ["A", "B", "^X"] as const) {
      closes[symbol] *= Math.exp(common + 0.002 * (random() - 0.5));
      bars[symbol].push(barOf(date, closes[symbol]));
    }
  });
  const companies = (["A", "B"] as const).map((symbol) => {
    return { symbol, kind: "company" as const, bars: bars[symbol] };
  });
  if (!withIndex) return { source: "made up", series: companies };
  const index = { symbol: "^X", kind: "index" as const, bars: bars["^X"] };
  return { source: "made up", index: "^X", series: [...companies, index] };
}

function regimesOf(market: MarketDataInput, dates: readonly string[]): readonly (Regime | null)[] {
  const data = createMarketData(market);
  return dates.map((date) => three.at(data.asOf(date)));
}

describe("market regimes", () => {
  for (const withIndex of [true, false]) {
    it(`tell calm from stormy days, by ${withIndex ? "the index" : "the mean of the companies"}`, () => {
      const data = createMarketData(changingMarket(withIndex));
      // A calm and a stormy stretch that both come after one of each, away from the changes.
      for (const [count, reader] of [two, three].entries()) {
        const told = days.map((date) => reader.at(data.asOf(date))?.name);
        assert.equal(told[150], undefined);
        assert.ok(!told.slice(470, 590).includes("stormy"), `${count}`);
        assert.ok(!told.slice(640).includes("calm"), `${count}`);
      }
      const last = two.at(data.asOf(days.at(-1) ?? ""));
      assert.equal(last?.name, "stormy");
      assert.ok((last?.centre.volatility ?? 0) > 0.2 && (last?.centre.trend ?? 0) < 0);
      assert.ok((last?.fittedOn ?? "") < (days.at(-1) ?? ""));
    });
  }

  it("P5 another future changes no regime, whatever was asked for before", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 300, max: 480 }), (seed, cut) => {
        const market = fixtureMarket({ companies: 3, days: 500, seed });
        const asOf = days[cut] ?? "";
        const dates = days.filter((date) => date <= asOf);
        const other = createMarketData(withOtherFuture(market, asOf, seed + 1));
        three.at(other.asOf(days[499] ?? ""));
        const told = dates.map((date) => three.at(other.asOf(date)));
        assert.deepEqual(told, regimesOf(market, dates));
        assert.notEqual(told.at(-1), null);
      }),
      { numRuns: 8 },
    );
  });

  it("E1 a jump to a day gives what a walk to it gives", () => {
    const market = fixtureMarket({ companies: 2, days: 450, seed: 3 });
    const walked = regimesOf(market, days.slice(0, 450)).at(-1);
    assert.deepEqual(regimesOf(market, [days[449] ?? ""])[0], walked);
  });

  it("P7 two regimes have no usual one; another number is refused; a market that never moves has no regime", async () => {
    const data = createMarketData(changingMarket(true));
    const seen = new Set(days.map((date) => two.at(data.asOf(date))?.name));
    assert.deepEqual(seen, new Set([undefined, "calm", "stormy"]));
    const bars = days.map((date) => barOf(date, 10));
    const flat = { source: "made up", series: [{ symbol: "A", kind: "company" as const, bars }] };
    assert.deepEqual(regimesOf(flat, days.slice(-1)), [null]);
    await assert.rejects(Reflect.apply(openMarketRegimes, null, [{ regimes: 4 }]), { code: "INPUT_INVALID" });
  });
});
