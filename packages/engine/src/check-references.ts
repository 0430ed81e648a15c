/** Checks that every step, item and index that is referred to exists and can be seen from where it is referred to. */
import { type Place, planError } from "./plan-error.ts";
import { type Body, bodyOf, closingReferences, ownReferences, type Reference } from "./step-references.ts";
import type { StepDefinition, WorkflowDefinition } from "./workflow-definition.ts";

/**
 * A scope with the ones around it, innermost first. A step sees the steps of all of them, but not the steps in whose
 * bodies it lies: of those it sees what the body works on.
 */
interface Scope {
  readonly steps: ReadonlySet<string>;
  /** The step whose body it is; null for the root. */
  readonly owner: string | null;
  readonly around: Scope | null;
}

/** For each step of a workflow that lies in a body, the step whose body that is. */
type Owners = ReadonlyMap<string, string>;

/** @throws {MycroftError} PLAN_UNKNOWN_STEP, or PLAN_CYCLE where a step refers to one in whose body it lies. */
export function checkReferences({ name, steps, output }: WorkflowDefinition): void {
  const owners = new Map(ownersIn(steps));
  const checkBody = (body: Body, owner: string | null, around: Scope | null, outer: Place): void => {
    const scope = { steps: new Set(body.steps.map((step) => step.name)), owner, around };
    for (const step of body.steps) {
      const place = { ...outer, step: step.name };
      for (const reference of ownReferences(step)) check(reference, scope, owners, place);
      const inner = bodyOf(step);
      if (inner !== null) checkBody(inner, step.name, scope, place);
    }
    for (const [field, reference] of closingReferences(body)) {
      check(reference, scope, owners, { ...outer, field });
    }
  };
  checkBody({ steps, output, until: null }, null, null, { workflow: name, step: null, field: "" });
}

function* ownersIn(steps: readonly StepDefinition[]): Iterable<readonly [string, string]> {
  for (const owner of steps) {
    const body = bodyOf(owner);
    if (body === null) continue;
    for (const step of body.steps) yield [step.name, owner.name];
    yield* ownersIn(body.steps);
  }
}

function check(reference: Reference, scope: Scope, owners: Owners, place: Place): void {
  const { name } = reference;
  const isEnclosing = find(scope, ({ owner }) => owner === name);
  if (reference.to === "body") {
    if (isEnclosing) return;
    throw planError(
      "PLAN_UNKNOWN_STEP",
      place,
      `uses the item or index of the step "${name}", in whose body it does not lie`,
    );
  }
  if (isEnclosing) throw planError("PLAN_CYCLE", place, `needs the step "${name}" in whose body it lies`);
  if (find(scope, ({ steps }) => steps.has(name))) return;
  const owner = owners.get(name);
  const why =
    owner === undefined
      ? "which does not exist"
      : `which cannot be seen from here: it lies in the body of "${owner}"`;
  throw planError("PLAN_UNKNOWN_STEP", place, `refers to the step "${name}", ${why}`);
}

function find(scope: Scope | null, holds: (scope: Scope) => boolean): boolean {
  return scope !== null && (holds(scope) || find(scope.around, holds));
}
