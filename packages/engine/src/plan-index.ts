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
import { defaultChildRetry, defaultRetry, defaultTimeoutMs, type Plan, triggerOf } from "./plan.ts";
import { needsInScope } from "./scope-needs.ts";
import { type Body, closingReferences } from "./step-references.ts";
import type {
  CallStep,
  Expression,
  ResolveStep,
  RetryPolicy,
  StepDefinition,
  TriggerRule,
  Verdict,
} from "./workflow-definition.ts";

export interface IndexedStep {
  readonly name: string;
  readonly index: number;
  readonly needs: number;
  /** The steps of the same scope that need this one. */
  readonly dependents: readonly number[];
  readonly trigger: TriggerRule;
  readonly when: BoundCondition | null;
  readonly work: Work;
}

/** What a step does when its turn has come. */
export type Work = AttemptWork | ChildRunWork | MapWork | RepeatWork | ApproveWork | WaitForWork | SleepWork;

/** A step that is carried out by attempts. */
export interface AttemptWork {
  readonly kind: "call" | "resolve";
  readonly target: { readonly kind: "agent" | "function" | "policy"; readonly name: string };
  readonly input: BoundExpression;
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
  /** What the step states beyond that; null when nothing, as for most steps. */
  readonly extras: Pick<CallStep, "heartbeatTimeoutMs" | "cacheTtlMs" | "pool" | "priority"> | null;
}

/** A step whose attempts are runs of another workflow. */
export interface ChildRunWork {
  readonly kind: "run";
  readonly workflow: string;
  readonly plan: string;
  readonly input: BoundExpression;
  readonly retry: RetryPolicy;
}

export interface MapWork {
  readonly kind: "map";
  readonly over: BoundExpression;
  readonly maxItems: number;
  readonly maxFailedItems: number;
  readonly body: IndexedScope;
}

export interface RepeatWork {
  readonly kind: "repeat";
  readonly initial: BoundExpression;
  readonly maxRounds: number;
  readonly failsAtMaxRounds: boolean;
  readonly body: IndexedScope;
}

export interface ApproveWork {
  readonly kind: "approve";
  readonly input: BoundExpression;
  readonly timeoutMs: number | null;
  readonly default: Verdict;
  readonly failsOnReject: boolean;
}

export interface WaitForWork {
  readonly kind: "waitFor";
  readonly signal: string;
  readonly key: BoundExpression | null;
  readonly timeoutMs: number | null;
  readonly default: BoundExpression | null;
}

export interface SleepWork {
  readonly kind: "sleep";
  readonly durationMs: BoundExpression | null;
  readonly until: BoundExpression | null;
}

export interface IndexedScope {
  readonly steps: readonly IndexedStep[];
  readonly output: BoundExpression;
  /** Whether a round is the last one; null where there are no rounds. */
  readonly until: BoundCondition | null;
  /**
   * The steps whose failure is the scope's failure: those whose output the scope's output or `until` reads, and those that
   * nothing follows, unless output or `until` read how they settled and so take their failure as data.
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
  const made = { plan, root: indexScope({ steps, output, until: null }, []) };
  indexed.set(plan, made);
  return made;
}

interface OpenScope {
  readonly positions: ReadonlyMap<string, number>;
  /** The step whose body it is. */
  readonly owner: string | null;
}

function indexScope(body: Body, enclosing: readonly OpenScope[], owner: string | null = null): IndexedScope {
  const { steps, output, until } = body;
  const positions = new Map(steps.map((step, index) => [step.name, index]));
  const scopes = [{ positions, owner }, ...enclosing];
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
      work: indexWork(step, names, scopes),
    })),
    output: bindExpression(output, names),
    until: until === null ? null : bindCondition(until, names),
    results: resultsOf(body, dependents),
  };
}

function resultsOf(body: Body, dependents: readonly (readonly number[])[]): readonly number[] {
  const { steps } = body;
  const asOutput = new Set<string>();
  const asSettled = new Set<string>();
  for (const [, reference] of closingReferences(body)) {
    if (reference.to === "step") (reference.as === "output" ? asOutput : asSettled).add(reference.name);
  }
  return [...steps.keys()].filter((index) => {
    const name = steps[index]?.name ?? "";
    return asOutput.has(name) || (dependents[index]?.length === 0 && !asSettled.has(name));
  });
}

function indexWork(step: StepDefinition, names: Names, scopes: readonly OpenScope[]): Work {
  switch (step.kind) {
    case "call":
    case "resolve":
      return indexAttempts(step, names);
    case "run": {
      const { kind, workflow, plan, retry = defaultChildRetry } = step;
      return { kind, workflow, plan, retry, input: bindExpression(step.input, names) };
    }
    case "map":
      return {
        kind: step.kind,
        over: bindExpression(step.over, names),
        maxItems: step.maxItems,
        maxFailedItems: step.maxFailedItems ?? 0,
        body: indexScope({ steps: step.steps, output: step.output, until: null }, scopes, step.name),
      };
    case "repeat":
      return {
        kind: step.kind,
        initial: bindExpression(step.initial, names),
        maxRounds: step.maxRounds,
        failsAtMaxRounds: step.atMaxRounds === "fail",
        body: indexScope(step, scopes, step.name),
      };
    case "approve":
      return {
        kind: step.kind,
        input: bindExpression(step.input, names),
        timeoutMs: step.timeoutMs ?? null,
        default: step.default ?? "reject",
        failsOnReject: step.onReject !== "continue",
      };
    case "waitFor":
      return {
        kind: step.kind,
        signal: step.signal,
        key: bindIfThere(step.key, names),
        timeoutMs: step.timeoutMs ?? null,
        default: bindIfThere(step.default, names),
      };
    case "sleep": {
      const { kind, durationMs, until } = step;
      return { kind, durationMs: bindIfThere(durationMs, names), until: bindIfThere(until, names) };
    }
  }
}

function bindIfThere(expression: Expression | undefined, names: Names): BoundExpression | null {
  return expression === undefined ? null : bindExpression(expression, names);
}

function indexAttempts(step: CallStep | ResolveStep, names: Names): AttemptWork {
  const { heartbeatTimeoutMs, cacheTtlMs, pool, priority } = step;
  const extras = {
    ...(heartbeatTimeoutMs === undefined ? {} : { heartbeatTimeoutMs }),
    ...(cacheTtlMs === undefined ? {} : { cacheTtlMs }),
    ...(pool === undefined ? {} : { pool }),
    ...(priority === undefined ? {} : { priority }),
  };
  return {
    kind: step.kind,
    target:
      step.kind === "call"
        ? { kind: step.target.kind, name: step.target.name }
        : { kind: "policy", name: step.policy },
    input: bindExpression(step.input, names),
    retry: step.retry ?? defaultRetry,
    timeoutMs: step.timeoutMs ?? defaultTimeoutMs,
    extras: Object.keys(extras).length === 0 ? null : extras,
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
    body: (name) => scopes.findIndex((scope) => scope.owner === name),
  };
}
