import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { backtestBodyOf, emptyBacktest, symbolsIn } from "./backtest-body.ts";

describe("the request that a backtest's form makes", () => {
  it("leaves out what was left empty, so that the usual is taken", () => {
    assert.deepEqual(backtestBodyOf(emptyBacktest), { cadence: "monthly", costBps: 5, slippageBps: 5 });
    assert.deepEqual(backtestBodyOf({ ...emptyBacktest, cadence: "5", costBps: "", slippageBps: "0" }), {
      ...{ cadence: 5, slippageBps: 0 },
    });
  });

  it("has all that was stated", () => {
    const stated = {
      ...{
        workflow: "committee",
        from: "2007-01-01",
        to: "2008-12-31",
        cadence: "weekly",
        universe: "IBM, brk.b",
      },
      ...{ policies: ["linear-pool"], without: ["momentum"], costBps: "2.5", slippageBps: "1" },
    };
    assert.deepEqual(backtestBodyOf(stated), {
      ...{ workflow: "committee", from: "2007-01-01", to: "2008-12-31", cadence: "weekly" },
      ...{ universe: ["IBM", "brk.b"], policies: ["linear-pool"], without: ["momentum"] },
      ...{ costBps: 2.5, slippageBps: 1 },
    });
  });

  it("reads symbols however they are set apart, each once", () => {
    assert.deepEqual(symbolsIn(" IBM,MSFT;AAPL\n IBM "), ["IBM", "MSFT", "AAPL"]);
    assert.deepEqual(symbolsIn(" , "), []);
  });
});
