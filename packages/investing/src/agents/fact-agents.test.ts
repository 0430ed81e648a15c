/** The agents that read facts beside prices: `sentiment` and `fundamentals`; and `macro` where the data has the VIX. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AgentAnswer, type FactRecord, type MarketData, opinionSchema } from "@mycroft/sdk";
import fc from "fast-check";
import { dayOf, isoOf } from "../calendar-day.ts";
import { loadBundledData } from "../data/bundled-data.ts";
import type { GivenFacts } from "../data/given-facts.ts";
import { createMarketData, type MarketDataInput } from "../data/market-data.ts";
import { askAgent } from "../testing/agent-context.ts";
import { barOf, fixtureMarket, randomNumbers, withOtherFuture } from "../testing/market-fixtures.ts";
import { builtInAgents } from "./built-in-agents.ts";
import { fundamentals } from "./fundamentals.ts";
import { macro } from "./macro.ts";
import { sentiment } from "./sentiment.ts";

const market = fixtureMarket({ companies: 6, days: 420, seed: 4 });
const firstDay = "2010-01-04";
const dayAt = (days: number) => isoOf(dayOf(firstDay) + days);
/** The market's last bar is of day 585. */
const late = dayAt(560);

function moodOf(date: string, meanCompound: number, tweets = 10): FactRecord {
  return { date, periodEnd: date, values: { meanCompound, tweets } };
}

/** Tweets on every second day, of random mood. */
function moodsOf(symbol: string, seed: number): GivenFacts {
  const random = randomNumbers(seed);
  const records = Array.from({ length: 290 }, (_, at) =>
    moodOf(dayAt(at * 2), random() * 0.8 - 0.3, Math.ceil(random() * 20)),
  );
  return { symbol, kind: "sentiment", source: "tweets", records };
}

function reportOf(periodEnd: string, date: string, values: Readonly<Record<string, number>>): FactRecord {
  return { date, periodEnd, values: { months: 3, ...values } };
}

/** A report each quarter, known 40 days after its end. */
function reportsOf(symbol: string, seed: number): GivenFacts {
  const random = randomNumbers(seed);
  const records = Array.from({ length: 9 }, (_, at) =>
    reportOf(dayAt(at * 91 - 180), dayAt(at * 91 - 140), {
      revenues: 100 + 50 * random(),
      netIncome: 20 * random() - 5,
      epsDiluted: 2 * random() - 0.3,
      assets: 500,
    }),
  );
  return { symbol, kind: "fundamentals", source: "reports", records };
}

const companies = ["C0", "C1", "C2", "C3", "C4", "C5"];
const facts = companies.flatMap((symbol, at) => [moodsOf(symbol, at), reportsOf(symbol, 100 + at)]);
const input: MarketDataInput & { readonly index: string } = { ...market, facts };
const data = createMarketData(input);

/** The same facts up to the end of `asOf`, others after it, and some of companies that had none. */
function withOtherFacts(given: readonly GivenFacts[], asOf: string, seed: number): readonly GivenFacts[] {
  const random = randomNumbers(seed);
  const changed = given.map((one) => ({
    ...one,
    records: [...one.records]
      .filter((record) => record.date <= asOf || random() > 0.3)
      .map((record) =>
        record.date <= asOf ? record : { ...record, values: scaled(record, random() * 0.9) },
      ),
  }));
  const stranger = { symbol: "NEW", kind: "sentiment", records: [moodOf(isoOf(dayOf(asOf) + 1), 1)] };
  return [...changed, stranger];
}

function scaled({ values }: FactRecord, by: number): FactRecord["values"] {
  const entries = Object.entries(values).map(([name, value]) => [name, name === "months" ? 12 : value * by]);
  return Object.fromEntries(entries);
}

async function reasonOf(
  agent: typeof sentiment,
  from: MarketData,
  subject: string,
  asOf: string,
): Promise<string> {
  const answer = await askAgent(agent, from, { subject, asOf });
  assert.equal(answer.type, "abstention", JSON.stringify(answer));
  return answer.type === "abstention" ? answer.reason : "";
}

