import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  type AgentAnswer,
  type AgentDefinition,
  type MarketData,
  noLog,
  noMessages,
  opinionSchema,
} from "@mycroft/sdk";
import fc from "fast-check";
import { dayOf, isoOf } from "../calendar-day.ts";
import { createMarketData, type MarketDataInput } from "../data/market-data.ts";
import { askAgent } from "../testing/agent-context.ts";
import {
  barOf,
  fixtureMarket,
  monthEnds,
  walk,
  weekdays,
  withOtherFuture,
} from "../testing/market-fixtures.ts";
import { builtInAgents } from "./built-in-agents.ts";

const agents = builtInAgents();
const monthly = fixtureMarket({ companies: 6, days: 90, seed: 3, spacing: "monthly", stagger: 3 });
const daily = fixtureMarket({ companies: 6, days: 420, seed: 4, stagger: 10 });
/** From the first day of a fixture to somewhat after its last. */
const monthlyDays = (permille: number) => isoOf(dayOf("2000-01-31") + Math.round(permille * 2.75));
const dailyDays = (permille: number) => isoOf(dayOf("2010-01-04") + Math.round(permille * 0.6));

function agentNamed(name: string): AgentDefinition {
  const agent = agents.find((one) => one.name === name);
  assert.ok(agent !== undefined);
  return agent;
}

async function allAnswers(data: MarketData, asOf: string): Promise<readonly AgentAnswer[]> {
  const answers = [];
  for (const subject of data.asOf(asOf).symbols()) {
    for (const agent of agents) answers.push(await askAgent(agent, data, { subject, asOf }));
  }
  return answers;
}

async function answersOf(data: MarketData, subject: string, asOf: string) {
  return await Promise.all(
    agents.map(async (agent) => ({ agent, answer: await askAgent(agent, data, { subject, asOf }) })),
  );
}

describe("the built-in agents", () => {
  it("are six, in order of name, each with a version, a source and capabilities", () => {
    assert.deepEqual(
      agents.map((agent) => agent.name),
      ["macro", "momentum", "reversal", "technical", "trend", "volatility"],
    );
    for (const { version, description, capabilities } of agents) {
      assert.ok(version !== "" && capabilities.length > 0);
      assert.match(description, /\(.* (19|20)\d\d\)$/);
    }
  });

  for (const [name, market, dayAt] of [
    ["monthly", monthly, monthlyDays],
    ["daily", daily, dailyDays],
  ] as const) {
    it(`P5 answer the same whatever comes after asOf, on ${name} bars`, async () => {
      const known = createMarketData(market);
      let opinions = 0;
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 1_050 }), fc.integer(), async (permille, seed) => {
          const asOf = dayAt(permille);
          const other = createMarketData(withOtherFuture(market, asOf, seed));
          const answers = await allAnswers(other, asOf);
          assert.deepEqual(answers, await allAnswers(known, asOf));
          opinions += answers.filter((answer) => answer.type === "opinion").length;
        }),
        {
          numRuns: name === "monthly" ? 40 : 12,
          // Days late enough for opinions are among them, whatever the seed.
          examples: [600, 700, 800, 900].map((permille) => [permille, permille]),
        },
      );
      assert.ok(opinions > 100, `${opinions} opinions`);
    });

    it(`P7 give distributions, facts and dates that fit the contract, on ${name} bars`, async () => {
      const data = createMarketData(market);
      const said = new Set<string>();
      for (let permille = 0; permille <= 1_050; permille += 70) {
        const asOf = dayAt(permille);
        for (const subject of data.asOf(asOf).symbols()) {
          for (const { agent, answer } of await answersOf(data, subject, asOf)) {
            if (answer.type === "abstention") {
              assert.ok(answer.reason.length > 10);
              continue;
            }
            said.add(agent.name);
            const about = { agent: agent.name, version: agent.version, subject, asOf, horizonDays: 28 };
            const opinion = opinionSchema.parse({ ...answer, ...about, outcomes: ["down", "flat", "up"] });
            const dates = opinion.evidence.map((fact) => fact.date);
            assert.equal(opinion.dataAsOf, dates.toSorted().at(-1));
            assert.ok((opinion.dataAsOf ?? "") <= asOf);
            assert.equal(opinion.evidence[0]?.name, "lastClose");
            assert.doesNotMatch(opinion.rationale, /NaN|undefined|Infinity|null/);
          }
        }
      }
      assert.deepEqual(
        [...said].toSorted(),
        agents.map((agent) => agent.name),
      );
    });

    it(`E1 give the same answers from the same data, in whatever order they are asked, on ${name} bars`, async () => {
      const days = [500, 700, 950].map(dayAt);
      const [forwards, backwards] = [createMarketData(market), createMarketData(market)];
      const first = [];
      for (const day of days) first.push(await allAnswers(forwards, day));
      const second = [];
      for (const day of days.toReversed()) second.unshift(await allAnswers(backwards, day));
      assert.deepEqual(first, second);
    });

    it(`a fact of one name has one value for one subject and day, whoever states it, on ${name} bars`, async () => {
      const data = createMarketData(market);
      const asOf = dayAt(970);
      const shared = new Set<string>();
      for (const subject of data.asOf(asOf).symbols()) {
        const facts = new Map<string, unknown>();
        for (const { answer } of await answersOf(data, subject, asOf)) {
          for (const { name: fact, value, date } of answer.type === "opinion"
            ? (answer.evidence ?? [])
            : []) {
            const key = `${fact} ${date}`;
            if (facts.has(key)) shared.add(fact);
            assert.equal(facts.get(key) ?? value, value, key);
            facts.set(key, value);
          }
        }
      }
      assert.ok(shared.has("lastClose") && shared.has("annualVolatility"), [...shared].join());
    });
  }

  it("leave an earlier request of a later view to the earlier day", async () => {
    const data = createMarketData(monthly);
    const asOf = "2006-03-31";
    const { signal } = new AbortController();
    for (const agent of agents) {
      const request = { subject: "C0", asOf, horizonDays: 28, outcomes: ["down", "flat", "up"] };
      const context = {
        market: data.asOf("2007-06-30"),
        signal,
        heartbeat: () => {},
        idempotencyKey: "test",
        log: noLog,
        messages: noMessages,
      };
      assert.deepEqual(await agent.opinion(request, context), await askAgent(agent, data, request));
    }
  });
});

