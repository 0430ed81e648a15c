export { apply, fold } from "./apply.ts";
export { canonicalJson, contentHash } from "./canonical-json.ts";
export { type AttemptUnderWay, attemptCommand, attemptsUnderWay, outstanding } from "./commands.ts";
export { allSteps, compile, verifyPlan } from "./compile.ts";
export { describeTasks, type TaskDescription } from "./describe-tasks.ts";
export { defaultRetry, defaultTimeoutMs, type Plan, planLimits, triggerOf } from "./plan.ts";
export { type IndexedPlan, indexPlan } from "./plan-index.ts";
export type { AttemptReport, Command, RunEvent, RunResult, RunStatus, StartAttempt } from "./run-event.ts";
export { createRun, type RunState, type TaskStatus } from "./run-state.ts";
export type {
  CallStep,
  CallTarget,
  ComparisonOperator,
  Condition,
  Expression,
  JsonSchema,
  JsonValue,
  MapStep,
  Path,
  PathSegment,
  ResolveStep,
  RetryPolicy,
  SettledValue,
  StepDefinition,
  TaskError,
  TriggerRule,
  WorkflowDefinition,
} from "./workflow-definition.ts";
