import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ConfiguredPolicy, findPolicy, type Policy, policies } from "@mycroft/ensemble";
import { createInProcessGateway } from "@mycroft/gateways";
import {
  applyRiskLimits,
  builtInAgents,
  committee,
  constructPortfolio,
  createMarketData,
  priceFacts,
} from "@mycroft/investing";
import { fixtureMarket, withOtherFuture } from "@mycroft/investing/testing";
import { decisionHash, driveRun, MemoryStore } from "@mycroft/runtime";
import { abstain, defineAgent, symbol, tradingDate, workflow } from "@mycroft/sdk";
import { z } from "zod";
import { findBacktest, forgetBacktest } from "./record/backtest-catalogue.ts";
import { type BacktestPlan, type GivenSettings, planBacktest } from "./settings/backtest-settings.ts";
import { dayInput } from "./walking/decide-day.ts";
import { replayDay } from "./walking/replay-day.ts";
import { type FinishedBacktest, runBacktest } from "./walking/run-backtest.ts";

const market = fixtureMarket({ companies: 5, days: 100, seed: 4, spacing: "monthly", stagger: 3 });
const data = createMarketData(market);
const targets = { agents: builtInAgents(), functions: committee.functions, policies };
const range = { from: "2004-01-31", to: "2007-12-31" } as const;

/** The same policy, taking what was learned under another name for its own. */
function underOwnName(policy: Policy, settings: unknown): ConfiguredPolicy {
  const configured = policy.configure(settings);
  return {
    ...configured,
    combine: ({ learned, ...input }) => {
      const named = learned && { ...learned, policy: { ...learned.policy, name: policy.name } };
      return configured.combine({ ...input, learned: named });
    },
  };
}

/** Throws the code with which the first run failed. */
function failuresOf({ days }: FinishedBacktest): void {
  const failure = days.flatMap(({ variants }) => variants.flatMap((one) => one.failure ?? []))[0];
  if (failure !== undefined) throw new Error(failure);
}

function planOf(given: GivenSettings = {}): BacktestPlan {
  return planBacktest(committee, data, { ...range, ...given });
}

