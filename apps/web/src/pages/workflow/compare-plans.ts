/** What changed from one version of a workflow to another, node by node. */
import type { GraphNodeView, PlanView } from "@mycroft/protocol";
import { type GraphIndex, indexGraph } from "../../graph/graph-index.ts";
import { compareJson, type JsonDifference } from "./compare-json.ts";

export type NodeChange = "added" | "removed" | "changed" | "same";

export interface NodeComparison {
  readonly path: string;
  readonly change: NodeChange;
  /** Of a changed node: where its steps' definitions differ. */
  readonly differences: readonly JsonDifference[];
}

export interface PlanComparison {
  /** In the order of the newer plan; removed nodes last. */
  readonly nodes: readonly NodeComparison[];
  /** Beside the steps: input, output, timeout, tags. */
  readonly around: readonly JsonDifference[];
  /** Both plans in one graph, to be drawn. */
  readonly union: readonly GraphNodeView[];
}

type Step = Readonly<Record<string, unknown>>;

export function comparePlans(older: PlanView, newer: PlanView): PlanComparison {
  const before = nodesOf(older);
  const after = nodesOf(newer);
  const kept = [...after.index.nodes.keys()].map((path): NodeComparison => {
    const known = before.index.nodes.get(path);
    if (known === undefined) return { path, change: "added", differences: [] };
    const differences = compareNode(before, after, path);
    return { path, change: differences.length === 0 ? "same" : "changed", differences };
  });
  const removed = [...before.index.nodes.keys()]
    .filter((path) => !after.index.nodes.has(path))
    .map((path): NodeComparison => ({ path, change: "removed", differences: [] }));
  return {
    nodes: [...kept, ...removed],
    around: compareJson(aroundSteps(older.definition), aroundSteps(newer.definition)),
    union: unite(older.nodes, newer.nodes),
  };
}

interface PlanNodes {
  readonly index: GraphIndex;
  /** Definitions of steps by the path of their scope, without the steps of their bodies. */
  readonly steps: ReadonlyMap<string, readonly Step[]>;
}

function nodesOf(plan: PlanView): PlanNodes {
  const steps = new Map<string, readonly Step[]>();
  const visit = (scope: unknown, path: string): void => {
    const list = Array.isArray(scope) ? scope.filter(isStep) : [];
    steps.set(path, list.map(withoutBody));
    for (const step of list) {
      if (Array.isArray(step["steps"])) visit(step["steps"], pathOf(path, String(step["name"])));
    }
  };
  visit(workflowOf(plan.definition)["steps"], "");
  return { index: indexGraph(plan.nodes), steps };
}

/** Compares the steps that a node stands for: itself, or for an asking of several agents `name.agent` each. */
function compareNode(before: PlanNodes, after: PlanNodes, path: string): readonly JsonDifference[] {
  const steps = compareJson(stepsOf(before, path), stepsOf(after, path));
  if (steps.length > 0) return steps;
  const shown = (nodes: PlanNodes) => {
    const view = nodes.index.nodes.get(path)?.view;
    return view === undefined ? null : { label: view.label, needs: view.needs, rules: view.rules };
  };
  return compareJson(shown(before), shown(after));
}

function stepsOf({ steps }: PlanNodes, path: string): Readonly<Record<string, Step>> | Step {
  const at = path.lastIndexOf("/");
  const name = path.slice(at + 1);
  const scope = steps.get(at < 0 ? "" : path.slice(0, at)) ?? [];
  const own = scope.find((step) => step["name"] === name);
  if (own !== undefined) return own;
  const asked = scope.filter((step) => String(step["name"]).startsWith(`${name}.`));
  return Object.fromEntries(asked.map((step) => [String(step["name"]), step]));
}

/** The nodes of the newer plan, and beside them those that only the older one has. */
function unite(older: readonly GraphNodeView[], newer: readonly GraphNodeView[]): readonly GraphNodeView[] {
  const before = new Map(older.map((node) => [node.name, node]));
  const names = new Set(newer.map((node) => node.name));
  return [
    ...newer.map((node) => {
      const known = before.get(node.name);
      if (known === undefined) return node;
      return {
        ...node,
        needs: [...new Set([...node.needs, ...known.needs.filter((need) => !names.has(need))])],
        nodes: unite(known.nodes, node.nodes),
      };
    }),
    ...older.filter((node) => !names.has(node.name)),
  ];
}

function aroundSteps(definition: unknown): Step {
  const { steps: _, ...rest } = workflowOf(definition);
  return rest;
}

/** A plan is `{ format, hash, workflow }`; a definition alone is taken as well. */
function workflowOf(definition: unknown): Step {
  if (!isStep(definition)) return {};
  const inner = definition["workflow"];
  return isStep(inner) ? inner : definition;
}

function withoutBody(step: Step): Step {
  const { steps: _, ...rest } = step;
  return rest;
}

function isStep(value: unknown): value is Step {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pathOf(scope: string, name: string): string {
  return scope === "" ? name : `${scope}/${name}`;
}
