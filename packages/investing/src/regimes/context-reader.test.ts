import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findPolicy, resolve } from "@mycroft/ensemble";
import { builtInAgents } from "../agents/built-in-agents.ts";
import { createMarketData } from "../data/market-data.ts";
import { agentRecord } from "../functions/agent-record.ts";
import { askAgent, functionContext } from "../testing/agent-context.ts";
import { fixtureMarket, withOtherFuture } from "../testing/market-fixtures.ts";
import { openMarketRegimes } from "./market-regimes.ts";

const market = fixtureMarket({ companies: 3, days: 900, seed: 4 });
const data = createMarketData(market);
const asOf = "2013-03-01";

async function recordOf(policy: string, source = data) {
  const agents = builtInAgents().map(({ name }) => name);
  const input = agentRecord.input.parse({ agents, subjects: ["C0", "C1", "C2"], asOf, policy });
  const record = agentRecord.output.parse(await agentRecord.run(input, functionContext(source, asOf)));
  assert.ok(!Array.isArray(record));
  return record;
}

describe("a record for a policy that weighs by regime", () => {
  it("tells the day's regime and what was learned in each, from which a resolve step weighs and explains", async () => {
    const record = await recordOf("regime-boa");
    assert.equal(record.context, (await openMarketRegimes()).at(data.asOf(asOf))?.name);
    const { rule } = record.learned ?? { rule: null };
    const met = Object.keys(rule?.scalars ?? {}).map((key) => key.split("/")[0]);
    assert.ok(met.includes("calm") && met.includes("stormy"), met.join());
    const about = { subject: "C0", asOf, horizonDays: 28 };
    const views = [];
    for (const agent of builtInAgents()) {
      const answer = await askAgent(agent, data, about);
      if (answer.type !== "opinion") continue;
      const { name, version } = agent;
      views.push({ ...answer, ...about, agent: name, version, outcomes: ["down", "flat", "up"] });
    }
    const resolution = resolve(findPolicy("regime-boa"), { ...about, quorum: 2, views, record });
    const [first] = resolution.weights;
    assert.ok(first?.reason.type === "learned");
    assert.equal(first.reason.context?.name, record.context);
  });

  it("for any other policy tells of no regime", async () => {
    const record = await recordOf("boa");
    assert.ok(!("context" in record));
    assert.ok(!JSON.stringify(record).includes("calm"));
  });

  it("P5 another future changes nothing", async () => {
    const other = createMarketData(withOtherFuture(market, asOf, 5));
    const { learned, ...rest } = await recordOf("regime-boa", other);
    const { learned: expected, ...others } = await recordOf("regime-boa");
    assert.deepEqual(rest, others);
    assert.deepEqual(learned?.rule, expected?.rule);
  });
});
