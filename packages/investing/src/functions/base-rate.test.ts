import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { noLog, noMessages } from "@mycroft/sdk";
import { loadBundledData } from "../data/bundled-data.ts";
import { createMarketData } from "../data/market-data.ts";
import { baseRate } from "./base-rate.ts";

const { data } = await loadBundledData();

function rateAt(asOf: string, market = data) {
  const context = {
    market: market.asOf(asOf),
    signal: new AbortController().signal,
    heartbeat: () => {},
    idempotencyKey: "test",
    log: noLog,
    messages: noMessages,
    agents: [],
    policies: [],
    ask: () => Promise.reject(new Error("the base rate asks nobody")),
  };
  return baseRate.run({ asOf, horizonDays: 28 }, context);
}

describe("baseRate", () => {
  it("is a distribution over the outcomes known by then, and changes as more become known", async () => {
    const [early, late] = [await rateAt("2004-12-31"), await rateAt("2010-02-26")];
    assert.ok(early !== null && late !== null);
    for (const { probabilities, outcomes } of [early, late]) {
      assert.deepEqual(outcomes, ["down", "flat", "up"]);
      assert.ok(Math.abs(probabilities.reduce((sum, one) => sum + one, 0) - 1) < 1e-12);
    }
    assert.ok(early.cases < late.cases);
    assert.notDeepEqual(early.probabilities, late.probabilities);
  });

  it("P5 is the same when asked again after a later day", async () => {
    const before = await rateAt("2004-12-31", (await loadBundledData()).data);
    await rateAt("2010-02-26");
    assert.deepEqual(await rateAt("2004-12-31"), before);
  });

  it("is null while too few outcomes are known", async () => {
    const bars = [
      { date: "2004-12-31", open: null, high: null, low: null, close: 1, adjClose: 1, volume: null },
    ];
    const sparse = createMarketData({ source: "test", series: [{ symbol: "X", kind: "company", bars }] });
    assert.equal(await rateAt("2004-12-31", sparse), null);
  });
});
