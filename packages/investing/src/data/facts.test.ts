import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FactRecord } from "@mycroft/sdk";
import fc from "fast-check";
import { dayOf, isoOf } from "../calendar-day.ts";
import { barOf, weekdays } from "../testing/market-fixtures.ts";
import type { GivenFacts } from "./given-facts.ts";
import { createMarketData, type MarketDataInput } from "./market-data.ts";

const days = weekdays("2015-01-01", 100);
const priced: MarketDataInput = {
  source: "made up",
  series: [{ symbol: "A", kind: "company", bars: days.map((date) => barOf(date, 10)) }],
};

function recordOf(date: string, value: number, periodEnd = date): FactRecord {
  return { date, periodEnd, values: { value } };
}

function marketWith(...facts: readonly GivenFacts[]) {
  return createMarketData({ ...priced, facts });
}

const records = ["2015-01-03", "2015-02-10", "2015-02-10", "2015-04-01"].map((date, index) =>
  recordOf(date, index, index === 1 ? "2015-01-31" : date),
);
const data = marketWith({ symbol: "A", kind: "moods", source: "elsewhere", records: records.toReversed() });

describe("facts of a view", () => {
  it("P5 end at its day, and cannot be told from what was never there before their first", () => {
    const lengthAt = (date: string) => data.asOf(date).facts("A", "moods").length;
    assert.deepEqual(
      ["2015-01-02", "2015-01-03", "2015-02-09", "2015-02-10", "2015-12-31"].map(lengthAt),
      [0, 1, 1, 3, 4],
    );
    const early = data.asOf("2015-01-02").facts("A", "moods");
    const never = data.asOf("2015-01-02").facts("NOBODY", "moods");
    assert.deepEqual([early.source, early.indexAt("2016-01-01"), early.length], ["", -1, 0]);
    assert.deepEqual([never.source, never.indexAt("2016-01-01"), never.length], ["", -1, 0]);
    assert.throws(() => early.record(0), RangeError);
    const narrowed = data.asOf("2015-12-31").at("2015-02-09").facts("A", "moods");
    assert.throws(() => narrowed.record(1), RangeError);
    assert.throws(() => narrowed.scan("k", () => () => 1).at(1), RangeError);
    assert.equal(narrowed.indexAt("2015-12-31"), 0);
  });

  it("are in order of the day, then of the period; a record is the reader's own copy", () => {
    const facts = data.asOf("2015-12-31").facts("A", "moods");
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => facts.record(index)),
      records,
    );
    assert.deepEqual([facts.symbol, facts.kind, facts.source], ["A", "moods", "elsewhere"]);
    Object.assign(facts.record(0).values, { value: 99 });
    assert.equal(facts.record(0).values["value"], 0);
  });

  it("P5 a scan is fed each record once, in order, however it is asked for", () => {
    const fed: string[] = [];
    const start = () => (record: FactRecord) => {
      fed.push(record.date);
      return record.values["value"] === 2 ? null : fed.length;
    };
    const fresh = marketWith({ symbol: "A", kind: "moods", records });
    fresh.asOf("2015-01-05").facts("A", "moods").scan("count", start);
    assert.deepEqual(fed, ["2015-01-03"]);
    const scanned = fresh.asOf("2015-12-31").facts("A", "moods").scan("count", start);
    fresh.asOf("2015-12-31").facts("A", "moods").scan("count", start);
    assert.deepEqual(
      fed,
      records.map(({ date }) => date),
    );
    assert.deepEqual(
      [0, 1, 2, 3].map((index) => scanned.at(index)),
      [1, 2, null, 4],
    );
    assert.equal(fresh.asOf("2014-01-01").facts("A", "moods").scan("count", start).length, 0);
  });

  it("P5 whatever comes later, a view's facts and scans stay the same", () => {
    const day = fc.integer({ min: 0, max: 200 }).map((after) => isoOf(dayOf("2015-01-01") + after));
    const list = fc.uniqueArray(fc.record({ date: day, value: fc.integer() }), {
      selector: ({ date }) => date,
      maxLength: 30,
    });
    fc.assert(
      fc.property(list, list, day, (past, future, asOf) => {
        const known = past.filter(({ date }) => date <= asOf);
        const later = future.filter(({ date }) => date > asOf);
        const read = (given: readonly { date: string; value: number }[]) => {
          const all = given.map(({ date, value }) => recordOf(date, value));
          const market = marketWith({ symbol: "A", kind: "moods", records: all });
          // A later view has extended the scan before the earlier one asks.
          for (const at of ["2016-01-01", asOf]) sums(market, at);
          const facts = market.asOf(asOf).facts("A", "moods");
          const read = Array.from({ length: facts.length }, (_, index) => facts.record(index));
          return [read, sums(market, asOf), facts.source];
        };
        assert.deepEqual(read([...known, ...later]), read(known));
      }),
    );
  });
});

