/** Which steps, items and indices an expression or condition refers to. */
import type { Condition, Expression, StepDefinition } from "./workflow-definition.ts";

export type Reference =
  | { readonly to: "step"; readonly name: string }
  /** The item or index of an enclosing map step. */
  | { readonly to: "map"; readonly name: string };

export function* referencesOf(expression: Expression): Iterable<Reference> {
  switch (expression.kind) {
    case "const":
    case "input":
      return;
    case "item":
    case "index":
      yield { to: "map", name: expression.of };
      return;
    case "step":
    case "settled":
      yield { to: "step", name: expression.step };
      return;
    case "object":
      for (const field of Object.values(expression.fields)) yield* referencesOf(field);
      return;
    case "array":
      for (const item of expression.items) yield* referencesOf(item);
  }
}

export function* referencesOfCondition(condition: Condition): Iterable<Reference> {
  for (const expression of expressionsOf(condition)) yield* referencesOf(expression);
}

export function* expressionsOf(condition: Condition): Iterable<Expression> {
  switch (condition.op) {
    case "exists":
      yield condition.value;
      return;
    case "and":
    case "or":
      for (const part of condition.all) yield* expressionsOf(part);
      return;
    case "not":
      yield* expressionsOf(condition.condition);
      return;
    default:
      yield condition.left;
      yield condition.right;
  }
}

/** The references that a step makes itself, in its own scope; a map's body makes its own. */
export function* ownReferences(step: StepDefinition): Iterable<Reference> {
  yield* referencesOf(step.kind === "map" ? step.over : step.input);
  if (step.when !== undefined) yield* referencesOfCondition(step.when);
  for (const name of step.after ?? []) yield { to: "step", name };
}
