/** Short ways to write steps and expressions in tests. */
import type {
  ApproveStep,
  CallStep,
  ChildRunStep,
  Condition,
  Expression,
  JsonValue,
  MapStep,
  PathSegment,
  RepeatStep,
  ResolveStep,
  SleepStep,
  StepDefinition,
  WaitForStep,
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

export function indexOf(of: string): Expression {
  return { kind: "index", of };
}

export function outputOf(step: string, ...path: readonly PathSegment[]): Expression {
  return { kind: "step", step, path };
}

export function settled(step: string, ...path: readonly PathSegment[]): Expression {
  return path.length === 0 ? { kind: "settled", step } : { kind: "settled", step, path };
}

export function exists(value: Expression): Condition {
  return { op: "exists", value };
}

export function equal(left: Expression, right: Expression): Condition {
  return { op: "eq", left, right };
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

/** Begins with null, gives null, and goes on until the run's input has `stop`, for five rounds at the most. */
export function repeat(name: string, fields: Partial<RepeatStep> = {}): RepeatStep {
  return {
    kind: "repeat",
    name,
    initial: constant(null),
    until: exists(input("stop")),
    maxRounds: 5,
    steps: [call(`${name}.step`)],
    output: constant(null),
    ...fields,
  };
}

export const childPlan = "c".repeat(64);

export function childRun(name: string, fields: Partial<ChildRunStep> = {}): ChildRunStep {
  return { kind: "run", name, workflow: "child", plan: childPlan, input: constant(null), ...fields };
}

export function approve(name: string, fields: Partial<ApproveStep> = {}): ApproveStep {
  return { kind: "approve", name, input: constant(null), ...fields };
}

export function waitFor(name: string, fields: Partial<WaitForStep> = {}): WaitForStep {
  return { kind: "waitFor", name, signal: "go", ...fields };
}

/** Sleeps for a second. */
export function sleep(name: string, fields: Partial<SleepStep> = { durationMs: constant(1_000) }): SleepStep {
  return { kind: "sleep", name, ...fields };
}

export function workflow(
  steps: readonly StepDefinition[],
  output: Expression = constant(null),
  fields: Partial<WorkflowDefinition> = {},
): WorkflowDefinition {
  return { name: "w", input: {}, steps, output, ...fields };
}
