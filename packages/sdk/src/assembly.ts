/** What is common to all scopes of a workflow that is being built, and what goes wrong with the steps of any of them. */
import type { Plan } from "@mycroft/engine";
import type { Policy } from "@mycroft/ensemble";
import { MycroftError } from "@mycroft/errors";
import { entityName } from "@mycroft/protocol";
import type { AgentDefinition, FunctionDefinition } from "./agent.ts";
import type { Owner } from "./ref.ts";

export interface Assembly {
  readonly owner: Owner;
  readonly agents: Map<string, AgentDefinition>;
  readonly functions: Map<string, FunctionDefinition>;
  readonly policies: Map<string, Policy>;
  /** The plans of child runs, at any depth, by hash. */
  readonly childPlans: Map<string, Plan>;
  /** Set when the author's function has returned: later additions would be lost. */
  closed: boolean;
}

export function openAssembly(owner: Owner): Assembly {
  return {
    owner,
    agents: new Map(),
    functions: new Map(),
    policies: new Map(),
    childPlans: new Map(),
    closed: false,
  };
}

/** @throws {MycroftError} PLAN_INVALID when a step comes too late, or has a name that is none. */
export function checkStep(name: string, { owner, closed }: Assembly): void {
  if (closed) {
    throw stepError(
      name,
      "was added after the author's function had returned; steps are added within it",
      owner,
    );
  }
  const parsed = entityName.safeParse(name);
  if (parsed.success) return;
  throw stepError(name, `has a bad name: ${parsed.error.issues[0]?.message}`, owner);
}

/**
 * Remembers a definition that a step was given.
 * @throws {MycroftError} PLAN_INVALID: two definitions of one name would make it a matter of luck which of them runs.
 */
export function keep<T extends { readonly name: string }>(
  kept: Map<string, T>,
  one: T,
  step: string,
  owner: Owner,
): void {
  const other = kept.get(one.name);
  if (other !== undefined && other !== one) {
    throw stepError(
      step,
      `uses another "${one.name}" than the steps before it; rename one of the two`,
      owner,
    );
  }
  kept.set(one.name, one);
}

/** @param message completes a sentence whose subject is the step. */
export function stepError(step: string, message: string, owner: Owner): MycroftError {
  return new MycroftError(
    "PLAN_INVALID",
    `Workflow "${owner.workflow}": step ${JSON.stringify(step)} ${message}.`,
    {
      details: { workflow: owner.workflow, step },
    },
  );
}
