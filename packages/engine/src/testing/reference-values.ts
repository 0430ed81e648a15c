/** Expressions and conditions by definition, and the names that steps mention: part of the reference. */
import type {
  Condition,
  Expression,
  JsonValue,
  Path,
  RepeatStep,
  StepDefinition,
  WorkflowDefinition,
} from "../workflow-definition.ts";
import type { ReferenceTask } from "./reference-facts.ts";

/** One instance of a scope. */
export interface Place {
  readonly body: Pick<WorkflowDefinition, "steps" | "output"> & Partial<Pick<RepeatStep, "until">>;
  readonly prefix: string;
  /** The map or repeat whose body it is. */
  readonly owner: string | null;
  readonly item: JsonValue;
  readonly index: number;
  readonly around: Place | null;
}

/** @param see how the step of that name came out, seen from a place. */
export function evaluate(
  expression: Expression,
  place: Place,
  see: (step: string, place: Place) => ReferenceTask,
): JsonValue | undefined {
  switch (expression.kind) {
    case "const":
      return expression.value;
    case "input":
      return follow(rootOf(place).item, expression.path);
    case "item":
      return follow(findPlace(place, expression.of)?.item, expression.path);
    case "index":
      return findPlace(place, expression.of)?.index;
    case "step":
      return follow(see(expression.step, place).output, expression.path);
    case "settled":
      return follow(settledValue(see(expression.step, place)), expression.path ?? []);
    case "array":
      return expression.items.map((item) => evaluate(item, place, see) ?? null);
    case "object": {
      const fields = Object.entries(expression.fields).flatMap(([key, field]) => {
        const value = evaluate(field, place, see);
        return value === undefined ? [] : [[key, value] as const];
      });
      return Object.fromEntries(fields);
    }
  }
}

function settledValue(task: ReferenceTask): JsonValue {
  if (task.status === "succeeded") return { status: "succeeded", output: task.output ?? null };
  if (task.status === "skipped") return { status: "skipped", reason: task.skipped ?? "" };
  return { status: "failed", error: task.error as unknown as JsonValue };
}

/** @param value the value of an expression, null when it is absent. */
export function conditionHolds(condition: Condition, value: (expression: Expression) => JsonValue): boolean {
  switch (condition.op) {
    case "exists":
      return value(condition.value) !== null;
    case "and":
      return condition.all.every((part) => conditionHolds(part, value));
    case "or":
      return condition.all.some((part) => conditionHolds(part, value));
    case "not":
      return !conditionHolds(condition.condition, value);
    case "in": {
      const list = value(condition.right);
      const wanted = sorted(value(condition.left));
      return Array.isArray(list) && list.some((item: JsonValue) => sorted(item) === wanted);
    }
    case "eq":
      return sorted(value(condition.left)) === sorted(value(condition.right));
    case "ne":
      return sorted(value(condition.left)) !== sorted(value(condition.right));
    default: {
      const [left, right] = [value(condition.left), value(condition.right)];
      const [a, b] = [left as number, right as number];
      const ordered = ["number", "string"].includes(typeof left) && typeof left === typeof right;
      if (!ordered) return false;
      return { lt: a < b, le: a <= b, gt: a > b, ge: a >= b }[condition.op];
    }
  }
}

/** The names of all steps that a step mentions anywhere, in its body too. */
export function mentionsOf(step: StepDefinition): ReadonlySet<string> {
  const { outputs, settled } = readBy(step);
  return new Set([...outputs, ...settled]);
}

/** Walks whatever it is given, down to constants, which may look like anything. */
export function readBy(value: unknown): { readonly outputs: Set<string>; readonly settled: Set<string> } {
  const outputs = new Set<string>();
  const settled = new Set<string>();
  const walk = (part: unknown) => {
    if (typeof part !== "object" || part === null) return;
    const { kind, step, after } = part as { kind?: unknown; step?: unknown; after?: unknown };
    if (kind === "const") return;
    if (kind === "step") outputs.add(String(step));
    if (kind === "settled") settled.add(String(step));
    if (Array.isArray(after)) for (const name of after) settled.add(String(name));
    for (const inner of Object.values(part)) walk(inner);
  };
  walk(value);
  return { outputs, settled };
}

export function findStep(steps: readonly StepDefinition[], id: string): StepDefinition | undefined {
  const name = id.split("/").at(-1);
  for (const step of steps) {
    if (step.name === name) return step;
    const inner = step.kind === "map" || step.kind === "repeat" ? findStep(step.steps, id) : undefined;
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function rootOf(place: Place): Place {
  return place.around === null ? place : rootOf(place.around);
}

function findPlace(place: Place | null, owner: string): Place | undefined {
  if (place === null) return undefined;
  return place.owner === owner ? place : findPlace(place.around, owner);
}

function follow(value: JsonValue | undefined, path: Path): JsonValue | undefined {
  const [segment, ...rest] = path;
  if (segment === undefined) return value;
  const isList = Array.isArray(value);
  if (typeof value !== "object" || value === null || isList !== (typeof segment === "number"))
    return undefined;
  const entry = Object.entries(value).find(([key]) => key === String(segment));
  return follow(entry?.[1], rest);
}

function sorted(value: JsonValue): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
