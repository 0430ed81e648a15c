/** Workflows, plans, schedules, backfills and pools, as the HTTP API tells them. */
import { z } from "zod";
import { runStatus, taskStatus } from "./runs.ts";
import { day, errorFacts, hash, json, moment, runId } from "./shared-values.ts";

/** A node of a workflow's graph; a map's or a repeat's body has nodes of its own. */
export interface GraphNodeView {
  readonly name: string;
  /** ask, call, resolve, map, repeat, run, approve, waitFor, sleep. */
  readonly kind: string;
  /** What it does, in a few words. */
  readonly label: string;
  readonly agents: readonly string[];
  readonly needs: readonly string[];
  readonly takes: readonly string[];
  readonly rules: readonly string[];
  readonly nodes: readonly GraphNodeView[];
}
const graphNode: z.ZodType<GraphNodeView> = z
  .lazy(() =>
    z.object({
      name: z.string(),
      kind: z.string(),
      label: z.string(),
      agents: z.array(z.string()),
      needs: z.array(z.string()),
      takes: z.array(z.string()),
      rules: z.array(z.string()),
      nodes: z.array(graphNode),
    }),
  )
  .meta({ id: "GraphNode" });

export const planView = z.object({
  hash,
  workflow: z.string(),
  nodes: z.array(graphNode),
  output: z.string(),
  /** The plan itself. */
  definition: json,
});
export type PlanView = z.infer<typeof planView>;

export const workflowSummary = z.object({
  name: z.string(),
  description: z.string(),
  planHash: hash,
  tags: z.array(z.string()),
  steps: z.number().int(),
  agents: z.array(z.string()),
  schedules: z.array(z.string()),
  /** The newest runs, the newest first, at most 20. */
  recent: z.array(z.object({ runId, status: runStatus, createdAt: moment, settledAt: moment.nullable() })),
});
export type WorkflowSummary = z.infer<typeof workflowSummary>;

export const workflowDetail = workflowSummary.extend({
  plan: planView,
  /** JSON Schema of its input, where one can be told. */
  inputSchema: json.nullable(),
  /** An input to begin with. */
  exampleInput: json.nullable(),
  /** Plans that runs on record were pinned to (of the newest 1,000 runs), the newest first. */
  versions: z.array(
    z.object({
      planHash: hash,
      runs: z.number().int(),
      firstRunAt: moment,
      lastRunAt: moment,
      isCurrent: z.boolean(),
    }),
  ),
});
export type WorkflowDetail = z.infer<typeof workflowDetail>;

export const gridQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(30),
  tag: z.string().max(100).optional(),
});
/** The newest runs by the nodes of the graph (nodes of bodies with their path, `companies/resolution`); a cell is the worst status of its tasks. */
export const runGrid = z.object({
  nodes: z.array(z.object({ path: z.string(), depth: z.number().int() })),
  runs: z.array(
    z.object({
      runId,
      status: runStatus,
      asOf: day,
      createdAt: moment,
      durationMs: z.number().nullable(),
      tags: z.array(z.string()),
      cells: z
        .array(z.object({ status: taskStatus, tasks: z.number().int() }).nullable())
        .describe("In the order of `nodes`"),
    }),
  ),
});
export type RunGrid = z.infer<typeof runGrid>;

export const scheduleView = z.object({
  name: z.string(),
  workflow: z.string(),
  cron: z.string(),
  timeZone: z.string(),
  calendar: z.string().nullable(),
  catchUp: z.string(),
  overlap: z.string(),
  paused: z.boolean(),
  nextFiring: z.string().nullable(),
  lastFiring: z
    .object({ scheduledAt: z.string(), runId: runId.nullable(), error: errorFacts.nullable() })
    .nullable(),
  underWay: z.array(runId),
  waiting: z.number(),
  missed: z.number(),
  overlapping: z.number(),
  failed: z.number(),
  failure: z.string().nullable(),
});
export type ScheduleView = z.infer<typeof scheduleView>;
export const resumeBody = z.strictObject({ catchUp: z.enum(["all", "latest", "none"]).optional() });

export const backfillView = z.object({
  id: z.string(),
  schedule: z.string(),
  from: day,
  to: day,
  newestFirst: z.boolean(),
  concurrency: z.number().int(),
  status: z.string(),
  createdAt: moment,
  endedAt: moment.nullable(),
  planned: z.number().int(),
  started: z.number().int(),
  underWay: z.number().int(),
  succeeded: z.number().int(),
  failed: z.number().int(),
  cancelled: z.number().int(),
  refusals: z.array(z.object({ scheduledAt: z.string(), code: z.string(), message: z.string() })),
});
export type BackfillView = z.infer<typeof backfillView>;
export const backfillBody = z.strictObject({
  schedule: z.string().min(1).max(200),
  from: day,
  to: day,
  concurrency: z.number().int().min(1).max(1_000).default(10),
  newestFirst: z.boolean().default(false),
});

export const poolView = z.object({
  pool: z.string(),
  slots: z.number().nullable(),
  inUse: z.number(),
  waiting: z.number(),
});
export type PoolView = z.infer<typeof poolView>;

/** Orchestrators and workers of a cluster; of a single process, that one. */
export const processView = z.object({
  name: z.string(),
  role: z.string(),
  since: moment.nullable(),
  details: json,
});
export type ProcessView = z.infer<typeof processView>;
