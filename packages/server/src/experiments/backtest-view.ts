/** A backtest's report as the API tells it: every figure, and paths thinned to what a page can draw (P8). */
import {
  type BacktestHeading,
  type BacktestReport,
  drawdownsOf,
  reportNotes,
  type StrategyReport,
} from "@mycroft/backtest";
import type { JsonValue } from "@mycroft/engine";
import type { BacktestDetail, BacktestSummary, JobState, StrategyView } from "@mycroft/protocol";
import { roundedTo, thinnedIndices } from "./thinned-path.ts";

export type BacktestView = NonNullable<BacktestDetail["report"]>;

/** Points of one path, and of all paths of a report together. */
const most = { points: 2_000, allPoints: 400_000 } as const;
/** More than a screen has dots. */
const digits = 7;

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

export function backtestView(report: BacktestReport): BacktestView {
  const { decisions, opinions, days, periodsPerYear, trials, luckySharpe, blockLength, limits } = report;
  const paths = 2 * report.strategies.length;
  const shown = thinnedIndices(days.length, Math.min(most.points, Math.floor(most.allPoints / paths)));
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
  const falls = deepestUpTo(drawdownsOf(equity), shown);
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
    equity: shown.map((index) => roundedTo(equity[index] ?? 0, digits)),
    drawdown: falls.map((fall) => roundedTo(fall, digits)),
  };
}

/** At each point the deepest since the point before: the deepest of all is among them, however few they are. */
function deepestUpTo(falls: ArrayLike<number>, shown: readonly number[]): readonly number[] {
  return shown.map((end, place) => {
    let deepest = 0;
    for (let index = place === 0 ? 0 : (shown[place - 1] ?? 0) + 1; index <= end; index += 1)
      deepest = Math.max(deepest, falls[index] ?? 0);
    return deepest;
  });
}
