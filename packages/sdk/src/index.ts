export type {
  Condition as ConditionDefinition,
  Expression,
  JsonValue,
  Plan,
  RetryPolicy,
  TaskError,
  TriggerRule,
  WorkflowDefinition,
} from "@mycroft/engine";
export type { AgentRecord, Policy, PolicySettings, Resolution } from "@mycroft/ensemble";
export { type ErrorCode, MycroftError } from "@mycroft/errors";
export {
  type Abstention,
  type AgentAnswer,
  defaultOutcomes,
  entityName,
  type Fact,
  type Opinion,
  type OpinionRequest,
  opinionSchema,
  symbol,
  tradingDate,
  type View,
  viewSchema,
} from "@mycroft/protocol";
export {
  type AgentContext,
  type AgentDefinition,
  abstain,
  defineAgent,
  defineFunction,
  type FunctionContext,
  type FunctionDefinition,
} from "./agent.ts";
export { type WorkflowBuilder, type WorkflowOptions, workflow } from "./build-workflow.ts";
export type { CallContext } from "./call-context.ts";
export { checkProject } from "./check-project.ts";
export { and, type Condition, eq, exists, ge, gt, isIn, le, lt, ne, not, or } from "./condition.ts";
export { type LogFields, type Logger, noLog } from "./logger.ts";
export type {
  Bar,
  BarSeries,
  DerivedSeries,
  FactRecord,
  FactSeries,
  MarketData,
  MarketView,
} from "./market-view.ts";
export {
  type AskOptions,
  type Blackboard,
  type BlackboardEntry,
  type BlackboardWrite,
  defineTopic,
  type Message,
  type MessageSender,
  type Messages,
  noMessages,
  type Topic,
} from "./messages.ts";
export type { Opinions, RequestTemplate, ResolveOptions } from "./opinions.ts";
export {
  type CsvData,
  type DataSource,
  defineConfig,
  type FactFile,
  type HostConfig,
  type PoolSettings,
  type Project,
  type ProjectConfig,
  type RateLimit,
} from "./project.ts";
export {
  type AnswerContext,
  type Answering,
  type MessageContext,
  onMessage,
  type TopicSubscription,
} from "./reachability.ts";
export { at, optional, type Settled, type SettledRef, settled } from "./reading.ts";
export type { AnyStep, Plain, Ref, RefTo, Step } from "./ref.ts";
export { resolutionSchema } from "./resolution-schema.ts";
export {
  type CatchUp,
  type Overlap,
  type Schedule,
  type ScheduleInput,
  type ScheduleOptions,
  schedule,
} from "./schedule.ts";
export type { ScheduledFiring } from "./schedule-input.ts";
export type { MapBuilder, RepeatBuilder, Round, StepBuilder } from "./step-builder.ts";
export type { AttemptOptions, MapOptions, RepeatOptions, RunOptions, StepOptions } from "./step-options.ts";
export type { AnyTemplate, Template, ValueOf } from "./template.ts";
export type { TradingCalendar } from "./trading-calendar.ts";
export type { Approval, ApproveOptions, SleepTime, WaitForOptions } from "./waits.ts";
export type { Workflow } from "./workflow.ts";
