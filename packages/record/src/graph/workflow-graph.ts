/** A plan as a graph to be drawn: steps with what they do and need; the askings of one `ask` are one node. */
import {
  bodyOf,
  type CallStep,
  canonicalJson,
  type Expression,
  type IndexedPlan,
  indexPlan,
  type JsonValue,
  ownExpressions,
  type Plan,
  type StepDefinition,
} from "@mycroft/engine";
import { ExpressionText } from "./expression-text.ts";
import { type BodyWork, bodyWork, type PlainWork, plainWork } from "./node-work.ts";
import { rulesOf } from "./step-rules.ts";

export interface WorkflowGraph {
  readonly name: string;
  readonly tags: readonly string[];
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
  /** What is out of the ordinary: its condition, its trigger rule, its retries, its pool. */
  readonly rules: readonly string[];
}

/** A step with a body has nodes of its own, and what its body gives. */
export type NodeWork =
  | PlainWork
  | (BodyWork & { readonly nodes: readonly GraphNode[]; readonly output: string });

type Scope = IndexedPlan["root"];

export function workflowGraph(plan: Plan): WorkflowGraph {
  const { name, steps, output, tags = [] } = plan.workflow;
  const text = new ExpressionText(plan);
  return { name, tags, nodes: nodesOf(steps, indexPlan(plan).root, text), output: text.of(output) };
}

/** One step, or the askings of one `ask`. */
interface Group {
  readonly name: string;
  readonly steps: readonly StepDefinition[];
}

function nodesOf(steps: readonly StepDefinition[], scope: Scope, text: ExpressionText): readonly GraphNode[] {
  const groups = groupAskings(steps);
  const nodeOf = new Map(groups.flatMap((group) => group.steps.map((step) => [step.name, group.name])));
  const needs = needsOf(scope, nodeOf);
  return groups.map(({ name, steps: members }) => {
    const [first] = members;
    return {
      name,
      work: first === undefined ? { kind: "ask", agents: [] } : workOf(first, members, scope, text),
      needs: [...(needs.get(name) ?? [])],
      takes: takesOf(members, nodeOf, text),
      rules: first === undefined ? [] : rulesOf(first, text),
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

function workOf(
  first: StepDefinition,
  members: readonly StepDefinition[],
  scope: Scope,
  text: ExpressionText,
): NodeWork {
  if (first.kind !== "map" && first.kind !== "repeat") return plainWork(first, members, text);
  const work = scope.steps.find((step) => step.name === first.name)?.work;
  const nodes = work !== undefined && "body" in work ? nodesOf(first.steps, work.body, text) : [];
  return { ...bodyWork(first, text), nodes, output: text.of(first.output) };
}

function takesOf(
  members: readonly StepDefinition[],
  nodeOf: ReadonlyMap<string, string>,
  text: ExpressionText,
): readonly string[] {
  const found = members.flatMap((step) => [
    ...givenTo(step).flatMap((expression) => [...sourcesOf(expression, nodeOf, text)]),
    ...(step.after ?? []).map((name) => nodeOf.get(name) ?? name),
  ]);
  return [...new Set(found)];
}

/** The expressions of a step that are not told where it is told what it does. */
function givenTo(step: StepDefinition): readonly Expression[] {
  if (bodyOf(step) !== null) return [];
  return ownExpressions(step).flatMap(([field, expression]) => (field === "input" ? [expression] : []));
}

function* sourcesOf(
  expression: Expression,
  nodeOf: ReadonlyMap<string, string>,
  text: ExpressionText,
): Iterable<string> {
  switch (expression.kind) {
    case "const":
      return;
    case "object":
      for (const field of Object.values(expression.fields)) yield* sourcesOf(field, nodeOf, text);
      return;
    case "array":
      for (const item of expression.items) yield* sourcesOf(item, nodeOf, text);
      return;
    case "settled":
      yield nodeOf.get(expression.step) ?? expression.step;
      return;
    case "step": {
      const node = nodeOf.get(expression.step) ?? expression.step;
      yield node === expression.step ? text.of(expression) : node;
      return;
    }
    default:
      yield text.of(expression);
  }
}
