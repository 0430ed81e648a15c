/**
 * What the agents' probabilities are worth on real prices that they had not seen: the ranked probability score against
 * the base rate, which is calibrated alike but sees no score. The figures are printed; only sanity is asserted.
 */
import assert from "node:assert/strict";
import { it, type TestContext } from "node:test";
import { certainOutcome, rankedProbabilityScore } from "@mycroft/ensemble";
import type { AgentDefinition, MarketData } from "@mycroft/sdk";
import { calibrate } from "../calibration.ts";
import { loadBundledData } from "../data/bundled-data.ts";
import { loadCsv } from "../data/csv-provider.ts";
import { findOutcome } from "../outcome.ts";
import { askAgent } from "../testing/agent-context.ts";
import {
  leanFile,
  missing,
  reportsFile,
  sentimentFile,
  stocknetFile,
  vixFile,
} from "../testing/shared-data.ts";
import { builtInAgents } from "./built-in-agents.ts";

const horizonDays = 28;

interface Sums {
  opinions: number;
  agent: number;
  base: number;
  uniform: number;
}

async function scoresOf(
  data: MarketData,
  calendar: string,
  step: number,
  {
    agents = builtInAgents(),
    from = data.firstDate,
  }: { agents?: readonly AgentDefinition[]; from?: string } = {},
): Promise<ReadonlyMap<string, Sums>> {
  const sums = new Map<string, Sums>();
  const all = data.asOf(data.lastDate);
  const days = all.series(calendar);
  const first = days.indexAt(from);
  for (let index = Math.max(0, first); index < days.length; index += step) {
    const asOf = days.bar(index).date;
    const view = data.asOf(asOf);
    const base = calibrate(view, { key: "base", edges: [], score: () => 0 }, 0, horizonDays);
    for (const subject of base === null ? [] : view.symbols()) {
      const outcome = findOutcome(all, subject, asOf, horizonDays);
      if (outcome === null || base === null) continue;
      const observed = certainOutcome(outcome.index, 3);
      for (const agent of agents) {
        const answer = await askAgent(agent, data, { subject, asOf, horizonDays });
        if (answer.type !== "opinion") continue;
        const sum = sums.get(agent.name) ?? { opinions: 0, agent: 0, base: 0, uniform: 0 };
        sum.opinions += 1;
        sum.agent += rankedProbabilityScore(answer.probabilities, observed);
        sum.base += rankedProbabilityScore(base.probabilities, observed);
        sum.uniform += rankedProbabilityScore([1 / 3, 1 / 3, 1 / 3], observed);
        sums.set(agent.name, sum);
      }
    }
  }
  return sums;
}

function check(test: TestContext, sums: ReadonlyMap<string, Sums>, agents: number): void {
  assert.equal(sums.size, agents);
  for (const [name, { opinions, agent, base, uniform }] of sums) {
    const mean = (sum: number) => (sum / opinions).toFixed(4);
    test.diagnostic(
      `${name}: RPS ${mean(agent)} over ${opinions} opinions; base rate ${mean(base)}, uniform ${mean(uniform)}`,
    );
    assert.ok(opinions > 300);
    assert.ok(agent < base * 1.05, `${name} is more than 5 % worse than the base rate`);
  }
}

it("bundled data, 2000 to 2010, monthly: every agent scores near the base rate or better", async (test) => {
  const { data } = await loadBundledData();
  check(test, await scoresOf(data, "AAPL", 1), 6);
});

it("stocknet, 2012 to 2015, every twentieth day: every agent scores near the base rate or better", {
  skip: missing(stocknetFile),
}, async (test) => {
  const { data } = await loadCsv(stocknetFile);
  // There is no index, so that the macro agent abstains.
  check(test, await scoresOf(data, "AAPL", 20), 5);
});

it("lean, 2010 to 2018, every twentieth day: every agent scores near the base rate or better", {
  skip: missing(leanFile),
}, async (test) => {
  const { data } = await loadCsv(leanFile, { index: "SPY" });
  check(test, await scoresOf(data, "AAPL", 20), 6);
});

it("stocknet with tweets, reports and the VIX, 2015-03-26 on, every tenth day: eight agents near the base rate", {
  skip: missing(sentimentFile) || missing(reportsFile) || missing(vixFile) || missing(stocknetFile),
}, async (test) => {
  const files = [stocknetFile, { path: vixFile, symbol: "^VIX" }];
  const { data } = await loadCsv(files, { facts: [sentimentFile, reportsFile] });
  const agents = builtInAgents({ facts: true });
  check(test, await scoresOf(data, "AAPL", 10, { agents, from: "2015-03-26" }), 8);
});
