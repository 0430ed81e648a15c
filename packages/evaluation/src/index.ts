export { type EvaluationOptions, evaluate } from "./evaluate.ts";
export type { Comparison, Competitor, Evaluation } from "./evaluation.ts";
export {
  checkEvaluationData,
  type EvaluationCase,
  type EvaluationData,
  type EvaluationRound,
  type ForecastValue,
} from "./evaluation-data.ts";
export { evaluationLimits } from "./evaluation-limits.ts";
export type { ColumnOptions } from "./reading/column-roles.ts";
export {
  type DataProblem,
  type DataProblemKind,
  type DataReport,
  dataProblems,
  describeDataProblem,
} from "./reading/data-report.ts";
export {
  type LoadedEvaluationData,
  type LoadOptions,
  loadEvaluationData,
} from "./reading/load-evaluation-data.ts";
export { type LineChart, lineChart, type Series } from "./report/charts.ts";
export { type WordedFinding, wordEvaluation } from "./report/evaluation-words.ts";
export { type ReportSource, renderHtmlReport } from "./report/html-report.ts";
export { chanceText, differenceText, intervalText, scoreText, shareText } from "./report/number-text.ts";
export { htmlPage, htmlTable, type TableRow } from "./report/page.ts";
export { escapeText } from "./report/svg.ts";
export { dieboldMariano } from "./statistics/paired-test.ts";
export {
  bootstrapInterval,
  type Draws,
  drawPeriods,
  figureInterval,
  type Interval,
  usualBlockPeriods,
} from "./statistics/stationary-bootstrap.ts";
export { type ScoreName, scoreNames } from "./walk/score.ts";