async function evidenceOf(agent: typeof sentiment, from: MarketData, subject: string, asOf: string) {
  const answer = await askAgent(agent, from, { subject, asOf });
  assert.equal(answer.type, "opinion", JSON.stringify(answer));
  const evidence = answer.type === "opinion" ? (answer.evidence ?? []) : [];
  return { answer, of: (name: string) => evidence.find((fact) => fact.name === name) };
}

describe("the agents that read facts", () => {
  it("sit among the eight, in order of name", () => {
    const all = builtInAgents({ facts: true });
    assert.deepEqual(
      all.map(({ name }) => name),
      ["fundamentals", "macro", "momentum", "reversal", "sentiment", "technical", "trend", "volatility"],
    );
    for (const { description } of all) assert.match(description, /\(.* (19|20)\d\d\)$/);
    assert.equal(builtInAgents().length, 6);
  });

  it("P5 answer the same whatever prices and facts come after asOf", async () => {
    let opinions = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 250, max: 620 }), fc.integer(), async (after, seed) => {
        const asOf = dayAt(after);
        const other = createMarketData({
          ...withOtherFuture(market, asOf, seed),
          facts: withOtherFacts(facts, asOf, seed),
        });
        for (const subject of companies) {
          for (const agent of [sentiment, fundamentals]) {
            const answer = await askAgent(agent, other, { subject, asOf });
            assert.deepEqual(answer, await askAgent(agent, data, { subject, asOf }));
            if (answer.type === "opinion") opinions += 1;
          }
        }
      }),
      { numRuns: 15 },
    );
    assert.ok(opinions > 60, `${opinions} opinions`);
  });

  it("P7 give distributions and dated facts that name their source", async () => {
    const said = new Set<string>();
    for (let after = 100; after <= 590; after += 35) {
      const asOf = dayAt(after);
      for (const agent of [sentiment, fundamentals]) {
        const answer = await askAgent(agent, data, { subject: "C2", asOf });
        if (answer.type !== "opinion") continue;
        said.add(agent.name);
        const about = { agent: agent.name, version: "1", subject: "C2", asOf, horizonDays: 28 };
        const { evidence, dataAsOf } = opinionSchema.parse({
          ...answer,
          ...about,
          outcomes: ["down", "flat", "up"],
        });
        assert.equal(evidence[0]?.name, "lastClose");
        assert.equal(
          dataAsOf,
          evidence
            .map(({ date }) => date)
            .toSorted()
            .at(-1),
        );
        assert.ok((dataAsOf ?? "") <= asOf);
        const source = agent === sentiment ? "tweets" : "reports";
        assert.ok(evidence.some((fact) => fact.source === source));
        assert.doesNotMatch(answer.rationale, /NaN|undefined|Infinity|null|%s/);
      }
    }
    assert.deepEqual([...said].toSorted(), ["fundamentals", "sentiment"]);
  });

  it("abstain where the data has none, as the bundled data", async () => {
    const bundled = (await loadBundledData()).data;
    const asOf = bundled.lastDate;
    assert.equal(
      await reasonOf(sentiment, bundled, "AAPL", asOf),
      `The data holds no sentiment on AAPL by ${asOf}.`,
    );
    assert.equal(
      await reasonOf(fundamentals, bundled, "AAPL", asOf),
      `The data holds no reports of AAPL by ${asOf}.`,
    );
  });
});