describe("an agent abstains, with its reason", () => {
  const data = createMarketData(monthly);
  const last = "2007-06-30";
  async function reasonOf(name: string, from: MarketData, subject: string, asOf: string): Promise<string> {
    const answer = await askAgent(agentNamed(name), from, { subject, asOf });
    assert.equal(answer.type, "abstention");
    return answer.type === "abstention" ? answer.reason : "";
  }

  it("without market data, or over other outcomes", async () => {
    const { signal } = new AbortController();
    for (const agent of agents) {
      const request = { subject: "C0", asOf: last, horizonDays: 28, outcomes: ["down", "flat", "up"] };
      const none = await agent.opinion(request, {
        market: null,
        signal,
        heartbeat: () => {},
        idempotencyKey: "",
        log: noLog,
        messages: noMessages,
      });
      assert.deepEqual(none, { type: "abstention", reason: "There is no market data." });
      const quintiles = await askAgent(agent, data, { ...request, outcomes: ["1", "2", "3", "4", "5"] });
      assert.deepEqual(quintiles, { type: "abstention", reason: "It judges only down, flat, up." });
    }
  });

  it("about a symbol that nothing is known of by then, with the error's code", async () => {
    for (const agent of agents) {
      const answer = await askAgent(agent, data, { subject: "ZZZ", asOf: last });
      assert.equal(answer.type === "abstention" && answer.code, "SYMBOL_UNKNOWN");
      const tooEarly = await askAgent(agent, data, { subject: "C5", asOf: "2000-06-30" });
      assert.equal(tooEarly.type === "abstention" && tooEarly.code, "SYMBOL_UNKNOWN");
    }
  });

  it("with too little history, too few cases, or a price that is too old", async () => {
    assert.match(await reasonOf("trend", data, "C0", "2000-10-31"), /no 12 months of prices of C0/);
    assert.match(await reasonOf("momentum", data, "C0", "2000-10-31"), /no 12 months/);
    assert.match(await reasonOf("reversal", data, "C0", "2000-04-30"), /too few prices/);
    assert.match(await reasonOf("technical", data, "C0", "2001-10-31"), /need 35 bars; there are 22/);
    assert.match(await reasonOf("volatility", data, "C0", "2000-04-30"), /two volatilities/);
    assert.match(await reasonOf("macro", data, "C0", "2000-06-30"), /12 months up to 2000-06-30 are needed/);
    assert.match(await reasonOf("trend", data, "C0", "2001-02-28"), /Too few scores/);
    for (const { name } of agents)
      assert.match(await reasonOf(name, data, "C0", "2009-01-01"), /too long before 2009-01-01/);
  });

  it("without an index, or with too few companies to rank", async () => {
    const few: MarketDataInput = {
      source: "few",
      series: monthly.series.filter((one) => ["C0", "C1"].includes(one.symbol)),
    };
    const alone = createMarketData(few);
    assert.match(await reasonOf("macro", alone, "C0", last), /no market index/);
    assert.match(await reasonOf("momentum", alone, "C0", last), /Fewer than 4 companies/);
  });

  it("about a company without a volatility, for which flat is not defined", async () => {
    const young = {
      symbol: "YOUNG",
      kind: "company" as const,
      bars: monthEnds("2007-03-31", 4).map((date, index) => barOf(date, 10 + index)),
    };
    const withYoung = createMarketData({ ...monthly, series: [...monthly.series, young] });
    assert.match(await reasonOf("macro", withYoung, "YOUNG", last), /volatility of YOUNG is not known/);
    const onC0 = await askAgent(agentNamed("macro"), withYoung, { subject: "C0", asOf: last });
    assert.equal(onC0.type, "opinion");
  });

  it("about a price that does not move", async () => {
    const dates = monthEnds("2000-01-31", 90);
    const flat = { symbol: "FLAT", kind: "company" as const, bars: dates.map((date) => barOf(date, 10)) };
    const withFlat = createMarketData({ ...monthly, series: [...monthly.series, flat] });
    for (const name of ["reversal", "technical", "trend", "volatility"]) {
      assert.ok((await reasonOf(name, withFlat, "FLAT", last)).includes("FLAT"));
    }
  });
});

