/** Which steps, items and indices an expression, a condition or a step refers to. */
import type { Condition, Expression, StepDefinition } from "./workflow-definition.ts";

export type Reference =
  /** `as` says what of the step is wanted: its output, how it settled, or only that it comes first. */
  | { readonly to: "step"; readonly name: string; readonly as: "output" | "settled" | "order" }
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
      yield { to: "step", name: expression.step, as: "output" };
      return;
    case "settled":
      yield { to: "step", name: expression.step, as: "settled" };
      return;
    case "object":
      for (const field of Object.values(expression.fields)) yield* referencesOf(field);
      return;
    case "array":
      for (const item of expression.items) yield* referencesOf(item);
  }
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
  if (step.when !== undefined) {
    for (const expression of expressionsOf(step.when)) yield* referencesOf(expression);
  }
  for (const name of step.after ?? []) yield { to: "step", name, as: "order" };
}

/** The references of a step and, for a map, of everything in its body. */
export function* allReferences(step: StepDefinition): Iterable<Reference> {
  yield* ownReferences(step);
  if (step.kind !== "map") return;
  for (const inner of step.steps) yield* allReferences(inner);
  yield* referencesOf(step.output);
}
