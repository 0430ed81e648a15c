/** What steps are made of: their expressions, their bodies, and which steps, items and indices those refer to. */
import type { Condition, Expression, StepDefinition } from "./workflow-definition.ts";

export type Reference =
  /** `as` says what of the step is wanted: its output, how it settled, or only that it comes first. */
  | { readonly to: "step"; readonly name: string; readonly as: "output" | "settled" | "order" }
  /** What the body of an enclosing step works on: an item or a round. */
  | { readonly to: "body"; readonly name: string };

function* referencesOf(expression: Expression): Iterable<Reference> {
  switch (expression.kind) {
    case "const":
    case "input":
      return;
    case "item":
    case "index":
      yield { to: "body", name: expression.of };
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

/** What a map or a repeat runs once for each item or round. */
export interface Body {
  readonly steps: readonly StepDefinition[];
  readonly output: Expression;
  /** Looked at in the scope of the body when it has run; null for a map. */
  readonly until: Condition | null;
}

/** A step's body; null for a step that has none. */
export function bodyOf(step: StepDefinition): Body | null {
  if (step.kind !== "map" && step.kind !== "repeat") return null;
  return { steps: step.steps, output: step.output, until: step.kind === "repeat" ? step.until : null };
}

/** The step with other steps in its body, if it has one. */
export function withBodySteps(
  step: StepDefinition,
  change: (steps: readonly StepDefinition[]) => readonly StepDefinition[],
): StepDefinition {
  return step.kind === "map" || step.kind === "repeat" ? { ...step, steps: change(step.steps) } : step;
}

/** The expressions that a step evaluates in its own scope, with the names of their fields; not those of its `when`. */
export function ownExpressions(step: StepDefinition): readonly (readonly [field: string, Expression])[] {
  switch (step.kind) {
    case "map":
      return [["over", step.over]];
    case "repeat":
      return [["initial", step.initial]];
    case "call":
    case "resolve":
    case "run":
    case "approve":
      return [["input", step.input]];
    case "waitFor":
      return present({ key: step.key, default: step.default });
    case "sleep":
      return present({ durationMs: step.durationMs, until: step.until });
  }
}

function present(
  fields: Readonly<Record<string, Expression | undefined>>,
): readonly (readonly [string, Expression])[] {
  return Object.entries(fields).flatMap(([name, field]) =>
    field === undefined ? [] : [[name, field] as const],
  );
}

/** The references that a step makes itself, in its own scope; its body makes its own. */
export function* ownReferences(step: StepDefinition): Iterable<Reference> {
  for (const [, expression] of ownExpressions(step)) yield* referencesOf(expression);
  if (step.when !== undefined) {
    for (const expression of expressionsOf(step.when)) yield* referencesOf(expression);
  }
  for (const name of step.after ?? []) yield { to: "step", name, as: "order" };
}

/** The references that a body makes when its steps have settled, with the names of their fields. */
export function* closingReferences({
  output,
  until,
}: Body): Iterable<readonly [field: "output" | "until", Reference]> {
  for (const reference of referencesOf(output)) yield ["output", reference];
  for (const expression of until === null ? [] : expressionsOf(until)) {
    for (const reference of referencesOf(expression)) yield ["until", reference];
  }
}

/** The references of a step and of everything in its body. */
export function* allReferences(step: StepDefinition): Iterable<Reference> {
  yield* ownReferences(step);
  const body = bodyOf(step);
  if (body === null) return;
  for (const inner of body.steps) yield* allReferences(inner);
  for (const [, reference] of closingReferences(body)) yield reference;
}
