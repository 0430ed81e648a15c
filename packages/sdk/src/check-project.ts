/** Whether everything that a project's workflows name is there. */
import { allSteps, defaultPool, type Plan, type StepDefinition } from "@mycroft/engine";
import { policies as builtInPolicies } from "@mycroft/ensemble";
import { type ErrorCode, MycroftError } from "@mycroft/errors";
import type { Project } from "./project.ts";

type TargetKind = "agent" | "function" | "policy";
type Known = Readonly<Record<TargetKind | "pool", ReadonlySet<string>>>;

const shownNames = 20;

/**
 * To be called when a project is complete: after a host has added what it brings along itself. Child runs are looked
 * at like the workflows that start them.
 * @throws {MycroftError} PLAN_UNKNOWN_TARGET or POOL_UNKNOWN naming the workflow, the step and the names that exist;
 *   CONFIG_INVALID for a rate limit of an agent that is not there.
 */
export function checkProject(
  project: Pick<Project, "workflows" | "agents" | "functions" | "policies" | "pools" | "rateLimits">,
): void {
  const known: Known = {
    agent: namesOf(project.agents),
    function: namesOf(project.functions),
    policy: namesOf([...builtInPolicies, ...project.policies]),
    pool: new Set([defaultPool, ...Object.keys(project.pools)]),
  };
  const plans = new Map(project.workflows.flatMap(({ plans }) => plans.map((plan) => [plan.hash, plan])));
  for (const plan of plans.values()) {
    for (const step of allSteps(plan.workflow.steps)) checkStep(step, plan, known);
  }
  for (const agent of Object.keys(project.rateLimits)) {
    if (known.agent.has(agent)) continue;
    const place = { subject: "The configuration is wrong: rateLimits", details: { field: "rateLimits" } };
    throw unknownName("CONFIG_INVALID", place, "agent", agent, known);
  }
}

function checkStep(step: StepDefinition, { workflow }: Plan, known: Known): void {
  const place = {
    subject: `Workflow "${workflow.name}", step "${step.name}"`,
    details: { workflow: workflow.name, step: step.name },
  };
  const target = targetOf(step);
  if (target !== null && !known[target.kind].has(target.name)) {
    throw unknownName("PLAN_UNKNOWN_TARGET", place, target.kind, target.name, known);
  }
  const pool = poolOf(step);
  if (!known.pool.has(pool)) throw unknownName("POOL_UNKNOWN", place, "pool", pool, known);
}

function targetOf(step: StepDefinition): { readonly kind: TargetKind; readonly name: string } | null {
  switch (step.kind) {
    case "call":
      return step.target;
    case "resolve":
      return { kind: "policy", name: step.policy };
    case "map":
    case "repeat":
    case "run":
    case "approve":
    case "waitFor":
    case "sleep":
      return null;
  }
}

function poolOf(step: StepDefinition): string {
  const isWork = step.kind === "call" || step.kind === "resolve";
  return isWork ? (step.pool ?? defaultPool) : defaultPool;
}

function unknownName(
  code: ErrorCode,
  { subject, details }: { readonly subject: string; readonly details: Readonly<Record<string, string>> },
  kind: keyof Known,
  name: string,
  known: Known,
): MycroftError {
  const names = [...known[kind]].sort();
  const shown = names.slice(0, shownNames);
  const more = names.length > shown.length ? ` and ${names.length - shown.length} more` : "";
  const existing = names.length === 0 ? "there is none at all" : `there are ${shown.join(", ")}${more}`;
  return new MycroftError(code, `${subject}: there is no ${kind} named "${name}"; ${existing}.`, {
    details: { ...details, kind, name, known: shown },
  });
}

function namesOf(entries: readonly { readonly name: string }[]): ReadonlySet<string> {
  return new Set(entries.map((entry) => entry.name));
}
