/** A plan as a graph and as it is. */
import type { JsonValue, Plan } from "@mycroft/engine";
import type { GraphNodeView, PlanView } from "@mycroft/protocol";
import { type GraphNode, workflowGraph, workText } from "@mycroft/record";

export function planView(plan: Plan): PlanView {
  const { nodes, output, name } = workflowGraph(plan);
  return {
    hash: plan.hash,
    workflow: name,
    nodes: nodes.map(nodeView),
    output,
    definition: plan.workflow as unknown as JsonValue,
  };
}

function nodeView({ name, work, needs, takes, rules }: GraphNode): GraphNodeView {
  return {
    ...{ name, needs, takes, rules, kind: work.kind, label: workText(work) },
    agents: work.kind === "ask" ? work.agents : [],
    nodes: "nodes" in work ? work.nodes.map(nodeView) : [],
  };
}

export interface PathNode {
  readonly path: string;
  readonly depth: number;
}

/** Every node with its path, those of a body after the node that it belongs to. */
export function pathsOf(nodes: readonly GraphNodeView[], parent = "", depth = 0): readonly PathNode[] {
  return nodes.flatMap((node) => {
    const path = `${parent}${node.name}`;
    return [{ path, depth }, ...pathsOf(node.nodes, `${path}/`, depth + 1)];
  });
}