describe("a backtest", () => {
  it("P6 decides on each day what the workflow decides live", async () => {
    const plan = planOf({ cadence: 5 });
    const { days } = await runBacktest(plan, targets);
    assert.equal(days.length, 10);
    const gateway = createInProcessGateway({ ...targets, market: data });
    for (const { date, variants } of days) {
      const input = dayInput(plan, data.asOf(date));
      const { result } = await driveRun({ plan: committee.plan, input, gateway, asOf: date, runId: "live" });
      assert.equal(variants[0]?.hash, decisionHash(result), date);
    }
    assert.ok(days.some(({ variants }) => Object.keys(variants[0]?.weights ?? {}).length > 1));
  });

  it("P5 another future changes no decision and no position of the past", async () => {
    const until = "2005-11-30";
    const other = createMarketData(withOtherFuture(market, until, 3));
    const { days: seen } = await runBacktest(planOf(), targets);
    const { days: changed } = await runBacktest(planBacktest(committee, other, range), targets);
    const past = (all: typeof seen) =>
      all
        .filter(({ date }) => date <= until)
        .map(({ date, variants, alone }) => ({
          date,
          variants: variants.map(({ hash, weights }) => [hash, weights]),
          alone: Object.entries(alone).map(([agent, { weights }]) => [agent, weights]),
        }));
    assert.equal(past(seen).length, 23);
    assert.deepEqual(past(changed), past(seen));
    const last = (all: typeof seen) => all.at(-1)?.variants[0]?.hash;
    assert.notEqual(last(changed), last(seen), "the future was changed");
  });

  it("P5 positions are taken at the next bar: the equity of a day knows nothing of decisions of that day", async () => {
    const { report, days } = await runBacktest(planOf(), targets);
    const [strategy] = report.strategies;
    assert.equal(report.days[0], days[1]?.date, "the first trade is a bar after the first decision");
    const [first] = strategy?.equity ?? [];
    // On the day of the first trade nothing was earned yet: only its costs were paid.
    assert.ok(first !== undefined && first <= 1 && first > 0.998, String(first));
  });

  it("an agent alone holds what the same rules hold when nobody else is asked", async () => {
    const [agent] = builtInAgents().filter(({ name }) => name === "reversal");
    assert.ok(agent !== undefined);
    const solo = workflow(
      { name: "solo", input: z.strictObject({ asOf: tradingDate, universe: z.array(symbol) }) },
      (w) => {
        const decisions = w.map("companies", w.input.universe, (m) => {
          const opinions = m.ask("opinions", [agent], { subject: m.item, asOf: w.input.asOf });
          const resolution = m.resolve("resolution", opinions, { policy: "linear-pool", quorum: 1 });
          const facts = m.call("facts", priceFacts, { subject: m.item, asOf: w.input.asOf });
          return m.call("decision", applyRiskLimits, { resolution, facts });
        });
        return w.call("portfolio", constructPortfolio, { asOf: w.input.asOf, decisions });
      },
    );
    const { days } = await runBacktest(planBacktest(solo, data, range), {
      ...targets,
      functions: solo.functions,
    });
    assert.ok(days.length > 40);
    for (const { date, variants, alone } of days) {
      assert.deepEqual(alone["reversal"]?.weights, variants[0]?.weights, date);
      assert.deepEqual(alone["reversal"]?.score, variants[0]?.score, date);
    }
  });

  it("asks each agent once for all variants of a day", async () => {
    const asked: string[] = [];
    const counting = builtInAgents().map((agent) => ({
      ...agent,
      opinion: (...[request, context]: Parameters<typeof agent.opinion>) => {
        asked.push(`${agent.name} ${request.subject} ${request.asOf}`);
        return agent.opinion(request, context);
      },
    }));
    const plan = planOf({ policies: ["linear-pool", "past-score"], without: ["trend"] });
    assert.deepEqual(
      plan.variants.map(({ name }) => name),
      ["linear-pool", "linear-pool without trend", "past-score", "past-score without trend"],
    );
    const { days } = await runBacktest(plan, { ...targets, agents: counting });
    const today = asked.filter((question) => question.endsWith(plan.days[40] ?? "-"));
    const [most = []] = [...Map.groupBy(today, (one) => one).values()].sort((a, b) => b.length - a.length);
    // Once as of the day, and once more for the record, when the outcome is known.
    assert.ok(today.length >= 30 && most.length <= 3, `${today.length}, ${most.length}`);
    const hashes = days[40]?.variants.map(({ hash }) => hash) ?? [];
    assert.equal(new Set(hashes).size, 4);
  });

  it("sets policies side by side under plans of their own, and the workflow's own policy gives its own decisions", async () => {
    const own = await runBacktest(planOf({ cadence: 7 }), targets);
    const named = await runBacktest(planOf({ cadence: 7, policies: ["past-score"] }), targets);
    assert.deepEqual(
      named.days.map(({ variants }) => variants[0]?.hash),
      own.days.map(({ variants }) => variants[0]?.hash),
    );
  });

  it("a policy that learns weighs by what was known on the day, and by more from day to day", async () => {
    const plan = planOf({ policies: ["boa", "linear-pool"], cadence: 6 });
    const { days } = await runBacktest(plan, targets);
    const { record, hash, recordedHash } = await replayDay(
      plan,
      days,
      { date: plan.days.at(-1) ?? "" },
      targets,
    );
    assert.equal(hash, recordedHash);
    const weights = record.events.flatMap((event) => {
      if (event.type !== "attemptSucceeded" || !event.task.endsWith("resolution")) return [];
      const { weights: given } = event.output as { weights: readonly { weight: number }[] };
      return given.map(({ weight }) => weight);
    });
    assert.ok(weights.length > 10 && new Set(weights.map((one) => one.toFixed(4))).size > 3, weights.join());
  });

  it("P6 a policy of one's own learns as one that comes with Mycroft does, and with the settings that are stated", async () => {
    const boa = findPolicy("boa");
    const own: Policy = { ...boa, name: "our-own", configure: (settings) => underOwnName(boa, settings) };
    const fixed: Policy = { ...findPolicy("linear-pool"), name: "our-pool" };
    const more = { ...targets, policies: [...policies, own, fixed] };
    const ewa = (rate: number) => ({ policy: "ewa", settings: { rate } });
    const plan = planOf({
      policies: ["boa", "our-own", "linear-pool", "our-pool", ewa(0.5), ewa(200)],
      cadence: 6,
    });
    assert.deepEqual(
      plan.variants.slice(3).map(({ name }) => name),
      ["our-pool", 'ewa {"rate":0.5}', 'ewa {"rate":200}'],
    );
    const { days } = await runBacktest(plan, more);
    const weightsOf = (at: number) => days.map(({ variants }) => variants[at]?.weights);
    assert.deepEqual(weightsOf(1), weightsOf(0));
    assert.deepEqual(weightsOf(3), weightsOf(2));
    for (const [a, b] of [
      [0, 2],
      [4, 5],
    ] as const) {
      assert.notDeepEqual(weightsOf(a), weightsOf(b));
    }
    const date = plan.days.at(-1) ?? "";
    const gateway = createInProcessGateway({ ...more, market: data });
    const input = dayInput(plan, data.asOf(date));
    for (const [index, { name, plan: made }] of plan.variants.entries()) {
      const { result } = await driveRun({ plan: made, input, gateway, asOf: date, runId: "live" });
      assert.equal(days.at(-1)?.variants[index]?.hash, decisionHash(result), name);
    }
    await assert.rejects(runBacktest(planOf({ policies: [ewa(-1)], cadence: 24 }), more).then(failuresOf), {
      message: "POLICY_INVALID",
    });
  });

  it("weights by regime are given the day's regime", async () => {
    const daily = createMarketData(fixtureMarket({ companies: 3, days: 400, seed: 6 }));
    const plan = planBacktest(committee, daily, {
      from: "2011-03-01",
      policies: ["regime-boa"],
      cadence: 25,
    });
    const { days } = await runBacktest(plan, targets);
    const { record, hash, recordedHash } = await replayDay(
      plan,
      days,
      { date: plan.days.at(-1) ?? "" },
      targets,
    );
    assert.equal(hash, recordedHash);
    const contexts = record.events.flatMap((event) => {
      if (event.type !== "attemptSucceeded" || !event.task.endsWith("resolution")) return [];
      const { weights } = event.output as {
        weights: readonly { reason: { context?: { name: string; rounds: number } } }[];
      };
      return weights.map(({ reason }) => reason.context);
    });
    assert.ok(contexts.length > 0);
    for (const context of contexts) assert.ok(["calm", "usual", "stormy"].includes(context?.name ?? ""));
    assert.ok(contexts.some((context) => (context?.rounds ?? 0) > 0));
  });

  it("an agent that fails abstains with its error, as it does live", async () => {
    const broken = defineAgent({
      name: "trend",
      version: "1",
      capabilities: [],
      opinion: ({ subject }) => {
        if (subject === "C1") throw new Error("no luck");
        return subject === "C2" ? ({ type: "opinion", probabilities: [2] } as never) : abstain("no view");
      },
    });
    const agents = builtInAgents().map((agent) => (agent.name === "trend" ? broken : agent));
    const plan = planOf({ cadence: 12 });
    const { days } = await runBacktest(plan, { ...targets, agents });
    const gateway = createInProcessGateway({ ...targets, agents, market: data });
    for (const { date, variants } of days) {
      const input = dayInput(plan, data.asOf(date));
      const { result } = await driveRun({ plan: committee.plan, input, gateway, asOf: date, runId: "live" });
      assert.equal(variants[0]?.hash, decisionHash(result), date);
      assert.equal(variants[0]?.failure, undefined);
    }
  });
});

