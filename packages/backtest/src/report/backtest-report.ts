/** From the days of a backtest to its figures: a function of settings, days and prices alone, so that it can be made again at any time. */
import { drawPeriods, figureInterval, type Interval } from "@mycroft/evaluation";
import { type PricePanel, pricePanel } from "../accounts/price-panel.ts";
import { type EquityPath, simulatePortfolio, type Weights } from "../accounts/simulate-portfolio.ts";
import { expectedBestSharpe, probabilisticSharpe } from "../figures/deflated-sharpe.ts";
import { type ForecastFigures, forecastFigures } from "../figures/forecast-figures.ts";
import {
  type Performance,
  performanceOf,
  periodsPerYear,
  returnsOf,
  sharpeOn,
  sharpeSample,
} from "../figures/performance.ts";
import type { DayRecord, DayScore } from "../record/day-record.ts";
import type { BacktestPlan } from "../settings/backtest-settings.ts";
import { backtestLimits } from "./backtest-limits.ts";

/** `variant`: the workflow; `agent`: one agent alone; `benchmark`: no opinion at all. */
export type StrategyKind = "variant" | "agent" | "benchmark";

export interface StrategyReport extends Performance {
  readonly name: string;
  readonly kind: StrategyKind;
  /** Half of what is traded in a year, as a multiple of the capital. */
  readonly annualTurnover: number;
  /** What trading cost in all, as a share of the capital. */
  readonly costsPaid: number;
  readonly sharpeInterval: Interval | null;
  /** The Sharpe ratio less that of equal weight. */
  readonly sharpeDifference: Interval | null;
  /** The probability that its true Sharpe ratio is above what luck alone gives the best of `trials`. */
  readonly deflatedSharpe: number | null;
  readonly closedAtLastPrice: number;
  /** Days on which its run failed, so that positions stayed as they were. */
  readonly failedDays: number;
  /** Null for a benchmark. */
  readonly forecasts: ForecastFigures | null;
  /** At the end of each day of `days`. */
  readonly equity: readonly number[];
}

export interface BacktestReport {
  readonly id: string;
  readonly workflow: string;
  readonly dataHash: string;
  readonly source: string;
  readonly settings: BacktestPlan["settings"];
  readonly plans: readonly { readonly name: string; readonly hash: string }[];
  readonly decisions: number;
  readonly opinions: number;
  /** From the day of the first trade on. */
  readonly days: readonly string[];
  readonly periodsPerYear: number;
  /** How many strategies were compared: what the deflated Sharpe ratio counts as trials. Benchmarks are not among them. */
  readonly trials: number;
  /** What luck gives the best of so many trials, a year. */
  readonly luckySharpe: number;
  readonly blockLength: number;
  readonly strategies: readonly StrategyReport[];
  readonly limits: readonly string[];
}

/** The intervals hold 95 % of 1,000 resampled histories. */
const confidence = 0.95;
const resamples = 1_000;

interface Followed {
  readonly name: string;
  readonly kind: StrategyKind;
  readonly decided: ReadonlyMap<number, Weights>;
  readonly scores: readonly DayScore[] | null;
  readonly failedDays: number;
}

