export type { AgentRecord } from "./agent-record.ts";
export type { AgentLean, AgentSide, AnalyticalConflict } from "./conflict/analytical-conflict.ts";
export {
  type Conflict,
  type ConflictFinding,
  measureConflict,
  type PairwiseDisagreement,
} from "./conflict/conflict.ts";
export type { ConflictMass } from "./conflict/conflict-mass.ts";
export type { Claim, FactualConflict } from "./conflict/factual-conflict.ts";
export type { FreshnessConflict } from "./conflict/freshness-conflict.ts";
export type { AbstainedAgent, MissingViews } from "./conflict/missing-views.ts";
export { certainOutcome } from "./distribution.ts";
export { jensenShannonDistance, jensenShannonDivergence } from "./divergence.ts";
export { Adwin, type AdwinSettings } from "./drift/adwin.ts";
export type { AgentDrift } from "./drift/agent-drift.ts";
export type { Change, ChangeDetector, DetectorState, Stretch } from "./drift/change-detector.ts";
export {
  type DriftMonitor,
  type DriftMonitorState,
  type DriftSettings,
  type MonitoredAgent,
  resumeDriftMonitor,
  startDriftMonitor,
} from "./drift/drift-monitor.ts";
export { PageHinkley, type PageHinkleySettings } from "./drift/page-hinkley.ts";
export {
  type Explanation,
  type ExplanationSection,
  type ExplanationTopic,
  explain,
  renderExplanation,
} from "./explain.ts";
export type { FiredGuardrail, ViewChange } from "./guardrails/apply-guardrails.ts";
export type {
  ClampRule,
  ConflictMeasure,
  ConflictRule,
  GuardrailAction,
  Guardrails,
  VetoRule,
} from "./guardrails/guardrails.ts";
export { type Lean, leanOf, type Side } from "./lean.ts";
export type { ForecastCase, KnownOutcome, PooledCase } from "./learning/forecast-case.ts";
export type { LearnedWeights, Round, ScoredCase, StartLearning } from "./learning/learned-weights.ts";
export { type Learner, type LearnerSettings, resumeLearner, startLearner } from "./learning/learner.ts";
export {
  type LearnedAgent,
  type LearnerCounts,
  type LearnerState,
  type PendingCase,
  withoutPending,
} from "./learning/learner-state.ts";
export {
  findLoss,
  type Loss,
  type LossName,
  logLossFloor,
} from "./learning/loss.ts";
export type { OnlineRule, RuleState } from "./learning/online-rule.ts";
export { onlineRules } from "./learning/online-rules.ts";
export { ensembleLimits } from "./limits.ts";
export { type Abstention, checkOpinion, type Fact, type Opinion, type View } from "./opinion.ts";
export { explainPoints } from "./points/explain-points.ts";
export type { PointConflict, PointFinding } from "./points/point-conflict.ts";
export { checkPointForecast, type PointOpinion, type PointView } from "./points/point-opinion.ts";
export type {
  PointContribution,
  PointDissent,
  PointResolution,
  StatedPoint,
} from "./points/point-resolution.ts";
export { type ResolvePointsRequest, resolvePoints } from "./points/resolve-points.ts";
export {
  type ConfiguredPolicy,
  type Known,
  type Part,
  type PointInput,
  type Policy,
  type PolicyInput,
  type PolicySettings,
  poolLinearly,
  poolPoints,
  type RawWeight,
  type WeighInput,
  type WeightReason,
  weightedMean,
} from "./policy.ts";
export { defaultPolicyName, findPolicy, policies } from "./policy-catalog.ts";
export { exp, expm1 } from "./portable-math/exp.ts";
export { log, log1p } from "./portable-math/log.ts";
export { pow } from "./portable-math/pow.ts";
export type {
  AgentContribution,
  AgentDissent,
  AgentWeight,
  DriftingAgent,
  Resolution,
  Stance,
  StatedOpinion,
} from "./resolution.ts";
export { resolve } from "./resolve.ts";
export type { AgentsKnown, ResolveRequest } from "./resolve-request.ts";
export { brierScore, logScore, rankedProbabilityScore } from "./scores/distribution-scores.ts";
export type { ScoredForecast } from "./scores/forecast-cases.ts";
export { type PitHistogram, pitHistogram } from "./scores/pit-histogram.ts";
export { absoluteLoss, pinballLoss, squareLoss } from "./scores/point-scores.ts";
export {
  type ReliabilityBin,
  type ReliabilityCurve,
  type ReliabilityOptions,
  reliabilityCurve,
} from "./scores/reliability-curve.ts";
export { type Sharpness, sharpnessOf } from "./scores/sharpness.ts";
