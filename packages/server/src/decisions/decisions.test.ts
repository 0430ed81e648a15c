import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { findPolicy, resolve } from "@mycroft/ensemble";
import { committee, createMarketData, findOutcome } from "@mycroft/investing";
import { fixtureMarket } from "@mycroft/investing/testing";
import { apiLimits, apiRoutes, type DecisionSummary } from "@mycroft/protocol";
import { findRun, readRun } from "@mycroft/runtime";
import {
  abstain,
  defineConfig,
  defineFunction,
  type MarketData,
  type Project,
  tradingDate,
  workflow,
} from "@mycroft/sdk";
import { z } from "zod";
import { Turns } from "../turns/turns.ts";
import { decisionDetail } from "./decision-detail.ts";
import { DecisionLists } from "./decision-lists.ts";
import { foldRun } from "./folded-run.ts";
import { canDecide, KnownPlans } from "./known-plans.ts";
import { RunFamilies } from "./run-families.ts";
import { RunReadings } from "./run-readings.ts";
import {
  agentSaying,
  bundledMarket,
  committeeProject,
  defineBareWorkflow,
  said,
} from "./testing/committees.ts";
import { Workplace } from "./testing/workplace.ts";

function listsOf({ store }: Workplace, { workflows }: Pick<Project, "workflows">) {
  const readings = new RunReadings(store, (error) => assert.fail(error.message));
  const plans = new KnownPlans(store);
  const deciding = workflows.filter(canDecide).map(({ name }) => name);
  return new DecisionLists({ store, readings, families: new RunFamilies(store, plans), plans, deciding });
}

async function detailOf({ store }: Workplace, runId: string, task: string, market: MarketData | null) {
  const turns = new Turns();
  const run = await foldRun(await findRun(store, runId), { store, turns });
  return decisionDetail(run, { task, market, turns });
}

async function inWorkplace(
  project: Project,
  market: MarketData | null,
  work: (place: Workplace, lists: DecisionLists) => Promise<void>,
): Promise<void> {
  const place = await Workplace.open(project, market);
  try {
    await work(place, listsOf(place, project));
  } finally {
    await place.close();
  }
}

