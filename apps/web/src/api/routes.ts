/**
 * Methods and paths of the HTTP API for the browser. The contract's own table brings a schema library along, so here is a
 * table without: the compiler holds it to the contract, name by name, and takes every type of a request from there.
 */
import type { apiRoutes, RouteName } from "@mycroft/protocol";

type Contract = typeof apiRoutes;

export type { RouteName };

export const routes = {
  livez: ["GET", "/livez"],
  readyz: ["GET", "/readyz"],
  getVersion: ["GET", "/api/version"],
  getSession: ["GET", "/api/session"],
  signIn: ["POST", "/api/session"],
  signOut: ["DELETE", "/api/session"],
  listKeys: ["GET", "/api/keys"],
  createKey: ["POST", "/api/keys"],
  revokeKey: ["DELETE", "/api/keys/:id"],
  listAudit: ["GET", "/api/audit"],
  listRuns: ["GET", "/api/runs"],
  startRun: ["POST", "/api/runs"],
  getRun: ["GET", "/api/runs/:runId"],
  listEvents: ["GET", "/api/runs/:runId/events"],
  getEvent: ["GET", "/api/runs/:runId/events/:seq"],
  listLogLines: ["GET", "/api/runs/:runId/log"],
  getTask: ["GET", "/api/runs/:runId/tasks/:task"],
  cancelRun: ["POST", "/api/runs/:runId/cancel"],
  retryRun: ["POST", "/api/runs/:runId/retry"],
  forkRun: ["POST", "/api/runs/:runId/fork"],
  approveTask: ["POST", "/api/runs/:runId/approve"],
  signalRun: ["POST", "/api/runs/:runId/signal"],
  replayRun: ["POST", "/api/runs/:runId/replay"],
  diffRuns: ["GET", "/api/diff"],
  listWaits: ["GET", "/api/waits"],
  streamRun: ["GET", "/api/runs/:runId/events/stream"],
  streamUpdates: ["GET", "/api/updates"],
  latestDecisions: ["GET", "/api/decisions/latest"],
  listDecisions: ["GET", "/api/decisions"],
  listRunDecisions: ["GET", "/api/runs/:runId/decisions"],
  getDecision: ["GET", "/api/runs/:runId/decisions/:task"],
  listOpinions: ["GET", "/api/opinions"],
  listWorkflows: ["GET", "/api/workflows"],
  getWorkflow: ["GET", "/api/workflows/:name"],
  getGrid: ["GET", "/api/workflows/:name/grid"],
  getPlan: ["GET", "/api/plans/:id"],
  listSchedules: ["GET", "/api/schedules"],
  pauseSchedule: ["POST", "/api/schedules/:name/pause"],
  resumeSchedule: ["POST", "/api/schedules/:name/resume"],
  triggerSchedule: ["POST", "/api/schedules/:name/trigger"],
  listBackfills: ["GET", "/api/backfills"],
  startBackfill: ["POST", "/api/backfills"],
  cancelBackfill: ["POST", "/api/backfills/:id/cancel"],
  listPools: ["GET", "/api/pools"],
  listProcesses: ["GET", "/api/processes"],
  listAgents: ["GET", "/api/agents"],
  getAgent: ["GET", "/api/agents/:name"],
  listAgentCases: ["GET", "/api/agents/:name/cases"],
  compareAgents: ["GET", "/api/head-to-head"],
  getMarket: ["GET", "/api/market"],
  getPrices: ["GET", "/api/market/:name/prices"],
  listLabCases: ["GET", "/api/lab/cases"],
  listPolicies: ["GET", "/api/policies"],
  listBacktests: ["GET", "/api/backtests"],
  startBacktest: ["POST", "/api/backtests"],
  getBacktest: ["GET", "/api/backtests/:id"],
  cancelBacktest: ["POST", "/api/backtests/:id/cancel"],
  forgetBacktest: ["DELETE", "/api/backtests/:id"],
  explainBacktestDay: ["GET", "/api/backtests/:id/days/:date/:symbol"],
  listEvaluations: ["GET", "/api/evaluations"],
  startEvaluation: ["POST", "/api/evaluations"],
  getEvaluation: ["GET", "/api/evaluations/:id"],
  forgetEvaluation: ["DELETE", "/api/evaluations/:id"],
} as const satisfies { [Name in RouteName]: readonly [Contract[Name]["method"], Contract[Name]["path"]] };

/** What a schema of the contract is written as, and what it is read as. */
type Sent<Schema> = Schema extends { readonly _zod: { readonly input: infer Input } } ? Input : never;
type Received<Schema> = Schema extends { readonly _zod: { readonly output: infer Output } } ? Output : never;

type Part<Name extends RouteName, Key extends string> = Contract[Name] extends {
  readonly [K in Key]: infer Schema;
}
  ? { readonly [K in Key]: Sent<Schema> }
  : unknown;

type OptionalPart<Name extends RouteName, Key extends string> = Contract[Name] extends {
  readonly [K in Key]: infer Schema;
}
  ? { readonly [K in Key]?: Sent<Schema> }
  : unknown;

/** What a route is asked with: `params` of its path, `query`, `body`. */
export type RouteArgs<Name extends RouteName> = Part<Name, "params"> &
  OptionalPart<Name, "query"> &
  Part<Name, "body">;

/** What it answers. */
export type RouteAnswer<Name extends RouteName> = Received<Contract[Name]["response"]>;

/** Routes that change nothing. */
export type QueryName = {
  [Name in RouteName]: Contract[Name]["method"] extends "GET" ? Name : never;
}[RouteName];
