/** A backtest's report as the API tells it: every figure, and paths thinned to what a page can draw. */
import {
  type BacktestHeading,
  type BacktestReport,
  reportNotes,
  type StrategyReport,
} from "@mycroft/backtest";
import type { JsonValue } from "@mycroft/engine";
import type { BacktestDetail, BacktestSummary, JobState, StrategyView } from "@mycroft/protocol";

const mostPoints = 2_000;

export function backtestSummary(heading: BacktestHeading, job: JobState | null): BacktestSummary {
  const { id, workflow, settings, dataHash, source, days, reportHash } = heading;
  return {
    id,
    workflow,
    settings: settings as JsonValue,
    dataHash,
    source,
    days,
    isWhole: reportHash !== null,
    job,
  };
}

export function reportView(report: BacktestReport): NonNullable<BacktestDetail["report"]> {
  const { decisions, opinions, days, periodsPerYear, trials, luckySharpe, blockLength, limits } = report;
  const shown = thinnedIndices(days.length);
  return {
    ...{ decisions, opinions, periodsPerYear, trials, luckySharpe, blockLength },
    days: shown.map((index) => days[index] ?? ""),
    strategies: report.strategies.map((strategy) => strategyView(strategy, shown)),
    limits: [...limits],
    notes: [...reportNotes(report)],
  };
}

function strategyView(strategy: StrategyReport, shown: readonly number[]): StrategyView {
  const { equity, forecasts, ...figures } = strategy;
  const falls = drawdowns(equity);
  return {
    ...figures,
    forecasts: forecasts && {
      ...forecasts,
      reliability: forecasts.reliability.map(([stated, found, cases]): [number, number, number] => [
        stated,
        found,
        cases,
      ]),
    },
    equity: shown.map((index) => equity[index] ?? 0),
    drawdown: shown.map((index) => falls[index] ?? 0),
  };
}

/** By how much of the highest value so far each value is below it. */
function drawdowns(equity: readonly number[]): readonly number[] {
  let highest = Number.NEGATIVE_INFINITY;
  return equity.map((value) => {
    highest = Math.max(highest, value);
    return highest > 0 ? 1 - value / highest : 0;
  });
}

/** Evenly spaced, the first and the last among them. */
function thinnedIndices(length: number): readonly number[] {
  if (length <= mostPoints) return Array.from({ length }, (_, index) => index);
  return Array.from({ length: mostPoints }, (_, index) =>
    Math.round((index * (length - 1)) / (mostPoints - 1)),
  );
}
