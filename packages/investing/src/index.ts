export { type BuiltInChoice, builtInAgents } from "./agents/built-in-agents.ts";
export { fundamentals } from "./agents/fundamentals.ts";
export { macro } from "./agents/macro.ts";
export { momentum } from "./agents/momentum.ts";
export { reversal } from "./agents/reversal.ts";
export { defineScoredAgent, type Study, type StudyMethod } from "./agents/scored-agent.ts";
export { sentiment } from "./agents/sentiment.ts";
export { technical } from "./agents/technical.ts";
export { trend } from "./agents/trend.ts";
export { volatility } from "./agents/volatility.ts";
export { nyse } from "./calendars/nyse.ts";
export {
  type CalibratedView,
  calibrate,
  calibrationSettings,
  type ScoreMethod,
} from "./calibration.ts";
export { loadBundledData } from "./data/bundled-data.ts";
export type { FactCsvFile } from "./data/csv-facts.ts";
export { csvLimits } from "./data/csv-limits.ts";
export { type CsvFile, type CsvOptions, type LoadedMarketData, loadCsv } from "./data/csv-provider.ts";
export {
  describeRowProblem,
  type FileReport,
  type LoadReport,
  type RowProblem,
  type RowProblemKind,
  rowProblems,
} from "./data/load-report.ts";
export { createMarketData, type MarketDataInput } from "./data/market-data.ts";
export { agentRecord, agentRecordSchema, recordLimits } from "./functions/agent-record.ts";
export {
  applyRiskLimits,
  type Decision,
  decisionSchema,
  type RiskLimits,
  type RiskRule,
  type Ruling,
  riskLimitsSchema,
} from "./functions/apply-risk-limits.ts";
export { type BaseRate, baseRate, baseRateAt, baseRateSchema } from "./functions/base-rate.ts";
export { builtInFunctions } from "./functions/built-in-functions.ts";
export {
  constructPortfolio,
  type Portfolio,
  type PortfolioSettings,
  type Position,
  portfolioSchema,
  portfolioSettingsSchema,
} from "./functions/construct-portfolio.ts";
export { decideAlone, type LoneOpinion } from "./functions/decide-alone.ts";
export { mayLearn } from "./functions/learns.ts";
export type { PastRequest } from "./functions/past-answers.ts";
export { factsAt, type PriceFacts, priceFacts, priceFactsSchema } from "./functions/price-facts.ts";
export { type NoticedDrift, RecordDrift } from "./functions/record-drift.ts";
export { type PastCase, type PastDay, usualGrid, walkPast } from "./functions/walk-past.ts";
export {
  classifyReturn,
  findOutcome,
  flatWidth,
  maxPriceAgeDays,
  type Outcome,
  type OutcomeIndex,
  outcomes,
} from "./outcome.ts";
export {
  type MarketRegimes,
  openMarketRegimes,
  type Regime,
  type RegimeSettings,
} from "./regimes/market-regimes.ts";
export type { MarketFeatures } from "./regimes/regime-model.ts";
export {
  type CommitteeOptions,
  committee,
  committeeInputSchema,
  defineCommittee,
} from "./workflows/committee.ts";
