import assert from "node:assert/strict";
import { test } from "node:test";
import { createMarketData } from "@mycroft/investing";
import { failsWith } from "../testing/assert-failure.ts";
import { chooseAsOf, chooseUniverse } from "./question.ts";

const bar = (date: string, close: number) => {
  return { date, open: null, high: null, low: null, close, adjClose: close, volume: null };
};
const market = createMarketData({
  source: "test prices",
  series: [
    { symbol: "OLD", kind: "company", bars: [bar("2020-01-02", 1), bar("2020-03-02", 2)] },
    { symbol: "NEW", kind: "company", bars: [bar("2020-02-03", 5)] },
    { symbol: "^IX", kind: "index", bars: [bar("2020-01-02", 100), bar("2020-06-01", 101)] },
  ],
});

test("the day is the one given, within the data, else the data's last", () => {
  assert.equal(chooseAsOf(undefined, market), "2020-03-02");
  assert.equal(chooseAsOf("2020-01-15", market), "2020-01-15");
  assert.equal(chooseAsOf("1990-01-01", null), "1990-01-01");
  assert.match(chooseAsOf(undefined, null), /^\d{4}-\d{2}-\d{2}$/u);
  const range = /test prices, reaches from 2020-01-02 to 2020-03-02/u;
  assert.throws(() => chooseAsOf("2019-12-31", market), failsWith("DATE_OUT_OF_RANGE", range));
  assert.throws(
    () => chooseAsOf("2020-03-03", market),
    failsWith("DATE_OUT_OF_RANGE", /after its last day/u),
  );
});

test("P5 the companies are those that are known by that day; each is asked about once", () => {
  assert.deepEqual(chooseUniverse(undefined, market, "2020-01-15"), ["OLD"]);
  assert.deepEqual(chooseUniverse(["new", "OLD", "NEW"], market, "2020-03-02"), ["NEW", "OLD"]);
  assert.throws(
    () => chooseUniverse(["NEW"], market, "2020-01-15"),
    failsWith("SYMBOL_UNKNOWN", /NEW by 2020-01-15 yet/u),
  );
});

test("P7 data without a company says so, whoever is asked about", () => {
  const indices = createMarketData({
    source: "an index",
    series: [{ symbol: "^IX", kind: "index", bars: [bar("2020-01-02", 100)] }],
  });
  for (const given of [undefined, ["OLD"]]) {
    assert.throws(
      () => chooseUniverse(given, indices, "2020-01-02"),
      failsWith("DATA_EMPTY", /an index, holds no company/u),
    );
  }
});

test("P7 an unknown company is refused with those that exist", () => {
  const unknown = failsWith("SYMBOL_UNKNOWN", /holds no company OLDD .* NEW, OLD\. Did you mean OLD\?/u);
  assert.throws(() => chooseUniverse(["OLDD"], market, "2020-03-02"), unknown);
  assert.throws(
    () => chooseUniverse(["^IX"], market, "2020-03-02"),
    failsWith("SYMBOL_UNKNOWN"),
    "an index is no company",
  );
});
