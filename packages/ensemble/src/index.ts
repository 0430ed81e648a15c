export type { AgentRecord } from "./agent-record.ts";
export type { AgentLean, AnalyticalConflict } from "./conflict/analytical-conflict.ts";
export {
  type Conflict,
  type ConflictFinding,
  measureConflict,
  type PairwiseDisagreement,
} from "./conflict/conflict.ts";
export type { Claim, FactualConflict } from "./conflict/factual-conflict.ts";
export type { FreshnessConflict } from "./conflict/freshness-conflict.ts";
export type { AbstainedAgent, MissingViews } from "./conflict/missing-views.ts";
export { certainOutcome } from "./distribution.ts";
export { jensenShannonDistance, jensenShannonDivergence } from "./divergence.ts";
export {
  type Explanation,
  type ExplanationSection,
  type ExplanationTopic,
  explain,
  renderExplanation,
} from "./explain.ts";
export type { Lean, Side } from "./lean.ts";
export { ensembleLimits } from "./limits.ts";
export { type Abstention, checkOpinion, type Fact, type Opinion, type View } from "./opinion.ts";
export {
  type ConfiguredPolicy,
  type Part,
  type Policy,
  type PolicyInput,
  type PolicySettings,
  poolLinearly,
  type RawWeight,
  type WeightReason,
} from "./policy.ts";
export { findPolicy, policies } from "./policy-catalog.ts";
export type {
  AgentContribution,
  AgentDissent,
  AgentWeight,
  Resolution,
  Stance,
  StatedOpinion,
} from "./resolution.ts";
export { resolve } from "./resolve.ts";
export type { ResolveRequest } from "./resolve-request.ts";
export { brierScore, logScore, rankedProbabilityScore } from "./score.ts";
