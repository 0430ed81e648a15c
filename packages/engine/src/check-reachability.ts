/**
 * Finds steps that can never run: their condition is false whatever the data, they map over a list that is always
 * empty, or their trigger rule waits for steps that can never run.
 */
import { MycroftError } from "@mycroft/errors";
import { evaluateCondition } from "./evaluate-condition.ts";
import { triggerOf } from "./plan.ts";
import { needsInScope } from "./scope-needs.ts";
import { expressionsOf, referencesOf } from "./step-references.ts";
import type { Condition, Expression, StepDefinition, WorkflowDefinition } from "./workflow-definition.ts";

/** @throws {MycroftError} PLAN_UNREACHABLE_STEP naming the step and the reason. */
export function checkReachability(workflow: WorkflowDefinition): void {
  checkScope(workflow.steps);
}

function checkScope(steps: readonly StepDefinition[]): void {
  const needs = needsInScope(steps);
  for (const step of steps) {
    if (step.when !== undefined && isConstant(step.when) && !evaluateCondition(step.when, evaluateConstant)) {
      throw unreachable(step.name, "its condition is false whatever the data");
    }
    if (triggerOf(step) === "anySuccess" && needs.get(step.name)?.size === 0) {
      throw unreachable(step.name, "its trigger rule anySuccess waits for a success, and it needs no step");
    }
    if (step.kind !== "map") continue;
    if (step.over.kind === "const" && Array.isArray(step.over.value) && step.over.value.length === 0) {
      throw unreachable(
        step.steps[0]?.name ?? step.name,
        `map step "${step.name}" goes over a list that is always empty`,
      );
    }
    checkScope(step.steps);
  }
}

function isConstant(condition: Condition): boolean {
  return [...expressionsOf(condition)].every(
    (expression) => isMadeOfConstants(expression) && [...referencesOf(expression)].length === 0,
  );
}

function isMadeOfConstants(expression: Expression): boolean {
  if (expression.kind === "array") return expression.items.every(isMadeOfConstants);
  if (expression.kind === "object") return Object.values(expression.fields).every(isMadeOfConstants);
  return expression.kind === "const";
}

function evaluateConstant(expression: Expression): unknown {
  if (expression.kind === "const") return expression.value;
  if (expression.kind === "array") return expression.items.map(evaluateConstant);
  if (expression.kind !== "object") return undefined;
  return Object.fromEntries(
    Object.entries(expression.fields).map(([key, field]) => [key, evaluateConstant(field)]),
  );
}

function unreachable(step: string, because: string): MycroftError {
  return new MycroftError("PLAN_UNREACHABLE_STEP", `Step "${step}" can never run: ${because}.`, {
    details: { step },
  });
}
