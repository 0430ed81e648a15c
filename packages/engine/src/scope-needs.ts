/** Which steps of one scope need which others: what a map's body needs from outside, the map step needs. */
import { ownReferences, type Reference, referencesOf } from "./step-references.ts";
import type { StepDefinition } from "./workflow-definition.ts";

/** For each step of a scope, in the given order: the names of the steps of the same scope that it needs. */
export function needsInScope(steps: readonly StepDefinition[]): ReadonlyMap<string, ReadonlySet<string>> {
  const siblings = new Set(steps.map((step) => step.name));
  const needs = new Map<string, ReadonlySet<string>>();
  for (const step of steps) {
    const found = new Set<string>();
    for (const reference of referencesOfStepAndBody(step)) {
      if (reference.to === "step" && siblings.has(reference.name)) found.add(reference.name);
    }
    needs.set(step.name, found);
  }
  return needs;
}

function* referencesOfStepAndBody(step: StepDefinition): Iterable<Reference> {
  yield* ownReferences(step);
  if (step.kind !== "map") return;
  for (const inner of step.steps) yield* referencesOfStepAndBody(inner);
  yield* referencesOf(step.output);
}

/**
 * The steps in an order in which each comes after all that it needs, ties in the given order; or the steps of a
 * circle, each needing the next.
 */
export function orderSteps(
  steps: readonly StepDefinition[],
): { readonly ordered: readonly StepDefinition[] } | { readonly circle: readonly string[] } {
  const needs = needsInScope(steps);
  const position = new Map(steps.map((step, index) => [step.name, index]));
  const dependents = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const [name, needed] of needs) {
    open.set(name, needed.size);
    for (const other of needed) dependents.set(other, [...(dependents.get(other) ?? []), name]);
  }
  const ordered: StepDefinition[] = [];
  let ready = steps.filter((step) => open.get(step.name) === 0).map((step) => step.name);
  while (ready.length > 0) {
    const next: string[] = [];
    for (const name of ready) {
      const step = steps[position.get(name) ?? -1];
      if (step !== undefined) ordered.push(step);
      for (const dependent of dependents.get(name) ?? []) {
        const left = (open.get(dependent) ?? 0) - 1;
        open.set(dependent, left);
        if (left === 0) next.push(dependent);
      }
    }
    ready = next.sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0));
  }
  if (ordered.length === steps.length) return { ordered };
  return { circle: findCircle(needs, new Set(ordered.map((step) => step.name))) };
}

function findCircle(
  needs: ReadonlyMap<string, ReadonlySet<string>>,
  ordered: ReadonlySet<string>,
): readonly string[] {
  const trail: string[] = [];
  let at = [...needs.keys()].find((name) => !ordered.has(name));
  while (at !== undefined && !trail.includes(at)) {
    trail.push(at);
    at = [...(needs.get(at) ?? [])].find((name) => !ordered.has(name));
  }
  return at === undefined ? trail : trail.slice(trail.indexOf(at));
}
