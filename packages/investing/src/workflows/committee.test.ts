import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { builtInAgents } from "../agents/built-in-agents.ts";
import { committee, defineCommittee } from "./committee.ts";

describe("the committee workflow", () => {
  it("asks six agents about each company, resolves, limits, and builds a portfolio", () => {
    assert.equal(committee.name, "investment-committee");
    assert.deepEqual(
      committee.agents.map((agent) => agent.name),
      ["macro", "momentum", "reversal", "technical", "trend", "volatility"],
    );
    assert.deepEqual(committee.functions.map((one) => one.name).toSorted(), [
      "agent-record",
      "apply-risk-limits",
      "base-rate",
      "construct-portfolio",
      "price-facts",
    ]);
    const companies = committee.plan.workflow.steps.find((step) => step.name === "companies");
    assert.ok(companies?.kind === "map");
    assert.equal(companies.steps.length, 6 + 3);
    const resolution = companies.steps.find((step) => step.kind === "resolve");
    assert.equal(resolution?.kind === "resolve" && resolution.policy, "past-score");
  });

  it("has defaults for all but the day and the universe", () => {
    assert.deepEqual(committee.parseInput({ asOf: "2010-02-26", universe: ["AAPL"] }), {
      asOf: "2010-02-26",
      universe: ["AAPL"],
      horizonDays: 28,
      limits: { maxTilt: 0.5, maxAnnualVolatility: 1, maxDivergence: 0.5, maxPriceAgeDays: 45, excluded: [] },
      portfolio: { targetVolatility: 0.4, maxWeight: 0.25, longOnly: true },
    });
  });

  it("P7 refuses input that does not fit", () => {
    for (const input of [
      { asOf: "2010-02-30", universe: ["AAPL"] },
      { asOf: "2010-02-26", universe: [] },
      { asOf: "2010-02-26", universe: ["aapl"] },
      { asOf: "2010-02-26", universe: ["AAPL", "IBM", "AAPL"] },
      { asOf: "2010-02-26", universe: ["AAPL"], horizonDays: 0 },
      { asOf: "2010-02-26", universe: ["AAPL"], limits: { maxTilt: 3 } },
      { asOf: "2010-02-26", universe: ["AAPL"], surprise: 1 },
    ]) {
      assert.throws(() => committee.parseInput(input), { code: "INPUT_INVALID" }, JSON.stringify(input));
    }
  });

  it("another policy, quorum or name is another plan", () => {
    const plain = defineCommittee({ name: "plain-committee", policy: "linear-pool", quorum: 3 });
    assert.equal(plain.name, "plain-committee");
    assert.notEqual(plain.plan.hash, committee.plan.hash);
    assert.equal(defineCommittee().plan.hash, committee.plan.hash);
  });

  it("takes other agents, such as all eight", () => {
    const eight = defineCommittee({ agents: builtInAgents({ facts: true }) });
    assert.equal(eight.agents.length, 8);
    assert.match(eight.description, /^Eight agents judge/);
    assert.match(committee.description, /^Six agents judge/);
    const one = { name: "alone", quorum: 1, agents: builtInAgents().slice(0, 1) };
    assert.match(defineCommittee(one).description, /^One agent judges/);
  });
});