describe("sentiment", () => {
  const withMoods = (records: readonly FactRecord[]) =>
    createMarketData({
      ...market,
      facts: [
        ...facts.filter((one) => one.kind === "sentiment" && one.symbol !== "C0"),
        { symbol: "C0", kind: "sentiment", source: "tweets", records },
      ],
    });
  /** Eight weeks of 0.1 and 0.3 in turn, 10 tweets each, then a week. */
  const usual = Array.from({ length: 56 }, (_, at) => moodOf(dayAt(560 - 62 + at), at % 2 === 0 ? 0.1 : 0.3));

  it("measures the week against the eight weeks before it, in standard errors, by tweets", async () => {
    const week = [moodOf(dayAt(555), 0.5, 30), moodOf(dayAt(560), 0.2, 10)];
    const { answer, of } = await evidenceOf(sentiment, withMoods([...usual, ...week]), "C0", late);
    assert.deepEqual(
      ["sentiment1Week", "sentimentUsual", "tweets1Week"].map((name) => of(name)?.value),
      [0.425, 0.2, 40],
    );
    assert.equal(of("sentiment1Week")?.date, late);
    assert.equal(of("sentiment1Week")?.source, "tweets");
    // The deviation is 0.1; 30 and 10 tweets are worth 1.6 days.
    const score = ((0.425 - 0.2) / 0.1) * Math.sqrt(1.6);
    assert.ok(
      answer.type === "opinion" && answer.rationale.includes(`${score.toFixed(2)} standard errors above`),
    );
  });

  it("abstains when the last tweets are a week old, too few, or all of one mood", async () => {
    assert.match(
      await reasonOf(sentiment, withMoods(usual), "C0", dayAt(570)),
      /last tweets on C0 are of .*, too long before/,
    );
    assert.match(
      await reasonOf(sentiment, withMoods([...usual.slice(-9), moodOf(late, 0.4)]), "C0", late),
      /too few tweets on C0/,
    );
    const few = [...usual, moodOf(late, 0.4, 2)];
    assert.match(await reasonOf(sentiment, withMoods(few), "C0", late), /too few tweets/);
    const same = [...usual, moodOf(late, 0.4, 5)].map((one) => moodOf(one.date, 0.2));
    assert.match(await reasonOf(sentiment, withMoods(same), "C0", late), /too few tweets/);
  });

  it("a day's tweets count at that day's end, not before", async () => {
    const records = [...usual, moodOf(late, 0.9, 40)];
    const [before, then] = [dayAt(559), late].map((asOf) =>
      evidenceOf(sentiment, withMoods(records), "C0", asOf),
    );
    assert.ok(Number((await before)?.of("sentiment1Week")?.value) < 0.31);
    assert.ok(Number((await then)?.of("sentiment1Week")?.value) > 0.4);
  });
});

