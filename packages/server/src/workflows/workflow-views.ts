/** The project's workflows as the API tells them: what they take, which plans runs were pinned to, and how the newest runs went. */
import { allSteps, type JsonValue } from "@mycroft/engine";
import { MycroftError } from "@mycroft/errors";
import type { WorkflowDetail, WorkflowSummary } from "@mycroft/protocol";
import { existing, suggestion } from "@mycroft/record/text";
import type { RunHeader, Store } from "@mycroft/runtime";
import type { MarketData, Project, Workflow } from "@mycroft/sdk";
import { z } from "zod";
import { listRuns } from "../runs/list-runs.ts";
import { planView } from "./plan-view.ts";

const recentRuns = 20;
/** Runs that are looked through for the plans that they are pinned to. */
const versionRuns = 1_000;
const exampleCompanies = 12;

export async function newestRuns(
  store: Store,
  query: { readonly workflow: string; readonly tag?: string | undefined },
  most: number,
): Promise<readonly RunHeader[]> {
  return (await listRuns(store, { ...query, limit: most })).runs;
}

export async function workflowSummary(
  store: Store,
  workflow: Workflow,
  project: Project,
): Promise<WorkflowSummary> {
  const { name, description, plan, agents } = workflow;
  const recent = await newestRuns(store, { workflow: name }, recentRuns);
  return {
    ...{ name, description, planHash: plan.hash, tags: [...(plan.workflow.tags ?? [])] },
    steps: [...allSteps(plan.workflow.steps)].length,
    agents: agentsOf(
      workflow,
      agents.map((agent) => agent.name),
    ),
    schedules: project.schedules.filter((one) => one.workflow.name === name).map((one) => one.name),
    recent: recent.map(({ runId, status, createdAt, settledAt }) => ({
      ...{ runId, status },
      createdAt: new Date(createdAt).toISOString(),
      settledAt: settledAt === null ? null : new Date(settledAt).toISOString(),
    })),
  };
}

export async function workflowDetail(
  store: Store,
  workflow: Workflow,
  project: Project,
  market: MarketData | null,
): Promise<WorkflowDetail> {
  const inputSchema = schemaOf(workflow);
  return {
    ...(await workflowSummary(store, workflow, project)),
    plan: planView(workflow.plan),
    inputSchema,
    exampleInput: exampleInput(workflow, market),
    versions: await versionsOf(store, workflow),
  };
}

/** @throws {MycroftError} WORKFLOW_UNKNOWN. */
export function findWorkflow({ workflows }: Project, name: string): Workflow {
  const found = workflows.find((workflow) => workflow.name === name);
  if (found !== undefined) return found;
  const known = workflows.map((workflow) => workflow.name);
  throw new MycroftError(
    "WORKFLOW_UNKNOWN",
    `The project has no workflow ${JSON.stringify(name)}; ${existing(known)}.${suggestion(name, known)}`,
    { details: { workflow: name, known } },
  );
}

/** Those that its plan asks, by name or as definitions. */
function agentsOf({ plan }: Workflow, defined: readonly string[]): string[] {
  const asked = [...allSteps(plan.workflow.steps)].flatMap((step) =>
    step.kind === "call" && step.target.kind === "agent" ? [step.target.name] : [],
  );
  return [...new Set([...asked, ...defined])].sort();
}

/** Null where the schema holds what JSON Schema cannot say, such as a transformation. */
function schemaOf({ inputSchema }: Workflow): JsonValue {
  try {
    return z.toJSONSchema(inputSchema, { io: "input", unrepresentable: "any" }) as JsonValue;
  } catch {
    return null;
  }
}

/** The first of some likely inputs that the workflow takes. */
function exampleInput(workflow: Workflow, market: MarketData | null): JsonValue {
  const asOf = market?.lastDate ?? new Date().toISOString().slice(0, 10);
  const universe = market?.asOf(asOf).symbols().slice(0, exampleCompanies) ?? [];
  const [symbol = "AAPL"] = universe;
  const likely = [{ asOf, universe }, { asOf, symbol }, { asOf, subject: symbol }, { asOf }, {}];
  return likely.find((input) => takes(workflow, input)) ?? null;
}

function takes(workflow: Workflow, input: JsonValue): boolean {
  try {
    workflow.parseInput(input);
    return true;
  } catch {
    return false;
  }
}

async function versionsOf(store: Store, { name, plan }: Workflow): Promise<WorkflowDetail["versions"]> {
  const versions = new Map<string, { runs: number; first: number; last: number }>();
  for (const { planHash, createdAt } of await newestRuns(store, { workflow: name }, versionRuns)) {
    const known = versions.get(planHash);
    if (known === undefined) versions.set(planHash, { runs: 1, first: createdAt, last: createdAt });
    else {
      known.runs += 1;
      known.first = Math.min(known.first, createdAt);
    }
  }
  return Array.from(versions, ([planHash, { runs, first, last }]) => ({
    ...{ planHash, runs, isCurrent: planHash === plan.hash },
    firstRunAt: new Date(first).toISOString(),
    lastRunAt: new Date(last).toISOString(),
  }));
}
