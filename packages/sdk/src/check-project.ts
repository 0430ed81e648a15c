/** Whether everything that a project's workflows name is there. */
import { allSteps, type StepDefinition } from "@mycroft/engine";
import { policies as builtInPolicies } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import type { Project } from "./project.ts";
import type { Workflow } from "./workflow.ts";

type TargetKind = "agent" | "function" | "policy";
type Targets = Readonly<Record<TargetKind, ReadonlySet<string>>>;

const shownNames = 20;

/**
 * To be called when a project is complete: after a host has added what it brings along itself.
 * @throws {MycroftError} PLAN_UNKNOWN_TARGET naming the workflow, the step and the names that exist.
 */
export function checkProject(
  project: Pick<Project, "workflows" | "agents" | "functions" | "policies">,
): void {
  const targets: Targets = {
    agent: namesOf(project.agents),
    function: namesOf(project.functions),
    policy: namesOf([...builtInPolicies, ...project.policies]),
  };
  for (const workflow of project.workflows) {
    for (const step of allSteps(workflow.definition.steps)) checkStep(step, workflow, targets);
  }
}

function checkStep(step: StepDefinition, workflow: Workflow, targets: Targets): void {
  const target = targetOf(step);
  if (target === null || targets[target.kind].has(target.name)) return;
  const names = [...targets[target.kind]].sort();
  const known = names.slice(0, shownNames).join(", ");
  const more = names.length > shownNames ? ` and ${names.length - shownNames} more` : "";
  throw new MycroftError(
    "PLAN_UNKNOWN_TARGET",
    `Workflow "${workflow.name}", step "${step.name}": there is no ${target.kind} named "${target.name}"; ` +
      `${names.length === 0 ? "there is none at all" : `there are ${known}${more}`}.`,
    { details: { workflow: workflow.name, step: step.name, ...target, known: names.slice(0, shownNames) } },
  );
}

function targetOf(step: StepDefinition): { readonly kind: TargetKind; readonly name: string } | null {
  switch (step.kind) {
    case "call":
      return step.target;
    case "resolve":
      return { kind: "policy", name: step.policy };
    case "map":
      return null;
  }
}

function namesOf(entries: readonly { readonly name: string }[]): ReadonlySet<string> {
  return new Set(entries.map((entry) => entry.name));
}
