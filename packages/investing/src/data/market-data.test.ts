import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Bar, MarketView } from "@mycroft/sdk";
import fc from "fast-check";
import { dayOf, isoOf } from "../calendar-day.ts";
import { barOf, fixtureMarket, weekdays, withOtherFuture } from "../testing/market-fixtures.ts";
import { createMarketData } from "./market-data.ts";

const dates = weekdays("2020-01-01", 10);
const bars = dates.map((date, index) => barOf(date, 100 + index));
const company = (symbol: string, from = 0) => ({ symbol, kind: "company" as const, bars: bars.slice(from) });
const data = createMarketData({
  source: "test",
  index: "^I",
  series: [company("B", 4), company("A"), { symbol: "^I", kind: "index", bars: bars.slice(2) }],
});
const dateAt = (index: number) => dates[index] ?? "";

describe("P5 a view ends at its day", () => {
  it("holds what was known by then, and companies only", () => {
    const view = data.asOf(dateAt(3));
    assert.deepEqual(view.symbols(), ["A"]);
    assert.equal(view.index, "^I");
    assert.equal(view.series("A").length, 4);
    assert.deepEqual(view.series("A").bar(3), barOf(dateAt(3), 103));
    assert.equal(data.asOf(dateAt(1)).index, null);
    assert.deepEqual(data.asOf(dateAt(9)).symbols(), ["A", "B"]);
  });

  it("does not tell whether a symbol will come", () => {
    const view = data.asOf(dateAt(3));
    const withoutFuture = createMarketData({ source: "test", series: [company("A")] }).asOf(dateAt(3));
    for (const one of [view, withoutFuture]) assert.throws(() => one.series("B"), { code: "SYMBOL_UNKNOWN" });
    const message = (one: MarketView) => {
      try {
        return one.series("b");
      } catch (error) {
        return String(error);
      }
    };
    assert.equal(message(view), message(withoutFuture));
    assert.match(String(message(data.asOf(dateAt(9)))), /Did you mean B\?/);
  });

  it("can be narrowed and not widened", () => {
    const view = data.asOf(dateAt(5));
    assert.equal(view.at(dateAt(2)).series("A").length, 3);
    assert.equal(view.at(dateAt(5)).series("A").length, 6);
    assert.throws(() => view.at(dateAt(6)), { code: "LOOK_AHEAD" });
    assert.throws(() => view.at(dateAt(2)).at(dateAt(3)), { code: "LOOK_AHEAD" });
    assert.throws(() => view.at("yesterday"), { code: "INPUT_INVALID" });
  });

  it("takes any day: a weekend, one before the first, one after the last", () => {
    const [first = "", last = ""] = [dates[0], dates.at(-1)];
    assert.equal(data.firstDate, first);
    assert.equal(data.lastDate, last);
    assert.equal(data.asOf("2020-01-04").series("A").length, 3);
    assert.deepEqual(data.asOf("1999-01-01").symbols(), []);
    assert.equal(data.asOf("2099-01-01").series("A").length, 10);
    assert.equal(data.asOf("2099-01-01").asOf, "2099-01-01");
  });

  it("has bounds on every index", () => {
    const series = data.asOf(dateAt(3)).series("A");
    const derived = series.scan("close", () => (bar) => bar.close);
    for (const index of [-1, 4, 0.5, Number.NaN]) {
      assert.throws(() => series.bar(index), RangeError);
      assert.throws(() => derived.at(index), RangeError);
    }
    assert.equal(series.indexAt("2099-01-01"), 3);
    assert.equal(series.indexAt(dateAt(1)), 1);
    assert.equal(series.indexAt("1999-01-01"), -1);
  });

  it("hands out nothing that leads to the bars behind it", () => {
    const view = data.asOf(dateAt(3));
    const series = view.series("A");
    const derived = series.scan("close", () => (bar) => bar.close);
    for (const one of [view, series, derived]) {
      for (const value of Object.values(one)) assert.ok(typeof value !== "object" || value === null);
      assert.ok(!Object.values(one).some((value) => ArrayBuffer.isView(value)));
    }
    const bar = series.bar(3) as { close: number };
    bar.close = 0;
    assert.equal(series.bar(3).close, 103);
  });
});

