/** Do weights by market regime, and drift flags, help? On real prices and real forecasts, walked forward. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { loadBundledData, loadCsv, openMarketRegimes } from "@mycroft/investing";
import type { MarketData } from "@mycroft/sdk";
import { type Row, report } from "../report.ts";
import { comparePolicies } from "./compare-policies.ts";
import { judgeDrift } from "./judge-drift.ts";
import { readM6Questions } from "./m6-forecasts.ts";
import { horizonDays, type Question, walkMarket } from "./walk-market.ts";

const shared = process.env["MYCROFT_SHARED_DATA"] ?? join(import.meta.dirname, "../../../shared/data");
const readers = new Map([
  [2, await openMarketRegimes({ regimes: 2 })],
  [3, await openMarketRegimes({ regimes: 3 })],
]);

const policyRows: Row[] = [];
const driftRows: Row[] = [];
const regimeRows: Row[] = [];

interface Spacing {
  /** Days asked: every so many bars. */
  readonly step: number;
  /** One of so many of these is a month apart. */
  readonly perMonth: number;
  /** Days asked whose horizons overlap, and some more. */
  readonly blockLength: number;
}

const weekly: Spacing = { step: 5, perMonth: 4, blockLength: 6 };
const monthly: Spacing = { step: 1, perMonth: 1, blockLength: 1 };
const calendar = "AAPL";

async function judgeMarket(name: string, data: MarketData, spacing: Spacing): Promise<void> {
  const { step, perMonth, blockLength } = spacing;
  const questions = await walkMarket(data, { calendar, step, readers });
  regimeRows.push(...regimeCounts(name, questions));
  policyRows.push(...comparePolicies(name, questions, { regimes: [2, 3], blockLength }));
  const days = [...new Set(questions.map(({ on }) => on))];
  const apart = new Set(days.filter((_, index) => index % perMonth === 0));
  const asRecords = questions.filter(({ on }) => apart.has(on));
  driftRows.push(...judgeDrift(name, asRecords, { name: "monthly, as records are" }));
  if (perMonth === 1) return;
  driftRows.push(...judgeDrift(name, questions, { name: "weekly" }));
  const settings = { low: -1, high: 1 };
  driftRows.push(...judgeDrift(name, questions, { name: "weekly, ADWIN", detector: "adwin", settings }));
}

function regimeCounts(data: string, questions: readonly Question[]): Row[] {
  return [...(questions[0]?.regimes.keys() ?? [])].map((count) => {
    const byRegime = Map.groupBy(questions, ({ regimes }) => regimes.get(count) ?? "none yet");
    const days = Array.from(byRegime, ([regime, own]) => [regime, new Set(own.map(({ on }) => on)).size]);
    return { data, regimes: count, days: JSON.stringify(Object.fromEntries(days)) };
  });
}

await judgeMarket("bundled, 5 companies, 2000-2010, monthly", (await loadBundledData()).data, monthly);
const stocknet = join(shared, "prices/stocknet_88_2012_2015.csv");
if (existsSync(stocknet)) {
  await judgeMarket("stocknet, 88 companies, 2012-2015, weekly", (await loadCsv(stocknet)).data, weekly);
}
const lean = join(shared, "prices/lean_daily_2010_2018.csv");
if (existsSync(lean)) {
  const { data } = await loadCsv(lean, { index: "SPY" });
  await judgeMarket("lean, 13 symbols, 2010-2018, weekly", data, weekly);
}
const m6 = join(shared, "m6_tuning");
if (existsSync(m6)) {
  const questions = readM6Questions(m6);
  regimeRows.push(...regimeCounts("m6_tuning, 12 periods", questions));
  policyRows.push(...comparePolicies("m6_tuning, 12 periods", questions, { regimes: [2], blockLength: 1 }));
}

console.table(regimeRows);
console.table(driftRows);
report(
  "regimes",
  { horizonDays, shared: existsSync(stocknet), regimes: regimeRows, drift: driftRows },
  policyRows,
);
