/** Routes of decisions and opinions. */
import { findRun } from "@mycroft/runtime";
import type { Backend } from "../backend.ts";
import { decisionDetail } from "../decisions/decision-detail.ts";
import { DecisionLists } from "../decisions/decision-lists.ts";
import { foldRun } from "../decisions/folded-run.ts";
import { canDecide, type KnownPlans } from "../decisions/known-plans.ts";
import type { RunFamilies } from "../decisions/run-families.ts";
import type { RunReadings } from "../decisions/run-readings.ts";
import { Turns } from "../turns/turns.ts";
import type { Handlers } from "./handlers.ts";

export interface ReadingPorts {
  readonly backend: Backend;
  readonly plans: KnownPlans;
  readonly readings: RunReadings;
  readonly families: RunFamilies;
}

export function decisionHandlers({
  backend,
  readings,
  families,
  plans,
}: ReadingPorts): Handlers<"decisions"> {
  const { controls, market, project } = backend;
  const { store } = controls;
  const deciding = project.workflows.filter(canDecide).map(({ name }) => name);
  const lists = new DecisionLists({ store, readings, families, plans, deciding });
  return {
    latestDecisions: ({ query }) => lists.latest(query),
    listDecisions: async ({ query }) => {
      const { entries, nextCursor } = await lists.listDecisions(query);
      return { decisions: entries, nextCursor };
    },
    listRunDecisions: async ({ params: { runId } }) => ({ decisions: await lists.ofRun(runId) }),
    getDecision: async ({ params: { runId, task } }) => {
      const turns = new Turns();
      const run = await foldRun(await findRun(store, runId), { store, turns });
      return decisionDetail(run, { task, market: market(), turns });
    },
    listOpinions: async ({ query }) => {
      const { entries, nextCursor } = await lists.listOpinions(query);
      return { opinions: entries, nextCursor };
    },
  };
}
