/** Runs, their tasks and their events, as the HTTP API tells them. */
import { z } from "zod";
import {
  boundedValue,
  cursorQuery,
  day,
  errorFacts,
  hash,
  json,
  moment,
  nextCursor,
  runId,
  taskId,
} from "./shared-values.ts";

export const runStatus = z.enum(["running", "succeeded", "failed", "cancelled"]);
export const taskStatus = z.enum([
  "waiting",
  "running",
  "retrying",
  "expanded",
  "sleeping",
  "waitingForSignal",
  "waitingForApproval",
  "succeeded",
  "failed",
  "skipped",
  "cancelled",
]);
export type TaskStatusName = z.infer<typeof taskStatus>;

export const runSummary = z.object({
  runId,
  workflow: z.string(),
  status: runStatus,
  asOf: day,
  planHash: hash,
  dataHash: hash.nullable(),
  codeVersion: z.string(),
  createdAt: moment,
  settledAt: moment.nullable(),
  /** How many events are recorded. */
  events: z.number().int(),
  tags: z.array(z.string()),
  startKey: z.string().nullable(),
  parent: z.object({ runId, task: taskId }).nullable(),
  forkedFrom: z.object({ runId, tasks: z.array(taskId) }).nullable(),
});
export type RunSummary = z.infer<typeof runSummary>;

export const runsQuery = z.object({
  ...cursorQuery,
  workflow: z.string().max(200).optional(),
  status: runStatus.optional(),
  tag: z.string().max(100).optional(),
  /** The beginning of run ids. */
  prefix: z.string().max(200).optional(),
  /** The child runs of this run, which are not listed otherwise. */
  parent: runId.optional(),
});
export const runPage = z.object({ runs: z.array(runSummary), nextCursor });
export type RunPageView = z.infer<typeof runPage>;

/** One task in a list: no input, no output. */
export const taskSummary = z.object({
  task: taskId,
  step: z.string(),
  kind: z.string().describe("call, resolve, map, repeat, run, approve, waitFor, sleep ..."),
  /** The node of the plan's graph that it belongs to: the askings of one `ask` are one node. */
  node: z.string(),
  target: z
    .object({ kind: z.enum(["agent", "function", "policy", "workflow"]), name: z.string() })
    .nullable(),
  status: taskStatus,
  /** Times of its attempts are in `attempts`; milliseconds since the epoch. */
  readyAt: z.number().nullable(),
  settledAt: z.number().nullable(),
  dueAt: z.number().nullable(),
  attempts: z.array(
    z.object({
      attempt: z.number().int(),
      queuedAt: z.number(),
      startedAt: z.number().nullable(),
      endedAt: z.number().nullable(),
      outcome: z.enum(["underWay", "succeeded", "failed", "cancelled"]),
    }),
  ),
  /** What a map's item is, where that is short; null otherwise. */
  item: z.string().nullable(),
  /** The newest failure. */
  error: errorFacts.nullable(),
  skipped: z.string().nullable(),
  isTakenOver: z.boolean().describe("Taken over from the run that this one began from"),
  isCached: z.boolean(),
  childRunId: runId.nullable(),
});
export type TaskSummary = z.infer<typeof taskSummary>;

const logLevel = z.enum(["debug", "info", "warn", "error"]);

export const logLine = z.object({
  /** Milliseconds since the epoch, on the worker's clock. */
  at: z.number(),
  level: logLevel,
  message: z.string(),
  fields: z.record(z.string(), json).nullable(),
});
export type LogLineView = z.infer<typeof logLine>;

export const attemptLog = z.object({
  /** In the order in which they were written. */
  lines: z.array(logLine),
  leftOut: z
    .object({ at: z.number().int(), count: z.number().int() })
    .nullable()
    .describe("How many lines before lines[at] were too much for the record"),
});
export type AttemptLogView = z.infer<typeof attemptLog>;

export const logQuery = z.object({
  level: logLevel.default("debug").describe("Lines of less weight are passed over"),
  task: taskId.optional(),
  from: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
});
export const logPage = z.object({
  /** By time. */
  lines: z.array(logLine.extend({ task: taskId, attempt: z.number().int() })),
  total: z.number().int(),
  leftOut: z.number().int().describe("How many lines were too much for the record"),
  next: z.number().int().nullable().describe("Where to go on; a page may hold fewer lines than asked for"),
});
export type LogPage = z.infer<typeof logPage>;

export const attemptDetail = z.object({
  attempt: z.number().int(),
  queuedAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  outcome: z.enum(["underWay", "succeeded", "failed", "cancelled"]),
  worker: z.string().nullable(),
  version: z.string().nullable(),
  isCached: z.boolean(),
  childRunId: runId.nullable(),
  input: boundedValue,
  messages: z.array(json).describe("What passed between the attempt and other agents"),
  log: attemptLog
    .nullable()
    .describe("What the agent or function has written to its log; null when that is nothing"),
  error: z
    .object({ code: z.string(), message: z.string(), retryable: z.boolean(), details: json.nullable() })
    .nullable(),
});
export type AttemptDetail = z.infer<typeof attemptDetail>;

export const taskDetail = taskSummary.omit({ attempts: true }).extend({
  attempts: z.array(attemptDetail),
  output: boundedValue.nullable(),
  /** What it waits for from outside. */
  waitsFor: json.nullable(),
  /** The tasks that it needs, within its scope. */
  needs: z.array(taskId),
});
export type TaskDetail = z.infer<typeof taskDetail>;

