/**
 * Turns a workflow definition into a plan, or says which step is wrong and why: unknown and duplicate steps,
 * references out of scope, circles, types that do not fit, steps that can never run.
 */
import { MycroftError } from "@mycroft/errors";
import { contentHash } from "./canonical-json.ts";
import { checkReachability } from "./check-reachability.ts";
import { checkTypes } from "./check-types.ts";
import { parseDefinition } from "./parse-definition.ts";
import { type Plan, planLimits } from "./plan.ts";
import { orderSteps } from "./scope-needs.ts";
import { ownReferences, type Reference, referencesOf } from "./step-references.ts";
import type { JsonValue, MapStep, StepDefinition, WorkflowDefinition } from "./workflow-definition.ts";

/**
 * The plan of a definition. Equal definitions give equal plans and hashes.
 * @param definition a `WorkflowDefinition`, checked here: it may come from anywhere.
 * @throws {MycroftError} PLAN_INVALID, PLAN_DUPLICATE_STEP, PLAN_UNKNOWN_STEP, PLAN_CYCLE, PLAN_TYPE_MISMATCH,
 *   PLAN_UNREACHABLE_STEP or LIMIT_EXCEEDED, with the step's name in the message and in `details.step`.
 */
export function compile(definition: unknown): Plan {
  const parsed = parseDefinition(definition);
  checkNames(parsed);
  checkScope(parsed.steps, parsed.output, []);
  const workflow = { ...parsed, steps: orderScope(parsed.steps) };
  checkReachability(workflow);
  checkTypes(workflow);
  return sealPlan(workflow);
}

/** The plan of a workflow that is in normal form already. */
function sealPlan(workflow: WorkflowDefinition): Plan {
  return {
    format: 1,
    hash: contentHash({ format: 1, workflow: workflow as unknown as JsonValue }),
    workflow,
  };
}

/**
 * A plan that was read back from a store or a wire.
 * @throws {MycroftError} PLAN_INVALID when its content does not match its hash.
 */
export function verifyPlan(plan: Plan): Plan {
  const hash = sealPlan(plan.workflow).hash;
  if (plan.format === 1 && hash === plan.hash) return plan;
  throw new MycroftError(
    "PLAN_INVALID",
    `A stored plan does not match its hash ${plan.hash}: it hashes to ${hash}.`,
    {
      details: { expected: plan.hash, actual: hash },
    },
  );
}

export function* allSteps(steps: readonly StepDefinition[]): Iterable<StepDefinition> {
  for (const step of steps) {
    yield step;
    if (step.kind === "map") yield* allSteps(step.steps);
  }
}

function checkNames(workflow: WorkflowDefinition): void {
  const seen = new Set<string>();
  for (const step of allSteps(workflow.steps)) {
    if (seen.has(step.name)) {
      throw stepError(
        "PLAN_DUPLICATE_STEP",
        step.name,
        `There are two steps named "${step.name}"; rename one`,
      );
    }
    seen.add(step.name);
    if (seen.size > planLimits.steps) {
      throw new MycroftError(
        "LIMIT_EXCEEDED",
        `A workflow may have ${planLimits.steps} steps, and this one has more.`,
      );
    }
  }
}

/** What a scope can see: its own steps and those around it, but not the map steps that it lies in. */
interface Scope {
  readonly steps: ReadonlySet<string>;
  readonly map: MapStep;
}

function checkScope(
  steps: readonly StepDefinition[],
  output: MapStep["output"],
  enclosing: readonly (Scope | { readonly steps: ReadonlySet<string>; readonly map: null })[],
  owner: MapStep | null = null,
): void {
  const scopes = [...enclosing, { steps: new Set(steps.map((step) => step.name)), map: owner }];
  const maps = new Set(scopes.flatMap((scope) => (scope.map === null ? [] : [scope.map.name])));
  const check = (reference: Reference, from: string) => {
    if (reference.to === "map" && !maps.has(reference.name)) {
      throw stepError(
        "PLAN_UNKNOWN_STEP",
        from,
        `${from} uses the item of the map step "${reference.name}", which it does not lie in`,
      );
    }
    if (reference.to === "map") return;
    if (maps.has(reference.name)) {
      throw stepError("PLAN_CYCLE", from, `${from} needs the map step "${reference.name}" that it lies in`);
    }
    if (scopes.some((scope) => scope.steps.has(reference.name))) return;
    throw stepError(
      "PLAN_UNKNOWN_STEP",
      from,
      `${from} refers to the step "${reference.name}", which does not exist or lies inside a map step that ${from} is outside of`,
    );
  };
  for (const step of steps) {
    for (const reference of ownReferences(step)) check(reference, `step "${step.name}"`);
    if (step.kind === "map") checkScope(step.steps, step.output, scopes, step);
  }
  const outputOf = owner === null ? "the workflow's output" : `the output of step "${owner.name}"`;
  for (const reference of referencesOf(output)) check(reference, outputOf);
}

function orderScope(steps: readonly StepDefinition[]): readonly StepDefinition[] {
  const result = orderSteps(steps);
  if ("circle" in result) {
    const [first = ""] = result.circle;
    const chain = [...result.circle, first].map((name) => `"${name}"`).join(" needs ");
    throw stepError("PLAN_CYCLE", first, `Steps need each other in a circle: ${chain}`);
  }
  return result.ordered.map((step) =>
    step.kind === "map" ? { ...step, steps: orderScope(step.steps) } : step,
  );
}

function stepError(
  code: "PLAN_DUPLICATE_STEP" | "PLAN_UNKNOWN_STEP" | "PLAN_CYCLE",
  step: string,
  message: string,
): MycroftError {
  return new MycroftError(code, `${message}.`, { details: { step } });
}