describe("fundamentals", () => {
  const withReports = (...records: readonly FactRecord[]) =>
    createMarketData({
      ...market,
      facts: [
        ...facts.filter((one) => one.kind === "fundamentals" && one.symbol !== "C0"),
        { symbol: "C0", kind: "fundamentals", source: "reports", records },
      ],
    });
  const quarter = { revenues: 120, netIncome: 10, epsDiluted: 0.5, assets: 400 };
  const recent = reportOf(dayAt(500), dayAt(540), quarter);

  it("takes the income of a quarter four times, and growth from the same quarter of the year before", async () => {
    const yearBefore = reportOf(dayAt(500 - 365), dayAt(175), { ...quarter, revenues: 100 });
    const other = reportOf(dayAt(500 - 274), dayAt(260), { ...quarter, revenues: 77 });
    const from = withReports(yearBefore, other, recent);
    const { of } = await evidenceOf(fundamentals, from, "C0", late);
    const close = Number(of("lastClose")?.value);
    const near = (name: string, expected: number) =>
      assert.ok(
        Math.abs(Number(of(name)?.value) - expected) < 1e-5,
        `${name} ${of(name)?.value} ${expected}`,
      );
    near("earningsYield", 2 / close);
    near("returnOnAssets", 0.1);
    near("revenueGrowth", 0.2);
    assert.deepEqual([of("netIncome")?.value, of("netIncome")?.date], [10, dayAt(540)]);
    assert.equal(of("earningsYield")?.date, of("lastClose")?.date);
  });

  it("P5 a report is not seen before its available_date", async () => {
    const old = reportOf(dayAt(409), dayAt(449), { ...quarter, netIncome: 2 });
    const from = withReports(old, recent);
    assert.equal((await evidenceOf(fundamentals, from, "C0", dayAt(539))).of("netIncome")?.value, 2);
    assert.equal((await evidenceOf(fundamentals, from, "C0", dayAt(540))).of("netIncome")?.value, 10);
  });

  it("goes by the latest period: an amended report of it counts, a late one of an earlier period does not", async () => {
    const amended = reportOf(dayAt(500), dayAt(545), { ...quarter, netIncome: 12 });
    const belated = reportOf(dayAt(409), dayAt(550), { ...quarter, netIncome: 99 });
    const { of } = await evidenceOf(fundamentals, withReports(recent, amended, belated), "C0", late);
    assert.deepEqual([of("netIncome")?.value, of("netIncome")?.date], [12, dayAt(545)]);
  });

  it("ranks better companies higher, and a year's report as such", async () => {
    const rankIn = async (values: Readonly<Record<string, number>>) => {
      const from = withReports(reportOf(dayAt(500), dayAt(540), values));
      const { answer } = await evidenceOf(fundamentals, from, "C0", late);
      return Number(/stands above ([\d.]+)%/.exec(answer.type === "opinion" ? answer.rationale : "")?.[1]);
    };
    assert.ok((await rankIn({ ...quarter, netIncome: 90, epsDiluted: 9 })) > 90);
    assert.ok((await rankIn({ ...quarter, netIncome: -90, epsDiluted: -9 })) < 10);
    const year = { months: 12, netIncome: 40, epsDiluted: 2, assets: 400 };
    assert.equal(await rankIn(year), await rankIn(quarter));
  });

  it("abstains when the next report is overdue, when a report says too little, and with too few companies", async () => {
    const stale = withReports(reportOf(dayAt(200), dayAt(240), quarter));
    assert.match(
      await reasonOf(fundamentals, stale, "C0", late),
      /last report of C0 is on the time to .*, too long before/,
    );
    const bare = withReports(reportOf(dayAt(500), dayAt(540), { revenues: 5, netIncome: 5, assets: 50 }));
    assert.match(await reasonOf(fundamentals, bare, "C0", late), /gives too few ratios/);
    const alone = createMarketData({ ...market, facts: facts.filter(({ symbol }) => symbol < "C3") });
    assert.match(await reasonOf(fundamentals, alone, "C0", late), /Fewer than 4 companies have reports/);
  });
});

describe("macro, where the data has the VIX", () => {
  const dates = [...(market.series[0]?.bars ?? [])].map(({ date }) => date);
  const withVix = (level: (at: number) => number, index: "with" | "without") => {
    const vix = {
      symbol: "^VIX",
      kind: "index" as const,
      bars: dates.map((date, at) => barOf(date, level(at))),
    };
    const { index: own, ...rest } = market;
    const series = [...market.series.filter(({ symbol }) => index === "with" || symbol !== own), vix];
    return createMarketData({ ...rest, series, ...(index === "with" ? { index: own } : {}) });
  };
  const words = ({ rationale }: Extract<AgentAnswer, { type: "opinion" }>) => rationale;
  const rise = (at: number) => (at > 360 ? 30 : 20);

  it("judges by it alone where there is no index", async () => {
    const { answer, of } = await evidenceOf(macro, withVix(rise, "without"), "C0", late);
    assert.ok(answer.type === "opinion");
    assert.match(
      words(answer),
      /^\^VIX is at 30, 1\.\d\d times its 12-month average: the market is fearful\. Of /,
    );
    assert.equal(
      of("vixLastClose")?.date,
      dates.findLast((date) => date <= late),
    );
  });

  it("judges by it and by the index where there are both", async () => {
    const { answer, of } = await evidenceOf(
      macro,
      withVix((at) => 40 - at / 20, "with"),
      "C0",
      late,
    );
    assert.ok(answer.type === "opinion");
    assert.match(words(answer), /^The index \^X is .* \^VIX is at .*: the market is (calm|as usual)\./);
    assert.ok(of("indexDrawdown12Months") !== undefined && of("vixMean12Months") !== undefined);
  });
});
