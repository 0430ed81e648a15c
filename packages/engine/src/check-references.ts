/** Checks that every step, item and index that is referred to exists and can be seen from where it is referred to. */
import { type Place, planError } from "./plan-error.ts";
import { ownReferences, type Reference, referencesOf } from "./step-references.ts";
import type { Expression, MapStep, StepDefinition, WorkflowDefinition } from "./workflow-definition.ts";

/**
 * A scope with the ones around it, innermost first. A step sees the steps of all of them, but not the map steps that
 * it lies in: of those it sees the items.
 */
interface Scope {
  readonly steps: ReadonlySet<string>;
  readonly map: MapStep | null;
  readonly around: Scope | null;
}

/** @throws {MycroftError} PLAN_UNKNOWN_STEP, or PLAN_CYCLE where a step refers to a map that it lies in. */
export function checkReferences(workflow: WorkflowDefinition): void {
  const place = { workflow: workflow.name, step: null, field: "" };
  checkScope(workflow.steps, workflow.output, null, null, place);
}

function checkScope(
  steps: readonly StepDefinition[],
  output: Expression,
  map: MapStep | null,
  around: Scope | null,
  owner: Place,
): void {
  const scope = { steps: new Set(steps.map((step) => step.name)), map, around };
  for (const step of steps) {
    const place = { ...owner, step: step.name };
    for (const reference of ownReferences(step)) check(reference, scope, place);
    if (step.kind === "map") checkScope(step.steps, step.output, step, scope, place);
  }
  for (const reference of referencesOf(output)) check(reference, scope, { ...owner, field: "output" });
}

function check(reference: Reference, scope: Scope, place: Place): void {
  const { name } = reference;
  const isEnclosing = find(scope, ({ map }) => map?.name === name);
  if (reference.to === "map") {
    if (isEnclosing) return;
    throw planError(
      "PLAN_UNKNOWN_STEP",
      place,
      `uses the item of the map step "${name}", which it does not lie in`,
    );
  }
  if (isEnclosing) throw planError("PLAN_CYCLE", place, `needs the map step "${name}" that it lies in`);
  if (find(scope, ({ steps }) => steps.has(name))) return;
  throw planError(
    "PLAN_UNKNOWN_STEP",
    place,
    `refers to the step "${name}", which does not exist, or lies inside a map step that cannot be seen into from here`,
  );
}

function find(scope: Scope | null, holds: (scope: Scope) => boolean): boolean {
  return scope !== null && (holds(scope) || find(scope.around, holds));
}
