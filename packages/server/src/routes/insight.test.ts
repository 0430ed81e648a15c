/** Decisions, agents, market and Lab over real HTTP, against real runs on the bundled data. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { committee } from "@mycroft/investing";
import { type AgentDetail, apiRoutes, type DecisionSummary, type Problem, problem } from "@mycroft/protocol";
import type { MarketData } from "@mycroft/sdk";
import { createKey } from "../access/api-keys.ts";
import type { Backend } from "../backend.ts";
import { bundledMarket, committeeProject } from "../decisions/testing/committees.ts";
import { Workplace } from "../decisions/testing/workplace.ts";
import { openServer, type RunningServer } from "../open-server.ts";

const asOf = "2009-06-30";

let market: MarketData;
let place: Workplace;
let server: RunningServer;
let runId: string;
let key: string;

before(async () => {
  market = await bundledMarket();
  place = await Workplace.open(committeeProject, market);
  runId = await place.run(committee, { asOf, universe: ["AAPL", "GOOG", "IBM"] }, asOf);
  const unused = () => assert.fail("no route of these areas does that");
  const backend: Backend = {
    // All that these routes use of it.
    controls: { store: place.store } as Backend["controls"],
    project: committeeProject,
    version: "test",
    place: { kind: "folder", text: "memory" },
    market: () => market,
    onUpdate: () => () => {},
    replay: unused,
    experiments: { backtest: unused, backtestDay: unused, evaluation: unused },
    onError: (error) => assert.fail(error.message),
  };
  server = await openServer({ backend, listen: { port: 0 }, webFolder: null });
  ({ key } = await createKey(place.store, { name: "test", role: "viewer" }, Date.now()));
});

after(async () => {
  await server.close();
  await place.close();
});

async function get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${server.address}${path}`, { headers: { authorization: `Bearer ${key}` } });
  return { status: response.status, body: await response.json() };
}

async function getOk<Value>(path: string): Promise<Value> {
  const { status, body } = await get(path);
  assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
  return body as Value;
}

async function getProblem(path: string): Promise<Problem> {
  const { status, body } = await get(path);
  assert.ok(status >= 400 && status < 500, `${path}: ${status}`);
  return problem.parse(body);
}

describe("decisions over HTTP", () => {
  it("lead from the list to the decision, and to each task that it came from", async () => {
    const { decisions } = await getOk<{ decisions: DecisionSummary[] }>("/api/decisions/latest");
    assert.equal(decisions.length, 3);
    for (const { task, subject } of decisions) {
      const path = `/api/runs/${runId}/decisions/${encodeURIComponent(task)}`;
      const detail = apiRoutes.getDecision.response.parse(await getOk(path));
      assert.equal(detail.summary.subject, subject);
      assert.ok(detail.askedIn.length >= 5);
      assert.notEqual(detail.outcome, null);
    }
    const { decisions: ofRun } = await getOk<{ decisions: DecisionSummary[] }>("/api/runs/latest/decisions");
    assert.deepEqual(
      ofRun.map(({ subject }) => subject),
      ["AAPL", "GOOG", "IBM"],
    );
  });

  it("page, and refuse what is no page", async () => {
    const first = apiRoutes.listDecisions.response.parse(await getOk("/api/decisions?limit=2"));
    assert.equal(first.decisions.length, 2);
    const second = apiRoutes.listDecisions.response.parse(
      await getOk(`/api/decisions?limit=2&cursor=${encodeURIComponent(first.nextCursor ?? "")}`),
    );
    assert.deepEqual([second.decisions.length, second.nextCursor], [1, null]);
    const opinions = apiRoutes.listOpinions.response.parse(
      await getOk("/api/opinions?agent=trend&subject=IBM"),
    );
    assert.equal(opinions.opinions.length, 1);
    for (const query of ["cursor=nonsense", "limit=0", "limit=501", "limit=x", `cursor=${"x".repeat(2_001)}`])
      assert.equal((await getProblem(`/api/decisions?${query}`)).code, "INPUT_INVALID");
  });

  it("P7 name what is not there", async () => {
    assert.equal((await getProblem("/api/runs/zzz/decisions")).code, "RUN_UNKNOWN");
    assert.equal((await getProblem(`/api/runs/${runId}/decisions/record`)).code, "NOT_FOUND");
    const hostile = encodeURIComponent("<script>\u202e\u0001");
    assert.equal((await getProblem(`/api/runs/${runId}/decisions/${hostile}`)).code, "NOT_FOUND");
    assert.equal((await getProblem(`/api/runs/${hostile}/decisions`)).code, "RUN_UNKNOWN");
  });
});

describe("agents, market and Lab over HTTP", () => {
  it("tell of agents at once, and of their track once it is walked", async () => {
    const { agents } = apiRoutes.listAgents.response.parse(await getOk("/api/agents"));
    assert.equal(agents.length, 6);
    assert.ok(agents.every(({ health }) => health.attempts === 3));
    const compared = apiRoutes.compareAgents.response.parse(
      await getOk("/api/head-to-head?a=trend&b=reversal"),
    );
    assert.ok(compared.cases > 50);
    const detail = apiRoutes.getAgent.response.parse(await getOk<AgentDetail>("/api/agents/trend"));
    assert.ok((detail.track?.series.length ?? 0) > 20);
    const behind = apiRoutes.listAgentCases.response.parse(
      await getOk("/api/agents/trend/cases?against=reversal&sort=worst&limit=200"),
    );
    assert.equal(behind.total, compared.cases);
    assert.equal((await getProblem("/api/agents/trend/cases?against=nobody")).code, "AGENT_UNKNOWN");
    assert.equal((await getProblem("/api/agents/trend/cases?cursor=-1")).code, "INPUT_INVALID");
    assert.equal((await getProblem("/api/agents/nobody")).status, 404);
    assert.equal((await getProblem("/api/head-to-head?a=trend&b=trend")).code, "INPUT_INVALID");
    assert.equal((await getProblem("/api/head-to-head?a=trend")).code, "INPUT_INVALID");
  });

  it("give prices, and the nearest name of a symbol that is not there", async () => {
    const summary = apiRoutes.getMarket.response.parse(await getOk("/api/market"));
    assert.equal(summary.market?.hash, market.hash);
    const prices = apiRoutes.getPrices.response.parse(
      await getOk("/api/market/IBM/prices?from=2009-01-01&to=2009-12-31"),
    );
    assert.equal(prices.bars.length, 12);
    const index = encodeURIComponent(summary.market?.index ?? "");
    apiRoutes.getPrices.response.parse(await getOk(`/api/market/${index}/prices`));
    const unknown = await getProblem("/api/market/IBN/prices");
    assert.deepEqual([unknown.status, unknown.code], [404, "SYMBOL_UNKNOWN"]);
    assert.match(unknown.detail, /Did you mean IBM\?/u);
    assert.equal((await getProblem("/api/market/IBM/prices?from=2009-02-30")).code, "INPUT_INVALID");
  });

  it("give cases of history for the Lab", async () => {
    const lab = apiRoutes.listLabCases.response.parse(
      await getOk("/api/lab/cases?subject=IBM&from=2005-01-01"),
    );
    assert.ok(lab.cases.length > 50);
    assert.equal((await getProblem("/api/lab/cases?subject=ZZZ")).code, "SYMBOL_UNKNOWN");
    for (const query of ["", "subject=IBM&horizonDays=0", "subject=IBM&everyDays=9999", "subject=IBM&from=x"])
      assert.equal((await getProblem(`/api/lab/cases?${query}`)).code, "INPUT_INVALID");
  });
});