describe("scans", () => {
  it("see each bar once, in order, and never one after the view's day", () => {
    const fresh = createMarketData({ source: "test", series: [company("A")] });
    const seen: string[] = [];
    const ask = (asOf: string) =>
      fresh
        .asOf(asOf)
        .series("A")
        .scan("sum", () => {
          let sum = 0;
          return (bar: Bar) => {
            seen.push(bar.date);
            sum += bar.close;
            return sum;
          };
        });
    assert.equal(ask(dateAt(2)).at(2), 303);
    assert.deepEqual(seen, dates.slice(0, 3));
    assert.equal(ask(dateAt(6)).at(6), 721);
    assert.equal(ask(dateAt(4)).at(4), 510);
    assert.equal(ask(dateAt(6)).at(1), 201);
    assert.equal(ask(dateAt(2)).length, 3);
    assert.deepEqual(seen, dates.slice(0, 7));
  });

  it("say null for what has no value yet or is not finite", () => {
    const view = data.asOf(dateAt(3)).series("A");
    let next = [null, Number.NaN, Number.POSITIVE_INFINITY, 4];
    const derived = view.scan("odd", () => () => {
      const [value = null, ...rest] = next;
      next = rest;
      return value;
    });
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => derived.at(index)),
      [null, null, null, 4],
    );
  });

  it("start again after one that threw", () => {
    const series = data.asOf(dateAt(3)).series("A");
    let broken = true;
    const scan = () =>
      series.scan("throws", () => (bar) => {
        if (broken && bar.date === dateAt(2)) throw new Error("no");
        return bar.close;
      });
    assert.throws(scan, /no/);
    broken = false;
    assert.equal(scan().at(3), 103);
  });

  it("P8 keep a bounded number of computations, and forget the oldest", () => {
    const fresh = createMarketData({ source: "test", series: [company("A")] });
    const series = fresh.asOf(dateAt(0)).series("A");
    let started = 0;
    const ask = (key: string) => {
      const start = () => {
        started += 1;
        return () => 1;
      };
      return series.scan(key, start).at(0);
    };
    for (let key = 0; key < 300; key += 1) ask(`key ${key}`);
    ask("key 299");
    assert.equal(started, 300);
    assert.equal(ask("key 0"), 1);
    assert.equal(started, 301);
  });

  it("go across the market by day, once each, with a view of that day", () => {
    const fresh = createMarketData({ source: "test", series: [company("A"), company("B", 4)] });
    const seen: string[] = [];
    const count = (view: MarketView) =>
      view.scan("count", () => (today) => {
        seen.push(today.asOf);
        assert.throws(() => today.at("2099-01-01"), { code: "LOOK_AHEAD" });
        return [today.symbols().length];
      });
    assert.deepEqual(count(fresh.asOf(dateAt(5))), [2]);
    assert.deepEqual(count(fresh.asOf(dateAt(3))), [1]);
    assert.deepEqual(count(fresh.asOf("2020-01-05")), [1]);
    assert.equal(count(fresh.asOf("1999-01-01")), null);
    assert.deepEqual(seen, dates.slice(0, 6));
    assert.ok(Object.isFrozen(count(fresh.asOf(dateAt(5)))));
  });

  it("cannot ask for themselves", () => {
    const view = data.asOf(dateAt(3));
    const circular = (today: MarketView): readonly number[] => today.scan("circular", () => circular) ?? [];
    assert.throws(() => view.scan("circular", () => circular), { code: "INPUT_INVALID" });
  });
});

