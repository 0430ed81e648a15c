/** Which steps of one scope need which others, and an order in which each comes after all that it needs. */
import { allReferences } from "./step-references.ts";
import type { StepDefinition } from "./workflow-definition.ts";

/**
 * For each step of a scope: the positions of the steps of the same scope that it needs, ascending. What a step's body
 * needs from outside, the step needs.
 */
export function needsInScope(steps: readonly StepDefinition[]): readonly (readonly number[])[] {
  const positions = new Map(steps.map((step, position) => [step.name, position]));
  return steps.map((step) => {
    const found = new Set<number>();
    for (const reference of allReferences(step)) {
      const position = reference.to === "step" ? positions.get(reference.name) : undefined;
      if (position !== undefined) found.add(position);
    }
    return [...found].sort((a, b) => a - b);
  });
}

/**
 * The steps in the given order, except that each is preceded by what it needs; or the steps of a circle, each
 * needing the next. A depth-first search with a trail of its own instead of recursion: chains may be long.
 */
export function orderSteps(
  steps: readonly StepDefinition[],
): { readonly ordered: readonly StepDefinition[] } | { readonly circle: readonly StepDefinition[] } {
  const needs = needsInScope(steps);
  const ordered: StepDefinition[] = [];
  const visited = new Set<number>();
  const onTrail = new Set<number>();
  const trail: { readonly position: number; readonly rest: Iterator<number> }[] = [];
  const enter = (position: number) => {
    visited.add(position);
    onTrail.add(position);
    trail.push({ position, rest: (needs[position] ?? []).values() });
  };
  for (const first of steps.keys()) {
    if (!visited.has(first)) enter(first);
    for (let at = trail.at(-1); at !== undefined; at = trail.at(-1)) {
      const need = at.rest.next();
      if (need.done === true) {
        const step = steps[at.position];
        if (step !== undefined) ordered.push(step);
        onTrail.delete(at.position);
        trail.pop();
      } else if (onTrail.has(need.value)) {
        const from = trail.findIndex(({ position }) => position === need.value);
        return { circle: trail.slice(from).flatMap(({ position }) => steps[position] ?? []) };
      } else if (!visited.has(need.value)) {
        enter(need.value);
      }
    }
  }
  return { ordered };
}
