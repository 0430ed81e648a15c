/**
 * A plan made ready to run: steps by number, who waits for whom, expressions bound. Built once per plan and
 * shared by all its runs; it holds nothing of any run.
 */
import {
  type BoundCondition,
  type BoundExpression,
  bindCondition,
  bindExpression,
  type Names,
} from "./bind-expression.ts";
import { defaultRetry, defaultTimeoutMs, type Plan, triggerOf } from "./plan.ts";
import { needsInScope } from "./scope-needs.ts";
import { referencesOf } from "./step-references.ts";
import type {
  CallStep,
  Expression,
  MapStep,
  ResolveStep,
  RetryPolicy,
  StepDefinition,
  TriggerRule,
} from "./workflow-definition.ts";

export interface IndexedStep {
  readonly name: string;
  readonly index: number;
  readonly needs: number;
  /** The steps of the same scope that need this one. */
  readonly dependents: readonly number[];
  readonly trigger: TriggerRule;
  readonly when: BoundCondition | null;
  readonly work: AttemptWork | MapWork;
}

/** A step that is carried out by attempts. */
export interface AttemptWork {
  readonly kind: "call" | "resolve";
  readonly target: { readonly kind: "agent" | "function" | "policy"; readonly name: string };
  readonly input: BoundExpression;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
}

export interface MapWork {
  readonly kind: "map";
  readonly over: BoundExpression;
  readonly maxItems: number;
  readonly maxFailedItems: number;
  readonly body: IndexedScope;
}

export interface IndexedScope {
  readonly steps: readonly IndexedStep[];
  readonly output: BoundExpression;
  /**
   * The steps whose failure is the scope's failure: those whose output the scope's output reads, and those that
   * nothing follows, unless the output reads how they settled and so takes their failure as data.
   */
  readonly results: readonly number[];
}

export interface IndexedPlan {
  readonly plan: Plan;
  readonly root: IndexedScope;
}

const indexed = new WeakMap<Plan, IndexedPlan>();

/** The same index for the same plan object, however often it is asked for. */
export function indexPlan(plan: Plan): IndexedPlan {
  const known = indexed.get(plan);
  if (known !== undefined) return known;
  const { steps, output } = plan.workflow;
  const made = { plan, root: indexScope(steps, output, []) };
  indexed.set(plan, made);
  return made;
}

interface OpenScope {
  readonly positions: ReadonlyMap<string, number>;
  readonly map: string | null;
}

function indexScope(
  steps: readonly StepDefinition[],
  output: Expression,
  enclosing: readonly OpenScope[],
  map: string | null = null,
): IndexedScope {
  const positions = new Map(steps.map((step, index) => [step.name, index]));
  const scopes = [{ positions, map }, ...enclosing];
  const names = namesIn(scopes);
  const needs = needsInScope(steps);
  const dependents = steps.map((): number[] => []);
  for (const [index, needed] of needs.entries()) {
    for (const need of needed) dependents[need]?.push(index);
  }
  return {
    steps: steps.map((step, index) => ({
      name: step.name,
      index,
      needs: needs[index]?.length ?? 0,
      dependents: dependents[index] ?? [],
      trigger: triggerOf(step),
      when: step.when === undefined ? null : bindCondition(step.when, names),
      work: step.kind === "map" ? indexMap(step, names, scopes) : indexAttempts(step, names),
    })),
    output: bindExpression(output, names),
    results: resultsOf(steps, output, dependents),
  };
}

function resultsOf(
  steps: readonly StepDefinition[],
  output: Expression,
  dependents: readonly (readonly number[])[],
): readonly number[] {
  const read = [...referencesOf(output)].filter((reference) => reference.to === "step");
  const asOutput = new Set(read.flatMap(({ as, name }) => (as === "output" ? [name] : [])));
  const asSettled = new Set(read.flatMap(({ as, name }) => (as === "settled" ? [name] : [])));
  return [...steps.keys()].filter((index) => {
    const name = steps[index]?.name ?? "";
    return asOutput.has(name) || (dependents[index]?.length === 0 && !asSettled.has(name));
  });
}

function indexMap(step: MapStep, names: Names, scopes: readonly OpenScope[]): MapWork {
  return {
    kind: "map",
    over: bindExpression(step.over, names),
    maxItems: step.maxItems,
    maxFailedItems: step.maxFailedItems ?? 0,
    body: indexScope(step.steps, step.output, scopes, step.name),
  };
}

function indexAttempts(step: CallStep | ResolveStep, names: Names): AttemptWork {
  return {
    kind: step.kind,
    target:
      step.kind === "call"
        ? { kind: step.target.kind, name: step.target.name }
        : { kind: "policy", name: step.policy },
    input: bindExpression(step.input, names),
    retry: step.retry ?? defaultRetry,
    timeoutMs: step.timeoutMs ?? defaultTimeoutMs,
  };
}

/** Looks names up from the innermost scope outwards. `compile` has made sure that they are there. */
function namesIn(scopes: readonly OpenScope[]): Names {
  return {
    root: scopes.length - 1,
    step(name) {
      const depth = scopes.findIndex((scope) => scope.positions.has(name));
      return { depth, index: scopes[depth]?.positions.get(name) ?? -1 };
    },
    map: (name) => scopes.findIndex((scope) => scope.map === name),
  };
}
