/** A plan as a graph to be drawn: steps with what they do and need; the askings of one `ask` are one node. */
import {
  type CallStep,
  canonicalJson,
  defaultRetry,
  type Expression,
  type IndexedPlan,
  indexPlan,
  type JsonValue,
  type Plan,
  type StepDefinition,
  triggerOf,
} from "@mycroft/engine";
import { conditionText, expressionText } from "./expression-text.ts";

export interface WorkflowGraph {
  readonly name: string;
  readonly nodes: readonly GraphNode[];
  readonly output: string;
}

export interface GraphNode {
  readonly name: string;
  readonly work: NodeWork;
  /** The nodes beside this one that it waits for. */
  readonly needs: readonly string[];
  /** What it takes its data from, such as `input.asOf`, and what it waits for without taking data. */
  readonly takes: readonly string[];
  /** What is out of the ordinary: its condition, its trigger rule, its retries. */
  readonly rules: readonly string[];
}

export type NodeWork =
  | { readonly kind: "ask"; readonly agents: readonly string[] }
  | { readonly kind: "call"; readonly target: string }
  | { readonly kind: "resolve"; readonly policy: string }
  | {
      readonly kind: "map";
      readonly over: string;
      readonly maxItems: number;
      readonly maxFailedItems: number;
      readonly nodes: readonly GraphNode[];
      readonly output: string;
    };

type Scope = IndexedPlan["root"];

export function workflowGraph(plan: Plan): WorkflowGraph {
  const { name, steps, output } = plan.workflow;
  return { name, nodes: nodesOf(steps, indexPlan(plan).root), output: expressionText(output) };
}

/** One step, or the askings of one `ask`. */
interface Group {
  readonly name: string;
  readonly steps: readonly StepDefinition[];
}

function nodesOf(steps: readonly StepDefinition[], scope: Scope): readonly GraphNode[] {
  const groups = groupAskings(steps);
  const nodeOf = new Map(groups.flatMap((group) => group.steps.map((step) => [step.name, group.name])));
  const needs = needsOf(scope, nodeOf);
  return groups.map(({ name, steps: members }) => {
    const [first] = members;
    return {
      name,
      work: first === undefined ? { kind: "ask", agents: [] } : workOf(first, members, scope),
      needs: [...(needs.get(name) ?? [])],
      takes: takesOf(members, nodeOf),
      rules: first === undefined ? [] : rulesOf(first),
    };
  });
}

/** `ask` makes a step `name.agent` for each agent, alike in all but the agent. */
function groupAskings(steps: readonly StepDefinition[]): readonly Group[] {
  const groups = Map.groupBy(steps, (step) => (isAsking(step) ? askingKey(step) : step.name));
  return Array.from(groups.values(), (members) => {
    const [first] = members;
    const name = first !== undefined && isAsking(first) ? askName(first) : (first?.name ?? "");
    return { name, steps: members };
  });
}

function isAsking(step: StepDefinition): step is CallStep {
  return step.kind === "call" && step.target.kind === "agent" && step.name.endsWith(`.${step.target.name}`);
}

function askName(step: CallStep): string {
  return step.name.slice(0, -step.target.name.length - 1);
}

function askingKey(step: CallStep): string {
  const { name: _, target: __, ...rest } = step;
  // A blank cannot be in a step's name, so no other step has this key.
  return `${askName(step)} ${canonicalJson(rest as unknown as JsonValue)}`;
}

function needsOf(scope: Scope, nodeOf: ReadonlyMap<string, string>): ReadonlyMap<string, Set<string>> {
  const needs = new Map<string, Set<string>>();
  for (const step of scope.steps) {
    for (const index of step.dependents) {
      const dependent = nodeOf.get(scope.steps[index]?.name ?? "");
      const need = nodeOf.get(step.name);
      if (dependent === undefined || need === undefined) continue;
      const known = needs.get(dependent);
      if (known === undefined) needs.set(dependent, new Set([need]));
      else known.add(need);
    }
  }
  return needs;
}

function workOf(first: StepDefinition, members: readonly StepDefinition[], scope: Scope): NodeWork {
  switch (first.kind) {
    case "resolve":
      return { kind: "resolve", policy: first.policy };
    case "call":
      if (first.target.kind === "function") return { kind: "call", target: first.target.name };
      return {
        kind: "ask",
        agents: members.flatMap((step) => (step.kind === "call" ? [step.target.name] : [])),
      };
    case "map": {
      const work = scope.steps.find((step) => step.name === first.name)?.work;
      return {
        kind: "map",
        over: expressionText(first.over),
        maxItems: first.maxItems,
        maxFailedItems: first.maxFailedItems ?? 0,
        nodes: work?.kind === "map" ? nodesOf(first.steps, work.body) : [],
        output: expressionText(first.output),
      };
    }
  }
}

function takesOf(members: readonly StepDefinition[], nodeOf: ReadonlyMap<string, string>): readonly string[] {
  const found = members.flatMap((step) => [
    // What a map goes over is said where it is said what it does.
    ...(step.kind === "map" ? [] : sourcesOf(step.input, nodeOf)),
    ...(step.after ?? []).map((name) => nodeOf.get(name) ?? name),
  ]);
  return [...new Set(found)];
}

function* sourcesOf(expression: Expression, nodeOf: ReadonlyMap<string, string>): Iterable<string> {
  switch (expression.kind) {
    case "const":
      return;
    case "object":
      for (const field of Object.values(expression.fields)) yield* sourcesOf(field, nodeOf);
      return;
    case "array":
      for (const item of expression.items) yield* sourcesOf(item, nodeOf);
      return;
    case "settled":
      yield nodeOf.get(expression.step) ?? expression.step;
      return;
    case "step": {
      const node = nodeOf.get(expression.step) ?? expression.step;
      yield node === expression.step ? expressionText(expression) : node;
      return;
    }
    default:
      yield expressionText(expression);
  }
}

function rulesOf(step: StepDefinition): readonly string[] {
  const trigger = triggerOf(step);
  const usual = triggerOf({ ...step, trigger: undefined } as unknown as StepDefinition);
  const retry = step.kind === "map" ? defaultRetry : (step.retry ?? defaultRetry);
  return [
    ...(step.when === undefined ? [] : [`only if ${conditionText(step.when)}`]),
    ...(trigger === usual ? [] : [triggerText[trigger]]),
    ...(retry.maxAttempts === defaultRetry.maxAttempts ? [] : [attemptsText(retry.maxAttempts)]),
  ];
}

const triggerText = {
  allSuccess: "once all that it needs has succeeded (allSuccess)",
  allDone: "however what it needs has settled (allDone)",
  anySuccess: "if anything that it needs has succeeded (anySuccess)",
  noneFailed: "if nothing that it needs has failed (noneFailed)",
} as const;

function attemptsText(attempts: number): string {
  return attempts === 1 ? "tried once" : `up to ${attempts} attempts`;
}