/** @param records one for each of the plan's days, in their order. */
export function reportBacktest(plan: BacktestPlan, records: readonly DayRecord[]): BacktestReport {
  const { settings, data, tradingDays } = plan;
  const panel = pricePanel(data, tradingDays);
  const rowOf = new Map(tradingDays.map((day, row) => [day, row]));
  const strategies = [...followedVariants(plan, records, rowOf), ...followedAgents(records, rowOf)];
  const benchmarks = followedBenchmarks(panel, records, rowOf);
  // Before the first trade nobody holds anything: those days would water down every figure alike.
  const start = Math.min(tradingDays.length - 1, (rowOf.get(records[0]?.date ?? "") ?? 0) + 1);
  const days = tradingDays.slice(start);
  const perYear = periodsPerYear(days);
  const horizon = horizonPeriods(settings.input["horizonDays"], perYear);
  const blockLength = Math.max(horizon, Math.ceil(Math.cbrt(days.length)));
  const paths = [...strategies, ...benchmarks].map((one) => {
    const path = simulatePortfolio(panel, one.decided, settings);
    const equity = path.equity.slice(start);
    return { one, path, equity, returns: returnsOf(equity), sample: sharpeSample(returnsOf(equity)) };
  });
  const ratios = paths
    .filter(({ one }) => one.kind !== "benchmark")
    .map(({ sample }) => sample.sharpe)
    .filter(Number.isFinite);
  const lucky = expectedBestSharpe(strategies.length, varianceOf(ratios));
  const drawn = { resamples, seed: settings.seed };
  const draws = drawPeriods(Math.max(0, days.length - 1), { ...drawn, blockPeriods: blockLength });
  const perDecision = Math.max(1, Math.round((horizon * records.length) / Math.max(1, days.length)));
  const scoring = drawPeriods(records.length, { ...drawn, blockPeriods: perDecision });
  const equalWeight = paths.find(({ one }) => one.name === equalWeightName)?.returns ?? new Float64Array();
  const root = Math.sqrt(perYear);
  return {
    id: plan.id,
    workflow: plan.workflow.name,
    dataHash: data.hash,
    source: data.source,
    settings,
    plans: plan.variants.map(({ name, plan: { hash } }) => ({ name, hash })),
    decisions: records.length,
    opinions: records.reduce((sum, { opinions }) => sum + opinions, 0),
    days,
    periodsPerYear: perYear,
    trials: strategies.length,
    luckySharpe: lucky * root,
    blockLength,
    strategies: paths.map(({ one, path, equity, returns, sample }) => ({
      name: one.name,
      kind: one.kind,
      ...performanceOf(equity, returns, perYear),
      ...tradingFigures(path, days.length / perYear),
      sharpeInterval: figureInterval(draws, confidence, (periods) => sharpeOn(returns, periods) * root),
      sharpeDifference:
        one.name === equalWeightName
          ? null
          : figureInterval(
              draws,
              confidence,
              (periods) => (sharpeOn(returns, periods) - sharpeOn(equalWeight, periods)) * root,
            ),
      deflatedSharpe:
        Number.isFinite(sample.sharpe) && one.kind !== "benchmark"
          ? probabilisticSharpe(sample, lucky)
          : null,
      failedDays: one.failedDays,
      forecasts: one.scores === null ? null : forecastFigures(one.scores, scoring),
      equity: [...equity],
    })),
    limits: backtestLimits({ strategies: strategies.length, settings }),
  };
}

function tradingFigures({ traded, paid, closedAtLastPrice }: EquityPath, years: number) {
  return { annualTurnover: years > 0 ? traded / 2 / years : 0, costsPaid: paid, closedAtLastPrice };
}

type Rows = ReadonlyMap<string, number>;

function followedVariants(
  plan: BacktestPlan,
  records: readonly DayRecord[],
  rowOf: Rows,
): readonly Followed[] {
  return plan.variants.map(({ name }, index) => {
    const decided = new Map<number, Weights>();
    const scores: DayScore[] = [];
    let failedDays = 0;
    for (const { date, variants } of records) {
      const day = variants[index];
      if (day === undefined) continue;
      scores.push(day.score);
      if (day.weights === null) failedDays += 1;
      else decided.set(rowOf.get(date) ?? -1, day.weights);
    }
    return { name, kind: "variant", decided, scores, failedDays };
  });
}

const nothingScored: DayScore = { cases: 0, rps: 0, brier: 0, leaning: 0, right: 0, bins: [] };

function followedAgents(records: readonly DayRecord[], rowOf: Rows): readonly Followed[] {
  const agents = [...new Set(records.flatMap(({ alone }) => Object.keys(alone)))].sort();
  return agents.map((name) => ({
    name,
    kind: "agent",
    // An agent that was not asked on a day has no positions from there on.
    decided: new Map(records.map(({ date, alone }) => [rowOf.get(date) ?? -1, alone[name]?.weights ?? {}])),
    scores: records.map(({ alone }) => alone[name]?.score ?? nothingScored),
    failedDays: 0,
  }));
}

const equalWeightName = "equal weight";
const buyAndHoldName = "buy and hold";

/** Equal shares of all companies with a price on the day: bought once, and bought anew on every decision day. */
function followedBenchmarks(
  panel: PricePanel,
  records: readonly DayRecord[],
  rowOf: Rows,
): readonly Followed[] {
  const equal = new Map<number, Weights>();
  for (const { date } of records) {
    const row = rowOf.get(date) ?? -1;
    const known = panel.symbols.filter(
      (_, column) => (panel.prices[row * panel.symbols.length + column] ?? 0) > 0,
    );
    equal.set(row, Object.fromEntries(known.map((symbol) => [symbol, 1 / known.length])));
  }
  const first = [...equal].slice(0, 1);
  const common = { kind: "benchmark", scores: null, failedDays: 0 } as const;
  return [
    { ...common, name: buyAndHoldName, decided: new Map(first) },
    { ...common, name: equalWeightName, decided: equal },
  ];
}

const usualHorizonDays = 28;

function horizonPeriods(stated: unknown, perYear: number): number {
  const days = typeof stated === "number" && stated > 0 ? stated : usualHorizonDays;
  return Math.max(1, Math.round((days / 365.25) * perYear));
}

function varianceOf(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