describe("decisions of committee runs", () => {
  let market: MarketData;
  let place: Workplace;
  let lists: DecisionLists;
  const runs: string[] = [];
  const days = ["2009-06-30", "2009-07-31", "2009-08-31"];

  before(async () => {
    market = await bundledMarket();
    place = await Workplace.open(committeeProject, market);
    lists = listsOf(place, committeeProject);
    for (const asOf of days)
      runs.push(await place.run(committee, { asOf, universe: ["AAPL", "IBM", "MSFT"] }, asOf));
    // Begun last, of a day long before: as backfills do.
    runs.push(await place.run(committee, { asOf: "2005-06-30", universe: ["IBM", "AMZN"] }, "2005-06-30"));
  });

  after(() => place.close());

  it("gives the newest day's decision on each subject, the most disputed first", async () => {
    const latest = await lists.latest({ runs: 50 });
    apiRoutes.latestDecisions.response.parse(latest);
    assert.deepEqual([latest.runs, latest.isAll], [4, true]);
    const asOf = new Map(latest.decisions.map((one) => [one.subject, one.asOf]));
    assert.deepEqual([...asOf].sort(), [
      ["AAPL", "2009-08-31"],
      ["AMZN", "2005-06-30"],
      ["IBM", "2009-08-31"],
      ["MSFT", "2009-08-31"],
    ]);
    const divergences = latest.decisions.map(({ divergence }) => divergence);
    assert.deepEqual(
      divergences,
      divergences.toSorted((a, b) => b - a),
    );
    const two = await lists.latest({ runs: 2 });
    assert.deepEqual([two.runs, two.isAll, two.decisions.length], [2, false, 4]);
    assert.deepEqual((await lists.latest({ workflow: "other", runs: 50 })).decisions, []);
  });

  it("says in a row what the run's own record says", async () => {
    const { state } = await readRun(place.store, runs[2] ?? "");
    assert.equal(state.result?.status, "succeeded");
    const rows = await lists.ofRun(runs[2] ?? "");
    assert.deepEqual(
      rows.map(({ subject }) => subject),
      ["AAPL", "IBM", "MSFT"],
    );
    const output = state.result?.status === "succeeded" ? state.result.output : null;
    const { decisions, portfolio, baseRate } = z
      .object({
        decisions: z.array(
          z.looseObject({
            tilt: z.number(),
            status: z.string(),
            resolution: z.looseObject({
              probabilities: z.array(z.number()),
              weights: z.array(z.object({ agent: z.string(), weight: z.number() })),
            }),
          }),
        ),
        portfolio: z.object({ positions: z.array(z.object({ weight: z.number() })) }),
        baseRate: z.object({ probabilities: z.array(z.number()) }),
      })
      .parse(output);
    for (const [index, row] of rows.entries()) {
      const decision = decisions[index];
      assert.deepEqual(row.probabilities, decision?.resolution.probabilities);
      assert.deepEqual([row.tilt, row.status], [decision?.tilt, decision?.status]);
      assert.equal(row.weight, portfolio.positions[index]?.weight);
      assert.deepEqual(row.usual, baseRate.probabilities);
      const weights = row.views.flatMap(({ agent, weight }) => (weight === null ? [] : [{ agent, weight }]));
      assert.deepEqual(
        weights,
        decision?.resolution.weights.map(({ agent, weight }) => ({ agent, weight })),
      );
      assert.equal(row.runId, runs[2]);
      assert.match(row.headline, new RegExp(`^${row.subject} on 2009-08-31`, "u"));
    }
  });

  it("leads to all that a decision came from, and the same question resolves to the same", async () => {
    const [row] = await lists.ofRun(runs[0] ?? "");
    const detail = await detailOf(place, runs[0] ?? "", row?.task ?? "", market);
    apiRoutes.getDecision.response.parse(detail);
    assert.deepEqual(detail.summary, row);
    assert.deepEqual(
      [detail.recordTask, detail.decisionTask, detail.portfolioTask, detail.usualTask],
      ["record", "companies[0]/decision", "portfolio", "base-rate"],
    );
    assert.deepEqual(
      detail.askedIn,
      detail.summary.views.map(({ agent }) => ({ agent, task: `companies[0]/opinions.${agent}` })),
    );
    const again = resolve(
      findPolicy(detail.summary.policy),
      detail.request?.value as Parameters<typeof resolve>[1],
    );
    assert.deepEqual(again, detail.resolution);
    const followed = findOutcome(market.asOf(market.lastDate), "AAPL", "2009-06-30", 28);
    assert.equal(detail.outcome?.index, followed?.index);
    assert.equal(detail.outcome?.return, Math.expm1(followed?.logReturn ?? Number.NaN));
    assert.equal(detail.hashes.data, market.hash);
    assert.ok(detail.evidence.some(({ facts }) => facts.length > 0));
    assert.deepEqual(
      detail.explanation.sections
        .map(({ title }) => title)
        .filter((title) => /risk limits|position/u.test(title)),
      ["What the risk limits did", "The position"],
    );
  });

  it("P5 tells no outcome where the data is another's, or ends", async () => {
    const runId = runs[0] ?? "";
    const other = createMarketData(fixtureMarket({ companies: 2, days: 60, seed: 1 }));
    assert.equal((await detailOf(place, runId, "companies[0]/resolution", other)).outcome, null);
    assert.equal((await detailOf(place, runId, "companies[0]/resolution", null)).outcome, null);
    const id = await place.run(committee, { asOf: market.lastDate, universe: ["IBM"] }, market.lastDate);
    const last = await detailOf(place, id, "companies[0]/resolution", market);
    assert.equal(last.outcome, null);
  });

  it("P7 names what there is when a task decided nothing", async () => {
    for (const task of ["record", "companies[9]/resolution", "\u202e<script>", "x".repeat(100_000)]) {
      await assert.rejects(detailOf(place, runs[0] ?? "", task, market), {
        code: "NOT_FOUND",
        message: /companies\[0\]\/resolution/u,
      });
    }
    await assert.rejects(lists.ofRun("nothing"), { code: "RUN_UNKNOWN" });
  });

  it("pages through everything once, at any page size, with and without filters", async () => {
    const all = (await lists.listDecisions({ limit: 500 })).entries;
    assert.ok(all.length >= 11);
    const order = all.map(({ runId }) => runId);
    assert.deepEqual(order, order.toSorted().reverse());
    for (const limit of [1, 2, 3, 4, 7, all.length]) {
      const seen: DecisionSummary[] = [];
      let cursor: string | null | undefined;
      while (cursor !== null) {
        const query: { limit: number; cursor?: string } =
          cursor === undefined ? { limit } : { limit, cursor };
        const page = await lists.listDecisions(query);
        assert.ok(page.entries.length <= limit);
        assert.ok(page.entries.length > 0, "no page is empty");
        seen.push(...page.entries);
        cursor = page.nextCursor;
      }
      assert.deepEqual(seen, all, `pages of ${limit}`);
    }
    const ofIbm = await lists.listDecisions({ limit: 500, subject: "IBM" });
    assert.deepEqual(
      ofIbm.entries,
      all.filter(({ subject }) => subject === "IBM"),
    );
    for (const cursor of ["", "nonsense", Buffer.from('["a b",0]').toString("base64url"), "%00", "W10"])
      await assert.rejects(lists.listDecisions({ limit: 5, cursor }), { code: "INPUT_INVALID" });
  });

  it("gives the agents' opinions, the newest run's first", async () => {
    const page = await lists.listOpinions({ limit: 500, agent: "momentum", subject: "IBM" });
    apiRoutes.listOpinions.response.parse({ opinions: page.entries, nextCursor: page.nextCursor });
    assert.ok(page.entries.length >= 4);
    assert.ok(page.entries.every(({ agent, subject }) => agent === "momentum" && subject === "IBM"));
    const record = await readRun(place.store, runs[0] ?? "");
    const first = page.entries.find(({ runId }) => runId === runs[0]);
    const output = record.state.tasks.get(first?.task ?? "")?.output;
    const { probabilities, rationale } = z
      .object({ probabilities: z.array(z.number()), rationale: z.string() })
      .parse(output);
    assert.deepEqual([first?.probabilities, first?.rationale], [probabilities, rationale]);
  });

  it("reads a settled run once", async (t) => {
    await lists.latest({ runs: 50 });
    const reads = t.mock.method(place.store, "readEvents");
    await lists.latest({ runs: 50 });
    await lists.listDecisions({ limit: 500 });
    await lists.listOpinions({ limit: 500 });
    assert.equal(reads.mock.callCount(), 0);
  });

  it("keeps forks of what succeeded out of the lists", async () => {
    const before = await lists.listDecisions({ limit: 500 });
    const [runId = ""] = runs;
    const fork = await place.fork({ runId, from: ["portfolio"] });
    assert.deepEqual((await lists.listDecisions({ limit: 500 })).entries, before.entries);
    assert.equal((await lists.ofRun(fork)).length, 3, "a fork has its decisions for whoever asks for it");
  });
});

