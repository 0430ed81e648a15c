/** Routes of decisions and opinions. */
import * as decisions from "./decisions.ts";
import { get, type RouteSpec } from "./route.ts";
import { runParams, taskParams } from "./shared-values.ts";

export const decisionRoutes = {
  latestDecisions: {
    ...get,
    area: "decisions",
    path: "/api/decisions/latest",
    summary: "The newest decision on each subject, the most disputed first",
    query: decisions.latestQuery,
    response: decisions.latestDecisions,
  },
  listDecisions: {
    ...get,
    area: "decisions",
    path: "/api/decisions",
    summary: "Decisions, the newest first",
    query: decisions.decisionsQuery,
    response: decisions.decisionPage,
  },
  listRunDecisions: {
    ...get,
    area: "decisions",
    path: "/api/runs/:runId/decisions",
    summary: "A run's decisions, in its order",
    params: runParams,
    response: decisions.runDecisions,
  },
  getDecision: {
    ...get,
    area: "decisions",
    path: "/api/runs/:runId/decisions/:task",
    summary: "A decision and all that led to it",
    params: taskParams,
    response: decisions.decisionDetail,
  },
  listOpinions: {
    ...get,
    area: "decisions",
    path: "/api/opinions",
    summary: "Agents' opinions, the newest first",
    query: decisions.opinionsQuery,
    response: decisions.opinionPage,
  },
} as const satisfies Record<string, RouteSpec>;
