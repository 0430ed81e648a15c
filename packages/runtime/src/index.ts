export type { ArchiveSum } from "./archive/compare-archives.ts";
export { type MovedHistory, type MoveProgress, moveHistory } from "./archive/move-history.ts";
export { logLimits } from "./attempt-log-book.ts";
export type { Approval, Signal } from "./check-answer.ts";
export { childRunId, maxRunDepth } from "./child-runs.ts";
export { type Comparison, compareRuns, type Difference, type DifferenceArea } from "./compare-runs.ts";
export { type DirectGateway, type DrivenRun, type DriveRun, driveRun } from "./drive-run.ts";
export type { ForkRun } from "./fork-run.ts";
export { type Host, type HostPorts, type HostSettings, startHost } from "./host.ts";
export { MemorySharedStore } from "./memory/memory-shared-store.ts";
export { MemoryStore, type MemoryStoreOptions } from "./memory/memory-store.ts";
export type { BlackboardEntry, BlackboardWrite } from "./messaging/blackboard.ts";
export type { MessageSender } from "./messaging/envelopes.ts";
export type { MessageChannel } from "./messaging/message-channel.ts";
export { messageLimits } from "./messaging/message-limits.ts";
export { type AttemptMessages, Messenger, type MessengerOptions } from "./messaging/messenger.ts";
export type {
  ReachableAgent,
  ReceivedMessage,
  ReceivedQuestion,
} from "./messaging/reachable-agent.ts";
export { Orchestrator, type OrchestratorOptions } from "./orchestrator.ts";
export type { AttemptLedger, CancelledAttempt } from "./ports/attempt-ledger.ts";
export type { Bus, BusMessage, NewMessage, SubscribeOptions, Subscription } from "./ports/bus.ts";
export { checkAppend, checkEventRange, eventText } from "./ports/check-append.ts";
export {
  checkCollection,
  checkDocumentId,
  checkDocumentWrite,
  documentLimits,
} from "./ports/check-document.ts";
export { checkNewRun, checkTag, runLimits } from "./ports/check-new-run.ts";
export { checkPageLimit, checkRunQuery } from "./ports/check-query.ts";
export type { Clock, Timer } from "./ports/clock.ts";
export type { AttemptControl, AttemptOutcome, AttemptRequest, Gateway } from "./ports/gateway.ts";
export type { ConsumeOptions, Consumer, Delivery, TaskMessage, TaskQueue } from "./ports/queue.ts";
export type {
  AttemptKey,
  AttemptOffer,
  ClaimAnswer,
  DueQuery,
  HandedBack,
  Letter,
  LetterBody,
  LetterQuery,
  ListedProcess,
  OutboxChange,
  OutstandingOffer,
  PoolBacklog,
  ProcessStatus,
  SharedAppend,
  SharedStore,
  StoreNews,
} from "./ports/shared-store.ts";
export type {
  AppendOutcome,
  DocumentPage,
  DocumentPageQuery,
  DocumentWrite,
  NewRun,
  Provenance,
  RunAppend,
  RunFork,
  RunHeader,
  RunPage,
  RunParent,
  RunQuery,
  Store,
  StoredDocument,
} from "./ports/store.ts";
export type {
  ArchivedArtifact,
  ArchivedDocument,
  ArchivedPlan,
  ArchivedRun,
  ArchiveKind,
  ArchiveRecord,
  StoreArchive,
  WritableArchive,
} from "./ports/store-archive.ts";
export { type Divergence, decisionHash, type Replay, replayRun } from "./replay-run.ts";
export { newRunId } from "./run-id.ts";
export { findRun, ownRuns, type RunRecord, readRun, readRunPlan } from "./run-record.ts";
export type { StartRun } from "./run-starts.ts";
export { type RunUpdate, type RunUpdateEvent, runUpdatesTopic } from "./run-update.ts";
export {
  type BackfillPreview,
  type BackfillProgress,
  Backfills,
  type BackfillsOptions,
} from "./scheduler/backfills.ts";
export { type BackfillRequest, type BackfillTarget, backfillLimits } from "./scheduler/plan-backfill.ts";
export type {
  CatchUp,
  Overlap,
  ScheduleDefinition,
  ScheduledFiring,
  ScheduledRuns,
  ScheduledStart,
} from "./scheduler/schedule-definition.ts";
export { Scheduler, type SchedulerOptions, type ScheduleStatus } from "./scheduler/scheduler.ts";
export type { SchedulerNotice } from "./scheduler/scheduler-notice.ts";
export { RunClient, type RunClientOptions } from "./shared/run-client.ts";
export { shardCount, shardOf } from "./shared/shard-of.ts";
export {
  type OrchestratorProcess,
  type SharedPorts,
  type SharedSettings,
  startOrchestratorProcess,
  startWorkerProcess,
  type WorkerProcess,
  type WorkerSettings,
} from "./shared/shared-host.ts";
export {
  type ShardListener,
  SharedOrchestrator,
  type SharedOrchestratorOptions,
} from "./shared/shared-orchestrator.ts";
export { StoreClock, type StoreClockOptions } from "./shared/store-clock.ts";
export { SystemClock, type SystemClockOptions } from "./system-clock.ts";
export { type ValueChange, valueChanges } from "./value-changes.ts";
export { Worker, type WorkerOptions } from "./worker.ts";
