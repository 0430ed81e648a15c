import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { MycroftError } from "@mycroft/errors";
import { committee, createMarketData } from "@mycroft/investing";
import { fixtureMarket } from "@mycroft/investing/testing";
import { apiRoutes } from "@mycroft/protocol";
import { readRun, type Store } from "@mycroft/runtime";
import { abstain, defineConfig, type MarketData, type Project, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { KnownPlans } from "../decisions/known-plans.ts";
import { RunFamilies } from "../decisions/run-families.ts";
import { RunReadings } from "../decisions/run-readings.ts";
import {
  agentSaying,
  bundledMarket,
  committeeProject,
  defineBareWorkflow,
  said,
} from "../decisions/testing/committees.ts";
import { Workplace } from "../decisions/testing/workplace.ts";
import { AgentHistories } from "./agent-histories.ts";
import { Agents } from "./agents.ts";

function agentsOf(store: Store, project: Project, market: () => MarketData | null) {
  const fail = (error: MycroftError) => assert.fail(error.message);
  const histories = new AgentHistories({ project, market, onError: fail });
  const readings = new RunReadings(store, fail);
  return {
    histories,
    agents: new Agents({
      project,
      readings,
      families: new RunFamilies(store, new KnownPlans(store)),
      histories,
    }),
  };
}

describe("the agents of committee runs", () => {
  let market: MarketData;
  let place: Workplace;
  const asOf = "2009-06-30";
  const runs: string[] = [];

  before(async () => {
    market = await bundledMarket();
    place = await Workplace.open(committeeProject, market);
    for (let run = 0; run < 3; run += 1)
      runs.push(await place.run(committee, { asOf, universe: ["AAPL", "GOOG", "IBM"] }, asOf));
  });

  after(() => place.close());

  it("are told at once, and scored when their history has been walked", async () => {
    const { agents, histories } = agentsOf(place.store, committeeProject, () => market);
    const early = await agents.list();
    apiRoutes.listAgents.response.parse(early);
    assert.ok(early.walkShare !== null && early.walkShare < 1);
    assert.ok(early.agents.every(({ score }) => score === null));
    const waiting = await agents.find("trend");
    assert.equal(waiting.track, null);
    assert.match(waiting.trackAbsent ?? "", /under way/u);
    assert.notEqual(waiting.walkShare, null);
    await histories.ended();
    const later = await agents.list();
    apiRoutes.listAgents.response.parse(later);
    assert.equal(later.walkShare, null);
    assert.ok(later.agents.every(({ score }) => score !== null && score.scored > 50));
    const found = await agents.find("trend");
    apiRoutes.getAgent.response.parse(found);
    assert.deepEqual([found.trackAbsent, found.walkShare], [null, null]);
    assert.equal(found.track?.meanScore, later.agents.find(({ name }) => name === "trend")?.score?.meanScore);
    assert.deepEqual(found.workflows, ["investment-committee"]);
  });

  it("have the health that the runs' records tell", async () => {
    const { agents } = agentsOf(place.store, committeeProject, () => null);
    const { health } = await agents.find("momentum");
    const took: number[] = [];
    let abstentions = 0;
    for (const runId of runs) {
      const { events, state } = await readRun(place.store, runId);
      for (const event of events) {
        if (event.type !== "attemptSucceeded" || !event.task.endsWith("opinions.momentum")) continue;
        took.push(event.at - (event.report?.startedAt ?? Number.NaN));
        const view = z.object({ type: z.string() }).parse(state.tasks.get(event.task)?.output);
        if (view.type === "abstention") abstentions += 1;
      }
    }
    assert.deepEqual([health.runs, health.attempts, health.failures, health.cached], [3, 9, 0, 0]);
    assert.deepEqual([health.abstentions, health.opinions], [abstentions, 9 - abstentions]);
    const sorted = took.toSorted((a, b) => a - b);
    assert.deepEqual(health.latencyMs, { p50: sorted[4], p95: sorted[8], max: sorted[8] });
    assert.deepEqual(
      health.versions.map(({ version, attempts }) => [version, attempts]),
      [[committeeProject.agents.find(({ name }) => name === "momentum")?.version, 9]],
    );
  });

  it("have no track without data, and none is walked twice for the same", async () => {
    const without = agentsOf(place.store, committeeProject, () => null);
    assert.match((await without.agents.find("trend")).trackAbsent ?? "", /no market data/u);
    await assert.rejects(without.agents.compare("trend", "reversal"), { code: "DATA_EMPTY" });
    let at = market;
    const { histories } = agentsOf(place.store, committeeProject, () => at);
    const first = await histories.ended();
    const second = await histories.ended();
    assert.equal(first.kind, "ready");
    assert.equal(first, second);
    at = createMarketData(fixtureMarket({ companies: 3, days: 100, seed: 2, spacing: "monthly" }));
    assert.equal(histories.now().kind, "underWay");
    const third = await histories.ended();
    assert.ok(third.kind === "ready" && first.kind === "ready");
    assert.notDeepEqual(third.tracks.get("trend"), first.tracks.get("trend"));
  });

  it("are walked no further when the server closes", async () => {
    const { histories } = agentsOf(place.store, committeeProject, () => market);
    histories.now();
    await histories.close();
    assert.equal(histories.now().kind, "absent");
  });

  it("P7 names the nearest agent, and refuses one against itself", async () => {
    const { agents } = agentsOf(place.store, committeeProject, () => market);
    await assert.rejects(agents.find("trends"), { code: "AGENT_UNKNOWN", message: /Did you mean trend\?/u });
    await assert.rejects(agents.compare("trend", "x".repeat(100_000)), { code: "AGENT_UNKNOWN" });
    await assert.rejects(agents.compare("trend", "trend"), { code: "INPUT_INVALID" });
    const compared = await agents.compare("trend", "reversal");
    assert.ok(compared.cases > 50);
  });
});

describe("agents in trouble", () => {
  const asOf = "2009-06-30";
  const silent = agentSaying("silent", () => abstain("nothing to say"));
  const steady = agentSaying("steady", () => said([0.2, 0.3, 0.5]));

  it("are told with what went wrong, the newest first", async () => {
    let fails = true;
    const fragile = agentSaying("fragile", () => {
      if (fails) throw new Error("\u202e<b>broken</b>");
      return said([0.5, 0.3, 0.2]);
    });
    const bare = defineBareWorkflow("bare", [silent, steady, fragile]);
    const project = defineConfig({ workflows: [bare] });
    const place = await Workplace.open(project, null);
    try {
      const { agents } = agentsOf(place.store, project, () => null);
      const first = await place.run(bare, { subject: "ONE", asOf }, asOf);
      const before = await agents.find("fragile");
      assert.ok(before.health.failures >= 1);
      assert.equal(before.health.failures, before.health.attempts);
      const [trouble] = before.health.troubles;
      assert.deepEqual([trouble?.runId, trouble?.kind, trouble?.code], [first, "failure", "TASK_FAILED"]);
      assert.match(trouble?.text ?? "", /\u202e<b>broken<\/b>/u);
      fails = false;
      await place.run(bare, { subject: "TWO", asOf }, asOf);
      const after = await agents.find("fragile");
      apiRoutes.getAgent.response.parse(after);
      assert.deepEqual([after.health.opinions, after.health.failures], [1, before.health.failures]);
      const quiet = await agents.find("silent");
      assert.deepEqual(
        quiet.health.troubles.map(({ kind, text }) => [kind, text]),
        [
          ["abstention", "nothing to say"],
          ["abstention", "nothing to say"],
        ],
      );
      assert.ok((quiet.health.troubles[0]?.at ?? "") >= (quiet.health.troubles[1]?.at ?? "~"));
    } finally {
      await place.close();
    }
  });

  it("count when they were asked in child runs", async () => {
    const bare = defineBareWorkflow("bare", [silent, steady]);
    const parent = workflow({ name: "parent", input: z.strictObject({ asOf: tradingDate }) }, (w) =>
      w.run("child", bare, { subject: "ONE", asOf: w.input.asOf }),
    );
    const project = defineConfig({ workflows: [parent] });
    const place = await Workplace.open(project, null);
    try {
      await place.run(parent, { asOf }, asOf);
      const { agents } = agentsOf(place.store, project, () => null);
      const { health, workflows } = await agents.find("steady");
      assert.deepEqual([health.runs, health.attempts, workflows], [1, 1, ["parent"]]);
    } finally {
      await place.close();
    }
  });
});