describe("decisions of other workflows", () => {
  const steady = agentSaying("steady", () => said([0.2, 0.3, 0.5]));
  const doubtful = agentSaying("doubtful", () => said([0.5, 0.3, 0.2]));
  const asOf = "2009-06-30";

  it("need no portfolio, no limits and no market data", async () => {
    const bare = defineBareWorkflow("bare", [steady, doubtful]);
    await inWorkplace(defineConfig({ workflows: [bare] }), null, async (place, lists) => {
      const runId = await place.run(bare, { subject: "ACME", asOf }, asOf);
      const { decisions } = await lists.latest({ runs: 50 });
      const [one] = decisions;
      assert.deepEqual([one?.subject, one?.status, one?.weight, one?.usual], ["ACME", "decided", null, null]);
      const detail = await detailOf(place, runId, one?.task ?? "", null);
      apiRoutes.getDecision.response.parse(detail);
      assert.deepEqual(
        [
          detail.position,
          detail.rulings,
          detail.statedTilt,
          detail.outcome,
          detail.decisionTask,
          detail.usualTask,
        ],
        [null, [], null, null, null, null],
      );
      assert.deepEqual(detail.askedIn, [
        { agent: "doubtful", task: "opinions.doubtful" },
        { agent: "steady", task: "opinions.steady" },
      ]);
    });
  });

  it("count when they were made in child runs", async () => {
    const bare = defineBareWorkflow("bare", [steady, doubtful]);
    const parent = workflow({ name: "parent", input: z.strictObject({ asOf: tradingDate }) }, (w) =>
      w.map("all", ["ONE", "TWO"], (m) => m.run("child", bare, { subject: m.item, asOf: w.input.asOf })),
    );
    await inWorkplace(defineConfig({ workflows: [parent, bare] }), null, async (place, lists) => {
      const runId = await place.run(parent, { asOf }, asOf);
      const found = await lists.latest({ runs: 50 });
      assert.deepEqual(found.decisions.map(({ subject }) => subject).sort(), ["ONE", "TWO"]);
      assert.deepEqual([found.runs, found.decisions[0]?.workflow], [1, "bare"]);
      assert.equal((await lists.ofRun(runId)).length, 2);
      const first = await lists.listDecisions({ limit: 1 });
      const second = await lists.listDecisions({ limit: 1, cursor: first.nextCursor ?? "" });
      assert.notEqual(first.entries[0]?.subject, second.entries[0]?.subject);
      assert.equal(second.nextCursor, null);
    });
  });

  it("stay when the run fails half way, and a retry stands in for it", async () => {
    let isBroken = true;
    const fragile = defineFunction({
      name: "fragile",
      version: "1",
      input: z.object({ tilt: z.number().nullable() }),
      output: z.number(),
      run: () => {
        if (isBroken) throw new Error("broken");
        return 1;
      },
    });
    const half = workflow({ name: "half", input: z.strictObject({ asOf: tradingDate }) }, (w) => {
      const opinions = w.ask("opinions", [steady, doubtful], { subject: "ACME", asOf: w.input.asOf });
      const resolution = w.resolve("resolution", opinions, { quorum: 1 });
      return w.call("end", fragile, { tilt: resolution.conflict.divergence }, { retry: { maxAttempts: 1 } });
    });
    await inWorkplace(defineConfig({ workflows: [half] }), null, async (place, lists) => {
      const runId = await place.run(half, { asOf }, asOf);
      const failed = await lists.latest({ runs: 50 });
      assert.deepEqual([failed.decisions[0]?.runId, failed.decisions[0]?.runStatus], [runId, "failed"]);
      isBroken = false;
      const retried = await place.retry(runId);
      const healed = await lists.listDecisions({ limit: 10 });
      assert.deepEqual(
        healed.entries.map((one) => [one.runId, one.runStatus]),
        [
          [retried, "succeeded"],
          [runId, "failed"],
        ],
      );
    });
  });

  it("are told of runs under way, and again when they have gone on", async () => {
    const waiting = workflow({ name: "waiting", input: z.strictObject({ asOf: tradingDate }) }, (w) => {
      const opinions = w.ask("opinions", [steady, doubtful], { subject: "ACME", asOf: w.input.asOf });
      const resolution = w.resolve("resolution", opinions, { quorum: 1 });
      return w.approve("person", { resolution });
    });
    await inWorkplace(defineConfig({ workflows: [waiting] }), null, async (place, lists) => {
      const runId = await place.start(waiting, { asOf }, asOf);
      let [row] = await lists.ofRun(runId);
      while (row === undefined) {
        await new Promise((resolve) => setImmediate(resolve));
        [row] = await lists.ofRun(runId);
      }
      assert.equal(row.runStatus, "running");
      await place.cancel(runId);
      assert.equal((await lists.ofRun(runId))[0]?.runStatus, "cancelled");
    });
  });

  it("P7 carry hostile text as data, cut to what a list shows", async () => {
    const hostile = "<script>alert(1)</script>\u0000\u001b[31m\u202e\"'&";
    const loud = agentSaying("loud", () => said([0.2, 0.3, 0.5], hostile + "\u{1f600}".repeat(1_900)));
    const sulking = agentSaying("sulking", () => abstain(hostile + "y".repeat(900)));
    const broken = agentSaying("broken", () => {
      throw new Error(hostile + "z".repeat(100_000));
    });
    const bare = defineBareWorkflow("bare", [loud, sulking, broken, steady]);
    await inWorkplace(defineConfig({ workflows: [bare] }), null, async (place, lists) => {
      const runId = await place.run(bare, { subject: "ACME", asOf }, asOf);
      const [row] = await lists.ofRun(runId);
      const detail = await detailOf(place, runId, row?.task ?? "", null);
      apiRoutes.getDecision.response.parse(detail);
      const { entries } = await lists.listOpinions({ limit: 10 });
      const texts = entries.flatMap(({ rationale, abstains }) => [rationale, abstains ?? ""]);
      for (const text of texts) {
        assert.ok(text.length <= apiLimits.shownText);
        assert.ok(text.isWellFormed());
      }
      const rationale = entries.find(({ agent }) => agent === "loud")?.rationale ?? "";
      assert.ok(rationale.startsWith(hostile) && rationale.endsWith("\u{1f600}..."));
      const reason = entries.find(({ agent }) => agent === "sulking")?.abstains ?? "";
      assert.ok(reason.startsWith(hostile) && reason.endsWith("y..."));
      assert.ok(JSON.stringify(detail.resolution).length > 4_000, "the detail has it whole");
    });
  });

  it("P7 pass over what a person stated in place of a resolution", async () => {
    const bare = defineBareWorkflow("bare", [steady, doubtful]);
    await inWorkplace(defineConfig({ workflows: [bare] }), null, async (place, lists) => {
      const runId = await place.run(bare, { subject: "ACME", asOf }, asOf);
      const { state } = await readRun(place.store, runId);
      const whole = state.tasks.get("resolution")?.output ?? null;
      assert.ok(typeof whole === "object" && whole !== null && !Array.isArray(whole));
      const { opinions: _, ...part } = whole as { readonly [key: string]: typeof whole };
      const partial = await place.fork({ runId, from: [], stated: { resolution: part } });
      assert.deepEqual(await lists.ofRun(partial), []);
      const stated = await place.fork({ runId, from: [], stated: { resolution: whole } });
      assert.equal((await lists.ofRun(stated)).length, 1);
      const detail = await detailOf(place, stated, "resolution", null);
      assert.equal(detail.request, null, "nobody asked the policy there");
    });
  });
});
