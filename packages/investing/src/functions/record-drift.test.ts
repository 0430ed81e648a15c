import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AgentRecord, certainOutcome } from "@mycroft/ensemble";
import { type AgentDefinition, defineAgent } from "@mycroft/sdk";
import { createMarketData } from "../data/market-data.ts";
import { findOutcome, outcomes } from "../outcome.ts";
import { functionContext } from "../testing/agent-context.ts";
import { fixtureMarket, withOtherFuture } from "../testing/market-fixtures.ts";
import { agentRecord } from "./agent-record.ts";
import { RecordDrift } from "./record-drift.ts";

const market = fixtureMarket({ companies: 6, days: 1_500, seed: 21 });
const data = createMarketData(market);
const all = data.asOf(data.lastDate);
const subjects = ["C0", "C1", "C2", "C3", "C4", "C5"];
const asOf = "2015-06-30";
const turn = "2014-09-01";

/** Knows what will follow until the day `turn`, and is surely wrong from then on. Only a test can have such an agent. */
const turncoat = defineAgent({
  name: "turncoat",
  version: "1",
  capabilities: [],
  opinion: ({ subject, asOf: day, horizonDays }) => {
    const index = findOutcome(all, subject, day, horizonDays)?.index ?? 1;
    const told = day < turn ? index : (index + 1) % outcomes.length;
    const probabilities = certainOutcome(told, outcomes.length).map((one) => 0.2 + 0.4 * one);
    return { type: "opinion", probabilities, rationale: "made up" };
  },
});

function steady(name: string, probabilities: number[]): AgentDefinition {
  const opinion = () => ({ type: "opinion", probabilities, rationale: "constant" }) as const;
  return defineAgent({ name, version: "1", capabilities: [], opinion });
}

const agents = [turncoat, steady("a", [0.3, 0.4, 0.3]), steady("b", [0.35, 0.3, 0.35])];

async function recordsAt(day: string, source = data): Promise<readonly AgentRecord[]> {
  const input = agentRecord.input.parse({ agents: agents.map(({ name }) => name), subjects, asOf: day });
  const records = agentRecord.output.parse(
    await agentRecord.run(input, functionContext(source, day, agents)),
  );
  return Array.isArray(records) ? records : [];
}

describe("drift in an agent's record", () => {
  it("flags who has got worse, from about the day on which it did, and nobody else", async () => {
    const [worse, ...others] = await recordsAt(asOf);
    assert.equal(worse?.agent, "turncoat");
    assert.equal(worse.drift?.direction, "worse");
    assert.ok(worse.drift.since >= "2014-08-15" && worse.drift.since <= "2014-11-15", worse.drift.since);
    assert.ok(worse.drift.noticed <= asOf && worse.drift.before < 0 && worse.drift.after > 0);
    // What is left changes against one that gets worse: the others look better for it, and may be told so.
    for (const { drift } of others) assert.notEqual(drift?.direction, "worse");
  });

  it("is absent before: the record is what it was, without a field for it", async () => {
    for (const record of await recordsAt("2014-08-29")) {
      assert.deepEqual(Object.keys(record), ["agent", "scored", "meanScore", "from", "to"]);
    }
  });

  it("P5 another future changes nothing", async () => {
    const other = createMarketData(withOtherFuture(market, asOf, 5));
    assert.deepEqual(await recordsAt(asOf, other), await recordsAt(asOf));
  });

  it("a hard time for all, and an agent that is alone, are nobody's drift", () => {
    const drift = new RecordDrift(["a", "b", "alone"]);
    for (let day = 0; day < 60; day += 1) {
      const level = day < 40 ? 0.1 : 0.5;
      const to = new Date(Date.UTC(2010, 0, 1 + 30 * day)).toISOString().slice(0, 10);
      drift.add(0, level + 0.01 * (day % 3));
      drift.add(1, level + 0.01 * (day % 2));
      drift.closeCase(to);
      drift.add(2, level);
      drift.closeCase(to);
      drift.closeDay();
    }
    const record = (agent: string) => ({
      agent,
      scored: 60,
      meanScore: 0.2,
      from: "2010-01-01",
      to: "2014-12-01",
    });
    const records = ["a", "b", "alone"].map(record);
    assert.deepEqual(drift.mark(records), records);
  });
});
