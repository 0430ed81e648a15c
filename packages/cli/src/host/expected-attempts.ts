/** How many tasks of a run will be carried out by attempts, as far as that can be known before it starts. */
import type { Expression, JsonValue, Plan, StepDefinition } from "@mycroft/engine";

/**
 * Null when a map expands over something that only a step will give, or when it takes a condition to end a repeat. Skipped
 * tasks are counted too; a child run is one task.
 */
export function expectedAttempts(plan: Plan, input: JsonValue): number | null {
  return countIn(plan.workflow.steps, input);
}

function countIn(steps: readonly StepDefinition[], input: JsonValue): number | null {
  let sum = 0;
  for (const step of steps) {
    const count = countOf(step, input);
    if (count === null) return null;
    sum += count;
  }
  return sum;
}

function countOf(step: StepDefinition, input: JsonValue): number | null {
  switch (step.kind) {
    case "call":
    case "resolve":
    case "run":
      return 1;
    case "approve":
    case "waitFor":
    case "sleep":
      return 0;
    case "map":
      return countOfMap(step, input);
    case "repeat": {
      const each = countIn(step.steps, input);
      return step.maxRounds === 1 || each === 0 ? each : null;
    }
  }
}

function countOfMap(step: Extract<StepDefinition, { kind: "map" }>, input: JsonValue): number | null {
  const items = listLength(step.over, input);
  const each = countIn(step.steps, input);
  return items === null || each === null ? null : items * each;
}

function listLength(over: Expression, input: JsonValue): number | null {
  if (over.kind === "array") return over.items.length;
  const value = over.kind === "const" ? over.value : over.kind === "input" ? valueAt(input, over.path) : null;
  return Array.isArray(value) ? value.length : null;
}

function valueAt(value: JsonValue, path: readonly (string | number)[]): JsonValue {
  return path.reduce<JsonValue>((at, key) => {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return null;
    return Reflect.get(at, key) as JsonValue;
  }, value);
}