describe("the methods", () => {
  const dates = monthEnds("2000-01-31", 60);
  const asOf = dates.at(-1) ?? "";
  async function factsOf(name: string, market: MarketDataInput, subject: string, day = asOf) {
    const answer = await askAgent(agentNamed(name), createMarketData(market), { subject, asOf: day });
    assert.equal(answer.type, "opinion", JSON.stringify(answer));
    const evidence = answer.type === "opinion" ? (answer.evidence ?? []) : [];
    const values = new Map(evidence.map((fact) => [fact.name, fact.value]));
    return (fact: string) => Number(values.get(fact));
  }

  /** Company `Gn` grows by n percent a month, with a wobble so that it has a volatility. */
  const growing = (rate: number) =>
    dates.map((date, index) => barOf(date, 100 * (1 + rate / 100) ** index * (index % 2 === 0 ? 1 : 1.02)));
  const market: MarketDataInput & { readonly index: string } = {
    source: "growth",
    index: "^X",
    series: [
      ...[-1, 0, 1, 2, 3].map((rate) => ({
        symbol: `G${rate < 0 ? "M" : ""}${Math.abs(rate)}`,
        kind: "company" as const,
        bars: growing(rate),
      })),
      { symbol: "^X", kind: "index", bars: growing(1) },
    ],
  };

  it("trend measures the return of twelve months", async () => {
    assert.ok(Math.abs((await factsOf("trend", market, "G2"))("return12Months") - (1.02 ** 12 - 1)) < 1e-5);
  });

  it("reversal measures the return of one month", async () => {
    assert.ok(Math.abs((await factsOf("reversal", market, "G2"))("return1Month") - (1.02 * 1.02 - 1)) < 1e-5);
  });

  it("momentum ranks by the return from twelve months to one month ago", async () => {
    const ranks = await Promise.all(
      ["GM1", "G0", "G1", "G2", "G3"].map(async (symbol) =>
        (await factsOf("momentum", market, symbol))("momentumRank"),
      ),
    );
    assert.deepEqual(ranks, [0.1, 0.3, 0.5, 0.7, 0.9]);
    const formation = (await factsOf("momentum", market, "G3"))("return12To1Months");
    assert.ok(Math.abs(formation - (1.03 ** 11 / 1.02 - 1)) < 1e-5, String(formation));
  });

  it("momentum ranks equal returns in the middle of their places", async () => {
    const same = {
      ...market,
      series: market.series.map((one) => (one.kind === "company" ? { ...one, bars: growing(1) } : one)),
    };
    assert.equal((await factsOf("momentum", same, "G2"))("momentumRank"), 0.5);
  });

  it("momentum does not rank companies whose prices have ended", async () => {
    const ended = { symbol: "ENDED", kind: "company" as const, bars: growing(5).slice(0, -3) };
    const withEnded = { ...market, series: [...market.series, ended] };
    assert.equal((await factsOf("momentum", withEnded, "G3"))("momentumRank"), 0.9);
    assert.ok(
      Math.abs((await factsOf("momentum", withEnded, "G3", dates.at(-4)))("momentumRank") - 4.5 / 6) < 1e-5,
    );
  });

  it("momentum's ranks stay right to half a percent when a day has more companies than it keeps", async () => {
    const many = Array.from({ length: 250 }, (_, index) => {
      const bars = dates
        .slice(0, 40)
        .map((date, bar) => barOf(date, (1 + index / 10_000) ** bar * (bar % 2 === 0 ? 1 : 1.02)));
      return { symbol: `M${index}`, kind: "company" as const, bars };
    });
    const crowd: MarketDataInput = { source: "crowd", series: many };
    for (const index of [0, 100, 177, 249]) {
      const rank = (await factsOf("momentum", crowd, `M${index}`, dates[39]))("momentumRank");
      assert.ok(Math.abs(rank - (index + 0.5) / 250) <= 0.005, `${index}: ${rank}`);
    }
  });

  it("volatility compares the recent with the usual", async () => {
    const days = weekdays("2010-01-04", 500);
    const calm = walk(days, 1, 0.01);
    const wild = walk(days, 2, 0.04);
    const scale = (wild[399]?.close ?? 1) / (calm[399]?.close ?? 1);
    const burst = [
      ...calm.slice(0, 400),
      ...wild.slice(400).map((bar) => barOf(bar.date, bar.close / scale)),
    ];
    const facts = await factsOf(
      "volatility",
      { source: "v", series: [{ symbol: "A", kind: "company", bars: burst }] },
      "A",
      days.at(-1),
    );
    assert.ok(facts("recentVolatility") > 1.8 * facts("usualVolatility"), String(facts("recentVolatility")));
  });

  it("macro names four states of the index by its average and its high", async () => {
    const stateAt = async (prices: (month: number) => number) => {
      const index = {
        symbol: "^X",
        kind: "index" as const,
        bars: dates.map((date, month) => barOf(date, prices(month))),
      };
      const series = [...market.series.filter((one) => one.kind === "company"), index];
      const answer = await askAgent(agentNamed("macro"), createMarketData({ ...market, series }), {
        subject: "G1",
        asOf,
      });
      return answer.type === "opinion"
        ? /the market is ([^.]*)\./.exec(answer.rationale)?.[1]
        : answer.reason;
    };
    assert.equal(await stateAt((month) => 100 + month), "in an uptrend");
    assert.equal(
      await stateAt((month) => (month < 49 ? 100 : month < 50 ? 200 : 120 + month / 3)),
      "in an uptrend after a fall",
    );
    assert.equal(await stateAt((month) => 200 - month / 2), "in a downtrend");
    assert.equal(await stateAt((month) => (month < 52 ? 200 : 300 - 2 * month - 40)), "deep in a downtrend");
  });

  it("technical's RSI is Wilder's, its %B Bollinger's, its MACD Appel's", async () => {
    const days = weekdays("2010-01-04", 300);
    const bars = walk(days, 7);
    const facts = await factsOf(
      "technical",
      { source: "t", series: [{ symbol: "A", kind: "company", bars }] },
      "A",
      days.at(-1),
    );
    const closes = bars.map((bar) => bar.close);
    const near = (actual: unknown, expected: number) =>
      assert.ok(Math.abs(Number(actual) / expected - 1) < 1e-5, `${actual} ${expected}`);
    near(facts("rsi14"), wilderRsi(closes, 14));
    near(facts("percentB"), percentB(closes.slice(-20)));
    near(facts("macdHistogramShare"), macdHistogram(closes) / (closes.at(-1) ?? 1));
  });
});