describe("a backtest on record", () => {
  it("P3 is interrupted between any two days and ends with the very bytes of one that was not", async () => {
    const plan = planOf();
    const whole = new MemoryStore({ now: () => 0 });
    const { report } = await runBacktest(plan, targets, { store: whole });
    const store = new MemoryStore({ now: () => 0 });
    for (const stopAt of [3, 14, 30]) {
      const stop = new AbortController();
      const onProgress = (done: number) => {
        if (done === stopAt) stop.abort();
      };
      await assert.rejects(runBacktest(plan, targets, { store, signal: stop.signal, onProgress }), {
        name: "AbortError",
      });
    }
    const last = await runBacktest(plan, targets, { store });
    assert.equal(last.resumedAt, 30);
    assert.deepEqual(last.report, report);
    for (const collection of ["backtests", "backtest-days"]) {
      const query = { limit: 1_000 };
      const texts = async (from: MemoryStore) =>
        (await from.listDocuments(collection, query)).documents.map(
          ({ id, value }) => `${id} ${JSON.stringify(value)}`,
        );
      assert.deepEqual(await texts(store), await texts(whole));
    }
    const again = await runBacktest(plan, { ...targets, agents: [] }, { store });
    assert.equal(again.resumedAt, plan.days.length, "nothing is run again");
    assert.deepEqual(again.report, report);
  });

  it("P6 any of its days can be done again by itself, with all its events", async () => {
    const plan = planOf({ policies: ["past-score", "linear-pool"] });
    const { days } = await runBacktest(plan, targets);
    for (const index of [0, 20, 47]) {
      const date = days[index]?.date ?? "";
      const { record, hash, recordedHash } = await replayDay(
        plan,
        days,
        { date, variant: "linear-pool" },
        targets,
      );
      assert.equal(hash, recordedHash);
      assert.equal(record.state.result?.status, "succeeded");
      assert.ok(record.events.length > 40);
    }
    await assert.rejects(replayDay(plan, days, { date: "2005-01-01" }, targets), {
      code: "NOT_FOUND",
      message: /2004-12-31/,
    });
    const unknown = { date: days[0]?.date ?? "", variant: "none" };
    await assert.rejects(replayDay(plan, days, unknown, targets), {
      code: "NOT_FOUND",
      message: /past-score, linear-pool/,
    });
  });

  it("P8 is forgotten whole, and nothing but it; one that was forgotten half-way can be run or forgotten again", async () => {
    const store = new MemoryStore({ now: () => 0 });
    const [plan, other] = [planOf(), planOf({ seed: 2 })];
    const { report } = await runBacktest(plan, targets, { store });
    await runBacktest(other, targets, { store });
    const all = async (collection: string) =>
      (await store.listDocuments(collection, { limit: 1_000 })).documents.map(({ id }) => id);
    assert.equal((await findBacktest(store, "latest")).id, other.id);
    let writes = 0;
    const dying: typeof store.putDocument = (write) => {
      writes += 1;
      return writes > 3 ? Promise.reject(new Error("killed")) : store.putDocument(write);
    };
    const dead = {
      putDocument: dying,
      getDocument: store.getDocument.bind(store),
      listDocuments: store.listDocuments.bind(store),
    };
    await assert.rejects(forgetBacktest(dead, plan.id), /killed/u);
    assert.equal((await findBacktest(store, plan.id)).reportHash, null);
    const again = await runBacktest(plan, targets, { store });
    assert.deepEqual([again.report, again.resumedAt], [report, 0]);
    assert.equal((await findBacktest(store, "latest")).id, plan.id);
    await forgetBacktest(store, plan.id);
    assert.deepEqual(await all("backtests"), [other.id]);
    const left = await all("backtest-days");
    assert.ok(left.length > 0 && left.every((id) => id.startsWith(`${other.id}.`)));
    await assert.rejects(findBacktest(store, "latest"), { code: "NOT_FOUND" });
    await forgetBacktest(store, other.id);
    for (const collection of ["backtests", "backtest-days", "backtest-latest"]) {
      assert.deepEqual(await all(collection), []);
    }
  });

  it("has an id that follows from its settings, data and plans", () => {
    assert.equal(planOf().id, planOf().id);
    const others = [
      planOf({ seed: 2 }),
      planOf({ policies: ["linear-pool"] }),
      planOf({ costBps: 1 }),
      planOf({ without: ["trend"] }),
    ];
    const ids = [planOf(), ...others].map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });
});

