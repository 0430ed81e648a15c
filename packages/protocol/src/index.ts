export {
  type Abstention,
  type AgentAnswer,
  abstentionAnswerSchema,
  abstentionSchema,
  agentAnswerSchema,
  defaultOutcomes,
  type Fact,
  factSchema,
  type Opinion,
  type OpinionRequest,
  opinionAnswerSchema,
  opinionRequestSchema,
  opinionSchema,
  type View,
  viewSchema,
} from "./agent-contract.ts";
export type { ApiKeyView, AuditEntry, SessionView, VersionView } from "./api/access.ts";
export type {
  AgentCases,
  AgentDetail,
  AgentHealth,
  AgentSummary,
  AgentTrack,
  HeadToHead,
  LabCases,
  MarketSummary,
  Prices,
} from "./api/agents.ts";
export type { DecisionDetail, DecisionSummary, LatestDecisions, OpinionView } from "./api/decisions.ts";
export type {
  BacktestBody,
  BacktestDay,
  BacktestDetail,
  BacktestSummary,
  EvaluationBody,
  EvaluationDetail,
  EvaluationSummary,
  JobState,
  StrategyView,
} from "./api/experiments.ts";
export { type Role, type RouteArea, type RouteSpec, roles } from "./api/route.ts";
export { apiRoutes, type RouteName } from "./api/routes.ts";
export type {
  AttemptDetail,
  AttemptLogView,
  LiveUpdate,
  LogLineView,
  LogPage,
  ReplayVerdict,
  RunDetail,
  RunDiff,
  RunEventView,
  RunFrame,
  RunPageView,
  RunSummary,
  TaskDetail,
  TaskStatusName,
  TaskSummary,
  WaitView,
} from "./api/runs.ts";
export { apiLimits, type BoundedValue, type Problem, problem } from "./api/shared-values.ts";
export type {
  BackfillView,
  GraphNodeView,
  PlanView,
  PoolView,
  ProcessView,
  RunGrid,
  ScheduleView,
  WorkflowDetail,
  WorkflowSummary,
} from "./api/workflows.ts";
export { limits } from "./limits.ts";
export { parseWith, type ValueProblem } from "./parse-with.ts";
export { entityName, symbol, tradingDate } from "./scalars.ts";