function wilderRsi(closes: readonly number[], period: number): number {
  const changes = closes.slice(1).map((close, index) => close - (closes[index] ?? 0));
  const smooth = (values: readonly number[]) => {
    const first = values.slice(0, period).reduce((a, b) => a + b, 0) / period;
    return values.slice(period).reduce((average, value) => (average * (period - 1) + value) / period, first);
  };
  const gain = smooth(changes.map((change) => Math.max(0, change)));
  const loss = smooth(changes.map((change) => Math.max(0, -change)));
  return 100 - 100 / (1 + gain / loss);
}

function percentB(closes: readonly number[]): number {
  const mean = closes.reduce((a, b) => a + b, 0) / closes.length;
  const deviation = Math.sqrt(closes.reduce((sum, close) => sum + (close - mean) ** 2, 0) / closes.length);
  return ((closes.at(-1) ?? 0) - (mean - 2 * deviation)) / (4 * deviation);
}

/** Exponential averages begin with the first value; the signal line with the first MACD after 26 bars. */
function macdHistogram(closes: readonly number[]): number {
  const average = (values: readonly number[], period: number) => {
    let last = values[0] ?? 0;
    return values.map((value) => {
      last += (2 / (period + 1)) * (value - last);
      return last;
    });
  };
  const long = average(closes, 26);
  const macd = average(closes, 12).map((value, index) => value - (long[index] ?? 0));
  const signal = average(macd.slice(25), 9);
  return (macd.at(-1) ?? 0) - (signal.at(-1) ?? 0);
}
