export { apply, fold } from "./apply.ts";
export { canonicalJson, contentHash } from "./canonical-json.ts";
export { outcomesToCarry, tasksToRetry } from "./carry-outcomes.ts";
export { checkRunInput } from "./check-input.ts";
export { checkSignal, type SignalMisfit } from "./check-signal.ts";
export {
  type AttemptUnderWay,
  attemptCommand,
  attemptsUnderWay,
  childRunCommand,
  childRunsUnderWay,
  outstanding,
} from "./commands.ts";
export { allSteps, compile, verifyPlan } from "./compile.ts";
export { describeTasks, type TaskDescription, type Wait } from "./describe-tasks.ts";
export { outputTypeOf } from "./output-type.ts";
export {
  defaultChildRetry,
  defaultPool,
  defaultRetry,
  defaultTimeoutMs,
  type Plan,
  planLimits,
  triggerOf,
} from "./plan.ts";
export { type IndexedPlan, indexPlan } from "./plan-index.ts";
export type {
  AttemptLog,
  AttemptReport,
  CarriedOutcome,
  Command,
  LogLevel,
  LogLine,
  MessageRecord,
  RunEvent,
  RunResult,
  RunStatus,
  StartAttempt,
  StartChildRun,
} from "./run-event.ts";
export { createRun, type RunState, type TaskStatus } from "./run-state.ts";
export { bodyOf, ownExpressions } from "./step-references.ts";
export type {
  ApproveStep,
  CallStep,
  CallTarget,
  ChildRunStep,
  ComparisonOperator,
  Condition,
  Expression,
  JsonSchema,
  JsonValue,
  MapStep,
  Path,
  PathSegment,
  RepeatStep,
  ResolveStep,
  RetryPolicy,
  SettledValue,
  SleepStep,
  StepDefinition,
  TaskError,
  TriggerRule,
  Verdict,
  WaitForStep,
  WorkflowDefinition,
} from "./workflow-definition.ts";
