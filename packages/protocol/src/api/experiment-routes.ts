/** Routes of backtests and evaluations. */
import { z } from "zod";
import * as experiments from "./experiments.ts";
import { get, post, type RouteSpec } from "./route.ts";
import { done, idParams } from "./shared-values.ts";

export const experimentRoutes = {
  listPolicies: {
    ...get,
    area: "experiments",
    path: "/api/policies",
    summary: "The policies that may be compared, the project's own among them",
    response: experiments.policyList,
  },
  listBacktests: {
    ...get,
    area: "experiments",
    path: "/api/backtests",
    summary: "Backtests on record or under way",
    response: experiments.backtestList,
  },
  startBacktest: {
    ...post,
    area: "experiments",
    path: "/api/backtests",
    summary: "Start a backtest, or go on with one",
    body: experiments.backtestBody,
    response: experiments.backtestSummary,
    creates: "orFinds",
  },
  getBacktest: {
    ...get,
    area: "experiments",
    path: "/api/backtests/:id",
    summary: "A backtest with its report",
    params: idParams,
    response: experiments.backtestDetail,
  },
  cancelBacktest: {
    ...post,
    area: "experiments",
    path: "/api/backtests/:id/cancel",
    summary: "Stop a backtest; the days that are done stay",
    params: idParams,
    response: z.object({ cancelled: z.boolean() }),
  },
  forgetBacktest: {
    method: "DELETE",
    role: "operator",
    area: "experiments",
    path: "/api/backtests/:id",
    summary: "Take a backtest from the record",
    params: idParams,
    response: done,
  },
  explainBacktestDay: {
    ...get,
    area: "experiments",
    path: "/api/backtests/:id/days/:date/:symbol",
    summary: "Why a backtest decided so on a company on a day, computed again",
    params: experiments.backtestDayParams,
    response: experiments.backtestDay,
  },
  listEvaluations: {
    ...get,
    area: "experiments",
    path: "/api/evaluations",
    summary: "Evaluations on record or under way",
    response: experiments.evaluationList,
  },
  startEvaluation: {
    ...post,
    area: "experiments",
    path: "/api/evaluations",
    summary: "Evaluate agents and policies, on a file of forecasts or on the market data",
    body: experiments.evaluationBody,
    response: experiments.evaluationSummary,
    creates: true,
    bodyBytes: 17 * 1024 * 1024,
  },
  getEvaluation: {
    ...get,
    area: "experiments",
    path: "/api/evaluations/:id",
    summary: "An evaluation with its report",
    params: idParams,
    response: experiments.evaluationDetail,
  },
  forgetEvaluation: {
    method: "DELETE",
    role: "operator",
    area: "experiments",
    path: "/api/evaluations/:id",
    summary: "Take an evaluation from the record",
    params: idParams,
    response: done,
  },
} as const satisfies Record<string, RouteSpec>;
