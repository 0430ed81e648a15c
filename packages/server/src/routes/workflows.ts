/** Routes of workflows and plans. */
import { MycroftError } from "@mycroft/errors";
import type { Backend } from "../backend.ts";
import type { ToldRuns } from "../runs/told-runs.ts";
import { planView } from "../workflows/plan-view.ts";
import { RunGrids } from "../workflows/run-grid.ts";
import { findWorkflow, newestRuns, workflowDetail, workflowSummary } from "../workflows/workflow-views.ts";
import type { Handlers } from "./handlers.ts";

export function workflowHandlers(backend: Backend, toldRuns: ToldRuns): Handlers<"workflows"> {
  const { project, market, onError } = backend;
  const { store } = backend.controls;
  const grids = new RunGrids(toldRuns, onError);
  return {
    listWorkflows: async () => ({
      workflows: await Promise.all(
        project.workflows.map((workflow) => workflowSummary(store, workflow, project)),
      ),
    }),
    getWorkflow: ({ params: { name } }) =>
      workflowDetail(store, findWorkflow(project, name), project, market()),
    getGrid: async ({ params: { name }, query: { limit, tag } }) => {
      const { plan } = findWorkflow(project, name);
      return grids.find(plan, await newestRuns(store, { workflow: name, tag }, limit));
    },
    getPlan: async ({ params: { id } }) => {
      const own = project.workflows.flatMap(({ plan, plans }) => [plan, ...plans]);
      const plan = own.find(({ hash }) => hash === id) ?? (await store.getPlan(id));
      if (plan !== undefined) return planView(plan);
      throw new MycroftError("NOT_FOUND", `There is no plan ${JSON.stringify(id.slice(0, 100))}.`);
    },
  };
}