function sums(market: ReturnType<typeof marketWith>, asOf: string): readonly (number | null)[] {
  const scanned = market
    .asOf(asOf)
    .facts("A", "moods")
    .scan("sum", () => {
      let sum = 0;
      return ({ values }) => (sum += values["value"] ?? 0);
    });
  return Array.from({ length: scanned.length }, (_, index) => scanned.at(index));
}

describe("the hash of data", () => {
  it("stays as it was where there are no facts", () => {
    const plain = createMarketData(priced).hash;
    assert.equal(plain, "fbc60b843bcada6d2a6b8bccb4f265e1c05e238eff671cef4569b0426ec3047d");
    assert.equal(marketWith().hash, plain);
    assert.equal(marketWith({ symbol: "A", kind: "moods", records: [] }).hash, plain);
  });

  it("tells facts by symbol, kind, days and values, not by order or file", () => {
    const of = (change: Partial<GivenFacts>) =>
      marketWith({ symbol: "A", kind: "moods", records, ...change }).hash;
    assert.equal(of({}), data.hash);
    const others = [
      createMarketData(priced).hash,
      of({ symbol: "B" }),
      of({ kind: "mood" }),
      of({ records: records.slice(1) }),
      of({ records: records.with(0, recordOf("2015-01-04", 0)) }),
      of({ records: records.with(3, recordOf("2015-04-01", 7)) }),
      of({ records: records.with(3, recordOf("2015-04-01", 3, "2015-03-31")) }),
      of({ records: records.with(3, { ...recordOf("2015-04-01", 3), values: { worth: 3 } }) }),
    ];
    assert.equal(new Set([...others, data.hash]).size, others.length + 1);
    const two = [
      { symbol: "A", kind: "moods", records },
      { symbol: "B", kind: "moods", records },
    ];
    assert.equal(marketWith(...two).hash, marketWith(...two.toReversed()).hash);
  });
});

it("P7 facts that cannot be are refused with symbol and kind", () => {
  const wrong: readonly Partial<GivenFacts>[] = [
    { symbol: "a b" },
    { kind: "no word" },
    { kind: "toString" },
    { records: [recordOf("2015-02-30", 1)] },
    { records: [recordOf("2015-02-20", 1, "2015-02-21")] },
    { records: [recordOf("2015-02-20", Number.NaN)] },
    { records: [recordOf("2015-02-20", Number.POSITIVE_INFINITY)] },
    { records: [{ ...recordOf("2015-02-20", 1), values: { valueOf: 1 } }] },
    { records: [recordOf("2015-02-20", 1), recordOf("2015-02-20", 2)] },
  ];
  for (const one of wrong) {
    const given = { symbol: "A", kind: "moods", records, ...one };
    assert.throws(
      () => marketWith(given),
      { code: "INPUT_INVALID", message: /^Facts \(.*\) of / },
      JSON.stringify(one),
    );
  }
  const twice = { symbol: "A", kind: "moods", records };
  assert.throws(() => marketWith(twice, twice), { code: "INPUT_INVALID" });
});
