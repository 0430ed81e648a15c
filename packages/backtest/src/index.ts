export { drawdownsOf } from "./figures/performance.ts";
export {
  type AgentHistory,
  type HistoryAgent,
  type HistoryOptions,
  scoreOf,
  walkAgents,
} from "./history/agent-history.ts";
export { askerLimits, PastAsker } from "./history/past-asker.ts";
export { findBacktest, forgetBacktest, listBacktests } from "./record/backtest-catalogue.ts";
export {
  type BacktestHeading,
  type BacktestStore,
  readBacktestDay,
  readBacktestDays,
} from "./record/backtest-record.ts";
export type { DayRecord } from "./record/day-record.ts";
export { backtestHtml } from "./report/backtest-html.ts";
export { type BacktestReport, reportBacktest, type StrategyReport } from "./report/backtest-report.ts";
export {
  forecastRows,
  forecastTitles,
  performanceRows,
  performanceTitles,
  reportNotes,
} from "./report/backtest-rows.ts";
export {
  type BacktestPlan,
  type BacktestSettings,
  type GivenSettings,
  planBacktest,
} from "./settings/backtest-settings.ts";
export { type ReplayedDay, replayDay } from "./walking/replay-day.ts";
export {
  type BacktestOptions,
  type BacktestTargets,
  type DayDecider,
  dayDecider,
  type FinishedBacktest,
  runBacktest,
} from "./walking/run-backtest.ts";
