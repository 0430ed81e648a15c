/** Routes of decisions and opinions. */
import { readRun } from "@mycroft/runtime";
import type { Backend } from "../backend.ts";
import { decisionDetail } from "../decisions/decision-detail.ts";
import { DecisionLists } from "../decisions/decision-lists.ts";
import type { RunFamilies } from "../decisions/run-families.ts";
import type { RunReadings } from "../decisions/run-readings.ts";
import type { Handlers } from "./handlers.ts";

export interface ReadingPorts {
  readonly backend: Backend;
  readonly readings: RunReadings;
  readonly families: RunFamilies;
}

export function decisionHandlers({ backend, readings, families }: ReadingPorts): Handlers<"decisions"> {
  const { controls, market } = backend;
  const { store } = controls;
  const lists = new DecisionLists({ store, readings, families });
  return {
    latestDecisions: ({ query }) => lists.latest(query),
    listDecisions: async ({ query }) => {
      const { entries, nextCursor } = await lists.listDecisions(query);
      return { decisions: entries, nextCursor };
    },
    listRunDecisions: async ({ params: { runId } }) => ({ decisions: await lists.ofRun(runId) }),
    getDecision: async ({ params: { runId, task } }) =>
      decisionDetail(await readRun(store, runId), task, market()),
    listOpinions: async ({ query }) => {
      const { entries, nextCursor } = await lists.listOpinions(query);
      return { opinions: entries, nextCursor };
    },
  };
}