/** What a run waits for; `until` is in milliseconds since the epoch, null for ever. */
export const waitView = z.object({
  /** The run whose task it is, which may be a child of the run that was asked about. */
  runId,
  rootRunId: runId,
  workflow: z.string(),
  task: taskId,
  since: z.number().nullable(),
  until: z.number().nullable(),
  kind: z.enum(["approval", "signal", "time"]),
  /** Of an approval: what is shown to the person. */
  shown: boundedValue.nullable(),
  signal: z.string().nullable(),
  key: z.string().nullable(),
  takesData: z.boolean(),
});
export type WaitView = z.infer<typeof waitView>;

export const runDetail = z.object({
  run: runSummary,
  input: boundedValue,
  inputHash: hash,
  /** Null while it is under way. */
  decisionHash: hash.nullable(),
  result: z
    .object({
      status: z.enum(["succeeded", "failed", "cancelled"]),
      output: boundedValue.nullable(),
      error: errorFacts.nullable(),
      reason: z.string().nullable(),
    })
    .nullable(),
  counts: z.record(z.string(), z.number().int()).describe("Tasks by status"),
  tasks: z
    .array(taskSummary)
    .describe("In the plan's order, at most 5,000; `omittedTasks` says how many more there are"),
  omittedTasks: z.number().int(),
  waits: z.array(waitView),
  ignoredEvents: z.number().int(),
  /** Subjects on which it decided. */
  decisions: z.array(z.object({ subject: z.string(), task: taskId })),
  /** Why this process must not go on with it, as the end of a sentence; null when it may. */
  obstacle: z.string().nullable(),
});
export type RunDetail = z.infer<typeof runDetail>;

export const runEventView = z.object({
  seq: z.number().int(),
  at: z.number(),
  type: z.string(),
  task: taskId.nullable(),
  attempt: z.number().int().nullable(),
  /** What it says in a few words: a verdict and by whom, an error, a reason. */
  summary: z.string(),
});
export type RunEventView = z.infer<typeof runEventView>;

export const eventsQuery = z.object({
  from: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1_000).default(500),
  task: taskId.optional(),
});
/** May hold fewer than asked for while there are more: `next` says where to go on, and is null at the end. */
export const eventPage = z.object({ events: z.array(runEventView), next: z.number().int().nullable() });
export const eventBody = z.object({ event: boundedValue });

export const startRunBody = z.strictObject({
  workflow: z.string().min(1).max(200),
  input: json.optional(),
  asOf: day.optional(),
  tags: z.array(z.string().min(1).max(100)).max(20).default([]),
  /** As the header `Idempotency-Key`: a run that was started under it before is given instead. */
  startKey: z.string().min(1).max(200).optional(),
});
export const startedRun = z.object({ runId });
/** `isNew` is false for a run that was started before under the same key. */
export const startedOrFoundRun = startedRun.extend({ isNew: z.boolean() });
export const cancelBody = z.strictObject({ task: taskId.optional(), reason: z.string().min(1).max(10_000) });
export const forkBody = z.strictObject({
  from: z.array(taskId).max(10_000).default([]),
  input: json.optional(),
  stated: z.record(z.string(), json).optional(),
});
export const forkedRun = z.object({ runId, from: z.array(z.string()) });
export const approveBody = z.strictObject({
  task: taskId.optional(),
  verdict: z.enum(["approve", "reject"]),
  comment: z.string().max(10_000).optional(),
});
export const signalBody = z.strictObject({
  signal: z.string().min(1).max(200),
  key: z.string().max(200).optional(),
  payload: json.default(null),
  id: z.string().max(200).optional(),
});

export const replayVerdict = z.object({
  agrees: z.boolean(),
  recordedHash: hash,
  replayedHash: hash,
  recomputed: z.number().int(),
  taken: z.number().int(),
  divergences: z.array(z.object({ task: taskId, recorded: boundedValue, replayed: boundedValue })),
});
export type ReplayVerdict = z.infer<typeof replayVerdict>;

export const diffQuery = z.object({
  left: runId,
  right: runId,
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});
export const runDiff = z.object({
  left: runSummary,
  right: runSummary,
  differences: z.array(
    z.object({
      area: z.string(),
      task: taskId.nullable(),
      path: z.string(),
      left: boundedValue.nullable(),
      right: boundedValue.nullable(),
    }),
  ),
  omitted: z.number().int(),
});
export type RunDiff = z.infer<typeof runDiff>;

/**
 * One event of a run's stream, sent as `event: frame` with `id:` the sequence number of the last event that it tells. The
 * first one after a (re)connection has every task (up to 5,000) and the events after `Last-Event-ID`; later ones have the
 * tasks that have changed. After the frame with `isSettled` nothing more comes, and the server ends the stream.
 */
export const runFrame = z.object({
  run: runSummary,
  events: z.array(runEventView),
  tasks: z.array(taskSummary),
  counts: z.record(z.string(), z.number().int()),
  isSettled: z.boolean(),
});
export type RunFrame = z.infer<typeof runFrame>;

/**
 * One event of the stream of all updates. `event: update`: something happened in a run (also a child run). `event: reset`: what came between could
 * not be told one by one (the server has restarted, or the gap is too long): whoever shows anything asks anew. `event: hello`
 * comes first on every connection.
 */
export const liveUpdate = z.object({
  runId,
  rootRunId: runId,
  workflow: z.string(),
  status: runStatus,
  types: z.array(z.string()).describe("The types of the events"),
  at: z.number(),
});
export type LiveUpdate = z.infer<typeof liveUpdate>;
