/** Starts runs of a project's workflows for others, as `mycroft run` would start them, on the newest data. */
import type { Orchestrator } from "@mycroft/runtime";
import type { WorkflowStart } from "@mycroft/server/operations";
import { findWorkflow } from "../project/find-workflow.ts";
import type { OpenProject } from "../project/open-project.ts";
import { prepareRun } from "../project/prepare-run.ts";
import type { MarketFeed } from "./market-feed.ts";
import type { ScheduledWork } from "./scheduled-work.ts";

export interface WorkflowStarterPorts {
  readonly open: OpenProject;
  readonly orchestrator: Pick<Orchestrator, "startRun">;
  readonly feed: MarketFeed;
  readonly refresh: ScheduledWork["refresh"];
}

/** @returns what rejects with WORKFLOW_UNKNOWN, INPUT_INVALID, DATE_OUT_OF_RANGE, and the codes of data and of the start. */
export function workflowStarter({ open, orchestrator, feed, refresh }: WorkflowStarterPorts) {
  return async ({ workflow: name, input, asOf, ...naming }: WorkflowStart): Promise<string> => {
    await refresh();
    const { workflow, ...run } = prepareRun(findWorkflow(open, name), input, asOf, feed.current);
    const { plan, plans: childPlans } = workflow;
    return orchestrator.startRun({ plan, childPlans, provenance: feed.provenance, ...run, ...naming });
  };
}
