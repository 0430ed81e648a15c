/** Routes of workflows, plans, schedules, backfills, pools and processes. */
import { z } from "zod";
import { get, post, type RouteSpec } from "./route.ts";
import * as runs from "./runs.ts";
import { done, idParams, nameParams } from "./shared-values.ts";
import * as workflows from "./workflows.ts";

export const workflowRoutes = {
  listWorkflows: {
    ...get,
    area: "workflows",
    path: "/api/workflows",
    summary: "The project's workflows",
    response: z.object({ workflows: z.array(workflows.workflowSummary) }),
  },
  getWorkflow: {
    ...get,
    area: "workflows",
    path: "/api/workflows/:name",
    summary: "A workflow with its graph, its input and its versions",
    params: nameParams,
    response: workflows.workflowDetail,
  },
  getGrid: {
    ...get,
    area: "workflows",
    path: "/api/workflows/:name/grid",
    summary: "Its newest runs, node by node",
    params: nameParams,
    query: workflows.gridQuery,
    response: workflows.runGrid,
  },
  getPlan: {
    ...get,
    area: "workflows",
    path: "/api/plans/:id",
    summary: "A plan by its hash",
    params: idParams,
    response: workflows.planView,
  },
  listSchedules: {
    ...get,
    area: "schedules",
    path: "/api/schedules",
    summary: "The project's schedules",
    response: z.object({ schedules: z.array(workflows.scheduleView) }),
  },
  pauseSchedule: {
    ...post,
    area: "schedules",
    path: "/api/schedules/:name/pause",
    summary: "Let a schedule fire no more",
    params: nameParams,
    response: done,
  },
  resumeSchedule: {
    ...post,
    area: "schedules",
    path: "/api/schedules/:name/resume",
    summary: "Let a paused schedule fire again",
    params: nameParams,
    body: workflows.resumeBody,
    response: done,
  },
  triggerSchedule: {
    ...post,
    area: "schedules",
    path: "/api/schedules/:name/trigger",
    summary: "Start its run now, out of turn",
    params: nameParams,
    response: runs.startedRun,
    creates: true,
  },
  listBackfills: {
    ...get,
    area: "schedules",
    path: "/api/backfills",
    summary: "Backfills, and how far they are",
    response: z.object({ backfills: z.array(workflows.backfillView) }),
  },
  startBackfill: {
    ...post,
    area: "schedules",
    path: "/api/backfills",
    summary: "Start the runs that a schedule would have started between two days",
    body: workflows.backfillBody,
    response: workflows.backfillView,
    creates: true,
  },
  cancelBackfill: {
    ...post,
    area: "schedules",
    path: "/api/backfills/:id/cancel",
    summary: "Let a backfill start nothing more, and cancel its runs",
    params: idParams,
    response: z.object({ cancelled: z.boolean() }),
  },
  listPools: {
    ...get,
    area: "schedules",
    path: "/api/pools",
    summary: "Pools of slots, and what is in them",
    response: z.object({ pools: z.array(workflows.poolView) }),
  },
  listProcesses: {
    ...get,
    area: "schedules",
    path: "/api/processes",
    summary: "Orchestrators and workers that are alive",
    response: z.object({ processes: z.array(workflows.processView) }),
  },
} as const satisfies Record<string, RouteSpec>;
