/**
 * Finds steps that can never run: their condition is false whatever the data, they lie in a map over a list that is
 * always empty, or their trigger rule waits for a success where there is nothing to wait for. A step that waits for
 * such a step needs no look of its own: the first one is an error.
 */
import { evaluateCondition } from "./evaluate-condition.ts";
import { triggerOf } from "./plan.ts";
import { planError } from "./plan-error.ts";
import { needsInScope } from "./scope-needs.ts";
import { bodyOf, expressionsOf } from "./step-references.ts";
import type {
  Condition,
  Expression,
  JsonValue,
  StepDefinition,
  WorkflowDefinition,
} from "./workflow-definition.ts";

/** @throws {MycroftError} PLAN_UNREACHABLE_STEP naming the step and the reason. */
export function checkReachability(workflow: WorkflowDefinition): void {
  checkScope(workflow.steps, workflow.name);
}

function checkScope(steps: readonly StepDefinition[], workflow: string): void {
  const needs = needsInScope(steps);
  for (const [position, step] of steps.entries()) {
    const refuse = (because: string, name = step.name) => {
      const place = { workflow, step: name, field: "" };
      return planError("PLAN_UNREACHABLE_STEP", place, `can never run: ${because}`);
    };
    if (step.when !== undefined && truthOf(step.when) === false) {
      throw refuse("its condition is false whatever the data");
    }
    if (triggerOf(step) === "anySuccess" && needs[position]?.length === 0) {
      throw refuse("its trigger rule anySuccess waits for a success, and it needs no step");
    }
    const list = step.kind === "map" ? constantOf(step.over) : null;
    const body = bodyOf(step);
    if (Array.isArray(list) && list.length === 0) {
      throw refuse(`map step "${step.name}" goes over a list that is always empty`, body?.steps[0]?.name);
    }
    if (body !== null) checkScope(body.steps, workflow);
  }
}

/** What a condition says whatever the data; null when the data decide. */
function truthOf(condition: Condition): boolean | null {
  switch (condition.op) {
    case "and":
      return firstTruth(condition.all, false);
    case "or":
      return firstTruth(condition.all, true);
    case "not": {
      const truth = truthOf(condition.condition);
      return truth === null ? null : !truth;
    }
    default: {
      const isConstant = [...expressionsOf(condition)].every((part) => constantOf(part) !== undefined);
      return isConstant ? evaluateCondition(condition, constantOf) : null;
    }
  }
}

/** Of conditions of which one that is `decisive` decides them all. */
function firstTruth(conditions: readonly Condition[], decisive: boolean): boolean | null {
  const truths = conditions.map(truthOf);
  if (truths.includes(decisive)) return decisive;
  return truths.includes(null) ? null : !decisive;
}

/** The value that an expression has whatever the data; undefined when the data decide. */
function constantOf(expression: Expression): JsonValue | undefined {
  switch (expression.kind) {
    case "const":
      return expression.value;
    case "array": {
      const items = expression.items.map(constantOf);
      return items.every((item) => item !== undefined) ? items : undefined;
    }
    case "object": {
      const fields = Object.entries(expression.fields).map(
        ([key, field]) => [key, constantOf(field)] as const,
      );
      const known = fields.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
      return known.length === fields.length ? Object.fromEntries(known) : undefined;
    }
    default:
      return undefined;
  }
}
