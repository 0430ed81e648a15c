/** A backtest's figures as text, row by row: the same on the terminal and on the page. */
import type { Interval } from "@mycroft/evaluation";
import type { BacktestReport, StrategyReport } from "./backtest-report.ts";

/** The first column is the strategy's name; the others are numbers. */
export const performanceTitles = [
  "Strategy",
  "Return",
  "A year",
  "Volatility",
  "Sharpe",
  "95 %",
  "vs equal weight, 95 %",
  "Deflated",
  "Sortino",
  "Drawdown",
  "Turnover",
  "Costs",
] as const;

export const forecastTitles = [
  "Strategy",
  "Cases",
  "RPS",
  "95 %",
  "Brier",
  "Hit rate",
  "95 %",
  "Calibration error",
] as const;

export function performanceRows({ strategies }: BacktestReport): readonly (readonly string[])[] {
  return strategies.map((one) => [
    one.name,
    percent(one.totalReturn),
    percent(one.annualReturn),
    percent(one.annualVolatility),
    number(one.sharpe, 2),
    interval(one.sharpeInterval, 2),
    interval(one.sharpeDifference, 2),
    one.deflatedSharpe === null ? "-" : percent(one.deflatedSharpe),
    number(one.sortino, 2),
    percent(one.maxDrawdown),
    `${one.annualTurnover.toFixed(1)}x`,
    percent(one.costsPaid),
  ]);
}

export function forecastRows({ strategies }: BacktestReport): readonly (readonly string[])[] {
  return strategies.flatMap(({ name, forecasts }) =>
    forecasts === null
      ? []
      : [
          [
            name,
            String(forecasts.cases),
            number(forecasts.rps, 4),
            interval(forecasts.rpsInterval, 4),
            number(forecasts.brier, 4),
            forecasts.hitRate === null ? "-" : percent(forecasts.hitRate),
            forecasts.hitRateInterval === null ? "-" : percentInterval(forecasts.hitRateInterval),
            number(forecasts.calibrationError, 3),
          ],
        ],
  );
}

/** What the columns mean, and what else is to be known of this backtest. */
export function reportNotes(report: BacktestReport): readonly string[] {
  const { trials, luckySharpe, blockLength, days, strategies, settings } = report;
  const notes = [
    `Decisions are taken at the end of a day and traded at the close of the next bar. Figures count from ${days[0] ?? "-"} to ${days.at(-1) ?? "-"}; a year has ${report.periodsPerYear.toFixed(1)} such days.`,
    `"Deflated" is the probability that the true Sharpe ratio is above ${luckySharpe.toFixed(2)}, which is what luck alone gives the best of the ${trials} strategies that were compared (Bailey and Lopez de Prado 2014; ${trials} trials, benchmarks aside).`,
    `Intervals come from 1,000 resamples of blocks of ${blockLength} ${blockLength === 1 ? "day" : "days"} on average, with seed ${settings.seed}. "vs equal weight" is the Sharpe ratio less that of equal weight.`,
    "RPS and Brier are means over all forecasts whose outcome is known; lower is better, and RPS counts as the M6 competition does: the mean over the outcomes. The hit rate counts forecasts that lean to a side, where the outcome was not flat.",
  ];
  const better = strategies.filter((one) => one.kind !== "benchmark" && (one.sharpeDifference?.low ?? 0) > 0);
  notes.push(
    better.length === 0
      ? "No strategy's Sharpe ratio is told apart from equal weight's for the better by this history."
      : `Told apart from equal weight for the better by this history: ${better.map(({ name }) => name).join(", ")}.`,
  );
  for (const one of strategies) notes.push(...troubleOf(one));
  return notes;
}

function troubleOf({ name, failedDays, closedAtLastPrice }: StrategyReport): readonly string[] {
  const notes: string[] = [];
  if (failedDays > 0)
    notes.push(
      `${name}: its run came to no portfolio on ${failedDays} ${failedDays === 1 ? "day" : "days"}; positions stayed as they were.`,
    );
  if (closedAtLastPrice > 0) {
    notes.push(
      closedAtLastPrice === 1
        ? `${name}: 1 holding lost its prices and was counted at the last one, which is kind.`
        : `${name}: ${closedAtLastPrice} holdings lost their prices and were counted at the last one, which is kind.`,
    );
  }
  return notes;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

function percentInterval({ low, high }: Interval): string {
  return `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}%`;
}

function number(value: number | null, digits: number): string {
  return value === null ? "-" : value.toFixed(digits);
}

function interval(value: Interval | null, digits: number): string {
  return value === null ? "-" : `${value.low.toFixed(digits)} to ${value.high.toFixed(digits)}`;
}
