/** The runs that an interrupted command left unfinished, and whether they may go on with what is at hand. */
import { allSteps, type Plan, type StepDefinition, verifyPlan } from "@mycroft/engine";
import { policies } from "@mycroft/ensemble";
import type { RunHeader, Store } from "@mycroft/runtime";
import type { Project } from "@mycroft/sdk";

export interface LeftBehindRun {
  readonly header: RunHeader;
  /** Why it must wait, as the end of a sentence; null when it may go on. */
  readonly obstacle: string | null;
}

const pageSize = 1_000;

/**
 * The newest first. A run is on record with the data that its agents were shown and the plan that names them: on other
 * data, or without those agents, it must not go on, for its record would say what is not so.
 */
export async function findLeftBehindRuns(
  store: Store,
  project: Project,
  dataHash: string | undefined,
): Promise<readonly LeftBehindRun[]> {
  const obstacles = new Map<string, string | null>();
  const found: LeftBehindRun[] = [];
  for (const header of await listUnsettled(store)) {
    if (header.provenance.dataHash !== dataHash) {
      found.push({ header, obstacle: "works on other data than this command" });
      continue;
    }
    let obstacle = obstacles.get(header.planHash);
    if (obstacle === undefined) {
      const plan = await store.getPlan(header.planHash);
      obstacle = plan === undefined ? "has lost its plan" : missingTarget(verifyPlan(plan), project);
      obstacles.set(header.planHash, obstacle);
    }
    found.push({ header, obstacle });
  }
  return found;
}

async function listUnsettled(store: Store): Promise<readonly RunHeader[]> {
  const found: RunHeader[] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query = { status: "running", limit: pageSize } as const;
    const page = await store.listRuns(cursor === undefined ? query : { ...query, cursor });
    found.push(...page.runs);
    cursor = page.nextCursor;
  }
  return found;
}

function missingTarget(plan: Plan, project: Project): string | null {
  const names = {
    agent: new Set(project.agents.map((one) => one.name)),
    function: new Set(project.functions.map((one) => one.name)),
    policy: new Set([...policies, ...project.policies].map((one) => one.name)),
  };
  for (const step of allSteps(plan.workflow.steps)) {
    const target = targetOf(step);
    if (target !== null && !names[target.kind].has(target.name)) {
      return `needs the ${target.kind} ${target.name}, which this project does not have`;
    }
  }
  return null;
}

function targetOf(step: StepDefinition) {
  switch (step.kind) {
    case "call":
      return step.target;
    case "resolve":
      return { kind: "policy", name: step.policy } as const;
    case "map":
      return null;
  }
}
