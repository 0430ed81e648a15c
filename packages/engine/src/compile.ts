/**
 * Turns a workflow definition into a plan, or says which step is wrong and why: unknown and duplicate steps,
 * references out of scope, circles, types that do not fit, steps that can never run.
 */
import { MycroftError } from "@mycroft/errors";
import { contentHash } from "./canonical-json.ts";
import { checkReachability } from "./check-reachability.ts";
import { checkReferences } from "./check-references.ts";
import { checkTypes } from "./check-types.ts";
import { parseDefinition } from "./parse-definition.ts";
import { type Plan, planLimits } from "./plan.ts";
import { planError } from "./plan-error.ts";
import { orderSteps } from "./scope-needs.ts";
import { bodyOf, withBodySteps } from "./step-references.ts";
import type { JsonValue, StepDefinition, WorkflowDefinition } from "./workflow-definition.ts";

/** How many steps of a circle a message lists. */
const shownSteps = 10;

/**
 * The plan of a definition. Equal definitions give equal plans and hashes, and the plan's own workflow compiles to
 * the same plan.
 * @param definition a `WorkflowDefinition`, checked here: it may come from anywhere.
 * @throws {MycroftError} PLAN_INVALID, PLAN_DUPLICATE_STEP, PLAN_UNKNOWN_STEP, PLAN_CYCLE, PLAN_TYPE_MISMATCH,
 *   PLAN_UNREACHABLE_STEP or LIMIT_EXCEEDED; `details` hold the names of `workflow`, `step` and `field`.
 */
export function compile(definition: unknown): Plan {
  const parsed = parseDefinition(definition);
  checkNames(parsed);
  checkReferences(parsed);
  const workflow = { ...parsed, steps: orderScope(parsed.steps, parsed.name) };
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
    { details: { expected: plan.hash, actual: hash } },
  );
}

/** Every step of a workflow, those of a body after the step that it belongs to. */
export function* allSteps(steps: readonly StepDefinition[]): Iterable<StepDefinition> {
  for (const step of steps) {
    yield step;
    const body = bodyOf(step);
    if (body !== null) yield* allSteps(body.steps);
  }
}

function checkNames({ name, steps }: WorkflowDefinition): void {
  const seen = new Set<string>();
  for (const step of allSteps(steps)) {
    const place = { workflow: name, step: step.name, field: "" };
    if (seen.has(step.name))
      throw planError("PLAN_DUPLICATE_STEP", place, "exists twice; rename one of the two");
    seen.add(step.name);
    if (seen.size > planLimits.steps) {
      throw planError(
        "LIMIT_EXCEEDED",
        place,
        `is one more than the ${planLimits.steps} that a workflow may have`,
      );
    }
  }
}

function orderScope(steps: readonly StepDefinition[], workflow: string): readonly StepDefinition[] {
  const result = orderSteps(steps);
  if ("circle" in result) {
    const names = result.circle.map((step) => `"${step.name}"`);
    const [first = ""] = names;
    const shown = names.length > shownSteps ? [...names.slice(0, shownSteps), "..."] : names;
    const place = { workflow, step: result.circle[0]?.name ?? null, field: "" };
    throw planError("PLAN_CYCLE", place, `is part of a circle: ${[...shown, first].join(" needs ")}`);
  }
  return result.ordered.map((step) => withBodySteps(step, (steps) => orderScope(steps, workflow)));
}
