/** The plans of a scenario's workflows, version by version, each parent's bound to those of its children. */
import { compile, type Plan, type StepDefinition } from "@mycroft/engine";
import type { Scenario, ScenarioWorkflow } from "./scenario.ts";

/** What is deployed at one time: the plans by the names of their workflows. */
export type Deployment = ReadonlyMap<string, Plan>;

/** At least one; later ones follow deploys. */
export function compilePlans(workflows: Scenario["workflows"]): readonly Deployment[] {
  const versions = Math.max(1, ...workflows.map((workflow) => workflow.versions.length));
  return Array.from({ length: versions }, (_, version) => deploymentOf(workflows, version));
}

export function planOf(deployment: Deployment, workflow: string): Plan {
  const plan = deployment.get(workflow);
  if (plan === undefined) throw new Error(`There is no workflow ${workflow} in the scenario.`);
  return plan;
}

function deploymentOf(workflows: Scenario["workflows"], version: number): Deployment {
  const plans = new Map<string, Plan>();
  for (const { name, versions } of workflows) {
    const definition = versions[Math.min(version, versions.length - 1)] ?? versions[0];
    plans.set(name, compile({ ...definition, steps: bindChildren(definition.steps, plans) }));
  }
  return plans;
}

function bindChildren(
  steps: readonly StepDefinition[],
  plans: ReadonlyMap<string, Plan>,
): readonly StepDefinition[] {
  return steps.map((step) => {
    if (step.kind === "run") return { ...step, plan: planOf(plans, step.workflow).hash };
    if (step.kind !== "map" && step.kind !== "repeat") return step;
    return { ...step, steps: bindChildren(step.steps, plans) };
  });
}

/** Whether every version compiles, and no other step or output needs what is gone. */
export function compilable(workflows: readonly ScenarioWorkflow[]): boolean {
  try {
    compilePlans(workflows);
    return true;
  } catch {
    return false;
  }
}