describe("the content hash", () => {
  const hashOf = (...series: Parameters<typeof createMarketData>[0]["series"]) =>
    createMarketData({ source: "any", series }).hash;

  it("is that of the bars, whatever the order and the name of the source", () => {
    const input = { series: [company("A"), company("B")] };
    const hash = hashOf(...input.series);
    assert.equal(hash, hashOf(...input.series.toReversed()));
    assert.equal(hash, createMarketData({ ...input, source: "other" }).hash);
    assert.match(hash, /^[0-9a-f]{64}$/);
  });

  it("changes with any bar, symbol, kind or index", () => {
    const fields = ["open", "high", "low", "close", "adjClose", "volume"] as const;
    const variants = fields.map((field) =>
      hashOf({ ...company("A"), bars: bars.map((bar, i) => (i === 3 ? { ...bar, [field]: 1.5 } : bar)) }),
    );
    const index = { ...company("A"), kind: "index" as const };
    const hashes = [
      ...variants,
      hashOf(company("A")),
      hashOf(company("B")),
      hashOf(company("A", 1)),
      hashOf(index),
      createMarketData({ source: "any", series: [index], index: "A" }).hash,
      hashOf({ ...company("A"), bars: bars.map((bar) => ({ ...bar, volume: null })) }),
    ];
    assert.equal(new Set(hashes).size, hashes.length);
  });

  it("stays what it is: a change of the form would orphan every record", () => {
    const hash = hashOf(company("A"));
    assert.equal(hash, "9dc2399c612faed4a14613f8895f8efe004dd4b25b64b1dac1b388d49660298e");
  });
});

describe("P7 bad bars are refused, by symbol, date and field", () => {
  const one = (bar: Bar) => () =>
    createMarketData({ source: "test", series: [{ symbol: "A", kind: "company", bars: [bar] }] });
  const good = barOf("2020-01-01", 10);

  it("prices, volumes, dates", () => {
    for (const close of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e300]) {
      assert.throws(one({ ...good, close }), { code: "INPUT_INVALID", message: /A, 2020-01-01: close is/ });
      assert.throws(one({ ...good, open: close }), { code: "INPUT_INVALID" });
    }
    assert.throws(one({ ...good, volume: -1 }), { code: "INPUT_INVALID", message: /volume/ });
    assert.throws(one({ ...good, date: "2020-02-30" }), { code: "INPUT_INVALID" });
    assert.equal(one({ ...good, open: null, high: null, low: null, volume: null })().lastDate, "2020-01-01");
  });

  it("order, symbols, nothing at all, an index that is not there", () => {
    const series = (symbol: string, list: Bar[]) => ({ symbol, kind: "company" as const, bars: list });
    assert.throws(() => createMarketData({ source: "t", series: [series("A", [good, good])] }), {
      code: "INPUT_INVALID",
    });
    assert.throws(() => createMarketData({ source: "t", series: [series("a", [good])] }), {
      code: "INPUT_INVALID",
    });
    assert.throws(
      () => createMarketData({ source: "t", series: [series("A", [good]), series("A", [good])] }),
      {
        code: "INPUT_INVALID",
      },
    );
    assert.throws(() => createMarketData({ source: "t", series: [] }), { code: "DATA_EMPTY" });
    assert.throws(() => createMarketData({ source: "t", series: [series("A", [])] }), { code: "DATA_EMPTY" });
    assert.throws(() => createMarketData({ source: "t", series: [series("A", [good])], index: "A" }), {
      code: "INPUT_INVALID",
    });
  });
});

it("P5 everything readable at a day is the same whatever comes after it", () => {
  const market = fixtureMarket({ companies: 3, days: 60, seed: 5, stagger: 20 });
  const known = createMarketData(market);
  fc.assert(
    fc.property(fc.integer({ min: -5, max: 90 }), fc.integer(), (offset, seed) => {
      const asOf = isoOf(dayOf("2010-01-04") + offset);
      const other = createMarketData(withOtherFuture(market, asOf, seed));
      assert.deepEqual(everything(other.asOf(asOf)), everything(known.asOf(asOf)));
    }),
    { numRuns: 60 },
  );
});

function everything(view: MarketView) {
  const perSymbol = view.symbols().map((symbol) => {
    const series = view.series(symbol);
    const sums = series.scan("sum", () => {
      let sum = 0;
      return (bar) => {
        sum += bar.adjClose;
        return sum;
      };
    });
    return Array.from({ length: series.length }, (_, index) => [series.bar(index), sums.at(index)]);
  });
  const across = view.scan(
    "last closes",
    () => (today) =>
      today.symbols().map((symbol) => {
        const series = today.series(symbol);
        return series.bar(series.length - 1).close;
      }),
  );
  return [view.symbols(), view.index, perSymbol, across];
}
