/** Short ways to write steps and expressions in tests. */
import type {
  CallStep,
  Expression,
  JsonValue,
  MapStep,
  PathSegment,
  ResolveStep,
  StepDefinition,
  WorkflowDefinition,
} from "../workflow-definition.ts";

export function constant(value: JsonValue): Expression {
  return { kind: "const", value };
}

export function input(...path: readonly PathSegment[]): Expression {
  return { kind: "input", path };
}

export function item(of: string, ...path: readonly PathSegment[]): Expression {
  return { kind: "item", of, path };
}

export function outputOf(step: string, ...path: readonly PathSegment[]): Expression {
  return { kind: "step", step, path };
}

export function settled(step: string): Expression {
  return { kind: "settled", step };
}

export function listOf(...items: readonly Expression[]): Expression {
  return { kind: "array", items };
}

export function objectOf(fields: Readonly<Record<string, Expression>>): Expression {
  return { kind: "object", fields };
}

/** Calls the function `f` with null; any field may be given otherwise. */
export function call(name: string, fields: Partial<CallStep> = {}): CallStep {
  return { kind: "call", name, target: { kind: "function", name: "f" }, input: constant(null), ...fields };
}

export function resolve(name: string, fields: Partial<ResolveStep> = {}): ResolveStep {
  return { kind: "resolve", name, policy: "pool", input: constant(null), ...fields };
}

/** Goes over the run's input and gives null for each item. */
export function map(name: string, fields: Partial<MapStep> = {}): MapStep {
  return { kind: "map", name, over: input(), maxItems: 100, steps: [], output: constant(null), ...fields };
}

export function workflow(
  steps: readonly StepDefinition[],
  output: Expression = constant(null),
  fields: Partial<WorkflowDefinition> = {},
): WorkflowDefinition {
  return { name: "w", input: {}, steps, output, ...fields };
}