describe("P7 a backtest's settings", () => {
  const bad: readonly (readonly [GivenSettings, string])[] = [
    [{ from: "2007-01-31", to: "2006-01-31" }, "DATE_OUT_OF_RANGE"],
    [{ to: "2031-01-31" }, "DATE_OUT_OF_RANGE"],
    [{ from: "2007-12-05" }, "DATA_EMPTY"],
    [{ cadence: 0 }, "INPUT_INVALID"],
    [{ costBps: -1 }, "INPUT_INVALID"],
    [{ slippageBps: Number.NaN }, "INPUT_INVALID"],
    [{ seed: 0.5 }, "INPUT_INVALID"],
    [{ policies: ["linear-pool", "linear-pool"] }, "INPUT_INVALID"],
    [{ without: ["nobody"] }, "INPUT_INVALID"],
    [{ input: { asOf: "2005-01-31" } }, "INPUT_INVALID"],
    [{ surprise: 1 } as GivenSettings, "INPUT_INVALID"],
  ];
  for (const [given, code] of bad) {
    it(`${JSON.stringify(given)} is ${code}`, () => {
      assert.throws(() => planOf(given), { code });
    });
  }

  it("a cadence of weeks or months decides on the first trading day of each, and on the first of all", () => {
    const daily = createMarketData(fixtureMarket({ companies: 2, days: 60, seed: 1 }));
    const given = { from: "2010-01-04", to: "2010-02-26" } as const;
    const monthly = planBacktest(committee, daily, { ...given, cadence: "monthly" });
    assert.deepEqual(monthly.days, ["2010-01-04", "2010-02-01"]);
    const weekly = planBacktest(committee, daily, { ...given, cadence: "weekly" });
    assert.deepEqual(weekly.days.slice(0, 3), ["2010-01-04", "2010-01-11", "2010-01-18"]);
  });

  it("an input that the workflow refuses is refused", async () => {
    await assert.rejects(runBacktest(planOf({ input: { horizonDays: 0 } }), targets), {
      code: "INPUT_INVALID",
    });
  });
});
