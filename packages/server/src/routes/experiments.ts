/** Routes of backtests and evaluations. */
import type { Backend } from "../backend.ts";
import { Backtests } from "../experiments/backtests.ts";
import { Evaluations } from "../experiments/evaluations.ts";
import { JobBoard } from "../experiments/job-board.ts";
import { listPolicies } from "../experiments/list-policies.ts";
import { WorkSlots } from "../experiments/work-slots.ts";
import type { Handlers } from "./handlers.ts";

/** Days of backtests that are done again at once, while somebody waits. */
const explanationsAtOnce = 2;

export interface ExperimentRoutes {
  readonly handlers: Handlers<"experiments">;
  /** Ends what is under way; what it has put on record stays. */
  close(): Promise<void>;
}

export function experimentRoutes(backend: Backend, now: () => number): ExperimentRoutes {
  const { controls, project, market, experiments: work, onError } = backend;
  const jobs = new JobBoard(now, onError);
  const { store } = controls;
  const explanations = new WorkSlots({ atOnce: explanationsAtOnce, what: "explanations of backtests' days" });
  const backtests = new Backtests({ store, project, market, work, jobs, explanations, now });
  const { retentionDays } = project;
  const evaluations = new Evaluations({ store, work, jobs, retentionDays, now });
  return {
    handlers: {
      listPolicies: async () => ({ policies: listPolicies(project) }),
      listBacktests: async () => ({ backtests: await backtests.list() }),
      startBacktest: async ({ body, reply }) => {
        const { summary, isNew } = await backtests.start(body);
        if (isNew) void reply.status(201);
        return summary;
      },
      getBacktest: ({ params: { id } }) => backtests.get(id),
      cancelBacktest: async ({ params: { id } }) => ({ cancelled: await backtests.cancel(id) }),
      forgetBacktest: async ({ params: { id } }) => {
        await backtests.forget(id);
        return {};
      },
      explainBacktestDay: ({ params, request }) => backtests.explainDay(params, request.signal),
      listEvaluations: async () => ({ evaluations: await evaluations.list() }),
      startEvaluation: ({ body }) => evaluations.start(body),
      getEvaluation: ({ params: { id } }) => evaluations.get(id),
      forgetEvaluation: async ({ params: { id } }) => {
        await evaluations.forget(id);
        return {};
      },
    },
    close: async () => {
      await Promise.all([jobs.close(), explanations.close()]);
    },
  };
}
